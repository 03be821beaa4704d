# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The self-loop over a real TURN server's relay ports, through firewalls, quotas and a slow link.
"""usage: test_relay_loop.py MEDIAPATH RUN_PROBE [unittest arguments]"""
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

MEDIAPATH, RUN_PROBE = (os.path.abspath(path) for path in sys.argv[1:3])
RELAY_PROBE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "relay_probe.py")
HOST = "turn.lab.mediapath.test"
UDP = f"turn:{HOST}:3478?transport=udp"
TCP = f"turn:{HOST}:3478?transport=tcp"
TLS = f"turns:{HOST}:443?transport=tcp"
FIRST, LAST = 1025, 65535
# What coturn 4.6 never hands out: the ports that it listens on itself.
OWN_PORTS = {3478, 3479}
EVERY_PORT = LAST - FIRST + 1 - len(OWN_PORTS)
NETWORK = """schema: mediapath-network/1
name: relay
sentence: {en: "A firewall.", ja: "ファイアウォール。"}
site:
  nat: {}
  firewall: [FIREWALL]
provider:
  turn: {state: running, quota: QUOTA}
  responder: {state: stopped}
"""
# Of 30 statements that hold at 95 % more than five fail less than once in 300 times.
MOST_MISSED = 5
# A lab has a TURN server of its own; more of them than this only wait for processors.
SIDE_BY_SIDE = 8
HOLE = '{action: drop, protocol: udp, ports: "50000-50999", direction: DIRECTION}'


def ask(uri, *options, firewall="", quota=None, network=None):
    text = NETWORK.replace("FIREWALL", firewall)
    text = text.replace(", quota: QUOTA", f", quota: {quota}" if quota else "")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        run = subprocess.run([MEDIAPATH, "lab", network or file.name, "--", sys.executable,
                              RELAY_PROBE, RUN_PROBE, uri, *options], capture_output=True,
                             text=True, timeout=200)
    if not run.stdout:
        raise AssertionError(f"exit {run.returncode}: {run.stderr}")
    result = json.loads(run.stdout)
    return result["facts"], result["outcome"]


def states(facts):
    """Of the ports that were asked; the ranges of a sample join what lies between them."""
    asked = set(facts.get("sampled_ports", range(FIRST, LAST + 1)))
    return {port: part["state"] for part in facts["ranges"] if part["state"] != "unknown"
            for port in range(part["first"], part["last"] + 1) if port in asked}


def random_holes(generator):
    """1 to 8 of them, each of 1 to 5,000 ports and in one direction; the server's own port is open."""
    holes, port = [], max(OWN_PORTS)
    for _ in range(generator.randint(1, 8)):
        first = port + generator.randint(1, 5000)
        port = first + generator.randint(0, 4999)
        holes.append((first, port, generator.choice(("out", "in"))))
    return holes


def rules_of(holes):
    return ", ".join(f'{{action: drop, protocol: udp, ports: "{first}-{last}", '
                     f"direction: {direction}}}" for first, last, direction in holes)


def states_of(holes):
    return {port: f"blocked_{direction}" for first, last, direction in holes
            for port in range(first, last + 1)}


class RelayLoop(unittest.TestCase):
    def check_hole(self, facts, state):
        for port, found in states(facts).items():
            self.assertEqual(found, state if 50000 <= port <= 50999 else "open", port)

    def test_every_port_and_a_hole_outward(self):
        facts, _ = ask(UDP, "--rate", "20000", "--deadline", "120",
                       firewall=HOLE.replace("DIRECTION", "out"))
        self.check_hole(facts, "blocked_out")
        self.assertEqual(facts["end"], "all_asked")
        self.assertEqual(facts["ports_asked"], EVERY_PORT)
        self.assertLess(facts["wrong_bound_percent"], 1)
        self.assertNotIn("blocked_bound_percent", facts)
        self.assertEqual({port for part in facts["ranges"] if part["state"] == "unknown"
                          for port in range(part["first"], part["last"] + 1)}, OWN_PORTS)

    def test_thirty_random_firewalls(self):
        """Every port that was asked is told right, and the share of those that were not within the
        bound that is stated."""
        generator = random.Random(30)
        firewalls = [random_holes(generator) for _ in range(30)]
        n_missed = 0
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            asked = [pool.submit(ask, UDP, "--rate", "250", "--deadline", "4",
                                 firewall=rules_of(holes)) for holes in firewalls]
            for holes, one in zip(firewalls, asked):
                with self.subTest(holes):
                    facts, _ = one.result()
                    blocked = states_of(holes)
                    found = states(facts)
                    self.assertGreater(len(found), 200)
                    for port, state in found.items():
                        self.assertEqual(state, blocked.get(port, "open"), port)
                    share = 100 * len(blocked) / (LAST - FIRST + 1)
                    n_missed += facts["blocked_bound_percent"] < share
        self.assertLessEqual(n_missed, MOST_MISSED)

    def test_a_hole_inward(self):
        facts, _ = ask(UDP, "--rate", "1000", "--deadline", "10",
                       firewall=HOLE.replace("DIRECTION", "in"))
        self.check_hole(facts, "blocked_in")
        self.assertIn("blocked_in", states(facts).values())
        self.assertGreater(facts["ports_asked"], 1000)

    def test_a_gentle_sample_states_its_bound(self):
        for uri in UDP, TCP, TLS:
            with self.subTest(uri):
                facts, outcome = ask(uri, "--deadline", "30")
                self.assertEqual(outcome, "answered")
                self.assertEqual(facts["end"], "sample_asked")
                self.assertGreaterEqual(facts["ports_asked"], 400)
                self.assertEqual(set(states(facts).values()), {"open"})
                # 0 of 400: 0.746 %; a few more are under way when it is enough.
                self.assertLess(facts["blocked_bound_percent"], 0.75)
                self.assertGreater(facts["blocked_bound_percent"], 0.65)
                # Fifty allocations a second.
                self.assertGreater(facts["seconds"], 7)

    def test_udp_blocked_and_control_over_tls(self):
        facts, outcome = ask(TLS, "--deadline", "30", network="office-443-only")
        self.assertEqual(outcome, "silent")
        self.assertEqual(set(states(facts).values()), {"blocked"})
        self.assertGreaterEqual(facts["ports_asked"], 100)
        self.assertFalse(facts["mapped_by_stun"])

    def test_a_quota_is_left_with_one_to_spare(self):
        facts, outcome = ask(UDP, "--deadline", "15", quota=8)
        self.assertEqual(outcome, "answered")
        self.assertLessEqual(facts["allocations_at_once"], 8)
        self.assertEqual(set(states(facts).values()), {"open"})
        self.assertIn("blocked_bound_percent", facts)

    def test_a_wrong_password_is_told(self):
        facts, outcome = ask(UDP, network="turn-wrong-password")
        self.assertEqual(outcome, "auth_failed")
        self.assertEqual(facts["end"], "refused")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
