# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the check says of every NAT of the catalogue, and how long it keeps an idle flow.
"""usage: test_nat.py MEDIAPATH [unittest arguments]"""
import concurrent.futures
import json
import os
import subprocess
import sys
import unittest

MEDIAPATH = os.path.abspath(sys.argv[1])
# The kinds take two and a half seconds of silence; five leave room for a busy machine.
KINDS_DEADLINE_S = 5
EI, AD, APD = "endpoint-independent", "address-dependent", "address-and-port-dependent"
FACTS = ("mapping", "filtering", "hairpin", "port_preserved")
NETWORKS = {
    "no-nat": ("none", APD, "unknown", "unknown"),
    "nat-endpoint-independent": (EI, EI, "no", "yes"),
    "nat-address-dependent": (AD, AD, "no", "yes"),
    "nat-symmetric": (APD, APD, "no", "no"),
    "nat-random-ports": (EI, APD, "no", "no"),
    "nat-hairpin": (EI, APD, "yes", "yes"),
    "nat-double": (EI, APD, "no", "yes"),
    "cgnat": (APD, APD, "no", "no"),
}


def check(network, *options):
    run = subprocess.run([MEDIAPATH, "lab", network, "--", MEDIAPATH, "check", "--json", "-",
                          *options], capture_output=True, text=True, timeout=120)
    try:
        result = json.loads(run.stdout)
    except json.JSONDecodeError:
        raise AssertionError(f"{network}: exit {run.returncode}: {run.stdout}{run.stderr}") from None
    return {measurement["kind"]: measurement for measurement in result["measurements"]}, run.stderr


class Kinds(unittest.TestCase):
    def test_every_network_gives_its_kind(self):
        def ask(name):
            return check(name, "--only", "nat", "--deadline", str(KINDS_DEADLINE_S))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (name, expected), (found, _) in zip(NETWORKS.items(), pool.map(ask, NETWORKS)):
                with self.subTest(name):
                    facts = found["nat"]["facts"]
                    self.assertEqual(tuple(facts[fact] for fact in FACTS), expected, facts)
                    self.assertEqual(facts["fragments_pass"], "yes")
                    self.assertEqual(facts["address_tampered"], "no")
                    self.assertTrue(facts["rfc5780"])

    def test_a_blocked_port_is_no_nat(self):
        found, _ = check("office-udp-blocked", "--only", "nat")
        for kind in ("nat", "nat-lifetime"):
            self.assertEqual(found[kind]["outcome"], "silent", found)
        self.assertEqual(found["nat"]["facts"]["mapping"], "unknown")
        self.assertEqual(found["nat-lifetime"]["facts"]["lifetime_s"], {})


class Lifetime(unittest.TestCase):
    def test_a_short_timeout_lies_in_its_interval(self):
        found, said = check("office-short-udp-timeout", "--only", "nat")
        lifetime = found["nat-lifetime"]["facts"]["lifetime_s"]
        self.assertLess(lifetime["more_than"], 10)
        self.assertGreaterEqual(lifetime["at_most"], 10)
        self.assertLessEqual(lifetime["at_most"] - lifetime["more_than"], 3)
        self.assertIn("Idle flows", said)

    def test_a_long_one_is_only_known_to_be_longer(self):
        found, _ = check("nat-symmetric", "--only", "nat")
        self.assertEqual(found["nat-lifetime"]["facts"]["lifetime_s"], {"more_than": 12})

    def test_a_longer_search_was_asked_for(self):
        found, _ = check("nat-endpoint-independent", "--only", "nat", "--nat-lifetime", "17")
        self.assertEqual(found["nat-lifetime"]["facts"]["lifetime_s"], {"more_than": 17})

    def test_beside_other_steps_it_takes_no_time_of_its_own(self):
        found, _ = check("clean", "--only", "stun,nat,turn")
        patient = found["nat-lifetime"]["duration_ms"]
        found, _ = check("clean", "--skip", "media,web,computer")
        self.assertLess(found["nat-lifetime"]["duration_ms"], 6000)
        self.assertGreater(patient, 12000)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
