# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Streams that look like a call, against what the emulated link did to them: what was lost is sent
# again, several participants arrive, a slide fills a shallow queue.
"""usage: test_streams.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import os
import sys
import tempfile
import unittest

import yaml

MEDIAPATH, SOURCE = map(os.path.abspath, sys.argv[1:3])
sys.path.insert(0, os.path.join(SOURCE, "tests/support"))
import link_truth  # noqa: E402

ATTEMPTS = 3
CAMERA, SCREEN = 96, 98
ROUND_TRIP_MS = 40


def run_calmly(link, **settings):
    """The first run that the machine did not spoil; else the last."""
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(ATTEMPTS):
            run = link_truth.Run(MEDIAPATH, SOURCE, directory, link, **settings)
            if not run.is_spoiled:
                break
    return run


def profile_with(directory, streams):
    """The built-in profile with other streams of live video."""
    with open(os.path.join(SOURCE, "scenarios/profiles/bellface.yaml")) as file:
        profile = yaml.safe_load(file)
    profile["sessions"]["live_video"]["streams"].update(streams)
    path = os.path.join(directory, "streams.yaml")
    with open(path, "w") as file:
        yaml.safe_dump(profile, file, allow_unicode=True)
    return path


class Streams(unittest.TestCase):
    def test_what_was_lost_is_sent_again(self):
        run = run_calmly({"both": {"delay_ms": ROUND_TRIP_MS / 2, "loss": {"percent": 2}}},
                         has_one_tier=True)
        for direction in ("up", "down"):
            figures = run.media[direction]["retransmissions"]
            lost = [packet for packet in run.call.lost(direction)
                    if link_truth.payload_type(packet) == CAMERA]
            again = run.call.within(run.truth.retransmissions(direction), direction)
            came = [packet for packet in again if link_truth.is_delivered(packet)]
            self.assertEqual(figures["lost"], len(lost), run.said)
            self.assertGreater(len(lost), 5)
            # A request or its answer may lie at a window's seam.
            self.assertAlmostEqual(figures["packets_sent"], len(again), delta=2)
            self.assertAlmostEqual(figures["packets_received"], len(came), delta=2)
            # All, but where the call ended before a second copy could come, or the copy was lost.
            too_late = [packet for packet in lost
                        if run.call.ms_to_end(packet, direction) < 3 * ROUND_TRIP_MS]
            self.assertGreaterEqual(figures["repaired"], len(lost) - len(too_late)
                                    - (len(again) - len(came)))
            # Once, and again only where the retransmission itself was lost.
            self.assertLessEqual(figures["packets_sent"], 1.5 * len(lost) + 3)

    def test_three_others_arrive(self):
        with tempfile.TemporaryDirectory() as directory:
            path = profile_with(directory, {"down": [
                {"kind": "audio", "kbps": 40, "count": 3},
                {"kind": "camera", "kbps": 600, "fps": 30, "key_frame_percent": 500, "count": 3}]})
            run = run_calmly({"both": {"delay_ms": 5}}, options=["--profile", path])
        streams = run.media["down"]["streams"]
        kinds = sorted(stream["kind"] for stream in streams)
        self.assertEqual(kinds, ["audio"] * 3 + ["camera"] * 3 + ["echo"], run.said)
        for stream in streams:
            self.assertEqual(stream["packets_received"], stream["packets_sent"])
            self.assertGreater(stream["packets_sent"], 150)
        offered = run.media["down"]["offered_kbps"]
        self.assertAlmostEqual(offered, 3 * 640, delta=0.2 * 3 * 640)

    def test_a_slide_fills_a_shallow_queue(self):
        """The pacer lets 40 ms of 2.5 times 1,200 kbps go at once: 15 kB and what is left of the
        packet that exceeds it, into a queue of 20 ms that a camera's frame does not fill."""
        run = run_calmly({"both": {"delay_ms": 5},
                          "up": {"rate_kbps": 6000, "queue": {"ms": 20}}},
                         options=["--session", "screen_share,virtual_background"])
        sessions = run.media["sessions"]
        self.assertEqual(set(sessions), {"screen_share", "virtual_background"}, run.said)
        self.assertEqual({stream["kind"] for stream in sessions["screen_share"]["up"]["streams"]},
                         {"audio", "camera", "screen", "echo"})
        screen = [packet for packet in run.truth.media("up")
                  if link_truth.payload_type(packet) == SCREEN]
        self.assertGreater(sum(map(link_truth.is_delivered, screen)), 100)
        self.assertGreater(max(link_truth.delay_ms(packet) for packet in screen
                               if link_truth.is_delivered(packet)), 5 + 15)
        self.assertGreater(sessions["screen_share"]["up"]["queueing_ms"]["max"], 15)
        self.assertLessEqual({packet["fate"] for packet in screen}, {"delivered", "queue-full"})
        self.assertGreater(sessions["virtual_background"]["background_frame_ms"]["count"], 10)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
