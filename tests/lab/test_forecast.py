# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The forecast in networks of the catalogue: what simulated calls over the network's own link are
# like, found again by a check that knows nothing of it.
"""usage: test_forecast.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import unittest

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
ENDS_WITHIN_S = 75
# A run that the machine spoiled says nothing about the network.
ATTEMPTS = 3

STABLE, DEGRADED, UNSTABLE = ("stable",), ("degraded",), ("unstable",)
OUTAGES = ("outages", "loss_percent")
NOT_STABLE, NOT_UNSTABLE = ("degraded", "unstable"), ("stable", "degraded", "unknown")
# Where a call may end either way a short test may leave it open.
DOUBTFUL = ("degraded", "unstable", "unknown")

# Network: live video, screen sharing, and the factors that may be named for what is not stable.
NETWORKS = {
    "5g": (STABLE, STABLE, ()),
    "audio-only-rate": (UNSTABLE, UNSTABLE, ("capacity_kbps",)),
    "bufferbloat": (STABLE, STABLE, ()),
    "corruption": (STABLE, STABLE, ()),
    "duplicates": (STABLE, STABLE, ()),
    "home-adsl": (STABLE, NOT_UNSTABLE, ("capacity_kbps",)),
    "home-cable": (STABLE, STABLE, ()),
    "home-fibre": (STABLE, STABLE, ()),
    "home-vdsl": (STABLE, STABLE, ()),
    "loss-up-only": (STABLE, STABLE, ()),
    "lte": (STABLE, STABLE, ()),
    "lte-weak": (NOT_UNSTABLE, NOT_UNSTABLE, ("capacity_kbps", "loss_percent", "several")),
    "overseas": (STABLE, STABLE, ()),
    "home-codel": (STABLE, NOT_UNSTABLE, ("capacity_kbps",)),
    "satellite-leo": (STABLE, STABLE, ()),
    "train": (UNSTABLE, DOUBTFUL, (*OUTAGES, "pdv_p95_ms", "several")),
    "vpn-detour": (DEGRADED, DEGRADED, ("rtt_p95_ms",)),
    "wifi-bursty": (STABLE, STABLE, ()),
    "wifi-lossy": (STABLE, STABLE, ()),
    "wifi-roaming": (UNSTABLE, DOUBTFUL, OUTAGES),
}


def network(name):
    return os.path.join(SOURCE_ROOT, f"scenarios/networks/{name}.yaml")


def check(name):
    """The result and what was said about it."""
    run = subprocess.run(
        [MEDIAPATH, "lab", network(name), "--", MEDIAPATH, "check", "--only", "media",
         "--transport", "udp", "--no-color", "--json", "-"],
        capture_output=True, text=True, timeout=ENDS_WITHIN_S)
    try:
        return json.loads(run.stdout), run.stderr
    except json.JSONDecodeError:
        raise AssertionError(f"exit {run.returncode}: {run.stdout}{run.stderr}") from None


def is_spoiled(result):
    return "host-limited" in {finding["id"] for finding in result["findings"]}


def wants_more(result):
    """It does not know yet, and says how much longer it would have to measure: no disagreement."""
    return any(forecast["verdict"] == "unknown" and "extend_s" in forecast
               for forecast in result["forecast"].values())


def unspoiled_check(name):
    for _ in range(ATTEMPTS):
        result, said = check(name)
        if not is_spoiled(result) and not wants_more(result):
            break
    return result, said


def disagreement(name):
    """Between a check and what is expected; None: there is none."""
    *expected, factors = NETWORKS[name]
    result, said = unspoiled_check(name)
    for session, verdicts in zip(("live_video", "screen_share"), expected):
        forecast = result["forecast"][session]
        assert forecast["method"] == "simulation", f"{session}: {forecast['method']}: {said}"
        if forecast["verdict"] not in verdicts:
            return f"{session}: {forecast['verdict']} is none of {verdicts}: {forecast}"
        if forecast["verdict"] in NOT_STABLE and forecast["limiting_factor"] not in factors:
            return f"{session}: {forecast['limiting_factor']} is none of {factors}: {forecast}"
    return None


def is_near_a_boundary(name):
    *expected, _ = NETWORKS[name]
    return any(len(verdicts) > 1 for verdicts in expected)


class Networks(unittest.TestCase):
    """One test a network; named test_NAME. A forecast is a statement of probability on ten seconds
    of packets drawn by lot: near a boundary one check in three may disagree, elsewhere none."""

    def compare(self, name):
        first = disagreement(name)
        if first and is_near_a_boundary(name):
            others = [disagreement(name) for _ in range(2)]
            self.assertEqual(others, [None, None], first)
        else:
            self.assertIsNone(first)


def add_test(name):
    setattr(Networks, f"test_{name}", lambda self: self.compare(name))


for each in NETWORKS:
    add_test(each)

if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
