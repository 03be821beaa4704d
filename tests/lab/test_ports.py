# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The port map with a far end, through real firewalls: every port's state is that of the rules.
"""usage: test_ports.py MEDIAPATH EMULATE [unittest arguments]"""
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import port_wires  # noqa: E402
from port_wires import FIRST, IN, LAST, OPEN, OUT, Wall  # noqa: E402

MEDIAPATH, EMULATE = (os.path.abspath(path) for path in sys.argv[1:3])
FAST = 200000
RANDOM_WALLS = 30


class PortsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wires = port_wires.Wires(MEDIAPATH, EMULATE)
        cls.addClassCleanup(cls.wires.__exit__)
        responder = cls.wires.responder()
        responder.__enter__()
        cls.addClassCleanup(responder.__exit__, None, None, None)

    def setUp(self):
        self.wires.set_wall(Wall())

    def assert_exact(self, facts, wall, what=""):
        self.assertEqual(port_wires.wrong_ports(facts, wall)[:20], [], f"{what} {facts}")
        self.assertLessEqual(facts["wrong_bound_percent"], 0.1)
        self.assertNotIn("is_cut_short", facts)


class Firewalls(PortsCase):
    def test_random_firewalls_are_exact(self):
        for seed in range(RANDOM_WALLS):
            wall, loss = port_wires.random_wall(seed), (0, 2, 5)[seed % 3]
            self.wires.set_wall(wall, loss)
            measurement, _ = self.wires.sweep(FAST)
            with self.subTest(seed=seed, loss=loss):
                self.assert_exact(measurement["facts"], wall, f"seed {seed}, loss {loss}")

    def test_each_direction_has_its_name(self):
        wall = Wall().set(2000, 2999, OUT).set(40000, 40000, IN).set(50000, LAST, IN)
        self.wires.set_wall(wall)
        facts = self.wires.sweep(FAST)[0]["facts"]
        self.assert_exact(facts, wall)
        self.assertEqual([run["state"] for run in facts["ranges"]],
                         [OPEN, OUT, OPEN, IN, OPEN, IN])

    def test_everything_blocked(self):
        self.wires.set_wall(Wall().set(FIRST, LAST, OUT))
        measurement, _ = self.wires.sweep(FAST, first=3000, last=5000)
        facts = measurement["facts"]
        self.assertEqual(measurement["outcome"], "silent")
        self.assertEqual(facts["ranges"], [{"first": 3000, "last": 5000, "state": "blocked"}])
        self.assertNotIn("wrong_bound_percent", facts)
        self.assertNotIn("loss_percent", facts)

    def test_a_part_of_the_range(self):
        wall = port_wires.two_ranges()
        self.wires.set_wall(wall, 2)
        facts = self.wires.sweep(FAST, first=29990, last=30010)[0]["facts"]
        self.assert_exact(facts, wall)
        self.assertEqual((facts["first"], facts["last"]), (29990, 30010))


class Paths(PortsCase):
    def test_loss_is_told_by_direction(self):
        self.wires.set_wall(Wall(), 0)
        self.wires.set_loss(out_percent=4, in_percent=0)
        facts = self.wires.sweep(FAST)[0]["facts"]
        self.assert_exact(facts, Wall())
        self.assertAlmostEqual(facts["loss_percent"], 4, delta=0.6)
        self.assertAlmostEqual(facts["loss_out_percent"], 4, delta=0.6)

    def test_a_policer_is_no_blocked_port(self):
        """Of nftables, 5,000 datagrams a second on their way out."""
        self.wires.set_policer(5000)
        facts = self.wires.sweep(FAST)[0]["facts"]
        self.assert_exact(facts, Wall())
        self.assertGreater(facts["rate_cuts"], 0)
        self.assertGreater(facts["seconds"], 5)

    def test_round_trip_time(self):
        wall = port_wires.random_wall(1)
        self.wires.set_wall(wall, 2)
        with self.wires.link("{both: {delay_ms: 20}}"):
            facts = self.wires.sweep(FAST)[0]["facts"]
        self.assert_exact(facts, wall)
        self.assertAlmostEqual(facts["rtt_ms"], 40, delta=4)

    def test_gentle_by_default(self):
        """For four seconds: the rate is that of a whole range in under 30 s, below 2 Mbps."""
        began = self.wires.sent_bytes()
        facts = self.wires.sweep(first=10000, last=18999)[0]["facts"]
        sent = self.wires.sent_bytes() - began
        self.assert_exact(facts, Wall())
        self.assertLess(sent * 8 / facts["seconds"], 2e6)
        self.assertLess(facts["seconds"] * (LAST - FIRST + 1) / 9000, 30)


class Ends(PortsCase):
    def test_the_deadline_leaves_ports_unknown(self):
        measurement, took = self.wires.sweep(deadline=3)
        facts = measurement["facts"]
        self.assertLess(took, 4)
        self.assertTrue(facts["is_cut_short"])
        self.assertEqual({run["state"] for run in facts["ranges"]}, {"open", "unknown"})

    def test_an_interruption_leaves_ports_unknown(self):
        command = port_wires.at("near", MEDIAPATH, "ports", "--responder", port_wires.FAR,
                                "--stamp-key-file", self.wires.key_file, "--json", "-", "--quiet")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            time.sleep(1.5)
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            text = process.stdout.read()
            self.assertLess(time.monotonic() - began, 1)
        facts = port_wires.read_measurement(text)["facts"]
        self.assertTrue(facts["is_cut_short"])
        self.assertEqual({run["state"] for run in facts["ranges"]}, {"open", "unknown"})

    def test_a_wrong_key_is_silence(self):
        measurement, _ = self.wires.sweep(FAST, first=3000, last=4000, key="a key of 17 bytes")
        self.assertEqual(measurement["outcome"], "silent")


if __name__ == "__main__":
    port_wires.enter()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
