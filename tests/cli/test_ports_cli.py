# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mediapath ports as people and scripts see it: what is wrong is told before anything is asked.
"""usage: test_ports_cli.py MEDIAPATH"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MEDIAPATH = os.path.abspath(sys.argv[1])
PREFIX = "198.51.100.0/24"


class Ports(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.folder = Path(self.directory.name)

    def run_ports(self, *arguments):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MEDIAPATH_")}
        return subprocess.run([MEDIAPATH, "ports", *map(str, arguments)], capture_output=True,
                              text=True, timeout=30, check=False, cwd=self.folder,
                              env={**environment, "LC_ALL": "C"})

    def key_file(self, text, mode=0o600):
        path = self.folder / "key"
        path.write_text(text)
        path.chmod(mode)
        return path

    def test_each_wrong_argument_is_told(self):
        key = self.key_file("1 a-key-of-sixteen-bytes")
        rows = [
            ([], "nobody to ask, expected --responder, --turn or --walk"),
            (["extra"], 'argument "extra", expected options only'),
            (["--walk", "198.51.100.0/40"], 'walk toward "198.51.100.0/40"'),
            (["--walk", PREFIX, "--ports", "0-10"], '--ports "0-10"'),
            (["--walk", PREFIX, "--ports", "20-10"], '--ports "20-10"'),
            (["--walk", PREFIX, "--ports", "5-70000"], '--ports "5-70000"'),
            (["--walk", PREFIX, "--ports", " 5-6"], '--ports " 5-6"'),
            (["--walk", PREFIX, "--ports", "5-"], '--ports "5-"'),
            (["--walk", PREFIX, "--rate", "-1"], "--rate -1"),
            (["--walk", PREFIX, "--rate", "1000001"], "rate of 1000001 per second"),
            (["--walk", PREFIX, "--deadline", "0"], '--deadline "0"'),
            (["--walk", PREFIX, "--lang", "fr"], "fr"),
            (["--responder", "far.example"], "found no key"),
            (["--responder", "far.example", "--stamp-key-file", "none"], "none"),
            (["--turn", "stun:turn.example", "--turn-user", "u"], "stun:turn.example"),
            (["--turn", "turn:turn.example"], "no step is left to run"),
            (["--turn", "turn:a.example", "--turn", "turn:b.example"], "expected one TURN server"),
            (["--turn", "turn:turn.example", "--walk", PREFIX], 'nobody to ask for "ports-relay"'),
            (["--responder", "h", "--stamp-key-file", key, "--json", "no/where"], "no/where"),
        ]
        for arguments, words in rows:
            with self.subTest(arguments=arguments):
                done = self.run_ports(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_a_wrong_key_file_is_never_quoted(self):
        for text, mode in (("verysecretkeytext", 0o600), ("1 verysecretkeytext", 0o644),
                           ("x verysecretkeytext", 0o600)):
            with self.subTest(text=text, mode=oct(mode)):
                done = self.run_ports("--responder", "far.example", "--stamp-key-file",
                                      self.key_file(text, mode))
                self.assertEqual(done.returncode, 2)
                self.assertIn("key", done.stderr)
                self.assertNotIn("verysecret", done.stderr)

    def test_help_names_every_option(self):
        done = self.run_ports("--help")
        self.assertEqual(done.returncode, 0)
        for option in ("responder", "stamp-key-file", "turn", "turn-user", "turn-password-file",
                       "turn-secret-file", "walk", "ports", "rate", "ca-file", "profile",
                       "deadline", "json", "lang", "quiet", "no-color"):
            self.assertIn(f"--{option}", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
