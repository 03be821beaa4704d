# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mediapath responder: what is wrong is told before anything is bound, and no key is ever repeated.
"""usage: test_responder_cli.py MEDIAPATH"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MEDIAPATH = os.path.abspath(sys.argv[1])
LISTEN = ["--listen", "127.0.0.1:1"]
KEY = "a-key-of-sixteen-bytes"


class Responder(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = Path(self.directory.name) / "keys"

    def keys(self, text, mode=0o600):
        self.path.write_text(text)
        self.path.chmod(mode)
        return ["--stamp-key-file", str(self.path)]

    def test_each_wrong_argument_is_told(self):
        rows = [
            (["--reflect", "raw"], '--reflect "raw", expected auto, lean or sockets'),
            (["--reflect-ports", "1024-2000"], '--reflect-ports "1024-2000"'),
            (["--reflect-ports", "2000-1999"], '--reflect-ports "2000-1999"'),
            (["--reflect-ports", "2000"], '--reflect-ports "2000"'),
            (["--reflect-ports", "2000-65536"], '--reflect-ports "2000-65536"'),
            (["--stamp-key-file", "none"], "none: No such file"),
        ]
        for arguments, words in rows:
            with self.subTest(arguments=arguments):
                self.assert_refused(arguments, words)

    def test_each_wrong_key_file_is_told(self):
        rows = [
            (f"1 {KEY}\n", 0o640, "mode 640 lets others read the keys"),
            (f"{KEY}\n", 0o600, ':1: expected "ID KEY"'),
            (f"1 {KEY}\n2 short\n", 0o600, ":2: STAMP key: found 5 bytes"),
            (f"1 {KEY}\n1 {KEY}\n", 0o600, ":2: the ID stands in an earlier"),
            ("# none\n", 0o600, ":1: no key"),
        ]
        for text, mode, words in rows:
            with self.subTest(text=text):
                self.assert_refused(self.keys(text, mode), words)

    def assert_refused(self, arguments, words):
        done = subprocess.run([MEDIAPATH, "responder", *LISTEN, *arguments], capture_output=True,
                              text=True, timeout=30, check=False, env={**os.environ, "LC_ALL": "C"})
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn(words, done.stderr)
        self.assertNotIn(KEY, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
