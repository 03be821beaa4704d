# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the check measures, held against what the emulated link did to every packet.
"""usage: test_truth.py MEDIAPATH SOURCE_DIRECTORY [unittest arguments]"""
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import unittest

import yaml

MEDIAPATH = os.path.abspath(sys.argv[1])
PROFILE = os.path.join(sys.argv[2], "scenarios", "profiles", "bellface.yaml")
# A busy machine makes link and tester late; that is no answer about the check.
ATTEMPTS = 3
ENDS_WITHIN_S = 75
# Media has begun before its window opens, and the record closes with the last packet.
MOST_OUTSIDE = 0.03
# Two ends, a link and two routers with their schedulers.
PASSAGE_MS = 3
# RFC 5761 section 4: RTCP's packet types in the place of the marker and the payload type.
RTCP_TYPES = range(192, 224)


def network(link):
    return {"schema": "mediapath-network/1", "name": "truth",
            "sentence": {"en": "A link for one test.", "ja": "試験用の回線。"},
            "site": {"nat": {}}, "link": link,
            "provider": {"turn": {"state": "running"}, "responder": {"state": "running"}}}


def one_tier_profile(path):
    """The built-in profile whose video has its best tier only: bursts can make a call try a lower
    one, and then the link's losses belong to several."""
    with open(PROFILE) as file:
        profile = yaml.safe_load(file)
    for session in profile["sessions"].values():
        if "tiers" in session:
            session["tiers"] = session["tiers"][:1]
    with open(path, "w") as file:
        yaml.safe_dump(profile, file, allow_unicode=True)


class Truth:
    """What became of the media packets of the direct way, one direction."""

    def __init__(self, lines, direction):
        flows = {line["flow"]: line["is"] for line in lines if "is" in line}
        self.packets = [line for line in lines
                        if line.get("dir") == direction and self.is_media(line, flows)]
        self.lost = [line for line in self.packets if line["fate"] != "delivered"]
        self.delays = sorted(line["delay_ms"] + line["late_ms"] for line in self.packets
                             if line["fate"] == "delivered")

    @staticmethod
    def is_media(line, flows):
        """RTP between client and media server, RFC 7983 section 7."""
        head = bytes.fromhex(line["head"])
        return flows[line["flow"]].startswith("udp") and "216.147.0.20" in flows[line["flow"]] \
            and len(head) > 1 and 128 <= head[0] <= 191 and head[1] not in RTCP_TYPES

    def pdv_p95(self):
        """RFC 5481 section 4.2, nearest rank."""
        return self.delays[math.ceil(0.95 * len(self.delays)) - 1] - self.delays[0]


class Run:
    """One check of the direct way through a link."""

    def __init__(self, directory, link, has_one_tier):
        description, truth, result, profile = (
            os.path.join(directory, name)
            for name in ("truth.yaml", "truth.jsonl", "result.json", "profile.yaml"))
        with open(description, "w") as file:
            yaml.safe_dump(network(link), file)
        arguments = []
        if has_one_tier:
            one_tier_profile(profile)
            arguments = ["--profile", profile]
        run = subprocess.run(
            [MEDIAPATH, "lab", "--truth", truth, description, "--", MEDIAPATH, "check", "--only",
             "media", "--transport", "udp", "--quiet", "--json", result, *arguments],
            capture_output=True, text=True, timeout=ENDS_WITHIN_S)
        self.said = run.stderr
        if run.returncode not in (0, 1):
            raise AssertionError(run.stderr)
        with open(truth) as file:
            lines = [json.loads(line) for line in file]
        with open(result) as file:
            self.result = json.load(file)
        self.up, self.down = Truth(lines, "up"), Truth(lines, "down")
        self.media = next(measurement["facts"] for measurement in self.result["measurements"]
                          if measurement["kind"] == "media")
        self.is_spoiled = lines[-1]["spoiled"] or any(
            finding["id"] == "host-limited" for finding in self.result["findings"])


def run_calmly(link, has_one_tier=False):
    """The first run that the machine did not spoil; else the last."""
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(ATTEMPTS):
            run = Run(directory, link, has_one_tier)
            if not run.is_spoiled:
                break
    return run


class LinkTruth(unittest.TestCase):
    def expect_same_packets(self, run, direction):
        """The tier's window holds nearly all packets of the call, and each loss in it."""
        truth, facts = getattr(run, direction), run.media[direction]
        sent, lost = len(truth.packets), len(truth.lost)
        self.assertEqual(len(run.media["tiers"]), 1, run.said)
        self.assertGreater(sent, 1000)
        self.assertLessEqual(facts["packets_sent"], sent)
        outside = sent - facts["packets_sent"]
        self.assertLessEqual(outside, MOST_OUTSIDE * sent)
        found = facts["packets_sent"] - facts["packets_received"]
        self.assertLessEqual(found, lost, direction)
        self.assertLessEqual(lost - found, outside, direction)
        return found / facts["packets_sent"]

    def expect_round_trip(self, run, least, most):
        self.assertGreaterEqual(run.media["rtt_ms"]["min"], least - 0.01)
        self.assertLessEqual(run.media["rtt_ms"]["p50"], most)

    def test_loss_is_counted_to_the_packet(self):
        run = run_calmly({"both": {"delay_ms": 5, "loss": {"percent": 1}}}, has_one_tier=True)
        for direction in ("up", "down"):
            ratio = self.expect_same_packets(run, direction)
            # 99.9 % of the binomial distribution of 1600 packets.
            self.assertLess(abs(ratio - 0.01), 3.3 * math.sqrt(0.01 * 0.99 / 1500), direction)

    def test_loss_up_is_not_loss_down(self):
        run = run_calmly({"both": {"delay_ms": 5}, "up": {"loss": {"percent": 1}}},
                         has_one_tier=True)
        self.assertGreater(self.expect_same_packets(run, "up"), 0)
        self.assertEqual(self.expect_same_packets(run, "down"), 0)

    def test_bursts_have_their_length(self):
        run = run_calmly({"both": {"delay_ms": 5, "loss": {"percent": 1, "burst_length": 4}},
                          "seed": 4}, has_one_tier=True)
        for direction in ("up", "down"):
            self.expect_same_packets(run, direction)
            truth = getattr(run, direction)
            numbers = [packet["n"] for packet in truth.lost]
            # Other packets of the link lie between those of the media flow.
            bursts = 1 + sum(after - before > 3 for before, after in zip(numbers, numbers[1:]))
            self.assertAlmostEqual(run.media[direction]["burst_length"], len(numbers) / bursts,
                                   delta=1, msg=direction)

    def test_delays_of_both_directions_add_up(self):
        run = run_calmly({"up": {"delay_ms": 35}, "down": {"delay_ms": 65}})
        self.assertFalse(run.is_spoiled, run.said)
        self.expect_round_trip(run, 100, 100 + PASSAGE_MS)
        for direction in ("up", "down"):
            self.assertEqual(self.expect_same_packets(run, direction), 0)

    def test_jitter_is_the_links(self):
        run = run_calmly({"both": {"delay_ms": 20},
                          "down": {"jitter": {"ms": 6, "distribution": "exponential",
                                              "correlation_ms": 40}}})
        self.assertFalse(run.is_spoiled, run.said)
        self.assertAlmostEqual(run.media["down"]["pdv_p95_ms"], run.down.pdv_p95(), delta=1)
        self.assertAlmostEqual(run.media["up"]["pdv_p95_ms"], run.up.pdv_p95(), delta=1)
        self.assertGreater(run.media["down"]["pdv_p95_ms"], 10)
        expected = statistics.median(run.up.delays) + statistics.median(run.down.delays)
        self.assertAlmostEqual(run.media["rtt_ms"]["p50"], expected, delta=PASSAGE_MS)

    def test_a_rate_keeps_what_does_not_fit(self):
        run = run_calmly({"both": {"delay_ms": 10}, "up": {"rate_kbps": 1000, "queue": {"ms": 50}}})
        tiers = {tier["name"]: tier for tier in run.media["tiers"]}
        # 360p is the best that fits beside voice and headers; of 720p the rate keeps 1000 of about
        # 2700 kbps, and what is in the queue at first.
        self.assertEqual(run.media["tier"], "360p", run.said)
        self.assertAlmostEqual(tiers["720p"]["up_loss_percent"], 63, delta=8)
        self.assertEqual(tiers["720p"]["down_loss_percent"], 0)
        self.assertLessEqual(run.media["up"]["throughput_kbps"], 1000)
        self.assertEqual({packet["fate"] for packet in run.up.lost}, {"queue-full"})

    def test_an_outage_is_one_run_of_loss(self):
        run = run_calmly({"both": {"delay_ms": 5, "outages": [
            {"type": "drop", "at_ms": 2500, "for_ms": 50}]}})
        for direction in ("up", "down"):
            truth, facts = getattr(run, direction), run.media[direction]
            self.assertEqual({packet["fate"] for packet in truth.lost}, {"outage"}, run.said)
            # 50 ms of some 400 packets a second, of the tier that ran at the time.
            self.assertEqual(run.media["tier"], "720p")
            self.assertEqual(facts["packets_sent"] - facts["packets_received"], len(truth.lost))
            self.assertEqual(facts["longest_burst"], len(truth.lost))
            self.assertAlmostEqual(len(truth.lost), 20, delta=12)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
