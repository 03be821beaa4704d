# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The TTL walk against chains of real routers: which ports leave, and which hop keeps the others.
"""usage: test_walk.py RUN_PROBE [unittest arguments]"""
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import unittest

RUN_PROBE = os.path.abspath(sys.argv[1])
WORLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "walk_world.py")
FIRST, LAST = 1025, 65535
DEADLINE_S = 30


def walk(world, deadline=DEADLINE_S):
    run = subprocess.run(
        ["unshare", "-Urnm", "--", sys.executable, WORLD, json.dumps(world), RUN_PROBE,
         "ports-walk", "turn:192.0.2.1:3478", "--walk", "168.100.96.1", "--deadline",
         str(deadline)], capture_output=True, text=True, timeout=deadline + 30)
    if not run.stdout:
        raise AssertionError(f"exit {run.returncode}: {run.stderr}")
    result = json.loads(run.stdout)
    return result["facts"], result["outcome"]


def address(ttl):
    return "10.10.0.1" if ttl == 1 else f"203.0.113.{4 * ttl + 1}"


def states(facts):
    return {port: part["state"] for part in facts["ranges"]
            for port in range(part["first"], part["last"] + 1)}


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


class Walk(unittest.TestCase):
    def check_sampled(self, facts, ranges):
        """Every port that was asked is right, and every boundary that is claimed is one."""
        def is_kept(port):
            return any(first <= port <= last for first, last in ranges)
        known = states(facts)
        for port in facts["sampled_ports"]:
            self.assertEqual(known[port] != "open", is_kept(port), port)
        for low, high in zip(facts["ranges"], facts["ranges"][1:]):
            if "unknown" not in (low["state"], high["state"]):
                self.assertNotEqual(is_kept(low["last"]), is_kept(high["first"]), (low, high))

    def test_blocking_hop_in_chains_of_two_to_five(self):
        ranges = [[20000, 29999], [40000, 65535]]
        cases = [(hops, keeper) for hops in range(2, 6) for keeper in range(1, hops)]

        def ask(case):
            return walk({"hops": case[0], "firewall": firewall(case[1], ranges)})
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for (hops, keeper), (facts, outcome) in zip(cases, pool.map(ask, cases)):
                with self.subTest(hops=hops, keeper=keeper):
                    self.assertEqual(outcome, "answered")
                    self.check_sampled(facts, ranges)
                    self.assertEqual([[block["first"], block["last"]] for block in facts["blocks"]],
                                     ranges, facts)
                    for block in facts["blocks"]:
                        self.assertEqual(block["hop"], address(keeper))
                        self.assertEqual(block["next_hop"], address(keeper + 1))
                    self.assertEqual([hop["address"] for hop in facts["hops"]],
                                     [address(ttl) for ttl in range(1, hops + 1)])

    def test_a_refusal_names_its_hop(self):
        words = "reject with icmpx type admin-prohibited"
        facts, _ = walk({"hops": 3, "firewall": firewall(1, [[30000, 39999]], verdict=words)})
        self.check_sampled(facts, [[30000, 39999]])
        self.assertEqual([(block["how"], block["hop"]) for block in facts["blocks"]],
                         [("refused", "10.10.0.1")])
        self.assertIn({"first": 30000, "last": 39999, "state": "blocked_out"}, facts["ranges"])

    def test_limited_errors_cost_time_and_no_truth(self):
        ranges = [[1025, 3477], [3479, 19999], [30000, 48999], [60000, 65535]]
        facts, _ = walk({"hops": 5, "limited": True, "firewall": firewall(1, ranges)}, deadline=58)
        self.check_sampled(facts, ranges)
        # Four ranges in under a minute, every boundary to the port.
        self.assertLess(facts["seconds"], 60)
        self.assertEqual([[part["first"], part["last"]] for part in facts["ranges"]
                          if part["state"] == "blocked"], ranges, facts["ranges"])
        self.assertEqual({block["hop"] for block in facts["blocks"]}, {"10.10.0.1"})

    def test_no_errors_is_unknown(self):
        facts, outcome = walk({"hops": 4, "mute": [1, 2, 3, 4]})
        self.assertEqual(outcome, "silent")
        self.assertEqual(facts["ranges"], [{"first": FIRST, "last": LAST, "state": "unknown"}])
        self.assertEqual(facts["blocks"], [])

    def test_all_blocked_is_unknown_without_a_control(self):
        wall = firewall(1, [[1, 65535]], also_tcp=True)
        facts, outcome = walk({"hops": 3, "firewall": wall})
        self.assertEqual(outcome, "silent")
        self.assertEqual({part["state"] for part in facts["ranges"]}, {"unknown"})

    def test_no_udp_at_all_is_a_block_where_tcp_gets_out(self):
        facts, outcome = walk({"hops": 3, "firewall": firewall(1, [[1, 65535]])})
        self.assertEqual(outcome, "answered")
        self.assertEqual((facts["control_transport"], facts["control_port"]), ("tcp", 443))
        self.assertEqual(facts["ranges"], [{"first": FIRST, "last": LAST, "state": "blocked"}])
        self.assertEqual([block["hop"] for block in facts["blocks"]], ["10.10.0.1"])

    def test_random_firewalls(self):
        generator = random.Random(5)
        worlds = []
        for _ in range(6):
            hops = generator.randint(2, 5)
            worlds.append({"hops": hops, "firewall": firewall(generator.randint(1, hops - 1),
                                                              random_ranges(generator))})
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for world, (facts, _) in zip(worlds, pool.map(walk, worlds)):
                with self.subTest(world):
                    # An open port was seen at edge_ttl: what a later hop keeps is not its claim.
                    if facts["edge_ttl"] > world["firewall"]["hop"]:
                        self.check_sampled(facts, world["firewall"]["ranges"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
