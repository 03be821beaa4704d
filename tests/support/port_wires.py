# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A client, a router with a firewall, and a responder that answers on every port, in namespaces of
# the caller's own; and a generator of firewalls.
"""
near --- router --- far
10.77.1.2    |      10.77.2.2: mediapath responder
       nftables, link emulator (between near and router) where a link is asked for
"""
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time

FIRST, LAST = 1025, 65535
NEAR, ROUTER_NEAR, ROUTER_FAR, FAR = "10.77.1.2", "10.77.1.1", "10.77.2.1", "10.77.2.2"
KEY_ID, KEY = 7, "0123456789abcdef0123456789abcdef"
OPEN, OUT, IN = "open", "blocked_out", "blocked_in"
# Directly, or through the link emulator.
FROM_NEAR, FROM_FAR = "iifname { near, near2 }", "iifname far"
IN_NAMESPACES = "MP_PORT_WIRES"
LINK = """schema: mediapath-network/1
name: wires
sentence: {en: Wires., ja: Wires.}
site: {}
link: %s
provider:
  turn: {state: stopped}
  responder: {state: stopped}
"""


def enter():
    """Once more in network and mount namespaces of our own, with or without root."""
    if os.environ.get(IN_NAMESPACES):
        return
    os.environ[IN_NAMESPACES] = "1"
    flags = "-nm" if os.geteuid() == 0 else "-Urnm"
    os.execvp("unshare", ["unshare", flags, "--kill-child", "--fork", sys.executable, *sys.argv])


def run(*command, **options):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True,
                          **options).stdout


def core_of(place):
    """Two ends are two computers, each with a processor of its own. The kernel would put both on
    one, since each wakes the other: then they take turns."""
    cores = sorted(os.sched_getaffinity(0))
    return {"near": cores[0], "far": cores[-1]}.get(place)


def at(place, *command):
    core = core_of(place)
    pinned = [] if core is None else ["taskset", "-c", core]
    return ["ip", "netns", "exec", place, *map(str, [*pinned, *command])]


class Wall:
    """The state of every port; all are open at first."""

    def __init__(self):
        self.states = [OPEN] * (LAST + 1)

    def set(self, first, last, state):
        last = min(last, LAST)
        self.states[first:last + 1] = [state] * (last + 1 - first)
        return self

    def ranges(self, state):
        """[(first, last)] of that state."""
        found = []
        for port in range(FIRST, LAST + 1):
            if self.states[port] != state:
                continue
            if found and found[-1][1] == port - 1:
                found[-1][1] = port
            else:
                found.append([port, port])
        return found


def two_ranges():
    """3478 and 30000 to 40000 are open: 10,002 ports."""
    return Wall().set(FIRST, LAST, OUT).set(3478, 3478, OPEN).set(30000, 40000, OPEN)


def random_wall(seed):
    """1 to 8 ranges that pass or are blocked, and holes of 1 to 5,000 ports, each direction."""
    draw = random.Random(seed)
    wall = Wall()
    is_open = draw.random() < 0.5
    if not is_open:
        wall.set(FIRST, LAST, draw.choice([OUT, OUT, OUT, IN]))
    for _ in range(draw.randint(1, 8)):
        first = draw.randint(FIRST, LAST)
        wall.set(first, first + draw.randint(0, 12000), draw.choice([OUT, IN]) if is_open else OPEN)
    for _ in range(draw.randint(1, 8)):
        first = draw.randint(FIRST, LAST)
        length = int(5000 ** draw.random())
        wall.set(first, first + length - 1, draw.choice([OUT, IN, OPEN]))
    return wall


def read_measurement(text):
    """The measurement of the sweep in a result."""
    return json.loads(text)["measurements"][0]


def elements(ranges):
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def table(*lines):
    return ("table ip wall {\n chain pass {\n  type filter hook forward priority 0;\n  "
            + "\n  ".join(lines) + "\n }\n}\n")


def rules(wall, loss_percent):
    """nftables at the router: what a datagram's far port decides, then chance."""
    lines = []
    for state, port in ((OUT, "dport"), (IN, "sport")):
        if wall.ranges(state):
            side = FROM_NEAR if state == OUT else FROM_FAR
            lines.append(f"{side} udp {port} {{ {elements(wall.ranges(state))} }} drop")
    if loss_percent:
        lines.append(f"meta l4proto udp numgen random mod 10000 < {round(loss_percent * 100)} drop")
    return table(*lines)


def write_key(path, key):
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{KEY_ID} {key}\n")


class Wires:
    """`mediapath`: the command; `emulate`: tests/bench/emulate where a link may be asked for."""

    def __init__(self, mediapath, emulate=None):
        self.mediapath, self.emulate = mediapath, emulate
        self.stack = contextlib.ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.key_file = os.path.join(self.folder, "key")
        write_key(self.key_file, KEY)
        self.build()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def build(self):
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
        for place in ("near", "link", "router", "far"):
            run("ip", "netns", "add", place)
            run("ip", "-n", place, "link", "set", "lo", "up")
        for left, right in ((("near", "wan"), ("router", "near")),
                            (("near", "wan2"), ("link", "up0")),
                            (("link", "down0"), ("router", "near2")),
                            (("router", "far"), ("far", "eth0"))):
            run("ip", "link", "add", left[1], "netns", left[0], "type", "veth", "peer", "name",
                right[1], "netns", right[0])
            for place, name in (left, right):
                run("ip", "-n", place, "link", "set", name, "addrgenmode", "none",
                    "gso_max_segs", "1", "up")
        for place, address, name in (("near", NEAR, "wan"), ("router", ROUTER_NEAR, "near"),
                                     ("router", ROUTER_FAR, "far"), ("far", FAR, "eth0")):
            run("ip", "-n", place, "address", "add", address + "/24", "dev", name)
        run("ip", "-n", "near", "route", "add", "default", "via", ROUTER_NEAR)
        run("ip", "-n", "far", "route", "add", "default", "via", ROUTER_FAR)
        run(*at("router", "tee", "/proc/sys/net/ipv4/ip_forward"), input="1")

    def set_rules(self, text):
        run(*at("router", "nft", "flush", "ruleset"))
        run(*at("router", "nft", "-f", "-"), input=text)

    def set_wall(self, wall, loss_percent=0):
        """The loss is each way's."""
        self.set_rules(rules(wall, loss_percent))

    def set_loss(self, out_percent, in_percent):
        ways = ((FROM_NEAR, "dport", out_percent), (FROM_FAR, "sport", in_percent))
        self.set_rules(table(*(f"{side} udp {port} >= {FIRST} numgen random mod 10000 < "
                               f"{round(percent * 100)} drop" for side, port, percent in ways)))

    def set_policer(self, per_second):
        self.set_rules(table(f"{FROM_NEAR} udp dport >= {FIRST} limit rate over "
                             f"{per_second}/second burst 100 packets drop"))

    @contextlib.contextmanager
    def link(self, link):
        """All that near sends and gets goes through the emulator while the block lasts."""
        path = os.path.join(self.folder, "link.yaml")
        with open(path, "w") as file:
            file.write(LINK % link)
        process = subprocess.Popen(at("link", self.emulate, path, "up0", "down0"),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if process.stdout.readline() != "up\n":
                raise SystemExit("the emulator did not start")
            self.go_by("wan2", "near2")
            yield
        finally:
            self.go_by("wan", "near")
            process.communicate()

    def go_by(self, near, router):
        for place in ("near", "router"):
            for name in ("wan", "wan2") if place == "near" else ("near", "near2"):
                run("ip", "-n", place, "address", "flush", "dev", name)
        run("ip", "-n", "near", "address", "add", NEAR + "/24", "dev", near)
        run("ip", "-n", "router", "address", "add", ROUTER_NEAR + "/24", "dev", router)
        run("ip", "-n", "near", "route", "replace", "default", "via", ROUTER_NEAR)

    def sent_bytes(self):
        """Of near, on the wire, without the 14 bytes of Ethernet."""
        told = json.loads(run("ip", "-j", "-s", "-n", "near", "link", "show", "wan"))
        sent = told[0]["stats64"]["tx"]
        return sent["bytes"] - 14 * sent["packets"]

    @contextlib.contextmanager
    def responder(self, *options):
        """A responder at the far end while the block lasts."""
        process = subprocess.Popen(
            at("far", self.mediapath, "responder", "--listen", f"{FAR}:443", "--stun-port", 0,
               "--stamp-key-file", self.key_file, *options),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            self.told = []
            while "443" not in (self.told or [""])[-1]:
                line = process.stdout.readline()
                if not line:
                    raise SystemExit("the responder ended: " + "".join(self.told))
                self.told.append(line)
            yield process
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()

    def sweep(self, rate=0, first=FIRST, last=LAST, deadline=120, key=None):
        """The measurement, and the seconds of the whole command."""
        key_file = self.key_file
        if key:
            key_file = os.path.join(self.folder, "other")
            write_key(key_file, key)
        began = time.monotonic()
        done = subprocess.run(
            at("near", self.mediapath, "ports", "--responder", FAR, "--stamp-key-file", key_file,
               "--json", "-", "--quiet", "--ports", f"{first}-{last}", "--deadline", deadline,
               *(["--rate", rate] if rate else [])),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        took = time.monotonic() - began
        try:
            return read_measurement(done.stdout), took
        except json.JSONDecodeError:
            raise SystemExit(f"mediapath ports: {done.returncode}: {done.stderr}") from None


def wrong_ports(facts, wall):
    """Ports whose state is not the wall's."""
    states = [None] * (LAST + 1)
    for run_of in facts["ranges"]:
        for port in range(run_of["first"], run_of["last"] + 1):
            states[port] = run_of["state"]
    return [port for port in range(facts["first"], facts["last"] + 1)
            if states[port] != wall.states[port]]
