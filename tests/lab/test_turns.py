# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The ways take turns at media: is what the network does to all of them nobody's fault, and what it
# does to one of them that one's?
"""usage: test_turns.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
ENDS_WITHIN_S = 90
# A machine that stands still in one turn makes that turn longer than the others.
ATTEMPTS = 3
ROUNDS = 4
# The first byte behind the UDP header, RFC 7983; of ChannelData the fifth is the data's first.
SRTP = "@th,64,8 >= 128"
RELAYED = "@th,64,8 >= 64 @th,64,8 <= 79"
RELAYED_SRTP = f"{RELAYED} @th,96,8 >= 128"
# Each direction 5 ms longer every half second.
STEP_MS, EVERY_MS = 5, 500


def staircase():
    delays = [{"at_ms": EVERY_MS * step, "delay_ms": 10 + STEP_MS * step} for step in range(1, 60)]
    return {"schema": "mediapath-network/1", "name": "worse",
            "sentence": {"en": "A link that gets worse.", "ja": "悪くなっていく回線。"},
            "site": {"nat": {}}, "link": {"both": {"delay_ms": 10, "changes": delays}},
            "provider": {"turn": {"state": "running"}, "responder": {"state": "running"}}}


def check(network, ways, *rules):
    script = ["nft add table ip test",
              "nft 'add chain ip test up { type filter hook output priority 0; }'"]
    script += [f"nft 'add rule ip test {rule}'" for rule in rules]
    script += ['exec "$@"']
    run = subprocess.run(
        [MEDIAPATH, "lab", network, "--", "sh", "-ec", "\n".join(script), "sh", MEDIAPATH, "check",
         "--only", "turn,media", "--transport", ways, "--quiet", "--json", "-"],
        capture_output=True, text=True, timeout=ENDS_WITHIN_S)
    if not run.stdout:
        raise AssertionError(run.stderr)
    result = json.loads(run.stdout)
    with open(os.path.join(SOURCE_ROOT, "scenarios/schema/result.schema.json")) as file:
        jsonschema.validate(result, json.load(file))
    return result


def paths(result):
    return {path["transport"]: path for path in result["paths"]}


def turns(result, way):
    return next(entry for entry in result["measurements"]
                if entry["id"] == f"media-{way}")["facts"]["turns"]["rounds"]


def windows(result, way):
    """In the run's time."""
    measurement = next(entry for entry in result["measurements"] if entry["id"] == f"media-{way}")
    return [(measurement["started_ms"] + turn["ms"],
             measurement["started_ms"] + turn["ms"] + turn["took_ms"], turn["round"], way)
            for turn in measurement["facts"]["turns"]["rounds"]]


class Turns(unittest.TestCase):
    def attempt(self, question, *arguments):
        """The first answer that is as it should be; else the last one's failure."""
        for attempt in range(ATTEMPTS):
            try:
                return question(check(*arguments))
            except AssertionError:
                if attempt == ATTEMPTS - 1:
                    raise

    def test_they_are_the_same_minutes(self):
        ways = ("udp", "turn-udp", "turn-tcp", "turn-tls")
        result = check("clean", ",".join(ways))
        seen = sorted(window for way in ways for window in windows(result, way))
        for before, after in zip(seen, seen[1:]):
            self.assertLessEqual(before[1], after[0] + 1, seen)
        shared = [window for window in seen if window[2] < ROUNDS]
        order = [[way for _, _, round_, way in shared if round_ == number]
                 for number in range(ROUNDS)]
        for number, names in enumerate(order):
            self.assertEqual(names, [*ways[number % 4:], *ways[:number % 4]])
        for way in ways:
            spans = [end - first for first, end, *_ in windows(result, way)]
            self.assertGreater(sum(spans), 3900 if way == "udp" else 1400)
            self.assertLess(sum(spans), 5000 if way == "udp" else 1700)
            # The first has its own in every round, too, and what is left of its time alone.
            for span in spans[:ROUNDS]:
                self.assertAlmostEqual(span, 375, delta=100)

    def test_a_network_that_gets_worse_blames_nobody(self):
        """RTT grows by 20 ms a second. One after the other the relay would have met a network that
        is 80 ms slower than the direct way's, four seconds before, and taken the blame."""
        def question(result):
            compared = paths(result)["turn-udp"]["compared"]
            self.assertEqual(compared["is"], "alike", compared)
            self.assertGreaterEqual(compared["rounds"], ROUNDS - 1)
            self.assertLess(abs(compared["rtt_ms"]["value"]), 20)
            self.assertLessEqual(compared["rtt_ms"]["low"], 0)
            self.assertGreaterEqual(compared["rtt_ms"]["high"], 0)
            for way in ("udp", "turn-udp"):
                seen = turns(result, way)
                passed = seen[ROUNDS - 1]["ms"] - seen[0]["ms"]
                grown = seen[ROUNDS - 1]["rtt_ms"] - seen[0]["rtt_ms"]
                expected = passed / EVERY_MS * 2 * STEP_MS
                self.assertAlmostEqual(grown, expected, delta=15 + expected / 5)
                self.assertGreater(grown, 25)

        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "worse.yaml")
            with open(path, "w") as file:
                yaml.safe_dump(staircase(), file, allow_unicode=True)
            self.attempt(question, path, "udp,turn-udp")

    def test_one_relay_that_is_really_worse_is_told(self):
        def question(result):
            way = paths(result)
            worse = way["turn-udp"]["compared"]
            self.assertEqual((worse["is"], worse["with"]), ("worse", "udp"), worse)
            self.assertGreater(worse["up_loss_percent"]["low"], 0)
            self.assertAlmostEqual(worse["up_loss_percent"]["value"], 10, delta=2)
            self.assertLess(abs(worse["down_loss_percent"]["value"]), 0.5)
            self.assertEqual(way["turn-tcp"]["compared"]["is"], "alike", way["turn-tcp"])
            self.assertNotIn("rival", result["advice"])

        self.attempt(question, "clean", "udp,turn-udp,turn-tcp",
                     f"up udp dport 3478 {RELAYED_SRTP} numgen inc mod 10 5 counter drop")

    def test_what_the_browsers_way_loses_is_told(self):
        def question(result):
            advice = result["advice"]
            self.assertEqual(advice["way"], "udp")
            self.assertIn("rival", advice, paths(result)["turn-udp"])
            self.assertEqual(advice["rival"]["way"], "turn-udp")
            self.assertLess(advice["rival"]["up_loss_percent"]["high"], 0)
            self.assertEqual(paths(result)["turn-udp"]["compared"]["is"], "better")

        self.attempt(question, "clean", "udp,turn-udp",
                     f"up udp dport 20000-29999 {SRTP} numgen inc mod 10 5 counter drop")

    def test_a_way_that_breaks_leaves_the_others_their_time(self):
        """Nothing of the relay's media passes: the first way has all of its time all the same."""
        result = check("clean", "udp,turn-udp,turn-tcp",
                       f"up udp dport 3478 {RELAYED} udp length > 100 counter drop")
        way = paths(result)
        self.assertTrue(way["udp"]["usable"])
        self.assertTrue(way["turn-tcp"]["usable"])
        self.assertFalse(way["turn-udp"].get("usable", False))
        self.assertEqual(way["udp"]["up"]["loss_percent"], 0)
        self.assertEqual(way["turn-tcp"]["compared"]["with"], "udp")
        # Media that goes on until the capacity is measured counts, too.
        span = sum(end - first for first, end, *_ in windows(result, "udp"))
        self.assertGreater(span, 3900)
        self.assertLess(span, 5000)

    def test_short_of_time_fewer_ways_are_measured(self):
        run = subprocess.run(
            [MEDIAPATH, "lab", "clean", "--", MEDIAPATH, "check", "--only", "turn,media",
             "--deadline", "9", "--quiet", "--json", "-"], capture_output=True, text=True,
            timeout=ENDS_WITHIN_S)
        result = json.loads(run.stdout)
        media = {entry["id"]: entry for entry in result["measurements"]
                 if entry["kind"] == "media"}
        self.assertEqual(media["media-udp"]["outcome"], "answered")
        self.assertAlmostEqual(sum(tier["seconds"] for tier in media["media-udp"]["facts"]["tiers"]),
                               4, delta=0.5)
        self.assertEqual(media["media-turn-tls"]["outcome"], "not_run")
        self.assertLess(result["duration_ms"], 9500)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
