# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One real call between two browsers, one at the site and one on the internet's side of a lab, where
# the responder is, too; with a check right before and right after it.
"""usage: one_call.py CELL.json OUT.json    in MEDIAPATH: the program; inside of `mediapath lab`"""
import fcntl
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))
from chromium import Browser  # noqa: E402

PAGE = HERE / "call.html"
STUN = "stun:168.100.64.10:3478"
# A browser is a session of its own: it, too, goes before other sessions' programs.
FIRST = ["/bin/sh", "-c", 'echo -20 > /proc/self/autogroup; exec "$0" "$@"']
FAR = ["ip", "netns", "exec", "internet"]
SWITCHES = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=30",
            "--disable-features=WebRtcHideLocalIpsWithMdns"]
CONNECT_S = 20
CHECK_S = 60
HEARTBEAT_S = 0.01
SLOT_LOOK_S = 0.2


class Heart:
    """Beats every 10 ms with real-time priority: how late the machine itself was."""

    def __init__(self):
        self.late_ms = []
        self.is_over = False
        self.thread = threading.Thread(target=self.beat, daemon=True)

    def beat(self):
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
        except PermissionError:
            pass
        due = time.monotonic()
        while not self.is_over:
            due += HEARTBEAT_S
            time.sleep(max(0, due - time.monotonic()))
            late = time.monotonic() - due
            self.late_ms.append(1000 * late)
            if late > HEARTBEAT_S:
                due = time.monotonic()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()

    def told(self):
        ordered = sorted(self.late_ms)
        return {"p50_ms": round(statistics.median(ordered), 3),
                "p99_ms": round(ordered[int(0.99 * (len(ordered) - 1))], 3),
                "max_ms": round(ordered[-1], 3)}


def processor_times():
    with open("/proc/stat") as file:
        return [int(word) for word in file.readline().split()[1:]]


def processor_share(before, after):
    spent = [b - a for a, b in zip(before, after)]
    total = sum(spent) or 1
    return {"steal_percent": round(100 * spent[7] / total, 2),
            "idle_percent": round(100 * (spent[3] + spent[4]) / total, 2)}


def check(directory, name):
    """The result of a check of this network and the path of its packets."""
    packets = os.path.join(directory, f"{name}.packets")
    run = subprocess.run(
        [os.environ["MEDIAPATH"], "check", "--only", "media", "--transport", "udp", "--quiet",
         "--json", "-", "--packets", packets], capture_output=True, text=True, timeout=CHECK_S)
    if not run.stdout:
        raise RuntimeError(f"check: exit {run.returncode}: {run.stderr}")
    with open(packets) as file:
        return {"result": json.loads(run.stdout), "packets": file.read()}


def configuration(cell, is_far):
    """A background is worked on at the site alone: two would be more than two processors have."""
    call = cell["call"]
    is_plain = is_far and call["session"] == "virtual_background"
    return {"session": "live_video" if is_plain else call["session"], "codec": call["codec"], "content": call.get("content"),
            "cost_ms": call.get("cost_ms", 0), "width": call.get("width", 640),
            "height": call.get("height", 480), "fps": 30, "stun": STUN}


def javascript(function, *arguments):
    return f"{function}({', '.join(json.dumps(argument) for argument in arguments)})"


def hold_call(cell, near, far):
    for browser in (near, far):
        browser.open(PAGE.as_uri())
    description = near.run(javascript("offer", configuration(cell, False)))
    accepted = far.run(javascript("answer", configuration(cell, True), description))
    near.run(javascript("accept", accepted))
    for browser in (near, far):
        browser.wait_for("isConnected()", CONNECT_S)
    for browser in (near, far):
        browser.run("begin()")
    time.sleep(cell["warm_up_s"] + cell["seconds"])
    return {"near": near.run("take()"), "far": far.run("take()")}


def call_slot(paths):
    """A lock, until it is closed: no more calls at once than there are paths."""
    while True:
        for path in paths:
            slot = open(path, "a")
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return slot
            except BlockingIOError:
                slot.close()
        time.sleep(SLOT_LOOK_S)


def call(cell):
    switches = [*SWITCHES, f"--use-file-for-fake-video-capture={cell['camera_file']}"]
    slot = call_slot(cell["slots"])
    before = processor_times()
    with slot, Heart() as heart, Browser(*switches, prefix=FIRST) as near, \
            Browser(*switches, prefix=[*FIRST, *FAR]) as far:
        ends = hold_call(cell, near, far)
        version = near.ask("Browser.getVersion")["product"]
    return {"ends": ends, "chromium": version, "heart": heart.told(),
            "processor": processor_share(before, processor_times())}


def main():
    with open(sys.argv[1]) as file:
        cell = json.load(file)
    with tempfile.TemporaryDirectory() as directory:
        record = {"cell": cell, "before": check(directory, "before"), "call": call(cell),
                  "after": check(directory, "after")}
    part = sys.argv[2] + ".part"
    with open(part, "w") as file:
        json.dump(record, file)
    os.replace(part, sys.argv[2])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
