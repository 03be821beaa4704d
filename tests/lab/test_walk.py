# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The TTL walk against chains of real routers: which ports leave, and which hop keeps the others.
"""usage: test_walk.py RUN_PROBE [unittest arguments]

A walk mostly waits for routers that limit their errors, so all worlds are begun at once, each in
namespaces of its own, and the tests collect what came of them.
"""
import concurrent.futures
import ipaddress
import json
import os
import random
import subprocess
import sys
import unittest

RUN_PROBE = os.path.abspath(sys.argv[1])
WORLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "walk_world.py")
FIRST, LAST = 1025, 65535
# The longest that the ports alone may take.
MINUTE_S = 58
SIDE_BY_SIDE = 24
RANGES = ("168.100.64.0/18", "216.147.0.0/18")
IPV6_RANGE = "2620:12b:8000::/40"
CHAIN_RANGES = [[20000, 29999], [40000, 65535]]
FOUR_RANGES = [[1025, 3477], [3479, 19999], [30000, 48999], [60000, 65535]]


def walk(world, deadline, toward, *options):
    goals = [word for goal in toward for word in ("--walk", goal)]
    run = subprocess.run(
        ["unshare", "-Urnm", "--", sys.executable, WORLD, json.dumps(world), RUN_PROBE,
         "ports-walk", "turn:192.0.2.1:3478", *goals, *options, "--deadline", str(deadline)],
        capture_output=True, text=True, timeout=deadline + 60)
    if not run.stdout:
        raise AssertionError(f"exit {run.returncode}: {run.stderr}")
    result = json.loads(run.stdout)
    return result["facts"], result["outcome"]


def address(ttl):
    return "10.10.0.1" if ttl == 1 else f"203.0.113.{4 * ttl + 1}"


def firewall(hop, ranges, **more):
    return {"hop": hop, "ranges": ranges, **more}


def random_ranges(generator):
    """1 to 8 ranges of blocked ports, with holes of 1 to 5,000."""
    ranges, port = [], FIRST
    for _ in range(generator.randint(1, 8)):
        first = port + generator.randint(1, 5000)
        port = min(first + generator.randint(1, 5000), LAST)
        ranges.append([first, port])
    return ranges


def random_worlds():
    """30 of them; every third one has routers that limit their errors as Linux does."""
    generator = random.Random(5)
    for number in range(30):
        hops = generator.randint(2, 5)
        yield {"hops": hops, "limited": number % 3 == 0,
               "firewall": firewall(generator.randint(1, hops - 1), random_ranges(generator))}


def chains():
    for hops in range(2, 6):
        for keeper in range(1, hops):
            yield {"hops": hops, "firewall": firewall(keeper, CHAIN_RANGES)}


ONE = ("168.100.96.1",)
LIMITED = {"hops": 5, "limited": True, "firewall": firewall(1, FOUR_RANGES)}
# The second half of the second range.
LIMITED_PREFIXES = {"hops": 5, "limited": True,
                    "firewall": firewall(1, [[3490, 3499]], prefixes=["216.147.32.0/19"])}
MUTE_PREFIXES = {"hops": 4, "mute": [3, 4],
                 "firewall": firewall(1, [[30000, 39999]], prefixes=["216.147.32.0/19"])}
REFUSAL = {"hops": 3, "firewall": firewall(
    1, [[30000, 39999]], verdict="reject with icmpx type admin-prohibited")}
MUTE = {"hops": 4, "mute": [1, 2, 3, 4]}
ALL_BLOCKED = {"hops": 3, "firewall": firewall(1, [[1, 65535]], also_tcp=True)}
NO_UDP = {"hops": 3, "firewall": firewall(1, [[1, 65535]])}
IPV6 = {"hops": 3, "firewall": firewall(1, [[20000, 29999]], ranges6=[[50000, 50999]])}

FEW_PORTS = ("--first-port", "3478", "--last-port", "3500")

# Those that take longest first: world, seconds, goals, options.
ASKED = [
    (LIMITED, MINUTE_S, ONE), (LIMITED_PREFIXES, 80, RANGES, *FEW_PORTS),
    *((world, MINUTE_S, ONE) for world in random_worlds()),
    (MUTE_PREFIXES, 60, RANGES),
    *((world, 30, ONE) for world in chains()),
    (REFUSAL, 30, ONE), (MUTE, 30, ONE), (ALL_BLOCKED, 30, ONE), (NO_UDP, 30, ONE),
    (IPV6, 30, (IPV6_RANGE,)),
]


def key_of(world):
    return json.dumps(world)


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pool = concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE)
        cls.walks = {key_of(asked[0]): cls.pool.submit(walk, *asked) for asked in ASKED}

    @classmethod
    def tearDownClass(cls):
        cls.pool.shutdown(cancel_futures=True)

    def found(self, world):
        return self.walks[key_of(world)].result()

    def check_claims(self, facts, ranges):
        """Every port that was asked is right, and every boundary that is claimed is one; a hole that
        was missed is no wider than the gap that is stated."""
        def is_kept(port):
            return any(first <= port <= last for first, last in ranges)
        known = {port: part["state"] for part in facts["ranges"]
                 for port in range(part["first"], part["last"] + 1)}
        for port in facts["sampled_ports"]:
            self.assertEqual(known[port] != "open", is_kept(port), port)
        for low, high in zip(facts["ranges"], facts["ranges"][1:]):
            if "unknown" not in (low["state"], high["state"]):
                self.assertNotEqual(is_kept(low["last"]), is_kept(high["first"]), (low, high))
        missed = 0
        for port, state in known.items():
            is_wrong = state != "unknown" and (state != "open") != is_kept(port)
            missed = missed + 1 if is_wrong else 0
            self.assertLessEqual(missed, facts.get("widest_gap", 0), port)

    def test_blocking_hop_in_chains_of_two_to_five(self):
        for world in chains():
            with self.subTest(world):
                facts, outcome = self.found(world)
                keeper = world["firewall"]["hop"]
                self.assertEqual(outcome, "answered")
                self.check_claims(facts, CHAIN_RANGES)
                self.assertEqual([[block["first"], block["last"]] for block in facts["blocks"]],
                                 CHAIN_RANGES, facts)
                for block in facts["blocks"]:
                    self.assertEqual(block["hop"], address(keeper))
                    self.assertEqual(block["next_hop"], address(keeper + 1))
                self.assertEqual([hop["address"] for hop in facts["hops"]],
                                 [address(ttl) for ttl in range(1, world["hops"] + 1)])

    def test_a_refusal_names_its_hop(self):
        facts, _ = self.found(REFUSAL)
        self.check_claims(facts, [[30000, 39999]])
        self.assertEqual([(block["how"], block["hop"]) for block in facts["blocks"]],
                         [("refused", "10.10.0.1")])
        self.assertIn({"first": 30000, "last": 39999, "state": "blocked_out"}, facts["ranges"])

    def test_limited_errors_cost_time_and_no_truth(self):
        """Four ranges in under a minute, every boundary to the port."""
        facts, _ = self.found(LIMITED)
        self.check_claims(facts, FOUR_RANGES)
        self.assertLess(facts["seconds"], 60)
        self.assertEqual([[part["first"], part["last"]] for part in facts["ranges"]
                          if part["state"] == "blocked"], FOUR_RANGES, facts["ranges"])
        self.assertEqual({block["hop"] for block in facts["blocks"]}, {"10.10.0.1"})

    def check_parts(self, prefixes):
        """None is told wrong."""
        kept = ipaddress.ip_network("216.147.32.0/19")
        for part in prefixes["blocked"]:
            self.assertTrue(ipaddress.ip_network(part).subnet_of(kept), part)
        self.assertLessEqual(prefixes["passed"], 96)
        self.assertEqual(prefixes["parts"], 128)
        self.assertEqual(prefixes["passed"] + len(prefixes["blocked"]) + prefixes["unknown"], 128)

    def test_parts_of_ranges_are_asked_at_every_hop_that_has_an_answer_left(self):
        facts, _ = self.found(LIMITED_PREFIXES)
        self.check_claims(facts, [[3490, 3499]])
        self.check_parts(facts["prefixes"])
        self.assertEqual((facts["prefixes"]["unknown"], len(facts["prefixes"]["blocked"])),
                         (0, 32), facts["prefixes"])

    def test_hops_that_say_nothing_leave_the_parts_to_the_others(self):
        facts, _ = self.found(MUTE_PREFIXES)
        self.check_claims(facts, [[30000, 39999]])
        self.check_parts(facts["prefixes"])
        self.assertEqual(facts["prefixes"]["unknown"], 0)

    def test_no_errors_is_unknown(self):
        facts, outcome = self.found(MUTE)
        self.assertEqual(outcome, "silent")
        self.assertEqual(facts["ranges"], [{"first": FIRST, "last": LAST, "state": "unknown"}])
        self.assertEqual(facts["blocks"], [])

    def test_all_blocked_is_unknown_without_a_control(self):
        facts, outcome = self.found(ALL_BLOCKED)
        self.assertEqual(outcome, "silent")
        self.assertEqual({part["state"] for part in facts["ranges"]}, {"unknown"})

    def test_no_udp_at_all_is_a_block_where_tcp_gets_out(self):
        facts, outcome = self.found(NO_UDP)
        self.assertEqual(outcome, "answered")
        self.assertEqual((facts["control_transport"], facts["control_port"]), ("tcp", 443))
        self.assertEqual(facts["ranges"], [{"first": FIRST, "last": LAST, "state": "blocked"}])
        self.assertEqual([block["hop"] for block in facts["blocks"]], ["10.10.0.1"])

    def test_ipv6_has_a_map_of_its_own(self):
        facts, _ = self.found(IPV6)
        self.check_claims(facts, [[50000, 50999]])
        self.assertEqual([[block["first"], block["last"], block["hop"], block["next_hop"]]
                          for block in facts["blocks"]],
                         [[50000, 50999, "fd00::1", "2001:db8:2::1"]])
        self.assertEqual((facts["prefixes"]["parts"], facts["prefixes"]["passed"]), (256, 256))

    def test_thirty_random_firewalls(self):
        n_judged = 0
        for world in random_worlds():
            with self.subTest(world):
                facts, _ = self.found(world)
                # An open port was seen at edge_ttl: what a later hop keeps is not its claim.
                if facts["edge_ttl"] > world["firewall"]["hop"]:
                    self.check_claims(facts, world["firewall"]["ranges"])
                    n_judged += 1
        self.assertGreater(n_judged, 20)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
