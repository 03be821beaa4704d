# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Media in the clean lab with one thing wrong on the client's own interface, where the kernel's
# firewall counts what it drops: is the loss exact, is the tier right, is the broken stage named?
"""usage: test_media.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import unittest

import jsonschema

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
HERE = os.path.dirname(os.path.abspath(__file__))
ENDS_WITHIN_S = 75
# The responder's media ports in the lab.
MEDIA = "20000-29999"
# The first byte behind the UDP header, RFC 7983.
SRTP = "@th,64,8 >= 128"
DTLS = "@th,64,8 >= 20 @th,64,8 <= 63"
# Longer than any check of ICE: only video.
VIDEO = "udp length > 300"


def run_in_lab(script, *arguments):
    return subprocess.run([MEDIAPATH, "lab", "clean", "--", "sh", "-ec", script, "sh", *arguments],
                          capture_output=True, text=True, timeout=ENDS_WITHIN_S)


def check(rules, *options):
    """Checks media under firewall rules of the client; gives exit status, result and the number of
    packets that each rule counted."""
    script = ["nft add table ip test",
              "nft 'add chain ip test up { type filter hook output priority 0; }'",
              "nft 'add chain ip test down { type filter hook input priority 0; }'"]
    script += [f"nft 'add rule ip test {rule}'" for rule in rules]
    script += ["status=0", '"$@" || status=$?', "echo", "nft -j list table ip test",
               "echo $status"]
    run = run_in_lab("\n".join(script), MEDIAPATH, "check", "--json", "-", *options)
    lines = run.stdout.strip().splitlines()
    if len(lines) < 3:
        raise AssertionError(run.stdout + run.stderr)
    result = json.loads("\n".join(lines[:-2]))
    with open(os.path.join(SOURCE_ROOT, "scenarios/schema/result.schema.json")) as file:
        jsonschema.validate(result, json.load(file))
    counted = [part["counter"]["packets"]
               for entry in json.loads(lines[-2])["nftables"] if "rule" in entry
               for part in entry["rule"]["expr"] if "counter" in part]
    return int(lines[-1]), result, counted


def media(result):
    return next(entry for entry in result["measurements"] if entry["id"] == "media-udp")


def broken_stage(measurement):
    for stage in measurement["facts"]["stages"]:
        if stage["outcome"] != "answered":
            return stage["name"], stage["outcome"]
    return None


def findings(result):
    """The tester's own machine is no part of the network."""
    return {finding["id"] for finding in result["findings"]
            if finding["severity"] != "info" and finding["owner"] != "tester"}


def errors(result):
    return {finding["id"] for finding in result["findings"] if finding["severity"] == "error"}


def numbers(result):
    return result["findings"][0]["numbers"]


class Loss(unittest.TestCase):
    def test_each_direction_is_counted_to_the_packet(self):
        _, result, dropped = check(
            [f"up udp dport {MEDIA} {VIDEO} numgen inc mod 100 50 counter drop",
             f"down udp sport {MEDIA} {VIDEO} numgen inc mod 80 40 counter drop"],
            "--only", "media", "--capacity", "0")
        facts = media(result)["facts"]
        for direction, truth in zip(("up", "down"), dropped):
            figures = facts[direction]
            self.assertGreater(truth, 5)
            # The firewall drops of what is sent again, too.
            again = figures["retransmissions"]
            lost = truth - (again["packets_sent"] - again["packets_received"])
            self.assertEqual(figures["packets_sent"] - figures["packets_received"], lost,
                             direction)
            self.assertEqual(figures["unexplained_lost"], lost, direction)
            self.assertEqual(again["lost"], lost, direction)
            self.assertGreaterEqual(again["repaired_percent"], 80, direction)
            self.assertEqual(figures["longest_burst"], 1, direction)
        self.assertEqual(facts["tier"], "720p")

    def test_loss_that_a_lower_rate_does_not_mend_keeps_the_tier(self):
        _, result, _ = check([f"up udp dport {MEDIA} {SRTP} numgen inc mod 8 4 counter drop"],
                             "--only", "media")
        facts = media(result)["facts"]
        self.assertGreater(len(facts["tiers"]), 1)
        self.assertEqual(facts["tier"], "720p")
        self.assertAlmostEqual(facts["up"]["loss_percent"], 12.5, delta=1.5)
        self.assertEqual(facts["down"]["loss_percent"], 0)
        self.assertIn(result["forecast"]["live_video"]["verdict"], ("degraded", "unstable"))
        self.assertEqual(result["forecast"]["live_video"]["limiting_factor"], "loss_percent")
        self.assertIn("media-loss", findings(result))

    def test_what_finds_no_room_here_is_not_the_networks_loss(self):
        run = run_in_lab('exec /usr/bin/python3 "$@"', os.path.join(HERE, "overflow_tester.py"),
                         MEDIAPATH, "--only", "media", "--transport", "udp", "--json", "-")
        result = json.loads(run.stdout)
        facts = media(result)["facts"]
        down = facts["down"]
        self.assertGreater(down["dropped_here"], 50)
        self.assertEqual(down["packets_sent"] - down["packets_received"], down["dropped_here"])
        self.assertGreaterEqual(facts["timing"]["receive_overflows"], down["dropped_here"])
        self.assertEqual((down["unexplained_lost"], down["loss_percent"]), (0, 0))
        self.assertEqual(facts["up"]["loss_percent"], 0)
        # No lower tier is tried for it, and nobody but this computer is named.
        self.assertEqual([tier["name"] for tier in facts["tiers"]], ["720p"])
        self.assertIn("host-limited", {finding["id"] for finding in result["findings"]})
        self.assertNotIn("media-loss", {finding["id"] for finding in result["findings"]})

    def test_a_narrow_way_up_is_met_with_a_lower_tier(self):
        _, result, _ = check([f"up udp dport {MEDIA} limit rate over 120 kbytes/second "
                              "burst 8 kbytes counter drop"], "--only", "media")
        facts = media(result)["facts"]
        self.assertEqual(facts["tier"], "360p")
        self.assertEqual([tier["name"] for tier in facts["tiers"]], ["720p", "540p", "360p"])
        self.assertLess(facts["up"]["loss_percent"], 2)
        self.assertLess(result["forecast"]["live_video"]["expected"]["video_kbps"], 960)


class BrokenStage(unittest.TestCase):
    def broken(self, rule):
        status, result, _ = check([rule], "--only", "media")
        return status, result, broken_stage(media(result))

    def test_dtls_dropped(self):
        status, result, broken = self.broken(f"down udp sport {MEDIA} {DTLS} counter drop")
        self.assertEqual(broken, ("dtls", "silent"))
        self.assertEqual(errors(result), {"dtls-blocked"})
        self.assertEqual(numbers(result)["direction"], "down")
        dtls = media(result)["facts"]["dtls"]
        self.assertEqual(dtls["down"]["packets_received"], 0)
        self.assertGreater(dtls["up"]["packets_received"], 2)
        self.assertEqual([flight["messages"] for flight in dtls["flights"]], [["ClientHello"]])
        self.assertGreater(dtls["flights"][0]["retransmissions"], 2)
        self.assertEqual(status, 1)

    def test_our_client_hello_dropped(self):
        _, result, broken = self.broken(f"up udp dport {MEDIA} {DTLS} counter drop")
        self.assertEqual(broken, ("dtls", "silent"))
        self.assertEqual(errors(result), {"dtls-blocked"})
        self.assertEqual(numbers(result)["direction"], "up")
        self.assertEqual(media(result)["facts"]["dtls"]["down"]["packets_sent"], 0)

    def test_large_datagrams_of_the_far_ends_flight_dropped(self):
        """Repeated in smaller pieces all but the largest come: the flight is not whole."""
        _, result, broken = self.broken(f"down udp sport {MEDIA} udp length > 260 counter drop")
        self.assertEqual(broken, ("dtls", "silent"))
        self.assertEqual(errors(result), {"dtls-failed"})
        self.assertLess(numbers(result)["largest_received_bytes"], 252)
        self.assertGreater(numbers(result)["smallest_missing_bytes"], 252)

    def test_a_handshake_gets_through_in_small_pieces(self):
        for direction, port in (("down", "sport"), ("up", "dport")):
            with self.subTest(direction):
                _, result, dropped = check([f"{direction} udp {port} {MEDIA} {DTLS} "
                                            "udp length > 300 counter drop"], "--only", "media")
                self.assertGreater(dropped[0], 0)
                dtls = media(result)["facts"]["dtls"]
                self.assertEqual(dtls["fingerprint"], "ok")
                self.assertEqual(len(dtls["flights"]), 4)
                self.assertEqual(dtls[direction]["packets_sent"] -
                                 dtls[direction]["packets_received"], dropped[0])

    def test_srtp_dropped(self):
        status, result, broken = self.broken(f"down udp sport {MEDIA} {SRTP} counter drop")
        self.assertEqual(broken, ("srtp", "silent"))
        self.assertEqual(errors(result), {"one-way-media"})
        self.assertEqual(numbers(result)["direction"], "down")
        arrived = media(result)["facts"]["srtp"]
        self.assertEqual(arrived["down"]["packets_received"], 0)
        self.assertGreater(arrived["up"]["packets_received"], 100)
        self.assertEqual(status, 1)

    def test_srtp_dropped_both_ways(self):
        _, result, _ = check([f"{direction} udp {port} {MEDIA} {SRTP} counter drop"
                              for direction, port in (("up", "dport"), ("down", "sport"))],
                             "--only", "media")
        self.assertEqual(broken_stage(media(result)), ("srtp", "silent"))
        self.assertEqual(errors(result), {"srtp-blocked"})

    def test_only_our_own_media_dropped(self):
        status, result, _ = self.broken(f"up udp dport {MEDIA} {SRTP} counter drop")
        facts = media(result)["facts"]
        self.assertEqual(facts["up"]["loss_percent"], 100)
        self.assertEqual(facts["down"]["loss_percent"], 0)
        self.assertIn("one-way-media", findings(result))
        self.assertEqual(status, 1)

    def test_the_far_end_dies_in_the_middle(self):
        run = run_in_lab('exec /usr/bin/python3 "$@"', os.path.join(HERE, "kill_far_end.py"),
                         MEDIAPATH)
        result = json.loads(run.stdout)
        name, outcome = broken_stage(media(result))
        self.assertIn((name, outcome), {("record", "refused"), ("media", "silent")})
        # What was not handed over is not measured: no figure, and no good verdict.
        self.assertNotIn("up", media(result)["facts"])
        self.assertNotEqual(result["verdict"], "stable")
        self.assertNotEqual(run.returncode, 0)


class TooLittleTime(unittest.TestCase):
    def test_our_own_deadline_is_nobodys_fault(self):
        for seconds in ("1", "3"):
            with self.subTest(deadline=seconds):
                status, result, _ = check([], "--deadline", seconds)
                self.assertEqual(findings(result), set())
                self.assertNotIn("silent", {entry["outcome"] for entry in result["measurements"]})
                self.assertEqual((result["verdict"], status), ("unknown", 4))


class Secrets(unittest.TestCase):
    def test_neither_password_nor_token_is_in_any_output(self):
        run = run_in_lab('cat "$MEDIAPATH_LAB"; echo; echo; "$@"', MEDIAPATH, "check", "--json",
                         "-", "--skip", "media")
        described, output = run.stdout.split("\n\n", 1)
        lab = json.loads(described)
        for secret in (lab["turn_password"], lab["responder"]["token"]):
            self.assertGreater(len(secret), 8)
            self.assertNotIn(secret, output + run.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
