#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mediapath matrix as people and scripts see it, before any cell runs.
"""Usage: test_matrix_cli.py MEDIAPATH SOURCE_ROOT"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MEDIAPATH = os.path.abspath(sys.argv[1])
ROOT = Path(sys.argv[2]).absolute()
MATRIX = "schema: mediapath-matrix/1\nname: small\naxes: {networks: [clean], loss: [0, 1, 2]}\n"


class MatrixUsage(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.folder = Path(self.directory.name)
        (self.folder / "m.yaml").write_text(MATRIX)

    def run_matrix(self, *arguments):
        environment = {k: v for k, v in os.environ.items() if k != "MEDIAPATH_LAB"}
        return subprocess.run([MEDIAPATH, "matrix", *map(str, arguments)], capture_output=True,
                              text=True, timeout=30, check=False, cwd=self.folder,
                              env={**environment, "LC_ALL": "C"})

    def test_each_wrong_argument_is_told_and_nothing_is_made(self):
        (self.folder / "bad.yaml").write_text(MATRIX + "loss: 1\n")
        (self.folder / "net.yaml").write_text("schema: mediapath-network/1\n")
        (self.folder / "badnet.yaml").write_text(MATRIX.replace("clean", "./net.yaml"))
        (self.folder / "none.yaml").write_text(MATRIX + "exclude: [{networks: clean}]\n")
        (self.folder / "full").mkdir()
        (self.folder / "full" / "file").write_text("")
        before = sorted(path.name for path in self.folder.iterdir())
        rows = [
            ([], "expected: mediapath matrix MATRIX.yaml | --merge DIR..."),
            (["missing.yaml"], "missing.yaml: No such file"),
            (["m.yaml", "m.yaml"], 'argument "m.yaml", expected one matrix only'),
            (["bad.yaml"], 'bad.yaml:4:1: key "loss" was found'),
            (["badnet.yaml"], 'net.yaml:1:1: no "name" was found'),
            (["none.yaml"], "none.yaml: every cell is excluded"),
            (["m.yaml", "--jobs", "0"], '--jobs "0", expected a number from 1 to 256'),
            (["m.yaml", "--jobs", "two"], '--jobs "two"'),
            (["m.yaml", "--shard", "0/3"], '--shard "0/3", expected I/N with I from 1 to N'),
            (["m.yaml", "--shard", "4/3"], '--shard "4/3"'),
            (["m.yaml", "--shard", "1"], '--shard "1"'),
            (["m.yaml", "--shard", "1/3x"], '--shard "1/3x"'),
            (["m.yaml", "--shard", "-1/3"], '--shard "-1/3"'),
            (["m.yaml", "--lang", "fr"], '--lang "fr", expected en or ja'),
            (["m.yaml", "--junit", "no/where.xml"], 'output "no/where.xml" cannot be written'),
            (["m.yaml", "--out", "full"], "full is not empty"),
            (["--merge", "full"], '--merge "full", expected --out DIR beside it'),
            (["--merge", "full", "--out", "o", "--resume"], "expected no --resume, --shard"),
            (["--merge", "full", "--out", "o"], "full has no journal.sqlite"),
            (["--no-such"], "Unknown option --no-such"),
        ]
        for arguments, message in rows:
            with self.subTest(arguments=arguments):
                done = self.run_matrix(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertTrue(done.stderr.startswith("mediapath: "), done.stderr)
                self.assertIn(message, done.stderr)
        after = sorted(path.name for path in self.folder.iterdir())
        self.assertEqual(after, before)

    def test_list_prints_the_cells_of_a_shard(self):
        self.assertEqual(self.run_matrix("m.yaml", "--list").stdout,
                         "clean+loss-0\nclean+loss-1\nclean+loss-2\n")
        self.assertEqual(self.run_matrix("m.yaml", "--list", "--shard", "1/2").stdout,
                         "clean+loss-0\nclean+loss-2\n")

    def test_every_matrix_of_the_catalogue_is_right(self):
        networks = {path.stem for path in (ROOT / "scenarios/networks").glob("*.yaml")}
        for path in (ROOT / "scenarios/matrices").glob("*.yaml"):
            with self.subTest(path=path.name):
                done = self.run_matrix(path, "--list")
                self.assertEqual(done.returncode, 0, done.stderr)
                if path.name == "catalogue.yaml":
                    self.assertEqual(set(done.stdout.split()), networks)

    def test_help_names_every_option(self):
        done = self.run_matrix("--help")
        self.assertEqual(done.returncode, 0)
        for option in ("jobs", "shard", "resume", "out", "merge", "junit", "html", "json", "list",
                       "lang", "quiet", "no-color"):
            self.assertIn(f"--{option}", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
