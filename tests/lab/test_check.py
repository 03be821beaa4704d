# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The main job in some networks of scenarios/networks/: does the check find what the file expects?
"""usage: test_check.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import ipaddress
import json
import os
import subprocess
import sys
import unittest

import jsonschema
import yaml

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
RANGES = [ipaddress.ip_network(text) for text in ("168.100.64.0/18", "216.147.0.0/18")]
# A busy machine says that the machine is the limit; that is no answer about the network.
ATTEMPTS = 3
# The check's own deadline is 60 s; the lab adds its second.
ENDS_WITHIN_S = 75
# One of each kind; the matrix over the whole catalogue sees to the others.
NETWORKS = ("clean", "office-443-only", "office-only-udp-3478", "turn-down", "turn-tls-untrusted",
            "turn-wrong-password")


def read_schema():
    with open(os.path.join(SOURCE_ROOT, "scenarios/schema/result.schema.json")) as file:
        return json.load(file)


def read_expectation(path):
    with open(path) as file:
        return yaml.safe_load(file)["expect"]


def check(*command):
    """Runs it and gives exit status, result and what it said."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=ENDS_WITHIN_S)
    try:
        return run.returncode, json.loads(run.stdout), run.stderr
    except json.JSONDecodeError:
        raise AssertionError(f"exit {run.returncode}, no JSON: {run.stdout}{run.stderr}") from None


def machine_is_the_limit(result):
    return any(forecast["verdict"] not in ("stable", "unknown") and
               forecast.get("limiting_factor") in ("cpu_headroom", "background_frame_p95_ms")
               for forecast in result["forecast"].values()) or \
        any(finding["id"] == "host-limited" for finding in result["findings"])


def check_calmly(*command):
    """The first answer of a machine that is not the limit itself; else the last."""
    for _ in range(ATTEMPTS):
        answer = check(*command)
        if not machine_is_the_limit(answer[1]):
            break
    return answer


def problems(result):
    return {finding["id"] for finding in result["findings"] if finding["severity"] != "info"}


class SomeNetworks(unittest.TestCase):
    """One test a file; named test_NAME."""

    def compare(self, path):
        expected = read_expectation(path)
        status, result, said = check_calmly(MEDIAPATH, "lab", path, "--", MEDIAPATH, "check",
                                            "--json", "-")
        jsonschema.validate(result, read_schema())
        self.assertLessEqual(set(expected["findings"]), problems(result), said)
        self.assertEqual((result["verdict"], status), (expected["verdict"], expected["exit"]),
                         said)
        if not expected["findings"]:
            self.assertEqual(problems(result), set(), said)


def add_test(name):
    path = os.path.join(SOURCE_ROOT, f"scenarios/networks/{name}.yaml")
    setattr(SomeNetworks, f"test_{name}", lambda self: self.compare(path))


for network in NETWORKS:
    add_test(network)


class EmbeddedDefault(unittest.TestCase):
    """`mediapath check` without a word about far ends."""

    @classmethod
    def setUpClass(cls):
        cls.status, cls.result, cls.said = check_calmly(MEDIAPATH, "check", "--json", "-")

    def test_all_is_well(self):
        self.assertEqual((self.status, self.result["verdict"]), (0, "stable"), self.said)
        self.assertEqual(problems(self.result), set(), self.said)
        for name, forecast in self.result["forecast"].items():
            self.assertEqual(forecast["verdict"], "stable", name)

    def test_every_way_carries_media_both_ways_without_a_loss(self):
        ways = {path["transport"]: path for path in self.result["paths"]}
        self.assertEqual(set(ways), {"udp", "turn-udp", "turn-tcp", "turn-tls"})
        for name, way in ways.items():
            self.assertTrue(way["usable"], name)
            for direction in ("up", "down"):
                self.assertEqual(way[direction]["loss_percent"], 0, f"{name} {direction}")

    def test_relayed_addresses_lie_inside_the_ranges_of_row_3_1(self):
        relayed = [measurement["facts"]["relayed_address"]
                   for measurement in self.result["measurements"]
                   if measurement["kind"] == "turn"]
        self.assertEqual(len(relayed), 3)
        for address in relayed:
            ip = ipaddress.ip_address(address.rsplit(":", 1)[0])
            self.assertTrue(any(ip in network for network in RANGES), address)

    def test_it_ends_in_under_15_seconds(self):
        self.assertLess(self.result["duration_ms"], 15000)

    def test_no_secret_is_in_the_result(self):
        text = json.dumps(self.result)
        for word in ("password", "token", "secret"):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
