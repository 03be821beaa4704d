# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The rows of a benchmark: a table for people, JSON for scripts.
import json
import os
import sys


def word(value):
    if isinstance(value, (bool, type(None))):
        return {None: "-", True: "yes", False: "NO"}[value]
    return value if isinstance(value, str) else f"{value:g}"


class Figures:
    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, goal=None, at_least=False, peer=None):
        """`goal`: the most it may be, or the least; `peer`: another tool's value, same run."""
        met = None if goal is None else value >= goal if at_least else value <= goal
        self.rows.append({"name": name, "value": round(value, 4), "unit": unit, "goal": goal,
                          "met": met, "peer": None if peer is None else round(peer, 4),
                          "ratio": round(value / peer, 3) if peer else None})
        print(f"{name}: {value:.4g} {unit}", file=sys.stderr)

    def print(self, as_json):
        if as_json:
            print(json.dumps({"rows": self.rows}, indent=1))
            return
        columns = ["name", "value", "unit", "goal", "met", "peer", "ratio"]
        lines = [columns] + [[word(row[key]) for key in columns] for row in self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
        for line in lines:
            print("  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip())
        print(f"load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
