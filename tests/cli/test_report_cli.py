#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mediapath report as people and scripts see it: old results judged and shown again.
"""usage: test_report_cli.py MEDIAPATH SOURCE_ROOT"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema

MEDIAPATH = os.path.abspath(sys.argv[1])
ROOT = Path(sys.argv[2]).resolve()
RESULTS = sorted((ROOT / "tests/data/results").glob("*.json"))
CALL = ROOT / "tests/data/results/call.json"
BLOCKED = ROOT / "tests/data/results/blocked.json"
PACKETS = ROOT / "tests/data/results/call.packets"
SCHEMA = json.loads((ROOT / "scenarios/schema/result.schema.json").read_text())
MEASURED = ["schema", "tool", "started", "duration_ms", "scenario", "profile", "role", "lang",
            "environment", "plan", "measurements"]


class Report(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.folder = Path(self.directory.name)

    def run_report(self, *arguments, text=None):
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith("MEDIAPATH_") or k == "MEDIAPATH_LOCALEDIR"}
        return subprocess.run([MEDIAPATH, "report", *map(str, arguments)], capture_output=True,
                              text=True, timeout=100, check=False, cwd=self.folder, input=text,
                              env={**environment, "LC_ALL": "C"})

    def judge(self, path, *arguments):
        """The JSON of a report, as text."""
        run = self.run_report("--quiet", "--json", "-", *arguments, path)
        self.assertIn(run.returncode, (0, 1, 4), run.stderr)
        return run.stdout

    def test_what_was_measured_stays_as_it_was(self):
        self.assertGreaterEqual(len(RESULTS), 4)
        for path in RESULTS:
            with self.subTest(path.name):
                before = json.loads(path.read_text())
                after = json.loads(self.judge(path))
                for name in MEASURED:
                    self.assertEqual(after.get(name), before.get(name), name)
                jsonschema.validate(after, SCHEMA)

    def test_a_judgement_made_again_is_the_same(self):
        for path in [*RESULTS, ROOT / "tests/golden/result.json"]:
            with self.subTest(path.name):
                once = self.judge(path)
                again = self.folder / "once.json"
                again.write_text(once)
                self.assertEqual(self.judge(again), once)

    def test_the_exit_code_is_that_of_the_check(self):
        self.assertEqual(self.run_report(BLOCKED).returncode, 1)
        nothing = json.loads(CALL.read_text())
        nothing["plan"] = nothing["measurements"] = []
        path = self.folder / "nothing.json"
        path.write_text(json.dumps(nothing))
        self.assertEqual(self.run_report(path).returncode, 4)
        self.assertEqual(self.run_report(path, path).returncode, 4)
        self.assertEqual(self.run_report(path, BLOCKED, path).returncode, 1)

    def test_standard_input_is_read(self):
        run = self.run_report("-", text=CALL.read_text())
        self.assertEqual(run.stdout, self.run_report(CALL).stdout)
        self.assertIn("Profile bellface, role host; against lab truth", run.stdout)
        run = self.run_report("-", text="{}")
        self.assertEqual(run.returncode, 2)
        self.assertIn("standard input:1:1: ", run.stderr)

    def test_several_results_are_shown_under_their_names(self):
        run = self.run_report(CALL, RESULTS[0])
        self.assertIn(f"== {CALL} ==\n\n", run.stdout)
        self.assertIn(f"\n== {RESULTS[0]} ==\n\n", run.stdout)
        self.assertNotIn("==", self.run_report(CALL).stdout)
        self.assertEqual(self.run_report("--quiet", CALL, RESULTS[0]).stdout, "")

    def test_one_that_is_wrong_ends_it_before_anything_is_shown(self):
        run = self.run_report(CALL, "none.json")
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertIn("none.json: No such file or directory", run.stderr)

    def test_languages(self):
        english = json.loads(self.judge(CALL, "--lang", "en"))
        japanese = json.loads(self.judge(CALL, "--lang", "ja"))
        self.assertEqual((english["lang"], japanese["lang"]), ("en", "ja"))
        self.assertNotEqual(english["findings"], japanese["findings"])
        self.assertIn("ライブ映像", self.run_report("--lang", "ja", CALL).stdout)

    def test_a_page_is_written(self):
        run = self.run_report("--quiet", "--html", "page.html", CALL)
        self.assertEqual((run.stdout, run.stderr), ("", ""))
        self.assertIn("<html", (self.folder / "page.html").read_text())

    def test_another_profile_judges_otherwise(self):
        source = (ROOT / "scenarios/profiles/bellface.yaml").read_text()
        profile = self.folder / "mine.yaml"
        profile.write_text(source.replace("name: bellface\n", "name: mine\n"))
        text = self.judge(CALL, "--profile", profile)
        self.assertEqual(json.loads(text)["profile"], "mine")
        path = self.folder / "mine.json"
        path.write_text(text)
        run = self.run_report(path)
        self.assertEqual(run.returncode, 2)
        self.assertIn('profile "mine" is not built in, expected --profile with its file',
                      run.stderr)

    def test_a_profile_is_never_opened_by_what_a_result_says(self):
        result = json.loads(CALL.read_text())
        for name in ["/etc/passwd", "../mine.yaml", "mine.yaml", "no-such"]:
            result["profile"] = name
            path = self.folder / "result.json"
            path.write_text(json.dumps(result))
            self.assertIn(f'profile "{name}" is not built in', self.run_report(path).stderr)

    def test_packets_are_given_back_and_then_their_model_is_kept(self):
        self.assertNotIn("model", json.loads(self.judge(CALL))["paths"][0])
        once = self.judge(CALL, "--packets", PACKETS)
        self.assertIn("up", json.loads(once)["paths"][0]["model"])
        path = self.folder / "once.json"
        path.write_text(once)
        self.assertEqual(self.judge(path), once)

    def test_packets_of_another_check_are_told(self):
        wrong = self.folder / "wrong.packets"
        wrong.write_text(PACKETS.read_text().replace("media-udp\tdown", "media-up\tdown", 1))
        run = self.run_report("--packets", wrong, CALL)
        self.assertEqual(run.returncode, 2)
        self.assertIn('wrong.packets:154:1: "media-up" was found', run.stderr)

    def test_each_wrong_argument_is_told(self):
        rows = [
            ([], "no result, expected the JSON file of a check, or -"),
            ([CALL, CALL, "--json", "-"], "--json with 2 results, expected one"),
            ([CALL, CALL, "--html", "a.html"], "--html with 2 results, expected one"),
            ([CALL, CALL, "--packets", PACKETS], "--packets with 2 results, expected one"),
            ([CALL, "--lang", "fr"], '--lang "fr", expected en or ja'),
            ([CALL, "--profile", "belface"], 'did you mean "bellface"?'),
            ([CALL, "--json", "/nowhere/a.json"], '"/nowhere/a.json" cannot be written'),
            ([CALL, "--packets", "none"], "none: No such file or directory"),
            ([PACKETS], "call.packets:"),
            ([ROOT], "Is a directory"),
        ]
        for arguments, message in rows:
            run = self.run_report(*arguments)
            self.assertEqual((run.returncode, run.stdout), (2, ""), arguments)
            self.assertIn(message, run.stderr)

    def test_what_is_wrong_in_a_result_is_told_with_its_place(self):
        result = json.loads(CALL.read_text())
        result["measurements"][0]["outcome"] = "fine"
        path = self.folder / "result.json"
        path.write_text(json.dumps(result, indent=2))
        run = self.run_report(path)
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stderr, r"result\.json:\d+:18: /measurements/0/outcome: "
                                     r'"fine" was found, expected one of answered, ')

    def test_help_names_every_option(self):
        run = self.run_report("--help")
        for option in ("profile", "packets", "json", "html", "lang", "quiet", "no-color"):
            self.assertIn(f"--{option}", run.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
