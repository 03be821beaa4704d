# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The forecast labels simulated calls by the very rules that label real ones.
"""usage: test_labels.py LABELS [unittest arguments]"""
import json
import pathlib
import random
import subprocess
import sys
import unittest

LABELS = sys.argv[1]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import label  # noqa: E402

SESSIONS = ("live_video", "screen_share", "virtual_background")
CALLS = 3000
TABLES = (label.CAMERA_MOST, label.CAMERA_LEAST, label.SCREEN_MOST, label.BACKGROUND_MOST)


def figures(chance):
    """On, just within or just beyond the limits of the rules, or not known."""
    seen = {name: chance.choice((None, limits[0] / 2, limits[0], limits[0] + .01, limits[1],
                                 limits[1] + .01, 2 * limits[1]))
            for table in TABLES for name, limits in table.items()}
    seen["source_fps"] = chance.choice((5, 15, 30))
    share = chance.choice((0, .2, .39, .41, .79, .81, 1))
    if chance.random() < .5 or seen["fps"] is None:
        seen["fps"] = share * seen["source_fps"]
    return {**seen, "fps_share": seen["fps"] / seen["source_fps"]}


def by_rules(call):
    verdicts = {name: label.worst(call[name], *label.rules(call["session"]))
                for name in ("down", "up")}
    direction = max(verdicts, key=lambda name: verdicts[name][0])
    verdict, why = verdicts[direction]
    return {"label": label.WORDS[verdict], "why": why or "", "direction": direction}


class Labels(unittest.TestCase):
    def test_both_say_the_same(self):
        chance = random.Random(7)
        calls = [{"session": chance.choice(SESSIONS), "up": figures(chance),
                  "down": figures(chance)} for _ in range(CALLS)]
        # Most have something beyond a limit; a few are quite good.
        for call in calls[::3]:
            for way in ("up", "down"):
                for name in call[way]:
                    if name not in ("fps", "source_fps", "fps_share") and chance.random() < .9:
                        call[way][name] = 0
        run = subprocess.run([LABELS], input="\n".join(map(json.dumps, calls)), text=True,
                             stdout=subprocess.PIPE, check=True)
        told = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(CALLS, len(told))
        for call, each in zip(calls, told):
            self.assertEqual(by_rules(call), each, call)
        for word in label.WORDS:
            self.assertGreater(sum(each["label"] == word for each in told), CALLS / 50, word)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
