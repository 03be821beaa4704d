#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Which packets of a link's truth belong to a window: a made-up call of 30 frames a second, eight
# packets in a burst, which the link sees half a millisecond after they left.
import unittest

import link_truth

START_MS = 1_700_000_000_000.0
STREAM = 0xabcd1235
FRAMES, PACKETS = 30, 8
ON_THE_WAY_MS = 0.5
FLOW = f"udp 10.0.0.2:40000 {link_truth.FAR_END}:50000"


def leaves_us(frame, packet):
    return frame * 33_000 + packet * 20


def head(stream, number, payload_type=96):
    return (bytes((144, payload_type)) + number.to_bytes(2, "big") + bytes(4)
            + stream.to_bytes(4, "big")).hex()


class MadeUpTruth(link_truth.Truth):
    def __init__(self):  # pylint: disable=super-init-not-called
        self.start_ms = START_MS
        self.flows = {1: FLOW}
        self.packets = [
            {"dir": "up", "flow": 1, "n": frame * PACKETS + packet, "fate": "delivered",
             "at_ms": leaves_us(frame, packet) / 1000 + ON_THE_WAY_MS,
             "head": head(STREAM, (0x7fff + frame * PACKETS + packet) & 0xffff)}
            for frame in range(FRAMES) for packet in range(PACKETS)]


def lines(frames):
    yield "# mediapath-packets/1\n"
    yield f"# start\tmedia-udp\t{int(START_MS * 1000)}\n"
    for frame in frames:
        for packet in range(PACKETS):
            yield (f"media-udp\tup\t{STREAM:08x}\t{0x7fff + frame * PACKETS + packet}\t1200\t"
                   f"{leaves_us(frame, packet)}\tlost\tkernel\n")


def call(windows_us, frames=range(FRAMES)):
    result = {"measurements": [{"kind": "media", "facts": {"clocks": {}, "windows": [
        {"first_unix_ms": START_MS + first / 1000, "last_unix_ms": START_MS + last / 1000}
        for first, last in windows_us]}}]}
    return link_truth.Call(result, MadeUpTruth(), link_truth.departures(lines(frames)))


class Windows(unittest.TestCase):
    def test_a_window_may_end_within_a_frame(self):
        """Its last five packets reach the link within a millisecond after the window."""
        inside = call([(0, leaves_us(10, 3))]).packets("up")
        self.assertEqual(len(inside), 10 * PACKETS + 3)

    def test_a_frame_right_behind_the_window_is_not_in_it(self):
        inside = call([(0, leaves_us(10, 0))]).packets("up")
        self.assertEqual(len(inside), 10 * PACKETS)

    def test_rounds_that_go_on_share_no_packet(self):
        seam = leaves_us(10, 3)
        inside = call([(0, seam), (seam, leaves_us(FRAMES, 0))]).packets("up")
        self.assertEqual(len(inside), FRAMES * PACKETS)
        self.assertEqual(len({packet["n"] for packet in inside}), FRAMES * PACKETS)

    def test_a_packet_that_the_check_does_not_know_counts_all_the_same(self):
        known = [frame for frame in range(FRAMES) if frame != 5]
        inside = call([(0, leaves_us(FRAMES, 0))], known).packets("up")
        self.assertEqual(len(inside), FRAMES * PACKETS)

    def test_retransmissions_are_named_by_their_own_number(self):
        left = link_truth.departures([
            "# start\tmedia-udp\t5000\n",
            f"media-udp\tup\t{STREAM - 1:08x}\t{7 << 16 | 0x7fff}\t1200\t1000\tlost\tkernel\n"])
        packet = {"head": head(STREAM - 1, 7, link_truth.RTX)}
        self.assertEqual(left[("up", *link_truth.name_of(packet))], 6.0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
