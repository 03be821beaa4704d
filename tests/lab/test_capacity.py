# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How much a way carries, against the emulator and against a policer of the kernel.
"""usage: test_capacity.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
ENDS_WITHIN_S = 90
# A machine that other things keep busy is asked again; what is true does not change.
TRIES = 5
NETWORK = """schema: mediapath-network/1
name: test-capacity
sentence: {{en: A network., ja: ネットワーク。}}
{network}
provider: {{turn: {{state: running}}, responder: {{state: running}}}}
"""


def check(network, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(NETWORK.format(network=network))
        file.flush()
        run = subprocess.run([MEDIAPATH, "lab", file.name, "--", MEDIAPATH, "check", "--only",
                              "media", "--transport", "udp", "--quiet", "--json", "-", *options],
                             capture_output=True, text=True, timeout=ENDS_WITHIN_S)
    if not run.stdout:
        raise AssertionError(run.stderr)
    result = json.loads(run.stdout)
    with open(os.path.join(SOURCE_ROOT, "scenarios/schema/result.schema.json")) as file:
        jsonschema.validate(result, json.load(file))
    media = next(entry for entry in result["measurements"] if entry["id"] == "media-udp")
    return result, media["facts"].get("capacity")


def findings(result):
    return {finding["id"]: finding["numbers"] for finding in result["findings"]}


class Capacity(unittest.TestCase):
    def wait_for(self, is_right, network, *options):
        """Runs checks until one is right or the tries are over; the last one is asserted."""
        for _ in range(TRIES):
            result, capacity = check(network, *options)
            if capacity and is_right(capacity) and "host-limited" not in findings(result):
                break
        return result, capacity

    def assert_near(self, found, truth, share):
        self.assertLessEqual(abs(found / truth - 1), share, f"{found} for {truth}")

    def test_each_direction_has_its_own_rate(self):
        network = """site: {nat: {}}
link:
  both: {delay_ms: 15}
  up: {rate_kbps: 2000, queue: {ms: 200}}
  down: {rate_kbps: 6000, queue: {ms: 100}}"""
        result, capacity = self.wait_for(
            lambda found: abs(found["up"]["value_kbps"] / 2000 - 1) <= 0.05 and
            abs(found["down"]["value_kbps"] / 6000 - 1) <= 0.05, network)
        self.assert_near(capacity["up"]["value_kbps"], 2000, 0.05)
        self.assert_near(capacity["down"]["value_kbps"], 6000, 0.05)
        self.assertEqual(capacity["up"]["limiter"], "queue")
        self.assertLessEqual(capacity["seconds"], 4.6)
        self.assertEqual(capacity["need_kbps"], 10000)
        path = next(path for path in result["paths"] if path["transport"] == "udp")
        self.assertEqual(path["up"]["capacity_kbps"]["value"], capacity["up"]["value_kbps"])
        numbers = findings(result)["line-below-recommended"]
        self.assertEqual(numbers["direction"], "up")
        self.assertEqual(numbers["limit_kbps"], 10000)

    def test_a_call_outlives_the_loss_of_its_checks(self):
        # Media of all tiers fills the queue for seconds: checks are lost in it, in two calls of five
        # several in a row.
        network = """site: {nat: {}}
link:
  both: {delay_ms: 20, rate_kbps: 300, queue: {ms: 300},
         jitter: {ms: 30, distribution: normal, correlation_ms: 20}}"""
        result, capacity = check(network, "--media-seconds", "8", "--capacity", "300")
        media = next(entry for entry in result["measurements"] if entry["id"] == "media-udp")
        self.assertEqual(media["facts"]["events"], [])
        self.assertIsNotNone(capacity)

    def test_a_policer_is_named_with_its_rate_and_burst(self):
        # The kernel's bucket holds what comes in a second.
        network = """site:
  nat: {}
  firewall:
    - {action: drop, protocol: udp, above_kbps: 1000}"""
        result, capacity = self.wait_for(
            lambda found: abs(found["up"].get("value_kbps", 0) / 1000 - 1) <= 0.1 and
            found["up"].get("limiter") == "policer", network)
        self.assertEqual(capacity["up"]["limiter"], "policer")
        self.assert_near(capacity["up"]["value_kbps"], 1000, 0.1)
        self.assertEqual(capacity["down"]["limiter"], "none")
        numbers = findings(result)["udp-policed"]
        self.assertEqual(numbers["direction"], "up")
        # At most: the media before has left the bucket less than full.
        self.assertLessEqual(numbers["burst_kb"], 125 * 1.25)
        self.assertGreaterEqual(numbers["burst_kb"], 10)
        self.assertNotIn("media-rate", findings(result))

    def test_enough_ends_it_early(self):
        result, capacity = self.wait_for(
            lambda found: found["seconds"] <= 1.5 and
            all(found[direction].get("limiter") == "none" for direction in ("up", "down")),
            "site: {nat: {}}", "--capacity", "2000")
        self.assertLessEqual(capacity["seconds"], 1.5)
        for direction in ("up", "down"):
            self.assertGreaterEqual(capacity[direction]["value_kbps"], 2900)
            self.assertNotIn("high_kbps", capacity[direction])
            # 3.2 s of the need.
            self.assertLessEqual(capacity[direction]["sent_bytes"], 800000)

    def test_it_can_be_left_out(self):
        _, capacity = check("site: {nat: {}}", "--capacity", "0", "--media-seconds", "1")
        self.assertIsNone(capacity)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
