# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two namespaces of the caller's own with a pair of wires between them and nothing else; and what a
# process uses.
"""near 10.79.0.1 --- veth --- 10.79.0.2 far"""
import contextlib
import os
import subprocess

from port_wires import at, enter, run  # noqa: F401: for those who import this

NEAR, FAR = "10.79.0.1", "10.79.0.2"
PAGE = os.sysconf("SC_PAGE_SIZE")


def build():
    """After enter(). Without checksum or segment work taken off the processor but what veth itself
    does."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for place in ("near", "far"):
        run("ip", "netns", "add", place)
        run("ip", "-n", place, "link", "set", "lo", "up")
    run("ip", "link", "add", "eth0", "netns", "near", "type", "veth", "peer", "name", "eth0",
        "netns", "far")
    for place, address in (("near", NEAR), ("far", FAR)):
        run("ip", "-n", place, "link", "set", "eth0", "addrgenmode", "none", "up")
        run("ip", "-n", place, "address", "add", address + "/24", "dev", "eth0")


@contextlib.contextmanager
def responder(mediapath, *options):
    """A `mediapath responder` at the far end, without TLS, while the block lasts."""
    process = subprocess.Popen(
        at("far", mediapath, "responder", "--listen", f"{FAR}:8080", "--stun-port", 0, *options),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line.startswith("ready"):
            raise SystemExit("the responder ended: " + process.stderr.read())
        yield process
    finally:
        process.terminate()
        process.communicate()


URL = f"http://{FAR}:8080/whip"


def cpu_seconds(pid):
    """Of all its threads that live; to the nanosecond where the kernel keeps such an account."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError), \
                open(f"/proc/{pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def resident_mb(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * PAGE / 1e6
