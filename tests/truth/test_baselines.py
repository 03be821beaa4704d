# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Others' rules give what their sources give.
"""usage: test_baselines.py [unittest arguments]"""
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import baselines  # noqa: E402
import synthetic  # noqa: E402

CAMERA = {"session": "live_video", "codec": "VP8"}
SCREEN = {"session": "screen_share", "codec": "VP8"}


def seen(**other):
    return {"rtt_ms": 40, "rtt_min_ms": 40, "jitter_ms": 0, "loss_percent": 0, "burst_length": 1,
            "worst_200ms_percent": 0, "reorder_percent": 0, "capacity_kbps": 15000, **other}


class Baselines(unittest.TestCase):
    def test_figures_are_those_of_the_worse_direction(self):
        check = synthetic.check()["result"]
        facts = check["measurements"][0]["facts"]
        facts["down"] = {**facts["down"], "loss_percent": 3.0}
        facts["capacity"] = {"up": {"value_kbps": 900}, "down": {}}
        figures = baselines.measured(check)
        self.assertEqual((3.0, 900), (figures["loss_percent"], figures["capacity_kbps"]))

    def test_opentok_wants_three_quarters_of_its_target(self):
        # 640x480: 0.998 Mbit/s.
        self.assertEqual(0, baselines.opentok(seen(capacity_kbps=740), CAMERA))
        self.assertEqual(1, baselines.opentok(seen(capacity_kbps=755), CAMERA))
        self.assertEqual(0, baselines.opentok(seen(loss_percent=50), CAMERA))

    def test_opentok_with_loss_by_picture(self):
        self.assertEqual(1, baselines.opentok_with_loss(seen(capacity_kbps=260, loss_percent=3),
                                                        CAMERA))
        self.assertEqual(0, baselines.opentok_with_loss(seen(capacity_kbps=260, loss_percent=3),
                                                        SCREEN))
        self.assertEqual(0, baselines.opentok_with_loss(seen(loss_percent=3.1), CAMERA))

    def test_opinions_of_the_e_model(self):
        # ITU-T G.107 Annex B, table B.1: R of 90, 80, 70, 60, 50.
        for r, mos in ((90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)):
            self.assertAlmostEqual(mos, baselines.opinion(r), delta=0.01)

    def test_the_e_model_feels_delay_only_beyond_100_ms(self):
        self.assertEqual(93.2, baselines.e_model(seen(rtt_ms=160), CAMERA))
        self.assertLess(baselines.e_model(seen(rtt_ms=600), CAMERA), 80)
        self.assertAlmostEqual(93.2 - 95 * 5 / 30.1,
                               baselines.e_model(seen(loss_percent=5), CAMERA))

    def test_twilio(self):
        self.assertAlmostEqual(baselines.opinion(94.768 - 50 / 40),
                               baselines.twilio_opinion(seen(), CAMERA))
        self.assertEqual(0, baselines.twilio_warnings(seen(jitter_ms=31), CAMERA))

    def test_teams_looks_at_200_ms(self):
        self.assertEqual(1, baselines.teams(seen(), CAMERA))
        self.assertEqual(0, baselines.teams(seen(worst_200ms_percent=10), CAMERA))
        self.assertEqual(0, baselines.teams(seen(rtt_ms=100), CAMERA))

    def test_livekit_takes_the_least(self):
        # 2 % of a picture's packets: from excellent to good.
        self.assertAlmostEqual(79.5, baselines.livekit(seen(loss_percent=2), CAMERA))
        self.assertAlmostEqual(100 - 20 * math.log(2),
                               baselines.livekit(seen(capacity_kbps=850), CAMERA))

    def test_cloudflare_adds_points(self):
        self.assertEqual(5 + 20 + 10 + 10, baselines.cloudflare(seen(), CAMERA))
        self.assertEqual(5 + 0 + 5 + 5, baselines.cloudflare(
            seen(rtt_ms=95, jitter_ms=15, loss_percent=2), CAMERA))

    def test_of_several_classes_the_best_on_training_cells(self):
        def call(loss, label):
            check = synthetic.check()["result"]
            for name in ("up", "down"):
                facts = check["measurements"][0]["facts"]
                facts[name] = {**facts[name], "loss_percent": loss}
            return {"before": check, "call": CAMERA, "label": label}

        training = [call(0, "stable"), call(4, "stable"), call(7, "unstable")]
        judges = baselines.judges(training, lambda judge, calls: sum(
            judge(each) == (each["label"] == "stable") for each in calls))
        self.assertTrue(judges["LiveKit"](training[1]))
        self.assertFalse(judges["LiveKit"](training[2]))


if __name__ == "__main__":
    unittest.main()
