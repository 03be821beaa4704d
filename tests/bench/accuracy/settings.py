# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The links that accuracy is measured over: what real paths have, one thing at a time and together.


def constant():
    """Round trips of 20 to 300 ms, alike both ways and not."""
    for trip in (20, 30, 40, 60, 80, 100, 120, 150, 200, 250, 300):
        yield f"{trip} ms", {"both": {"delay_ms": trip / 2}}
    for up, down in ((5, 15), (30, 10), (10, 50), (80, 20), (15, 135), (190, 60), (0.5, 40)):
        yield f"{up} ms up, {down} ms down", {"up": {"delay_ms": up}, "down": {"delay_ms": down}}


def jitter():
    """Delay that varies, packets in their order; and packets that overtake."""
    for distribution in ("normal", "uniform", "exponential", "pareto"):
        for spread, correlation in ((1, 20), (5, 40), (15, 100)):
            yield (f"{spread} ms {distribution} over {correlation} ms",
                   {"both": {"delay_ms": 30, "jitter": {
                       "ms": spread, "distribution": distribution,
                       "correlation_ms": correlation}}})
    for distribution, spread in (("normal", 3), ("uniform", 8), ("exponential", 5)):
        yield (f"{spread} ms {distribution}, overtaking",
               {"both": {"delay_ms": 40, "jitter": {
                   "ms": spread, "distribution": distribution, "reorder": True}}})
    yield "10 ms normal, down only", {
        "both": {"delay_ms": 25},
        "down": {"jitter": {"ms": 10, "distribution": "normal", "correlation_ms": 60}}}


def loss():
    """Losses one by one, in bursts, and one way only."""
    for percent in (0.3, 1, 2, 5, 10):
        yield f"{percent} % lost", {"both": {"delay_ms": 20, "loss": {"percent": percent}}}
    for percent, length in ((1, 4), (2, 8), (5, 3), (5, 16), (10, 8)):
        yield f"{percent} % lost, {length} in a row", {
            "both": {"delay_ms": 20, "loss": {"percent": percent, "burst_length": length}}}
    for direction in ("up", "down"):
        for percent in (1, 4):
            yield f"{percent} % lost {direction}", {
                "both": {"delay_ms": 35}, direction: {"loss": {"percent": percent}}}
    yield "Gilbert and Elliott", {"both": {"delay_ms": 25, "loss": {
        "good_to_bad_percent": 0.5, "bad_to_good_percent": 12, "in_good_percent": 0.1,
        "in_bad_percent": 60}}}
    yield "2 % twice", {"both": {"delay_ms": 20, "duplicate_percent": 2}}
    yield "an outage of 100 ms", {"both": {"delay_ms": 20, "outages": [
        {"type": "drop", "at_ms": 2000, "for_ms": 100, "every_ms": 700}]}}


def rates():
    """Bottlenecks that the call fits through, fills and overfills."""
    for rate, queue in ((20000, 100), (6000, 100), (4000, 200), (3200, 300)):
        yield f"{rate / 1000:g} Mbps", {
            "both": {"delay_ms": 15, "rate_kbps": rate, "queue": {"ms": queue}}}
    yield "2 Mbps up, 150 ms of queue", {
        "both": {"delay_ms": 15}, "up": {"rate_kbps": 2000, "queue": {"ms": 150}}}
    yield "1 Mbps down, 60 ms of queue", {
        "both": {"delay_ms": 15}, "down": {"rate_kbps": 1000, "queue": {"ms": 60}}}
    yield "2 Mbps down, CoDel", {
        "both": {"delay_ms": 25}, "down": {"rate_kbps": 2000, "queue": {
            "ms": 400, "discipline": "codel"}}}


def together():
    """What mobile, satellite and crowded wireless paths look like."""
    for name, delay, spread, correlation, percent, length, rate in (
            ("mobile", 25, 3, 40, 0.3, 2, 15000), ("mobile, edge of the cell", 60, 20, 80, 3, 6, 4000),
            ("wireless, crowded", 8, 6, 20, 2, 3, 10000), ("satellite, low", 25, 5, 150, 1, 8, 20000),
            ("far away", 145, 2, 60, 0.5, 1, 8000), ("far and lossy", 120, 12, 100, 5, 4, 5000)):
        yield name, {"both": {
            "delay_ms": delay, "loss": {"percent": percent, "burst_length": length},
            "jitter": {"ms": spread, "distribution": "normal", "correlation_ms": correlation},
            "rate_kbps": rate, "queue": {"ms": 200}}}


SETTINGS = [setting for family in (constant, jitter, loss, rates, together) for setting in family()]
