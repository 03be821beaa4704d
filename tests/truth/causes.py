# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is wrong in a cell, where it is one thing: the first reason that a forecast should give.

# A round trip that is a fault of its own besides loss, jitter or a rate.
LONG_ROUND_TRIP_MS = 200
# Of the 33 ms from picture to picture.
COSTLY_MS = 20
# The limiting factor that a forecast names, by what a link has.
FACTORS = {"loss": "loss_percent", "jitter": "pdv_p95_ms", "rate_kbps": "capacity_kbps",
           "outages": "outages"}
DELAY, PROCESSOR = "rtt_p95_ms", "background_frame_p95_ms"


def faults(cell):
    found = set()
    for way in cell["link"].values():
        rows = [way, *way.get("changes", [])]
        found |= {factor for key, factor in FACTORS.items() if any(key in row for row in rows)}
        if 2 * way.get("delay_ms", 0) >= LONG_ROUND_TRIP_MS:
            found.add(DELAY)
    if cell["call"].get("cost_ms", 0) >= COSTLY_MS:
        found.add(PROCESSOR)
    return found


def cause(cell):
    """The one fault; None: there are more, or none."""
    found = faults(cell)
    return found.pop() if len(found) == 1 else None
