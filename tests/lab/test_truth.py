# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the check measures, held against what the emulated link did to every packet.
"""usage: test_truth.py MEDIAPATH SOURCE_DIRECTORY [unittest arguments]"""
import itertools
import math
import os
import statistics
import sys
import tempfile
import unittest

MEDIAPATH = os.path.abspath(sys.argv[1])
SOURCE = os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
import link_truth  # noqa: E402
# A busy machine makes link and tester late; that is no answer about the check.
ATTEMPTS = 3
# Two ends, a link and two routers with their schedulers.
PASSAGE_MS = 3


def run_calmly(link, has_one_tier=False):
    """The first run that the machine did not spoil; else the last."""
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(ATTEMPTS):
            run = link_truth.Run(MEDIAPATH, SOURCE, directory, link, has_one_tier)
            if not run.is_spoiled:
                break
    return run


class LinkTruth(unittest.TestCase):
    def expect_same_packets(self, run, direction):
        """The tier's packets are those of the link, and each loss is one of the link's."""
        facts = run.media[direction]
        self.assertEqual(len(run.media["tiers"]), 1, run.said)
        self.assertGreater(facts["packets_sent"], 1000)
        self.assertEqual(facts["packets_sent"], len(run.call.packets(direction)), direction)
        lost = len(run.call.lost(direction))
        self.assertEqual(facts["packets_sent"] - facts["packets_received"], lost, direction)
        self.assertEqual(facts["loss"]["packets"], lost, direction)
        return lost / facts["packets_sent"]

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
            facts = run.media[direction]
            runs = [len(list(run)) for is_lost, run in itertools.groupby(
                run.call.packets(direction), lambda packet: not link_truth.is_delivered(packet))
                if is_lost]
            self.assertEqual(facts["loss"]["periods"], len(runs), direction)
            self.assertEqual(facts["longest_burst"], max(runs), direction)
            self.assertAlmostEqual(facts["burst_length"], statistics.mean(runs), places=2,
                                   msg=direction)
            self.assertGreater(facts["loss"]["burst_density_percent"], 10, direction)

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
        self.assertAlmostEqual(run.media["down"]["pdv_p95_ms"], run.call.pdv("down", 95), delta=0.5)
        self.assertAlmostEqual(run.media["up"]["pdv_p95_ms"], run.call.pdv("up", 95), delta=0.5)
        self.assertGreater(run.media["down"]["pdv_p95_ms"], 10)
        expected = statistics.median(run.call.round_trips())
        self.assertAlmostEqual(run.media["rtt_ms"]["p50"], expected, delta=0.5)

    def test_a_rate_keeps_what_does_not_fit(self):
        run = run_calmly({"both": {"delay_ms": 10}, "up": {"rate_kbps": 1000, "queue": {"ms": 50}}})
        tiers = {tier["name"]: tier for tier in run.media["tiers"]}
        # 360p is the best that fits beside voice and headers. 720p comes first, for a second.
        self.assertEqual(run.media["tier"], "360p", run.said)
        packets = run.truth.media("up")
        first = [packet for packet in packets if packet["at_ms"] < packets[0]["at_ms"] + 1000]
        lost = sum(not link_truth.is_delivered(packet) for packet in first)
        self.assertGreater(lost, 0.4 * len(first))
        self.assertAlmostEqual(tiers["720p"]["up_loss_percent"], 100 * lost / len(first), delta=5)
        self.assertEqual(tiers["720p"]["down_loss_percent"], 0)
        self.assertLessEqual(run.media["up"]["throughput_kbps"], 1000)
        fates = {packet["fate"] for packet in run.truth.media("up")}
        self.assertEqual(fates, {"delivered", "queue-full"})

    def test_an_outage_is_one_run_of_loss(self):
        run = run_calmly({"both": {"delay_ms": 5, "outages": [
            {"type": "drop", "at_ms": 2500, "for_ms": 50}]}})
        for direction in ("up", "down"):
            lost, facts = run.call.lost(direction), run.media[direction]
            self.assertEqual({packet["fate"] for packet in lost}, {"outage"}, run.said)
            # 50 ms of some 400 packets a second, of the tier that ran at the time.
            self.assertEqual(run.media["tier"], "720p")
            self.assertEqual(facts["packets_sent"] - facts["packets_received"], len(lost))
            self.assertEqual(facts["longest_burst"], len(lost))
            self.assertAlmostEqual(len(lost), 20, delta=12)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
