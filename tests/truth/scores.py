# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How good a forecast was: figures over calls, in which each cell weighs the same however often it
# was repeated, and intervals by drawing cells again.
import random

import label

WAYS = ("up", "down")
BINS = 10
DRAWS = 2000
INTERVAL = 0.95
# As sure as a forecast is that a call is stable before it says so.
STABLE_FROM = 0.5


class Judged:
    """One forecast of one call."""

    def __init__(self, cell, weight, is_stable, probability):
        self.cell, self.weight = cell, weight
        self.is_stable, self.probability = is_stable, probability

    @property
    def is_right(self):
        return (self.probability >= STABLE_FROM) == self.is_stable


def is_stable(call):
    return call["label"] == "stable"


def by_cell(calls):
    cells = {}
    for call in calls:
        cells.setdefault(call["id"], []).append(call)
    return cells


def judged(calls, probability):
    """`probability`: of a call, that it is stable."""
    return [Judged(cell, 1 / len(repeats), is_stable(call), float(probability(call)))
            for cell, repeats in by_cell(calls).items() for call in repeats]


def is_even(call):
    """Both directions are of one kind: the same link, the same sender."""
    return set(call["link"]) == {"both"} and \
        call["call"]["session"] != "virtual_background"


def twins(calls):
    """(one, other, weight) of what should be the same: calls of a cell; where it was held but once
    its two directions, each as a call {"label", "figures"} of its own."""
    pairs = []
    for repeats in by_cell(calls).values():
        if len(repeats) == 1 and is_even(repeats[0]):
            repeats = [one_way(repeats[0], way) for way in WAYS]
        pairs += [(one, other, 1 / (len(repeats) * (len(repeats) - 1)))
                  for one in repeats for other in repeats if other is not one]
    return pairs


def one_way(call, way):
    verdict, _ = label.worst(call["figures"][way], *label.rules(call["call"]["session"]))
    return {**call, "label": label.WORDS[verdict],
            "figures": {each: call["figures"][way] for each in WAYS}}


def judged_by_itself(calls):
    """One of each pair of twins forecast by the other: what Chromium says of itself."""
    return [Judged(one["id"], weight, is_stable(one), float(is_stable(other)))
            for one, other, weight in twins(calls)]


def share(rows):
    """Of (weight, is it so)."""
    whole = sum(weight for weight, _ in rows)
    return sum(weight for weight, so in rows if so) / whole if whole else None


def mean(rows):
    """Of (weight, value)."""
    whole = sum(weight for weight, _ in rows)
    return sum(weight * value for weight, value in rows) / whole if whole else None


def balanced_accuracy(judgements):
    """Half of what is right of the stable and half of what is right of the others; None: there
    are not both."""
    sides = [share([(each.weight, each.is_right) for each in judgements if each.is_stable == side])
             for side in (True, False)]
    return None if None in sides else sum(sides) / 2


def interval(judgements, figure, seed=1):
    """Of a figure, by drawing as many cells again; None: too few have it."""
    cells = {}
    for each in judgements:
        cells.setdefault(each.cell, []).append(each)
    chance, names, drawn = random.Random(seed), sorted(cells), []
    for _ in range(DRAWS):
        value = figure([each for name in chance.choices(names, k=len(names))
                        for each in cells[name]])
        if value is not None:
            drawn.append(value)
    if len(drawn) < DRAWS / 2:
        return None
    drawn.sort()
    side = (1 - INTERVAL) / 2
    return drawn[int(side * len(drawn))], drawn[int((1 - side) * len(drawn))]


def brier(judgements):
    return mean([(each.weight, (each.probability - each.is_stable) ** 2) for each in judgements])


def bins(judgements):
    """(weight, mean probability, share that was stable) of bins of the same weight. Forecasts that
    say the same are in one bin."""
    ordered = sorted(judgements, key=lambda each: each.probability)
    whole, made, gathered, before = sum(each.weight for each in ordered), [], [], 0.0
    for i, each in enumerate(ordered):
        gathered.append(each)
        weight = sum(one.weight for one in gathered)
        is_last = i + 1 == len(ordered)
        differs = not is_last and ordered[i + 1].probability != each.probability
        if is_last or (differs and before + weight >= whole * (len(made) + 1) / BINS - 1e-9):
            made.append((weight, mean([(one.weight, one.probability) for one in gathered]),
                         share([(one.weight, one.is_stable) for one in gathered])))
            gathered, before = [], before + weight
    return made


def calibration_error(judgements):
    """ECE: how far the bins' probabilities are from what came of them."""
    return mean([(weight, abs(said - was)) for weight, said, was in bins(judgements)])


def murphy(judgements):
    """Brier = reliability - resolution + uncertainty (and what differs inside of a bin): Murphy
    1973. The first should be little, the second much; the third is the calls' own."""
    stable = share([(each.weight, each.is_stable) for each in judgements])
    made = bins(judgements)
    return {"reliability": mean([(weight, (said - was) ** 2) for weight, said, was in made]),
            "resolution": mean([(weight, (was - stable) ** 2) for weight, _, was in made]),
            "uncertainty": stable * (1 - stable)}
