# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The link emulator as root and as nobody: what it does to packets, seen by the kernel's stamps at
# both ends, is what the network file says and what the truth file tells.
"""usage: test_emulator.py MEDIAPATH TRAFFIC [unittest arguments]"""
import collections
import contextlib
import json
import os
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import time
import unittest

import nobody

HERE = os.path.dirname(os.path.abspath(__file__))
MEDIAPATH, TRAFFIC = (os.path.abspath(path) for path in sys.argv[1:3])
PYTHON = "/usr/bin/python3"
EMULATOR = "link-emulator"
WITHIN_S = 30
HEADERS = 28

NETWORK = """schema: mediapath-network/1
name: test
sentence: {en: Test., ja: Test.}
site: {}
link: %s
provider:
  turn: {state: stopped}
  responder: {state: stopped}
"""


def children_of(pid):
    """All descendants of a process, in whatever namespace."""
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                for child in map(int, file.read().split()):
                    found += [child, *children_of(child)]
    return found


def name_of(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    return None


def is_alive(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    return False


class AsRoot(unittest.TestCase):
    prefix = []

    @classmethod
    def setUpClass(cls):
        cls.folder = nobody.make_folder(MEDIAPATH, TRAFFIC, os.path.join(HERE, "link_probe.py"))
        os.chmod(cls.folder, 0o1777)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, link, *command, truth="truth.jsonl"):
        with open(self.path("network.yaml"), "w") as file:
            file.write(NETWORK % link)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path("truth.jsonl"))
        process = subprocess.Popen(
            [*self.prefix, self.path("mediapath"), "lab", "--truth", self.path(truth),
             self.path("network.yaml"), "--", *map(str, command)],
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def probe(self, *arguments):
        return [PYTHON, self.path("link_probe.py"), *arguments]

    def udp(self, direction, rate, size, seconds):
        return self.probe("udp", self.path("traffic"), direction, rate, size, seconds)

    def finish(self, process, status=0):
        out, errors = process.communicate(timeout=WITHIN_S)
        self.assertEqual(process.returncode, status, errors)
        return out, errors

    def send(self, link, direction="up", rate=1000, size=200, seconds=1):
        out, _ = self.finish(self.start(link, *self.udp(direction, rate, size, seconds)))
        return json.loads(out.splitlines()[-1])

    def truth(self):
        with open(self.path("truth.jsonl")) as file:
            return [json.loads(line) for line in file]

    def packets(self, direction="up", protocol="udp"):
        lines = self.truth()
        flows = {line["flow"] for line in lines if line.get("is", "").startswith(protocol + " ")}
        return [line for line in lines
                if "fate" in line and line["flow"] in flows and line["dir"] == direction]

    def emulator(self, process):
        """The emulator's process, once it works."""
        self.assertEqual(process.stdout.readline(), "up\n")
        found = [pid for pid in children_of(process.pid) if name_of(pid) == EMULATOR]
        self.assertEqual(len(found), 1)
        return found[0]

    def wait_for_packets(self, n_packets):
        """Until the truth tells of so many."""
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            with open(self.path("truth.jsonl")) as file:
                if file.read().count('"fate"') >= n_packets:
                    return
            time.sleep(0.01)
        self.fail("no packets pass")

    def assert_gone(self, pids):
        deadline = time.monotonic() + 5
        while any(map(is_alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(any(map(is_alive, pids)))

    def test_the_delay_is_what_the_file_says(self):
        link = "{up: {delay_ms: 20}, down: {delay_ms: 35.5}}"
        for direction, delay in (("up", 20), ("down", 35.5)):
            seen = self.send(link, direction)
            self.assertEqual(len(seen["received"]), 1000)
            self.assertAlmostEqual(statistics.median(seen["delays_ms"]), delay, delta=1)
            self.assertGreaterEqual(min(seen["delays_ms"]), delay)

    def test_one_seed_is_one_pattern_at_any_speed(self):
        received = [self.send("{seed: %d, both: {loss: {percent: 5, burst_length: 3}}}" % seed,
                              rate=rate, seconds=1000 / rate)["received"]
                    for seed, rate in ((7, 1000), (7, 2000), (8, 2000))]
        self.assertEqual(received[0], received[1])
        self.assertNotEqual(received[0], received[2])
        self.assertTrue(0 < len(received[0]) < 1000)

    def test_the_truth_agrees_to_the_packet(self):
        seen = self.send("{both: {delay_ms: 5, rate_kbps: 2000, queue: {packets: 20}, "
                         "duplicate_percent: 2, loss: {percent: 3}}}", size=500)
        packets = self.packets()
        number = {line["n"]: struct.unpack("<Q", bytes.fromhex(line["head"][:16]))[0]
                  for line in packets}
        self.assertEqual(sorted(number.values()), list(range(seen["sent"])))
        delivered = collections.Counter(number[line["n"]] for line in packets
                                        if line["fate"] == "delivered")
        self.assertEqual(delivered, collections.Counter(seen["received"]))
        fates = collections.Counter(line["fate"] for line in packets if "copy" not in line)
        self.assertGreater(fates["lost"], 0)
        self.assertGreater(fates["queue-full"], 0)
        up = self.truth()[-1]["summary"][0]
        self.assertEqual({fate: up[fate] for fate in fates}, dict(fates))
        self.assertEqual(up["packets"], seen["sent"])
        self.assertTrue(all(line["size"] == 500 for line in packets))

    def test_the_truth_tells_each_packets_delay(self):
        seen = self.send("{both: {delay_ms: 10, jitter: {ms: 4}}}")
        told = {struct.unpack("<Q", bytes.fromhex(line["head"][:16]))[0]:
                line["delay_ms"] + line["late_ms"] for line in self.packets()}
        errors = [abs(told[number] - delay)
                  for number, delay in zip(seen["received"], seen["delays_ms"])]
        self.assertLess(statistics.median(errors), 0.5)

    def test_tcp_is_intact_over_a_link_that_loses_and_spoils(self):
        out, _ = self.finish(self.start(
            "{both: {delay_ms: 2, loss: {percent: 1}, corrupt_percent: 1, "
            "duplicate_percent: 1}}", *self.probe("tcp", 3000000)))
        self.assertEqual(out, "intact\n")
        packets = self.packets(protocol="tcp")
        self.assertGreater(len(packets), 3000000 / 1500)
        self.assertLessEqual(max(line["size"] for line in packets), 1500)
        self.assertTrue(any("corrupt" in line for line in packets))

    def test_a_spoiled_packet_is_seen_by_its_receiver(self):
        """One flipped bit fails a checksum: of the IP header or of UDP (RFC 768)."""
        seen = self.send("{up: {corrupt_percent: 20}}")
        spoiled = sum("corrupt" in line for line in self.packets())
        self.assertGreater(spoiled, 100)
        self.assertLessEqual(len(seen["received"]), seen["sent"] - spoiled * 0.95)

    def test_a_spoiled_copy_does_not_spoil_the_other_one(self):
        seen = self.send("{up: {duplicate_percent: 100, corrupt_percent: 20}}")
        intact = sum(line["fate"] == "delivered" and "corrupt" not in line
                     for line in self.packets())
        self.assertGreater(intact, seen["sent"])
        self.assertAlmostEqual(len(seen["received"]), intact, delta=intact * 0.02)

    def test_an_emulator_that_was_held_up_says_so(self):
        process = self.start("{both: {delay_ms: 5}}", *self.udp("up", 1000, 200, 1.5))
        emulator = self.emulator(process)
        self.wait_for_packets(100)
        os.kill(emulator, signal.SIGSTOP)
        time.sleep(0.05)
        os.kill(emulator, signal.SIGCONT)
        _, errors = self.finish(process)
        self.assertRegex(errors, r"^mediapath: this machine delayed packets by up to [0-9.]+ ms "
                                 r"\(limit [25] ms\): do not believe what was measured")
        last = self.truth()[-1]
        self.assertTrue(last["spoiled"])
        self.assertGreater(last["late"]["max_ms"], 30)

    def test_a_killed_emulator_leaves_nothing_and_is_told(self):
        process = self.start("{both: {delay_ms: 5}}", "sh", "-c", "echo up; sleep 1; exit 7")
        emulator = self.emulator(process)
        pids = children_of(process.pid)
        os.kill(emulator, signal.SIGKILL)
        _, errors = self.finish(process, 7)
        self.assertIn("the link emulator ended before the command did", errors)
        self.assert_gone(pids)

    def test_kill_9_of_the_lab_ends_the_emulator(self):
        process = self.start("{both: {delay_ms: 5}}", "sh", "-c", "echo up; sleep 1000")
        self.emulator(process)
        pids = children_of(process.pid)
        process.kill()
        self.assert_gone(pids)

    def test_a_signal_ends_the_command_and_the_truth_is_whole(self):
        process = self.start("{both: {delay_ms: 5}}", "sh", "-c", "echo up; exec sleep 1000")
        self.emulator(process)
        process.terminate()
        self.finish(process, 128 + signal.SIGTERM)
        self.assertIn("summary", self.truth()[-1])

    def test_a_truth_file_that_cannot_be_written_is_named(self):
        result = subprocess.run([self.path("mediapath"), "lab", "--truth", "/no/such/truth",
                                 "clean", "--", "true"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("/no/such/truth", result.stderr)

    def test_a_truth_that_nobody_takes_holds_nothing_up(self):
        # Not in the folder itself: Linux guards pipes in sticky ones (fs.protected_fifos).
        os.makedirs(self.path("pipes"), exist_ok=True)
        pipe = self.path(f"pipes/{os.getpid()}-{type(self).__name__}")
        os.mkfifo(pipe)
        os.chmod(pipe, 0o666)
        reader = os.open(pipe, os.O_RDWR)
        self.addCleanup(os.close, reader)
        process = self.start("{}", self.path("traffic"), "flood", "216.147.0.20:9", 1200, 1, 5000,
                             truth=pipe)
        _, errors = self.finish(process)
        self.assertIn("truth file is incomplete", errors)

    def test_netem_or_the_reason_why_not(self):
        process = self.start("{backend: netem, both: {delay_ms: 20}}", *self.udp("up", 200, 200, 1))
        out, errors = process.communicate(timeout=WITHIN_S)
        if process.returncode == 0:
            delays = json.loads(out.splitlines()[-1])["delays_ms"]
            self.assertAlmostEqual(statistics.median(delays), 20, delta=2)
        else:
            self.assertEqual(process.returncode, 3)
            self.assertIn("link: backend: netem", errors)
            self.assertIn("backend: emulator", errors)


class AsNobody(nobody.WithoutRights, AsRoot):
    """The same, without any right."""


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
