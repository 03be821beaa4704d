#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The golden result against the published schema, and that the schema refuses what is wrong.
"""Usage: test_result_schema.py SOURCE_ROOT [RESULT.json...]"""

import copy
import json
import sys
from pathlib import Path

import jsonschema

ROOT = Path(sys.argv[1])
SCHEMA = json.loads((ROOT / "scenarios/schema/result.schema.json").read_text())
GOLDEN = json.loads((ROOT / "tests/golden/result.json").read_text())


def remove(result, *path):
    for name in path[:-1]:
        result = result[name]
    del result[path[-1]]


def put(result, value, *path):
    for name in path[:-1]:
        result = result[name]
    result[path[-1]] = value


# Each makes a valid result invalid in one way.
MUTATIONS = {
    "no verdict": lambda r: remove(r, "verdict"),
    "a verdict that is none": lambda r: put(r, "fine", "verdict"),
    "another schema": lambda r: put(r, "mediapath-result/2", "schema"),
    "a member of its own": lambda r: put(r, 1, "extra"),
    "an outcome that is none": lambda r: put(r, "ok", "measurements", 0, "outcome"),
    "a measurement without stages": lambda r: remove(r, "measurements", 0, "facts", "stages"),
    "usable as a word": lambda r: put(r, "yes", "paths", 0, "usable"),
    "loss over 100 %": lambda r: put(r, 101, "paths", 1, "up", "loss_percent"),
    "a negative time": lambda r: put(r, -1, "paths", 1, "rtt_ms", "p50"),
    "an unmeasured null": lambda r: put(r, None, "paths", 1, "setup_ms"),
    "a session type too few": lambda r: remove(r, "forecast", "screen_share"),
    "a margin over 1": lambda r: put(r, 1.5, "forecast", "live_video", "margin"),
    "a finding without advice": lambda r: remove(r, "findings", 0, "advice"),
    "an owner that is none": lambda r: put(r, "nobody", "findings", 0, "owner"),
}


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    failed = 0
    for name in [None, *sys.argv[2:]]:
        result = json.loads(Path(name).read_text()) if name else GOLDEN
        for error in validator.iter_errors(result):
            print(f"{name or 'golden result'}: {error.json_path}: {error.message}")
            failed += 1
    for name, mutate in MUTATIONS.items():
        result = copy.deepcopy(GOLDEN)
        mutate(result)
        if validator.is_valid(result):
            print(f"the schema takes {name}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
