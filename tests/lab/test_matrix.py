# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Matrices in real labs: killed, hung, interrupted, sharded, resumed. Cells ask STUN only.
"""usage: test_matrix.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import fcntl
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree

import jsonschema

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
# 3 networks x 2 losses x 2 roles: a cell takes a third of a second.
MATRIX = """\
schema: mediapath-matrix/1
name: short
axes:
  networks: [clean, turn-wrong-password, turn-down]
  loss: [0, {up: 3}]
  role: [host, guest]
check: {only: [stun], deadline: 10}
"""
N_CELLS = 12
KILLS = 10
# A cell hangs only because its check waits for a STUN answer that a firewall drops, for 5 s.
HANGING = """\
schema: mediapath-matrix/1
name: hanging
axes: {networks: [clean, office-udp-blocked]}
check: {only: [stun]}
cell_deadline_s: 2
"""
# Cells of 5 s: what must end at once is told from what ends by itself.
SLOW = """\
schema: mediapath-matrix/1
name: slow
axes: {networks: [office-udp-blocked], role: [host, guest]}
check: {only: [stun]}
"""
AT_ONCE_S = 4
MOST_S = 60


def run(*arguments, timeout=MOST_S, **options):
    return subprocess.run([MEDIAPATH, "matrix", *map(str, arguments)], capture_output=True,
                          text=True, timeout=timeout, check=False, **options)


class MatrixTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mediapath-matrix-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.matrix = self.folder / "matrix.yaml"
        self.matrix.write_text(MATRIX)
        self.out = self.folder / "out"

    def rows(self, out=None):
        database = sqlite3.connect((out or self.out) / "journal.sqlite")
        try:
            return database.execute("SELECT id, state, attempts, mine FROM cells").fetchall()
        finally:
            database.close()

    def summary(self, out=None):
        return json.loads(((out or self.out) / "matrix.json").read_text())

    def results(self, out=None):
        return {path.parent.name: json.loads(path.read_text())
                for path in (out or self.out).glob("cells/*/result.json")}

    def assert_complete(self, out=None):
        """Every cell once, done, with a result that is whole."""
        rows = self.rows(out)
        self.assertEqual(len(rows), N_CELLS)
        self.assertEqual({state for _, state, _, _ in rows}, {"done"})
        results = self.results(out)
        self.assertEqual(set(results), {cell for cell, _, _, _ in rows})
        for result in results.values():
            self.assertEqual(result["schema"], "mediapath-result/1")
        left = [path.name for path in (out or self.out).glob("cells/*/result.attempt-*")]
        self.assertEqual(left, [])


class Whole(MatrixTest):
    def test_every_cell_has_a_result_and_every_output_is_valid(self):
        done = run(self.matrix, "--out", self.out, "--junit", self.folder / "j.xml", "--html",
                   self.folder / "map.html", "--json", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_complete()
        summary = json.loads(done.stdout)
        self.assertEqual(summary, self.summary())
        schema = pathlib.Path(SOURCE_ROOT, "scenarios/schema/matrix-summary.schema.json")
        jsonschema.validate(summary, json.loads(schema.read_text()))
        self.assertEqual(summary["counts"]["recorded"], N_CELLS)
        suite = ElementTree.parse(self.folder / "j.xml").getroot().find("testsuite")
        self.assertEqual(suite.get("tests"), str(N_CELLS))
        self.assertEqual({case.get("name") for case in suite.iter("testcase")},
                         set(self.results()))
        page = (self.folder / "map.html").read_text()
        for cell in self.results():
            self.assertIn(f'href="out/cells/{cell}/result.json"', page)

    def test_a_cells_network_is_rebuilt_by_hand(self):
        self.assertEqual(run(self.matrix, "--out", self.out).returncode, 0)
        network = self.out / "cells" / "clean+loss-up3+host" / "network.json"
        link = json.loads(network.read_text())["link"]
        self.assertEqual(link, {"up": {"loss": {"percent": 3}}, "down": {}})
        plan = subprocess.run([MEDIAPATH, "lab", "--print", network], capture_output=True,
                              text=True, timeout=MOST_S, check=False)
        self.assertEqual(plan.returncode, 0, plan.stderr)

    def test_expectations_decide_the_exit_code(self):
        self.matrix.write_text(MATRIX + "expect: {verdict: unknown, cases: "
                                        "[{when: {role: guest}, verdict: stable}]}\n")
        done = run(self.matrix, "--out", self.out, "--no-color")
        self.assertEqual(done.returncode, 1, done.stderr)
        counts = self.summary()["counts"]
        self.assertEqual((counts["as_expected"], counts["different"]), (6, 6))
        first = done.stdout.splitlines()[0]
        self.assertEqual(first, "differs  clean+loss-0+guest: verdict unknown instead of stable")


class Options(MatrixTest):
    def test_codec_and_transport_reach_the_call(self):
        self.matrix.write_text("schema: mediapath-matrix/1\nname: codecs\n"
                               "axes: {networks: [clean], transport: [udp], codec: [vp8, h264]}\n"
                               "check: {media_seconds: 1}\n")
        done = run(self.matrix, "--out", self.out, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        for codec in ("vp8", "h264"):
            result = self.results()[f"clean+udp+{codec}"]
            steps = [step["id"] for step in result["plan"]]
            self.assertEqual([id for id in steps if id.startswith(("media-", "turn"))],
                             ["media-udp"])
            media = result["measurements"][steps.index("media-udp")]
            self.assertEqual(media["facts"]["codec"], codec)


class Killed(MatrixTest):
    def test_kill_9_at_ten_random_moments_loses_and_doubles_nothing(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}", file=sys.stderr)
        chance = random.Random(seed)
        command = [MEDIAPATH, "matrix", str(self.matrix), "--out", str(self.out), "--resume",
                   "--jobs", "2"]
        finished = {}
        for _ in range(KILLS):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(chance.uniform(0, 0.6))
                except subprocess.TimeoutExpired:
                    process.kill()
            if not (self.out / "journal.sqlite").exists():
                continue
            # What was finished stays as it was, to the byte.
            for cell, state, _, _ in self.rows():
                if state == "done":
                    text = (self.out / "cells" / cell / "result.json").read_text()
                    self.assertEqual(finished.setdefault(cell, text), text)
                else:
                    self.assertNotIn(cell, finished)
        last = run(*command[2:])
        self.assertEqual(last.returncode, 0, last.stderr)
        self.assert_complete()
        for cell, text in finished.items():
            self.assertEqual((self.out / "cells" / cell / "result.json").read_text(), text)

    def test_children_die_with_the_matrix(self):
        self.matrix.write_text(SLOW)
        with subprocess.Popen([MEDIAPATH, "matrix", str(self.matrix), "--out", str(self.out)],
                              stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            self.await_running()
            process.kill()
        end = time.monotonic() + AT_ONCE_S
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.processes(), [])

    def await_running(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if (self.out / "journal.sqlite").exists() and \
                    any(state == "running" for _, state, _, _ in self.rows()) and \
                    self.processes():
                return
            time.sleep(0.01)
        self.fail("no cell runs after 20 s")

    def processes(self):
        """Those that have the matrix's folder in their command line."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes()
            except OSError:
                continue
            if f"{self.out}/cells".encode() in line:
                found.append(line)
        return found

    def test_interrupted_it_ends_at_once_and_says_how_to_go_on(self):
        self.matrix.write_text(SLOW)
        with subprocess.Popen([MEDIAPATH, "matrix", str(self.matrix), "--out", str(self.out)],
                              stderr=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as process:
            self.await_running()
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=AT_ONCE_S)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn(f"--resume --out {self.out}", said)
        self.assertEqual({state for _, state, _, _ in self.rows()}, {"pending"})
        self.assertEqual(self.processes(), [])
        self.assertEqual(run(self.matrix, "--out", self.out, "--resume").returncode, 0)
        self.assertEqual({state for _, state, _, _ in self.rows()}, {"done"})


class Hanging(MatrixTest):
    def test_a_cell_that_hangs_is_ended_and_reported(self):
        self.matrix.write_text(HANGING)
        done = run(self.matrix, "--out", self.out, "--junit", "-", "--quiet")
        self.assertEqual(done.returncode, 3, done.stderr)
        suite = ElementTree.fromstring(done.stdout).find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("errors")), ("2", "1"))
        error = suite.find("testcase[@name='office-udp-blocked']/error")
        self.assertTrue(error.get("message").startswith("did not end within 2 s and was ended"))

    def test_a_cell_that_cannot_be_carried_out_is_reported_with_its_words(self):
        broken = self.folder / "bin"
        broken.mkdir()
        done = run(self.matrix, "--out", self.out, env={**os.environ, "PATH": str(broken)})
        self.assertEqual(done.returncode, 3, done.stderr)
        cells = self.summary()["cells"]
        self.assertEqual({cell["state"] for cell in cells}, {"failed"})
        self.assertTrue(cells[0]["error"].startswith("exit 3: mediapath: "), cells[0]["error"])

        again = cells[0]["id"]
        shutil.rmtree(self.out / "cells" / again)
        run(self.matrix, "--out", self.out, "--resume")
        states = {cell["id"]: cell["state"] for cell in self.summary()["cells"]}
        self.assertEqual([id for id, state in states.items() if state == "done"], [again])


class Shards(MatrixTest):
    def test_three_shards_merged_are_the_whole(self):
        shards = [self.folder / f"shard-{i}" for i in (1, 2, 3)]
        listed = []
        for i, shard in enumerate(shards, 1):
            listed += run(self.matrix, "--shard", f"{i}/3", "--list").stdout.split()
            done = run(self.matrix, "--shard", f"{i}/3", "--out", shard, "--quiet")
            self.assertEqual(done.returncode, 0, done.stderr)
        whole = run(self.matrix, "--list").stdout.split()
        self.assertEqual(sorted(listed), sorted(whole))
        merged = run("--merge", *shards, "--out", self.out)
        self.assertEqual(merged.returncode, 0, merged.stderr)
        self.assert_complete()
        self.assertEqual([cell["id"] for cell in self.summary()["cells"]], whole)
        for shard in shards:
            for cell, result in self.results(shard).items():
                self.assertEqual(self.results()[cell], result)

    def test_a_missing_shard_is_missed_and_can_be_made_up_for(self):
        shard = self.folder / "shard"
        run(self.matrix, "--shard", "1/3", "--out", shard, "--quiet")
        merged = run("--merge", shard, "--out", self.out)
        self.assertEqual(merged.returncode, 3, merged.stderr)
        self.assertEqual(self.summary()["counts"]["pending"], N_CELLS - 4)
        rest = run(self.matrix, "--resume", "--out", self.out)
        self.assertEqual(rest.returncode, 0, rest.stderr)
        self.assert_complete()


class Resuming(MatrixTest):
    def setUp(self):
        super().setUp()
        self.matrix.write_text(MATRIX.replace("clean, turn-wrong-password, turn-down", "clean"))
        self.assertEqual(run(self.matrix, "--out", self.out, "--quiet").returncode, 0)

    def assert_refused(self, done, *words):
        self.assertEqual(done.returncode, 2, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_without_resume_it_is_refused(self):
        self.assert_refused(run(self.matrix, "--out", self.out), "has a matrix already")

    def test_another_matrix_is_refused_by_its_line(self):
        self.matrix.write_text(self.matrix.read_text().replace("{up: 3}", "{up: 4}"))
        self.assert_refused(run(self.matrix, "--out", self.out, "--resume"),
                            'line 5 was "loss: [0, {up: 3}]" and is "loss: [0, {up: 4}]"')

    def test_another_shard_is_refused(self):
        self.assert_refused(run(self.matrix, "--out", self.out, "--resume", "--shard", "1/2"),
                            "it was shard 1/1, this is 1/2")

    def test_nothing_runs_twice(self):
        before = self.results()
        self.assertEqual(run(self.matrix, "--out", self.out, "--resume").returncode, 0)
        self.assertEqual(self.results(), before)
        self.assertEqual({attempts for _, _, attempts, _ in self.rows()}, {1})

    def test_a_result_that_is_gone_is_made_again(self):
        gone = self.out / "cells" / "clean+loss-0+host" / "result.json"
        gone.unlink()
        self.assertEqual(run(self.matrix, "--out", self.out, "--resume").returncode, 0)
        self.assertTrue(gone.exists())

    def test_a_second_one_at_once_is_refused(self):
        lock = os.open(self.out / "lock", os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_refused(run(self.matrix, "--out", self.out, "--resume"),
                                "another mediapath matrix works in it")
        finally:
            os.close(lock)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
