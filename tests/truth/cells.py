# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Which calls are held: families of networks, and which cells a forecast may be fitted on. This was
# written before the first fit.
"""usage: cells.py    prints the cells, a line each"""
import hashlib
import json

# Delay of one direction, for the round trip of the name.
ROUND_TRIPS = {20: 10, 50: 25, 100: 50, 200: 100, 300: 150, 400: 200}
CAMERA = {"session": "live_video", "codec": "VP8"}
CAMERA_H264 = {"session": "live_video", "codec": "H264"}
SLIDES = {"session": "screen_share", "codec": "VP8", "content": "slides"}
MOTION = {"session": "screen_share", "codec": "VP8", "content": "motion"}
REPEATS = 2
# Where two calls over the same link may end either way.
BISTABLE_REPEATS = 5
# One cell in three is never fitted on; nor is this whole family.
HELD_OUT_SHARE = 3
HELD_OUT_FAMILY = "dynamics"


def background(cost_ms):
    return {"session": "virtual_background", "codec": "VP8", "cost_ms": cost_ms}


def link(delay_ms, **both):
    return {"both": {"delay_ms": delay_ms, **both}}


class Cells:
    def __init__(self):
        self.list = []

    def add(self, family, name, link_description, call, is_near=False, is_bistable=False):
        """`is_near`: the pilot's calls put it near the boundary of stable."""
        short = {"live_video": "camera", "screen_share": call.get("content", "screen"),
                 "virtual_background": f"background{call.get('cost_ms', '')}"}[call["session"]]
        whole = f"{family}-{name}-{short}" + ("-h264" if call["codec"] == "H264" else "")
        number = int(hashlib.sha256(whole.encode()).hexdigest(), 16)
        is_held_out = family == HELD_OUT_FAMILY or number % HELD_OUT_SHARE == 0
        self.list.append({
            "id": whole, "family": family, "link": link_description, "call": call,
            "is_near": is_near, "repeats": BISTABLE_REPEATS if is_bistable else REPEATS,
            "part": "test" if is_held_out else "training"})


def clean(cells):
    for rtt in (20, 100, 300):
        for call in (CAMERA, SLIDES):
            cells.add("clean", f"rtt{rtt}", link(ROUND_TRIPS[rtt]), call)
    cells.add("clean", "rtt50", link(25), CAMERA_H264)
    cells.add("clean", "rtt50", link(25), MOTION)
    for cost in (2, 12, 20, 26, 33, 45):
        cells.add("clean", "rtt50", link(25), background(cost), is_near=cost in (20, 26, 33))


def more_backgrounds(cells):
    """After the first fit: chosen before any was held, and so that their names hold them out."""
    cells.add("clean", "rtt20", link(10), background(60))
    for cost in (6, 38):
        cells.add("clean", "rtt100", link(50), background(cost))
    for percent, cost in ((2, 6), (5, 12)):
        cells.add("loss", f"{percent}pc-rtt50", link(25, loss={"percent": percent}),
                  background(cost))
    for rate, cost in ((250, 20), (1200, 12)):
        cells.add("rate", f"{rate}kbps-300ms",
                  link(20, rate_kbps=rate, queue={"ms": 300}), background(cost))
    for ms, cost in ((15, 12), (30, 6)):
        cells.add("jitter", f"{ms}ms-in-order",
                  link(50, jitter={"ms": ms, "distribution": "normal", "correlation_ms": 100}),
                  background(cost))


def loss_by_round_trip(cells):
    near = {(5, 300), (5, 400), (10, 100), (10, 200), (15, 50), (3, 400), (8, 200), (20, 50)}
    for percent, rtts in ((1, (50, 300)), (2, (50, 200)), (3, (100, 400)), (5, (50, 200, 300, 400)),
                          (8, (50, 200)), (10, (50, 100, 200)), (15, (50, 200)), (20, (50,))):
        for rtt in rtts:
            is_near = (percent, rtt) in near
            cells.add("loss", f"{percent}pc-rtt{rtt}",
                      link(ROUND_TRIPS[rtt], loss={"percent": percent}), CAMERA, is_near,
                      is_bistable=percent == 15)
    for percent, rtt in ((2, 200), (5, 100), (5, 200), (10, 50), (3, 300)):
        cells.add("loss", f"{percent}pc-rtt{rtt}",
                  link(ROUND_TRIPS[rtt], loss={"percent": percent}), CAMERA_H264, percent >= 3)
    for percent in (2, 5, 8, 10, 20):
        cells.add("loss", f"{percent}pc-rtt50", link(25, loss={"percent": percent}), SLIDES,
                  percent in (8, 10))
    cells.add("loss", "5pc-rtt50", link(25, loss={"percent": 5}), MOTION, True)
    cells.add("loss", "3pc-rtt100", link(50, loss={"percent": 3}), background(12), True)
    cells.add("loss", "1pc-rtt200", link(100, loss={"percent": 1}), background(20), True)


def bursts(cells):
    for percent, length, rtt in ((1, 4, 50), (1, 16, 150), (3, 4, 50), (3, 8, 50), (3, 16, 50),
                                 (5, 4, 50), (5, 8, 50), (5, 4, 300), (5, 16, 150), (10, 4, 50),
                                 (10, 8, 50), (2, 8, 200)):
        is_near = percent in (3, 5)
        cells.add("bursts", f"{percent}pc-of{length}-rtt{rtt}",
                  link(rtt / 2, loss={"percent": percent, "burst_length": length}), CAMERA,
                  is_near, is_bistable=percent == 10)
    for percent, length in ((2, 4), (5, 4), (5, 8), (8, 8)):
        cells.add("bursts", f"{percent}pc-of{length}-rtt50",
                  link(25, loss={"percent": percent, "burst_length": length}), SLIDES,
                  percent >= 5)
    cells.add("bursts", "3pc-of8-rtt50", link(25, loss={"percent": 3, "burst_length": 8}),
              background(12), True)
    cells.add("bursts", "3pc-of8-rtt50", link(25, loss={"percent": 3, "burst_length": 8}),
              CAMERA_H264, True)


def jitter(cells):
    for ms, correlation in ((5, 40), (10, 40), (15, 100), (20, 100), (30, 100), (50, 100)):
        cells.add("jitter", f"{ms}ms-in-order",
                  link(50, jitter={"ms": ms, "distribution": "normal",
                                   "correlation_ms": correlation}), CAMERA,
                  ms in (15, 20, 30), is_bistable=ms == 30)
    for ms in (5, 15, 30):
        cells.add("jitter", f"{ms}ms-reordering",
                  link(60, jitter={"ms": ms, "distribution": "uniform", "reorder": True}), CAMERA,
                  ms == 30)
    for ms in (10, 20, 30):
        cells.add("jitter", f"{ms}ms-in-order",
                  link(50, jitter={"ms": ms, "distribution": "normal", "correlation_ms": 100}),
                  SLIDES, ms >= 20)
    cells.add("jitter", "15ms-in-order",
              link(50, jitter={"ms": 15, "distribution": "normal", "correlation_ms": 100}),
              CAMERA_H264, True)
    cells.add("jitter", "10ms-in-order",
              link(50, jitter={"ms": 10, "distribution": "normal", "correlation_ms": 40}),
              background(20), True)


def rates(cells):
    def queue(rate_kbps, queue_ms):
        return link(20, rate_kbps=rate_kbps, queue={"ms": queue_ms})

    for rate, queues in ((150, (100, 500)), (250, (50, 300)), (350, (50, 1000)), (500, (50, 300)),
                         (800, (50, 1000)), (1200, (50, 300)), (2000, (50, 1000)), (5000, (200,))):
        for queue_ms in queues:
            cells.add("rate", f"{rate}kbps-{queue_ms}ms", queue(rate, queue_ms), CAMERA,
                      rate <= 800)
    for rate, queue_ms in ((350, 300), (800, 300), (2000, 200)):
        cells.add("rate", f"{rate}kbps-{queue_ms}ms", queue(rate, queue_ms), CAMERA_H264,
                  rate <= 800)
    for rate, queue_ms in ((300, 1000), (600, 50), (600, 500), (1000, 50), (1000, 1000),
                           (1500, 300), (2500, 300)):
        cells.add("rate", f"{rate}kbps-{queue_ms}ms", queue(rate, queue_ms), SLIDES,
                  rate in (600, 1000, 1500))
    for rate in (600, 1000, 2000):
        cells.add("rate", f"{rate}kbps-300ms", queue(rate, 300), MOTION, rate >= 1000)
    cells.add("rate", "800kbps-300ms", queue(800, 300), background(12), True)
    one_way = {"both": {"delay_ms": 20}, "up": {"rate_kbps": 500, "queue": {"ms": 200}}}
    for call in (CAMERA, SLIDES):
        cells.add("rate", "500kbps-up", one_way, call, True)


def dynamics(cells):
    def outages(for_ms, every_ms, kind="hold"):
        return link(30, outages=[{"type": kind, "at_ms": 3000, "for_ms": for_ms,
                                  "every_ms": every_ms}])

    for for_ms, every_ms in ((100, 3000), (200, 5000), (300, 3000), (500, 10000), (1500, 20000)):
        cells.add("dynamics", f"hold{for_ms}-every{every_ms // 1000}s", outages(for_ms, every_ms),
                  CAMERA, for_ms in (200, 300))
    for for_ms in (300, 1500):
        cells.add("dynamics", f"drop{for_ms}-every15s", outages(for_ms, 15000, "drop"), CAMERA,
                  True)
    for for_ms in (300, 1500):
        cells.add("dynamics", f"hold{for_ms}-every10s", outages(for_ms, 10000), SLIDES, True)
    steps = {"both": {"delay_ms": 25, "rate_kbps": 3000, "queue": {"ms": 300},
                      "changes": [{"at_ms": 20000 + 20000 * i,
                                   "rate_kbps": 500 if i % 2 == 0 else 3000} for i in range(6)]}}
    for call in (CAMERA, CAMERA_H264, SLIDES):
        cells.add("dynamics", "steps-3000-500kbps", steps, call, True)
    wavy = {"both": {"delay_ms": 25, "changes": [
        {"at_ms": 10000 * i, "loss": {"percent": 8 if i % 2 else 0.1}} for i in range(1, 12)]}}
    for call in (CAMERA, SLIDES):
        cells.add("dynamics", "loss-comes-and-goes", wavy, call, True)


def all_cells():
    cells = Cells()
    for family in (clean, more_backgrounds, loss_by_round_trip, bursts, jitter, rates, dynamics):
        family(cells)
    names = [cell["id"] for cell in cells.list]
    assert len(names) == len(set(names)), "two cells have one name"
    return cells.list


if __name__ == "__main__":
    for each in all_cells():
        print(json.dumps(each))
