# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the lab's networks do to packets that get through, and which parts of the ranges they let out.
"""usage: test_path.py MEDIAPATH"""
import json
import os
import subprocess
import sys
import unittest

MEDIAPATH = os.path.abspath(sys.argv[1])
RANGES = ("168.100.64.0/18", "216.147.0.0/18")


def in_lab(network, *arguments):
    run = subprocess.run([MEDIAPATH, "lab", network, "--", MEDIAPATH, *arguments, "--quiet",
                          "--json", "-"], capture_output=True, text=True, timeout=100)
    if not run.stdout:
        raise AssertionError(f"exit {run.returncode}: {run.stderr}")
    result = json.loads(run.stdout)
    return run.returncode, result["measurements"][0], [f["id"] for f in result["findings"]]


class Path(unittest.TestCase):
    def path(self, network):
        status, measurement, findings = in_lab(network, "check", "--only", "path")
        self.assertEqual(measurement["kind"], "path")
        return status, measurement, findings

    def test_a_clean_path_changes_nothing(self):
        status, measurement, findings = self.path("clean")
        facts = measurement["facts"]
        self.assertEqual((measurement["outcome"], findings), ("answered", []))
        self.assertEqual(status, 4)  # nothing was asked that a verdict could stand on
        self.assertEqual(facts["largest_packet_bytes"], {"asked": 1500, "up": 1500,
                                                         "down": 1500, "larger_sent": 0})
        self.assertEqual(facts["dscp"], [{"sent": mark, "up": mark, "down": mark}
                                         for mark in (46, 34, 8)])
        self.assertEqual(facts["ecn_kept"], {"up": True, "down": True})
        self.assertEqual(facts["fragments_pass"], {"up": True, "down": True})
        self.assertNotIn("icmp_mtu", facts)

    def test_a_router_that_tells_its_size_is_no_fault(self):
        _, measurement, findings = self.path("pppoe")
        self.assertEqual(measurement["facts"]["largest_packet_bytes"]["up"], 1492)
        self.assertEqual((measurement["facts"]["icmp_mtu"], findings), (1492, []))

    def test_large_packets_that_vanish_are_told(self):
        _, measurement, findings = self.path("office-large-packets-dropped")
        self.assertEqual(findings, ["large-packets-lost"])
        self.assertEqual(measurement["facts"]["largest_packet_bytes"]["up"], 0)

    def test_marks_that_are_cleared_are_told(self):
        _, measurement, findings = self.path("dscp-rewritten")
        self.assertEqual(findings, ["marks-lost"])
        self.assertEqual({mark["up"] for mark in measurement["facts"]["dscp"]}, {0})

    def test_a_refusal_is_no_silence(self):
        _, measurement, findings = self.path("responder-down")
        self.assertEqual((measurement["outcome"], findings), ("refused", []))
        reflect = measurement["facts"]["stages"][-1]
        self.assertEqual((reflect["name"], reflect["icmp_type"], reflect["icmp_code"]),
                         ("reflect", 3, 3), reflect)
        self.assertNotIn("largest_packet_bytes", measurement["facts"])

    def test_silence_says_nothing(self):
        _, measurement, findings = self.path("office-udp-blocked")
        self.assertEqual((measurement["outcome"], findings), ("silent", []))
        self.assertNotIn("largest_packet_bytes", measurement["facts"])


class Lossy(unittest.TestCase):
    # Nothing in that network is blocked, down or wrong: what checks said of it that called it so.
    FALSE = {"nothing-answered", "name-unresolved", "name-slow", "udp-blocked", "tcp-blocked",
             "turn-server-silent", "turn-server-down", "udp-3478-blocked", "turn-tcp-3478-blocked",
             "turn-tls-443-blocked", "udp-ports-blocked", "udp-media-ports-blocked",
             "turn-port-blocked", "turn-data-filtered", "relay-data-blocked", "turn-protocol-error",
             "signalling-blocked", "dtls-blocked", "dtls-failed", "srtp-blocked", "media-blocked",
             "large-packets-lost", "udp-policed"}

    def test_loss_alone_blocks_nothing(self):
        run = subprocess.run([MEDIAPATH, "lab", "loss-20", "--", MEDIAPATH, "check", "--quiet",
                              "--json", "-"], capture_output=True, text=True, timeout=100)
        result = json.loads(run.stdout)
        findings = {finding["id"]: finding for finding in result["findings"]}
        self.assertEqual(set(findings) & self.FALSE, set(), findings)
        self.assertEqual(run.returncode, 1, (result["verdict"], findings))
        failed = [row for row in result["requirements"] if row["state"] == "failed"]
        self.assertEqual(failed, [])
        silent = [m["id"] for m in result["measurements"]
                  for stage in m["facts"].get("stages", []) if stage["outcome"] == "silent"
                  and not m["kind"].startswith("nat")]
        evidence = findings["path-lossy"]["evidence"] if silent else []
        self.assertLessEqual(set(silent), set(evidence))


class Parts(unittest.TestCase):
    def walk(self, network):
        return in_lab(network, "ports", "--walk", RANGES[0], "--walk", RANGES[1], "--ports",
                      "3478-3500")

    def test_every_part_of_both_ranges_is_let_out(self):
        _, measurement, findings = self.walk("clean")
        prefixes = measurement["facts"]["prefixes"]
        self.assertEqual((prefixes["parts"], prefixes["passed"], prefixes["blocked"]),
                         (128, 128, []))
        self.assertLess(prefixes["blocked_bound_percent"], 2.4)
        self.assertEqual(findings, [])

    def test_a_range_that_is_missing_is_the_rule_that_is_missing(self):
        status, measurement, findings = self.walk("office-one-range-missing")
        prefixes = measurement["facts"]["prefixes"]
        self.assertEqual((prefixes["passed"], len(prefixes["blocked"])), (64, 64))
        self.assertTrue(all(part.startswith("216.147.") for part in prefixes["blocked"]))
        self.assertEqual((status, findings), (1, ["udp-prefixes-blocked"]))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
