# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Calibration: what is between the share of simulated calls that were stable and the probability that
# a real one is. Two numbers a session, and two for how many of the rest are unstable: eight in all.
import math

# As if so many cells had said that the simulation is right: few cells move the numbers little. The
# best of 0.5 to 40 by leaving out one training cell after another, though all are nearly as good.
PRIOR_CELLS = 20
LEAST_SLOPE, MOST_SLOPE = 0.1, 3
STEPS = 50


def logit(yes, no):
    """Of counts, neither side of which was impossible (Jeffreys' prior)."""
    return math.log((yes + 0.5) / (no + 0.5))


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def fit(rows):
    """(intercept, slope) of P = sigmoid(intercept + slope x) by Newton's method; rows of (weight,
    x, is it so)."""
    a, b = 0.0, 1.0
    for _ in range(STEPS):
        # The prior pulls to (0, 1) as a quadratic of PRIOR_CELLS / 4, the curvature at P = 1/2.
        ga, gb = -PRIOR_CELLS / 4 * a, -PRIOR_CELLS / 4 * (b - 1)
        haa = hbb = PRIOR_CELLS / 4
        hab = 0.0
        for weight, x, so in rows:
            p = sigmoid(a + b * x)
            ga += weight * (so - p)
            gb += weight * (so - p) * x
            curve = weight * p * (1 - p)
            haa, hab, hbb = haa + curve, hab + curve * x, hbb + curve * x * x
        whole = haa * hbb - hab * hab
        a, b = a + (ga * hbb - gb * hab) / whole, b + (gb * haa - ga * hab) / whole
        a, b = max(-5.0, min(5.0, a)), max(LEAST_SLOPE, min(MOST_SLOPE, b))
    return a, b
