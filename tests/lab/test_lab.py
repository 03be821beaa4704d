# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The lab as root and as nobody: what a command sees in it, and that nothing of it is left behind.
"""usage: test_lab.py MEDIAPATH [unittest arguments]"""
import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import uuid

import nobody

MEDIAPATH = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
# Everything of a lab ends within this, or it is left behind.
GONE_WITHIN_S = 5
UP_WITHIN_S = 20
PYTHON = "/usr/bin/python3"

RULES = """schema: mediapath-network/1
name: test
sentence: {en: Test., ja: Test.}
site:
%s
  firewall: [%s]
provider:
  turn: {state: running}
  responder: {state: running}
"""


class Lab:
    """One run of `mediapath lab`, known by a mark in the environment of all its processes."""

    def __init__(self, stage, network, *command, environment=None, terminal=None, shape="lab"):
        self.mark = "MEDIAPATH_TEST_MARK=" + uuid.uuid4().hex
        name, value = self.mark.split("=")
        self.temporary = tempfile.mkdtemp(dir=stage.folder)
        os.chmod(self.temporary, 0o1777)
        argv = stage.prefix + [stage.program, shape, network, "--", *command]
        self.process = subprocess.Popen(
            argv, cwd="/", stdin=terminal or subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if terminal else None,
            env={**os.environ, name: value, "TMPDIR": self.temporary, **(environment or {})})
        stage.addCleanup(self.process.kill)

    def wait_for_line(self):
        ready, _, _ = select.select([self.process.stdout], [], [], UP_WITHIN_S)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.process.kill()
            raise AssertionError(f"the lab did not come up: {self.process.stderr.read()}")
        return line.strip()

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if self.mark.encode() in file.read().split(b"\0"):
                        found.append(int(pid))
        return found

    def remains(self):
        """What is left of it on this machine."""
        return [f"process {pid}" for pid in self.processes()] + os.listdir(self.temporary)

    def end(self):
        """Waits for its end and closes the pipes."""
        out, errors = self.process.communicate(timeout=UP_WITHIN_S)
        return self.process.returncode, out, errors


def host_traces():
    """Mounts, named network namespaces and interfaces of the machine itself."""
    with open("/proc/self/mountinfo") as file:
        mounts = sorted(file.read().splitlines())
    named = sorted(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else []
    return mounts, named, sorted(os.listdir("/sys/class/net"))


class LabCase(unittest.TestCase):
    prefix = []

    @classmethod
    def setUpClass(cls):
        cls.folder = nobody.make_folder(MEDIAPATH, os.path.join(HERE, "lab_probe.py"))
        cls.program = os.path.join(cls.folder, "mediapath")
        cls.probe_script = os.path.join(cls.folder, "lab_probe.py")
        cls.traces = host_traces()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)
        assert host_traces() == cls.traces, "mounts or interfaces of the machine have changed"

    def probe(self, *arguments):
        return [PYTHON, self.probe_script, *map(str, arguments)]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def run_lab(self, network, *command, **options):
        lab = Lab(self, network, *command, **options)
        result = lab.end()
        self.assert_nothing_is_left(lab)
        return result

    def ask(self, network, *arguments):
        status, out, errors = self.run_lab(network, *self.probe(*arguments))
        self.assertEqual(status, 0, errors)
        return out.strip()

    def assert_nothing_is_left(self, lab):
        """A process that was killed needs a moment to be gone."""
        deadline = time.monotonic() + GONE_WITHIN_S
        while lab.remains() and time.monotonic() < deadline:
            select.select([], [], [], 0.01)
        self.assertEqual(lab.remains(), [])


class Namespaces(LabCase):
    """With the rights of who runs the tests; root in CI."""

    def test_the_client_has_its_address_and_the_router_translates_it(self):
        status, out, _ = self.run_lab("clean", "ip", "-br", "-4", "address")
        self.assertEqual(status, 0)
        self.assertIn("10.10.0.2/24", out)
        self.assertEqual(self.ask("clean", "stun", "turn.lab.mediapath.test", 3478),
                         "203.0.113.2")

    def test_without_nat_the_server_sees_the_client(self):
        network = self.write("plain.yaml", RULES % ("  ip: ipv4", ""))
        self.assertEqual(self.ask(network, "stun", "168.100.64.10", 3478), "10.10.0.2")

    def test_the_turn_server_answers_and_relays(self):
        self.assertIn("lost packets 0 ", self.ask("clean", "relay"))
        self.assertEqual(self.ask("clean", "tcp", "turn.lab.mediapath.test", 443), "accepted")

    def test_the_responder_serves(self):
        self.assertEqual(self.ask("clean", "tcp", "responder.lab.mediapath.test", 443), "accepted")

    def test_a_stopped_server_refuses(self):
        self.assertEqual(self.ask("turn-down", "stun", "168.100.64.10", 3478), "refused")
        self.assertEqual(self.ask("turn-down", "tcp", "168.100.64.10", 3478), "refused")

    def test_dropped_udp_is_silent_and_tcp_passes(self):
        self.assertEqual(self.ask("office-udp-blocked", "stun", "168.100.64.10", 3478), "silent")
        self.assertEqual(self.ask("office-udp-blocked", "tcp", "168.100.64.10", 3478), "accepted")

    def test_the_spared_port_alone_passes(self):
        network = "office-only-udp-3478"
        self.assertEqual(self.ask(network, "stun", "168.100.64.10", 3478), "203.0.113.2")
        self.assertEqual(self.ask(network, "stun", "168.100.64.10", 3479), "silent")
        self.assertEqual(self.ask(network, "tcp", "168.100.64.10", 3478), "silent")

    def test_only_tcp_443_passes(self):
        self.assertEqual(self.ask("office-443-only", "tcp", "168.100.64.10", 443), "accepted")
        self.assertEqual(self.ask("office-443-only", "tcp", "168.100.64.10", 3478), "silent")

    def test_rejected_traffic_is_told_so(self):
        network = self.write("reject.yaml", RULES % ("  nat: {}",
                                                     "{action: reject, protocol: any}"))
        self.assertEqual(self.ask(network, "udp", "168.100.64.10", 3478), "prohibited")
        self.assertEqual(self.ask(network, "tcp", "168.100.64.10", 3478), "refused")

    def test_a_rule_for_a_destination_spares_the_others(self):
        network = self.write("to.yaml", RULES % (
            "  nat: {}", "{action: drop, protocol: tcp, to: 216.147.0.0/18}"))
        self.assertEqual(self.ask(network, "tcp", "216.147.0.20", 443), "silent")
        self.assertEqual(self.ask(network, "tcp", "168.100.64.10", 443), "accepted")

    def test_there_is_no_way_out_of_the_machine(self):
        self.assertEqual(self.ask("clean", "tcp", "192.0.2.1", 80), "unreachable")

    def test_the_commands_exit_status_is_the_labs(self):
        for status in (0, 1, 7, 255):
            self.assertEqual(self.run_lab("clean", "sh", "-c", f"exit {status}")[0], status)
        self.assertEqual(self.run_lab("clean", "sh", "-c", "kill -9 $$")[0], 128 + 9)

    def test_a_command_that_is_not_there_is_bad_input(self):
        status, _, errors = self.run_lab("clean", "no-such-command")
        self.assertEqual(status, 2)
        self.assertIn('cannot run "no-such-command"', errors)

    def test_the_description_is_for_the_labs_user_only(self):
        status, out, _ = self.run_lab(
            "clean", "sh", "-c", 'stat -c "%a %U" "$MEDIAPATH_LAB" && cat "$MEDIAPATH_LAB"')
        self.assertEqual(status, 0)
        self.assertTrue(out.startswith("600 root\n"), out)
        self.assertEqual(json.loads(out.split("\n", 1)[1])["name"], "clean")

    def test_it_is_up_in_good_time(self):
        start = time.monotonic()
        self.assertEqual(self.run_lab("clean", "true")[0], 0)
        self.assertLess(time.monotonic() - start, 1.5)

    def test_two_labs_at_once_do_not_meet(self):
        labs = [Lab(self, "clean", *self.probe("sleep")) for _ in range(2)]
        for lab in labs:
            self.assertEqual(lab.wait_for_line(), "up")
        for lab in labs:
            lab.process.terminate()
        for lab in labs:
            status, out, errors = lab.end()
            self.assertEqual((status, out), (40 + signal.SIGTERM, "SIGTERM 203.0.113.2\n"), errors)
            self.assert_nothing_is_left(lab)

    def test_ctrl_c_reaches_the_command_once_and_no_server(self):
        master, slave = pty.openpty()
        lab = Lab(self, "clean", *self.probe("sleep"), terminal=slave)
        self.assertEqual(lab.wait_for_line(), "up")
        os.write(master, b"\x03")
        status, out, errors = lab.end()
        self.assertEqual((status, out), (40 + signal.SIGINT, "SIGINT 203.0.113.2\n"), errors)
        self.assert_nothing_is_left(lab)
        os.close(master)
        os.close(slave)

    def test_sigterm_and_sigint_to_the_parent_are_passed_on(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            lab = Lab(self, "clean", *self.probe("sleep"))
            self.assertEqual(lab.wait_for_line(), "up")
            lab.process.send_signal(number)
            status, out, errors = lab.end()
            self.assertEqual((status, out), (40 + number, f"{number.name} 203.0.113.2\n"), errors)
            self.assert_nothing_is_left(lab)

    def test_kill_9_of_the_parent_leaves_nothing(self):
        # An orphan in a session of its own must go as well.
        lab = Lab(self, "clean", "sh", "-c", "setsid sleep 1000 & echo up; sleep 1000")
        self.assertEqual(lab.wait_for_line(), "up")
        self.assertGreater(len(lab.processes()), 4)
        lab.process.kill()
        self.assert_nothing_is_left(lab)
        lab.end()

    def test_kill_9_of_the_whole_group_leaves_nothing(self):
        lab = Lab(self, "clean", "sh", "-c", "echo up; sleep 1000")
        self.assertEqual(lab.wait_for_line(), "up")
        os.killpg(lab.process.pid, signal.SIGKILL)
        self.assert_nothing_is_left(lab)
        lab.end()

    def test_an_end_in_the_middle_of_the_setup_leaves_nothing(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            for n_processes in (1, 2, 3, 4):
                lab = Lab(self, "clean", "sleep", "1000")
                while lab.process.poll() is None and len(lab.processes()) < n_processes:
                    pass
                lab.process.send_signal(number)
                status = lab.end()[0]
                self.assertIn(status, (-number, 128 + number))
                self.assert_nothing_is_left(lab)

    def test_a_server_that_cannot_start_is_told_with_its_last_words(self):
        tools = tempfile.mkdtemp(dir=self.folder)
        os.chmod(tools, 0o755)
        with open(os.path.join(tools, "turnserver"), "w") as file:
            file.write('#!/bin/sh\ngrep user= "$2"\necho "no such option"\nexit 1\n')
        os.chmod(file.name, 0o755)
        path = tools + ":" + os.environ["PATH"]
        status, out, errors = self.run_lab("clean", "echo", "ran", environment={"PATH": path})
        self.assertEqual((status, out), (3, ""))
        self.assertIn("the TURN server (coturn) ended at its start", errors)
        self.assertIn("no such option", errors)
        self.assertIn("user=lab:***", errors)

    def test_a_wrong_network_file_is_named_with_line_and_column(self):
        network = self.write("wrong.yaml", RULES % ("  nats: {}", ""))
        status, _, errors = self.run_lab(network, "true")
        self.assertEqual(status, 2)
        self.assertIn(f"{network}:5:3: ", errors)


class AsNobody(nobody.WithoutRights, Namespaces):
    """The same, without any right."""


class Loopback(LabCase):
    """The stand-in where namespaces are forbidden."""
    environment = {"MEDIAPATH_LAB_LOOPBACK": "1"}

    def start(self, *command):
        lab = Lab(self, "clean", *command, environment=self.environment)
        self.assertEqual(lab.wait_for_line(), "up")
        return lab

    def test_the_servers_answer_and_the_limits_are_told(self):
        script = 'cat "$MEDIAPATH_LAB"; exit 9'
        status, out, errors = self.run_lab("clean", "sh", "-c", script,
                                           environment=self.environment)
        self.assertEqual(status, 9)
        lab = json.loads(out)
        self.assertEqual(len(lab["limits"]), 1)
        self.assertRegex(lab["turn"][0], r"^turn:127\.0\.0\.1:\d+\?transport=udp$")
        self.assertEqual(len(errors.splitlines()), 1)
        self.assertIn("127.0.0.1", errors)

    def test_another_network_needs_namespaces(self):
        status, out, errors = self.run_lab("office-udp-blocked", "echo", "ran",
                                           environment=self.environment)
        self.assertEqual((status, out), (3, ""))
        self.assertIn('network "office-udp-blocked" needs namespaces', errors)

    def test_where_the_kernel_forbids_namespaces_it_stands_in(self):
        if os.geteuid() != 0:
            self.skipTest("only root can take the right to make namespaces away")
        limit = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" "$@"'
        self.prefix = ["unshare", "-Ur", "sh", "-c", limit, "setpriv", "--securebits=+noroot",
                       "--inh-caps=-all", "--bounding-set=-all"]
        status, out, errors = self.run_lab("clean", "sh", "-c", 'grep -c 127 "$MEDIAPATH_LAB"')
        self.assertEqual(status, 0, errors)
        self.assertIn("user namespaces are forbidden here", errors)
        status, _, errors = self.run_lab("turn-down", "true")
        self.assertEqual(status, 3, errors)

    def test_signals_leave_nothing(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            lab = self.start("sh", "-c", "echo up; exec sleep 1000")
            lab.process.send_signal(number)
            self.assertEqual(lab.end()[0], 128 + number)
            self.assert_nothing_is_left(lab)

    def test_kill_9_leaves_nothing(self):
        for kill in (os.kill, os.killpg):
            lab = self.start("sh", "-c", "setsid sleep 1000 & echo up; sleep 1000")
            self.assertNotEqual(os.listdir(lab.temporary), [])
            kill(lab.process.pid, signal.SIGKILL)
            self.assert_nothing_is_left(lab)
            lab.end()

    def test_kill_9_of_the_keeper_ends_command_and_servers(self):
        lab = self.start("sh", "-c", "echo up; exec sleep 1000")
        with open(f"/proc/{lab.process.pid}/task/{lab.process.pid}/children") as file:
            os.kill(int(file.read()), signal.SIGKILL)
        status, _, errors = lab.end()
        self.assertEqual(status, 3, errors)
        deadline = time.monotonic() + GONE_WITHIN_S
        while lab.processes() and time.monotonic() < deadline:
            select.select([], [], [], 0.01)
        self.assertEqual(lab.processes(), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
