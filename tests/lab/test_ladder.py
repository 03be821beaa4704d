# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The ladder of ways in networks with one or two faults: for each way the first broken stage with
# its outcome and code, and the findings with who must act. ladder.yaml has what is expected.
"""usage: test_ladder.py MEDIAPATH SOURCE_ROOT [--write] [--record] [NAME...]

--write keeps the table in docs/LADDER.md, --record prints what was found as YAML."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import yaml

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
FLAGS = {word for word in sys.argv[3:] if word.startswith("--")}
NAMES = [word for word in sys.argv[3:] if not word.startswith("--")]
KEPT = os.path.join(SOURCE_ROOT, "docs/LADDER.md")
ENDS_WITHIN_S = 120
# Only questions are asked; what needs media says so, and media waits for its turn by itself.
AT_ONCE = 3
WITHOUT_MEDIA = ("--skip", "media,web,nat,computer,path")
WITH_MEDIA = ("--skip", "web,nat,computer,path")
# The tester's own machine is no part of the network.
OF_THE_COMPUTER = ("host-limited", "processor-busy", "computer-memory-low",
                   "computer-slow-for-background", "browser-", "system-")
INTRODUCTION = """# The ladder

What `mediapath check` found in networks of the lab with no, one or two faults in them: for each way
the first stage that broke, with its outcome and code, and the findings with who must act. `ok`:
every stage was answered; `-`: not asked; `likely`: no measurement from here can prove it, and with
a second owner from here both look the same. Written by `tests/lab/test_ladder.py MEDIAPATH
SOURCE_ROOT --write` from a real run; `meson test ladder` compares a new run with
`tests/lab/ladder.yaml`.

| Network | Faults | Ways | Findings (owner) |
|---|---|---|---|
"""


def network_file(rung, folder):
    if "site" not in rung:
        return os.path.join(SOURCE_ROOT, f"scenarios/networks/{rung['name']}.yaml")
    path = os.path.join(folder, rung["name"] + ".yaml")
    network = {"schema": "mediapath-network/1", "name": rung["name"],
               "sentence": {"en": "Test.", "ja": "Test."}, "site": {"nat": {}, **rung["site"]},
               "provider": {"turn": {"state": "running"}, "responder": {"state": "running"},
                            **rung.get("provider", {})}}
    with open(path, "w") as file:
        yaml.safe_dump(network, file)
    return path


def broken_stage(measurement):
    for stage in measurement["facts"]["stages"]:
        if stage["outcome"] != "answered":
            by_proxy = measurement["facts"].get("proxy", {}) if stage["name"] == "proxy" else {}
            code = stage.get("code") or by_proxy.get("code")
            return f"{stage['name']} {stage['outcome']}" + (f" {code}" if code else "")
    return "ok"


def text_of(finding):
    owners = " or ".join(finding[key] for key in ("owner", "other_owner") if key in finding)
    return f"{finding['id']} ({owners}{', likely' * finding.get('likely', False)})"


def summary(result):
    ways = {}
    for measurement in result["measurements"]:
        way = measurement["id"].split(":")[0] + "/v6" * measurement["id"].endswith("/v6")
        if measurement["outcome"] != "not_run" and not way.startswith("ports"):
            ways.setdefault(way, broken_stage(measurement))
    return {"ways": ways, "findings": [text_of(finding) for finding in result["findings"]
                                       if not finding["id"].startswith(OF_THE_COMPUTER)
                                       and finding["severity"] != "info"]}


def climb(rung, folder):
    command = [MEDIAPATH, "lab", network_file(rung, folder), "--", MEDIAPATH, "check", "--quiet",
               *(WITH_MEDIA if rung.get("media") else WITHOUT_MEDIA), "--json", "-"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=ENDS_WITHIN_S)
    try:
        return summary(json.loads(run.stdout))
    except json.JSONDecodeError:
        return {"ways": {}, "findings": [f"exit {run.returncode}: {run.stderr.strip()}"]}


def line(rung, found):
    ways = ", ".join(f"{way}: {stage}" for way, stage in found["ways"].items())
    return f"| {rung['name']} | {rung['faults']} | {ways or '-'} | " \
           f"{', '.join(found['findings']) or 'none'} |"


def is_expected(rung, found):
    return found["findings"] == rung["findings"] and found["ways"].keys() == rung["ways"].keys() \
        and all(stage in rung["ways"][way].split(" or ") for way, stage in found["ways"].items())


def main():
    with open(os.path.join(SOURCE_ROOT, "tests/lab/ladder.yaml")) as file:
        rungs = [rung for rung in yaml.safe_load(file) if not NAMES or rung["name"] in NAMES]
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        climbs = list(pool.map(lambda rung: climb(rung, folder), rungs))

    table = INTRODUCTION + "".join(line(*pair) + "\n" for pair in zip(rungs, climbs))
    if "--write" in FLAGS:
        with open(KEPT, "w") as file:
            file.write(table)
    if "--record" in FLAGS:
        for rung, found in zip(rungs, climbs):
            print(yaml.safe_dump([{**rung, **found}], sort_keys=False, width=100), end="")
        return 0
    print(table)
    wrong = [(rung, found) for rung, found in zip(rungs, climbs)
             if not is_expected(rung, found)]
    for rung, found in wrong:
        print(f"{rung['name']}: expected {rung['ways']} {rung['findings']}, found {found}",
              file=sys.stderr)
    print(f"{len(rungs) - len(wrong)} of {len(rungs)} networks as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
