#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The command line: options, bad input, exit codes, outputs that are whole or absent.
"""Usage: test_cli.py MEDIAPATH SOURCE_ROOT"""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

MEDIAPATH = sys.argv[1]
ROOT = Path(sys.argv[2])
# A port of the documentation range is never asked: these runs end before the network.
STUN = "stun:192.0.2.1:3478"
SERVERS = ("--only", "stun,turn,media")


def run(*arguments, env=None, **options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MEDIAPATH_LAB")}
    environment.update(LC_ALL="C", **(env or {}))
    return subprocess.run([MEDIAPATH, *arguments], capture_output=True, text=True, timeout=30,
                          env=environment, check=False, **options)


class SilentServer:
    """A UDP port of loopback that takes everything and says nothing."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.uri = f"stun:127.0.0.1:{self.socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.socket.close()


class StunServer(SilentServer):
    """Answers Binding requests with XOR-MAPPED-ADDRESS, RFC 8489 section 14.2."""

    def __enter__(self):
        super().__enter__()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def serve(self):
        cookie = 0x2112A442
        while True:
            try:
                request, (host, port) = self.socket.recvfrom(2048)
            except OSError:
                return
            address = int.from_bytes(socket.inet_aton(host), "big") ^ cookie
            attribute = (b"\x00\x20\x00\x08\x00\x01" + (port ^ (cookie >> 16)).to_bytes(2, "big") +
                         address.to_bytes(4, "big"))
            header = b"\x01\x01" + len(attribute).to_bytes(2, "big") + request[4:20]
            self.socket.sendto(header + attribute, (host, port))


class Usage(unittest.TestCase):
    def assert_bad(self, result, *words):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.startswith("mediapath: "), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_version(self):
        result = run("--version")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"^mediapath \d+\.\d+\.\d+\n$")

    def test_help_lists_the_commands(self):
        result = run("--help")
        self.assertEqual(result.returncode, 0)
        for command in ("check", "lab", "matrix", "ports", "profile", "responder"):
            self.assertRegex(result.stdout, rf"\n  {command} ")

    def test_help_of_check_names_every_option(self):
        result = run("check", "--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("mediapath check", result.stdout)
        for option in ("profile", "role", "stun", "turn", "turn-user", "turn-password-file",
                       "turn-secret-file", "responder", "token-file", "ca-file", "only", "skip",
                       "deadline", "transport", "codec", "media-seconds", "json", "lang",
                       "quiet", "no-color"):
            self.assertIn(f"--{option}", result.stdout)

    def test_help_in_japanese(self):
        result = run("check", "--lang", "ja", "--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("このネットワークで通話ができるかどうかを調べます", result.stdout)

    def test_no_command(self):
        result = run()
        self.assertEqual(result.returncode, 2)
        self.assertIn("check", result.stderr)

    def test_unknown_command_names_the_nearest(self):
        self.assert_bad(run("chekc"), '"chekc"', '"check"')
        self.assert_bad(run("a-very-long-word-that-is-nothing-like-any-command"), "--help")

    def test_bad_options(self):
        for arguments, words in [
            (["--no-such-option"], ["no-such-option"]),
            (["--stun"], ["stun"]),
            (["--stun", "stun:"], ["stun:"]),
            (["--stun", "http://192.0.2.1"], ["http://192.0.2.1"]),
            (["--turn", "turn:192.0.2.1:70000"], ["70000"]),
            (["--stun", STUN, "--deadline", "soon"], ["--deadline", "soon"]),
            (["--stun", STUN, "--deadline", "0"], ["--deadline"]),
            (["--stun", STUN, "--media-seconds", "601"], ["--media-seconds", "601"]),
            (["--stun", STUN, "--media-seconds", "nan"], ["--media-seconds"]),
            (["--stun", STUN, "--role", "boss"], ["boss", "host", "guest"]),
            (["--stun", STUN, "--lang", "tlh"], ["tlh", "ja"]),
            (["--stun", STUN, "--only", "stun,sturn"], ["sturn"]),
            (["--stun", STUN, "--skip", "stun,nat,web,computer"], ["no step is left"]),
            (["--stun", STUN, "--transport", "turn-tls", *SERVERS], ["no step is left"]),
            (["--stun", STUN, "--transport", "tcp"], ['transport "tcp", expected "udp"']),
            (["--stun", STUN, "--codec", "h265"], ['codec "h265", expected "vp8"']),
            (["--stun", STUN, "--profile", "no-such"], ["no-such"]),
            (["--stun", STUN, "--ca-file", "/no/such.pem"], ["/no/such.pem"]),
            (["--stun", STUN, "--json", "/no/such/folder/x.json"], ["/no/such/folder/x.json"]),
            (["--stun", STUN, "--json", "/"], ["directory"]),
            (["--stun", STUN, "--browser", "netscape"], ["netscape", "chrome"]),
            (["--responder", "gopher://192.0.2.1"], ["gopher://192.0.2.1"]),
            (["/no/such.yaml"], ["/no/such.yaml"]),
            (["a.yaml", "b.yaml"], ["b.yaml"]),
        ]:
            with self.subTest(arguments=arguments):
                self.assert_bad(run("check", *arguments), *words)

    def test_wrong_options_end_before_any_network_is_built(self):
        self.assert_bad(run("check", "--role", "boss"), "boss")
        self.assert_bad(run("check", "--profile", "no-such"), "no-such")

    def test_a_lab_that_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            lab = Path(folder) / "lab.json"
            lab.write_text('{"schema": "mediapath-lab/1"}')
            self.assert_bad(run("check", env={"MEDIAPATH_LAB": str(lab)}), str(lab))


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)

    def write(self, name, text, mode=0o600):
        path = self.path / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def test_scenario_errors_have_line_and_column(self):
        path = self.write("home.yaml", "schema: mediapath-scenario/1\nname: home\nrole: boss\n"
                                       "targets: {}\n")
        result = run("check", path)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"home\.yaml:3:\d+: ")

    def test_a_scenario_without_far_ends(self):
        path = self.write("home.yaml", "schema: mediapath-scenario/1\nname: home\ntargets: {}\n")
        result = run("check", path)
        self.assertEqual(result.returncode, 2)
        self.assertIn("nothing to check", result.stderr)

    def test_bad_password_files(self):
        turn = ["--turn", "turn:192.0.2.1", "--turn-user", "u", "--turn-password-file"]
        for path in [self.write("empty", ""), self.write("open", "x\n", 0o644), "/no/such"]:
            with self.subTest(path=path):
                result = run("check", *turn, path)
                self.assertEqual(result.returncode, 2)
                self.assertIn(path, result.stderr)

    def test_bad_input_leaves_the_old_output(self):
        output = self.write("result.json", "old")
        result = run("check", "--stun", "stun:192.0.2.1:0x", "--json", output)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(Path(output).read_text(), "old")
        self.assertEqual(os.listdir(self.path), ["result.json"])

    def test_profile_commands(self):
        names = run("profile", "list")
        self.assertEqual((names.returncode, names.stdout), (0, "bellface\n"))
        valid = run("profile", "validate", "bellface")
        self.assertEqual(valid.returncode, 0)
        japanese = run("profile", "show", "--lang", "ja")
        self.assertEqual(japanese.returncode, 0)
        self.assertIn("3-1", japanese.stdout)
        broken = self.write("broken.yaml", "schema: [\n")
        result = run("profile", "validate", broken)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"broken\.yaml:\d+:\d+: ")
        for arguments in ([], ["validate"], ["list", "x"], ["delete", "bellface"]):
            self.assertEqual(run("profile", *arguments).returncode, 2)


class Runs(unittest.TestCase):
    """Against a server of loopback: the real path from options to result."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.output = Path(self.folder.name) / "result.json"

    def test_an_answer_without_media_is_no_verdict(self):
        with StunServer() as server:
            result = run("check", *SERVERS, "--stun", server.uri, "--json", str(self.output))
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertTrue(result.stdout.startswith("UNKNOWN"), result.stdout)
        self.assertIn("ok    STUN over UDP", result.stderr)
        self.assertNotIn("\033", result.stdout + result.stderr)
        measurement = json.loads(self.output.read_text())["measurements"][0]
        self.assertEqual(measurement["outcome"], "answered")
        self.assertTrue(measurement["facts"]["mapped_address"].startswith("127.0.0.1:"))
        self.assertEqual(os.listdir(self.folder.name), ["result.json"])
        schema_test = ROOT / "tests/cli/test_result_schema.py"
        subprocess.run([sys.executable, schema_test, ROOT, self.output], check=True)

    def test_json_on_standard_output_is_all_there_is(self):
        with StunServer() as server:
            result = run("check", *SERVERS, "--stun", server.uri, "--json", "-")
            quiet = run("check", *SERVERS, "--stun", server.uri, "--json", "-", "--quiet")
        self.assertEqual(json.loads(result.stdout)["verdict"], "unknown")
        self.assertIn("UNKNOWN", result.stderr)
        self.assertEqual(json.loads(quiet.stdout)["verdict"], "unknown")
        self.assertEqual(quiet.stderr, "")

    def test_japanese(self):
        with StunServer() as server:
            result = run("check", *SERVERS, "--stun", server.uri, "--lang", "ja")
        self.assertTrue(result.stdout.startswith("不明"), result.stdout)

    def test_a_full_disk_is_told(self):
        with StunServer() as server:
            result = run("check", *SERVERS, "--stun", server.uri, "--quiet", "--json", "/dev/full")
        self.assertEqual(result.returncode, 3)
        self.assertIn("/dev/full", result.stderr)

    def test_a_live_line_on_a_terminal(self):
        master, slave = pty.openpty()
        with StunServer() as server:
            process = subprocess.Popen(
                [MEDIAPATH, "check", *SERVERS, "--stun", server.uri, "--no-color"], stderr=slave,
                stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})
            process.wait(timeout=30)
        os.close(slave)
        shown = os.read(master, 65536).decode()
        os.close(master)
        self.assertIn("[1/1]  STUN over UDP", shown)
        self.assertIn("\r\033[Kok    STUN over UDP", shown)

    def interrupted(self, signals):
        """The exit code of a check that is told to stop while its server says nothing."""
        with SilentServer() as server:
            process = subprocess.Popen(
                [MEDIAPATH, "check", "--stun", server.uri, "--json", str(self.output)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"})
            server.socket.settimeout(20)
            server.socket.recvfrom(2048)  # the probe runs
            for number in signals:
                process.send_signal(number)
            process.communicate(timeout=20)
            return process.returncode

    def test_ctrl_c_keeps_what_was_measured(self):
        self.assertEqual(self.interrupted([signal.SIGINT]), 4)
        result = json.loads(self.output.read_text())
        self.assertTrue(result["interrupted"])
        self.assertLess(result["duration_ms"], 4000)

    def test_sigterm_keeps_what_was_measured(self):
        self.assertEqual(self.interrupted([signal.SIGTERM]), 4)
        self.assertTrue(self.output.exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
