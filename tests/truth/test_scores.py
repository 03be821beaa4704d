# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Scores of forecasts whose figures are known.
"""usage: test_scores.py [unittest arguments]"""
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import causes  # noqa: E402
import cells  # noqa: E402
import fitting  # noqa: E402
import scores  # noqa: E402


def call(cell, label, probability=1.0, link=None):
    return {"id": cell, "label": label, "probability": probability, "link": link or {},
            "call": {"session": "live_video"}}


def judged(*calls):
    return scores.judged(list(calls), lambda each: each["probability"])


class Scores(unittest.TestCase):
    def test_balanced_accuracy_is_the_mean_of_both_sides(self):
        calls = [call(f"s{i}", "stable", .9 if i else .1) for i in range(4)]
        calls += [call("u0", "unstable", .2), call("u1", "degraded", .6)]
        self.assertAlmostEqual((3 / 4 + 1 / 2) / 2, scores.balanced_accuracy(judged(*calls)))

    def test_always_the_same_answer_is_a_half(self):
        calls = [call(f"s{i}", "stable") for i in range(9)] + [call("u", "unstable")]
        self.assertEqual(.5, scores.balanced_accuracy(judged(*calls)))

    def test_without_both_sides_there_is_no_balance(self):
        self.assertIsNone(scores.balanced_accuracy(judged(call("a", "stable"))))

    def test_a_cell_weighs_the_same_however_often_repeated(self):
        five = [call("a", "stable", .1) for _ in range(5)]
        calls = [*five, call("b", "stable"), call("c", "unstable", 0)]
        self.assertAlmostEqual((1 / 2 + 1) / 2, scores.balanced_accuracy(judged(*calls)))

    def test_chromium_with_itself(self):
        calls = [call("a", "stable"), call("a", "stable"), call("b", "stable"),
                 call("b", "unstable"), call("c", "unstable"), call("c", "unstable")]
        # Of the stable: a's two and b's one, which b's other calls unstable; the same beyond.
        self.assertAlmostEqual(2 / 3, scores.balanced_accuracy(scores.judged_by_itself(calls)))

    def test_a_cell_held_once_has_its_directions_for_twins(self):
        good = {"fps": 30, "freezes_per_min": 0, "frozen_percent": 0, "concealed_percent": 0,
                "blocky_percent": 0, "low_percent": 0}
        once = {**call("a", "degraded", link={"both": {}}),
                "figures": {"up": good, "down": {**good, "freezes_per_min": 2}}}
        self.assertEqual([("stable", "degraded", .5), ("degraded", "stable", .5)],
                         [(one["label"], other["label"], weight)
                          for one, other, weight in scores.twins([once])])
        uneven = {**once, "link": {"both": {}, "up": {}}}
        self.assertEqual([], scores.twins([uneven]))

    def test_brier_and_its_parts(self):
        calls = [call(f"s{i}", "stable" if i < 8 else "unstable", .8) for i in range(10)]
        calls += [call(f"u{i}", "stable" if i < 1 else "unstable", .1) for i in range(10)]
        made = judged(*calls)
        parts = scores.murphy(made)
        self.assertAlmostEqual(0, parts["reliability"])
        self.assertAlmostEqual(.45 * .55, parts["uncertainty"])
        self.assertAlmostEqual(.35 ** 2, parts["resolution"])
        self.assertAlmostEqual(scores.brier(made), parts["reliability"] - parts["resolution"] +
                               parts["uncertainty"])
        self.assertAlmostEqual(0, scores.calibration_error(made))

    def test_overconfidence_is_a_calibration_error(self):
        calls = [call(f"s{i}", "stable" if i < 7 else "unstable", 1.0) for i in range(10)]
        made = judged(*calls)
        self.assertAlmostEqual(.3, scores.calibration_error(made))
        self.assertAlmostEqual(.09, scores.murphy(made)["reliability"])

    def test_interval_draws_cells_not_calls(self):
        calls = [call(f"s{i}", "stable", .9 if i % 4 else .1) for i in range(20)]
        calls += [call(f"u{i}", "unstable", .1 if i % 4 else .9) for i in range(20)]
        few = scores.interval(judged(*calls), scores.balanced_accuracy)
        many = scores.interval(judged(*[each for each in calls for _ in range(9)]),
                               scores.balanced_accuracy)
        for a, b in zip(few, many):
            self.assertAlmostEqual(a, b)
        self.assertLess(few[0], .75)
        self.assertGreater(few[1], .75)
        self.assertGreater(few[0], .55)

    def test_the_cause_of_a_cell_is_one_thing(self):
        by_name = {cell["id"]: causes.cause(cell) for cell in cells.all_cells()}
        for name, cause in (("loss-10pc-rtt50-camera", "loss_percent"), ("loss-5pc-rtt300-camera", None),
                            ("clean-rtt300-camera", "rtt_p95_ms"), ("clean-rtt20-camera", None),
                            ("clean-rtt50-background33", "background_frame_p95_ms"),
                            ("jitter-30ms-in-order-camera", "pdv_p95_ms"),
                            ("rate-500kbps-up-slides", "capacity_kbps"),
                            ("dynamics-steps-3000-500kbps-camera", "capacity_kbps"),
                            ("dynamics-loss-comes-and-goes-slides", "loss_percent"),
                            ("dynamics-hold300-every3s-camera", "outages")):
            self.assertEqual(cause, by_name[name], name)

    def test_fit_finds_what_the_calls_were_made_by(self):
        chance = random.Random(5)
        rows = []
        for _ in range(4000):
            x = chance.uniform(-4, 4)
            rows.append((1, x, chance.random() < fitting.sigmoid(.7 + .5 * x)))
        intercept, slope = fitting.fit(rows)
        self.assertAlmostEqual(.7, intercept, delta=.1)
        self.assertAlmostEqual(.5, slope, delta=.06)

    def test_fit_of_nothing_changes_nothing(self):
        self.assertEqual((0, 1), fitting.fit([]))

    def test_fit_of_what_is_cleanly_apart_stays_finite(self):
        rows = [(1, x, x > 0) for x in (-3, -2, -1, 1, 2, 3)]
        intercept, slope = fitting.fit(rows)
        self.assertAlmostEqual(0, intercept)
        self.assertGreater(slope, 1)
        self.assertLessEqual(slope, fitting.MOST_SLOPE)


if __name__ == "__main__":
    unittest.main()
