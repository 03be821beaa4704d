# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside a lab: starts a check, waits until media flows, and kills the responder.
"""usage: kill_far_end.py MEDIAPATH"""
import os
import signal
import subprocess
import sys
import time

# Far more than signalling, ICE and DTLS need together.
FLOWING_BYTES = 300_000
GIVE_UP_S = 20


def sent_bytes():
    with open("/proc/net/dev") as file:
        return sum(int(line.split(":")[1].split()[8]) for line in list(file)[2:]
                   if not line.lstrip().startswith("lo:"))


def responder():
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if len(words) > 1 and words[1] == b"responder":
            return int(name)
    raise SystemExit("no responder runs here")


before = sent_bytes()
check = subprocess.Popen([sys.argv[1], "check", "--only", "media", "--json", "-"])
end = time.monotonic() + GIVE_UP_S
while sent_bytes() - before < FLOWING_BYTES:
    if time.monotonic() > end or check.poll() is not None:
        raise SystemExit("media did not begin")
    time.sleep(0.02)
os.kill(responder(), signal.SIGKILL)
sys.exit(check.wait())
