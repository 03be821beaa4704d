# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One real call between two browsers over a clean link, from the lab to a labelled line of data.
"""usage: test_one_call.py MEDIAPATH [unittest arguments]"""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

MEDIAPATH = os.path.abspath(sys.argv[1])
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import cells  # noqa: E402
import kept  # noqa: E402

CELL = "clean-rtt20-camera"
WARM_UP_S, SECONDS = 4, 8
# A busy machine spoils calls; that is no answer about the harness.
ATTEMPTS = 3
LEAST_FRAMES = 5 * SECONDS


def program(name):
    """A script without an ending, as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(HERE / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def hold(folder):
    """The first record that the machine did not spoil, else the last with the reason."""
    collect = program("collect")
    [cell] = [each for each in cells.all_cells() if each["id"] == CELL]
    cell = {**cell, "warm_up_s": WARM_UP_S, "seconds": SECONDS, "repeat": 0,
            "slots": [str(folder / ".slot")], "camera_file": collect.camera_file(cell)}
    for attempt in range(ATTEMPTS):
        record, reason = collect.hold(MEDIAPATH, {**cell, "seed": attempt + 1}, None)
        if not reason:
            break
        print(f"test_one_call: spoiled: {reason}", file=sys.stderr)
    return record, reason


class OneCall(unittest.TestCase):
    def test_from_the_lab_to_a_line_of_data(self):
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            record, reason = hold(folder)
            self.assertIsNotNone(record, reason)
            (folder / f"{CELL}.0.json").write_text(json.dumps(record))
            subprocess.run([HERE / "keep", "--to", folder / "data", folder], check=True)
            [call] = kept.calls(folder / "data")
            [packets] = kept.packed("clean", folder / "data").values()
            self.assertEqual(record["before"]["packets"], kept.packets(packets))
        self.expect_media_both_ways(record)
        for name in kept.CHECKS:
            self.assertEqual("answered", call[name]["measurements"][0]["outcome"])
        if not reason:
            self.assertEqual("stable", call["label"], call["why"])
            self.assertAlmostEqual(30, call["figures"]["up"]["fps"], delta=3)
            self.assertEqual(480, call["figures"]["down"]["height"])

    def expect_media_both_ways(self, record):
        """Whatever the machine did."""
        for name, end in record["call"]["ends"].items():
            self.assertEqual("connected", end["state"], name)
            reports = end["seconds"][-1]["reports"]
            self.assertGreater(reports["inbound-rtp/video"]["framesDecoded"], LEAST_FRAMES, name)
            self.assertGreater(reports["inbound-rtp/audio"]["totalSamplesReceived"], 0, name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
