# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside namespaces of its own: a chain of routers, then a probe at its near end.
"""usage: walk_world.py WORLD-AS-JSON COMMAND...

The world: {"hops": 2-5, "limited": bool, "mute": [ttl, ...], "firewall": {"hop": ttl, "ranges":
[[first, last], ...], "ranges6": the same of IPv6 where it differs, "prefixes": [prefix, ...] that
are kept whole, "verdict": "drop" or nft's words for a refusal, "also_tcp": bool}}
"""
import fcntl
import json
import subprocess
import sys

TARGETS = ("168.100.64.0/18", "216.147.0.0/18", "2620:12b:8000::/40")
CLIENT = "10.10.0.2"


def run(*words, text=None):
    subprocess.run([str(word) for word in words], input=text, check=True, text=True,
                   stdout=subprocess.DEVNULL)


def address(ttl, side):
    """Of the wire between hop ttl - 1 and hop ttl; the first one is the customer's own."""
    return f"10.10.0.{2 - side}" if ttl == 1 else f"203.0.113.{4 * ttl + 2 - side}"


def address6(ttl, side):
    return f"fd00::{2 - side}" if ttl == 1 else f"2001:db8:{ttl}::{2 - side}"


def route_targets(place, *words4, words6):
    for target in TARGETS:
        run("ip", "-n", place, "route", "add", target, *(words6 if ":" in target else words4))


def join(ttl):
    near = "client" if ttl == 1 else f"hop{ttl - 1}"
    far = f"hop{ttl}"
    run("ip", "-n", near, "link", "add", f"out{ttl}", "type", "veth", "peer", "name", f"in{ttl}",
        "netns", far)
    for place, interface, side in ((near, f"out{ttl}", 0), (far, f"in{ttl}", 1)):
        run("ip", "-n", place, "address", "add", address(ttl, side) + "/30", "dev", interface)
        run("ip", "-n", place, "address", "add", address6(ttl, side) + "/64", "dev", interface,
            "nodad")
        run("ip", "-n", place, "link", "set", interface, "up")
    route_targets(near, "via", address(ttl, 1), words6=("via", address6(ttl, 1)))
    if ttl > 1:
        run("ip", "-n", far, "route", "add", "fd00::/64", "via", address6(ttl, 0))
        run("ip", "-n", far, "route", "add", "10.10.0.0/24", "via", address(ttl, 0))
        for before in range(2, ttl):
            run("ip", "-n", far, "route", "add", address(before, 1) + "/32", "via",
                address(ttl, 0))


def wait_for_neighbours(ttl):
    """A wire that has just come up carries IPv6 some tenths of a second later."""
    place = "client" if ttl == 1 else f"hop{ttl - 1}"
    for far in (address(ttl, 1), address6(ttl, 1)):
        run("ip", "netns", "exec", place, "ping", "-q", "-n", "-c", "1", "-i", "0.2", "-w", "20",
            far)


def rules(world, ttl):
    """A refusal is counted by the kernel's limit like every other ICMP error."""
    lines = ["table inet walk {", "chain forward { type filter hook forward priority 0;"]
    firewall = world.get("firewall", {})
    if firewall.get("hop") == ttl:
        verdict = firewall.get("verdict", "drop")
        for family, name in (("ipv4", "ranges"), ("ipv6", "ranges6")):
            ranges = firewall.get(name, firewall["ranges"])
            ports = ", ".join(f"{first}-{last}" for first, last in ranges)
            if ranges:
                lines.append(f"meta nfproto {family} udp dport {{ {ports} }} {verdict}")
        for prefix in firewall.get("prefixes", []):
            lines.append(f"ip daddr {prefix} {verdict}")
        if firewall.get("also_tcp"):
            lines.append("meta l4proto tcp drop")
    lines += ["}", "chain output { type filter hook output priority 0;"]
    if ttl in world.get("mute", []):
        lines.append("ip protocol icmp drop")
        lines.append("icmpv6 type { destination-unreachable, time-exceeded } drop")
    return "\n".join([*lines, "}", "}"]) + "\n"


def build(world):
    """One at a time: the kernel has one lock for all that is done to interfaces."""
    with open(__file__, encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build_wires(world)
    for ttl in range(1, world["hops"] + 1):
        wait_for_neighbours(ttl)
    for ttl in range(1, world["hops"] + 1):
        begin_hop(world, ttl)


def build_wires(world):
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for place in ["client", *(f"hop{ttl}" for ttl in range(1, world["hops"] + 1))]:
        run("ip", "netns", "add", place)
        run("ip", "-n", place, "link", "set", "lo", "up")
        # An address can be used at once.
        run("ip", "netns", "exec", place, "tee", "/proc/sys/net/ipv6/conf/default/accept_dad",
            "/proc/sys/net/ipv6/conf/default/dad_transmits", text="0\n")
    for ttl in range(1, world["hops"] + 1):
        join(ttl)
    # The last one passes everything on, and nobody is there.
    last = f"hop{world['hops']}"
    run("ip", "-n", last, "link", "add", "beyond", "type", "veth", "peer", "name", "nobody")
    for interface in ("beyond", "nobody"):
        run("ip", "-n", last, "link", "set", interface, "up")
    for neighbour in ("192.0.2.1", "fe80::1"):
        run("ip", "-n", last, "neigh", "add", neighbour, "lladdr", "02:00:00:00:00:01", "dev",
            "beyond")
    route_targets(last, "via", "192.0.2.1", "dev", "beyond", "onlink",
                  words6=("via", "fe80::1", "dev", "beyond", "onlink"))


def begin_hop(world, ttl):
    place = ["ip", "netns", "exec", f"hop{ttl}"]
    run(*place, "tee", "/proc/sys/net/ipv4/ip_forward",
        "/proc/sys/net/ipv6/conf/all/forwarding", text="1\n")
    run(*place, "tee", "/proc/sys/net/ipv4/icmp_ratelimit", "/proc/sys/net/ipv6/icmp/ratelimit",
        text="1000\n" if world.get("limited") else "0\n")
    # What all hosts together get is limited besides, and this machine asks for many worlds.
    if not world.get("limited"):
        run(*place, "tee", "/proc/sys/net/ipv4/icmp_ratemask", text="0\n")
        run(*place, "tee", "/proc/sys/net/ipv6/icmp/ratemask", text="\n")
    run(*place, "nft", "-f", "-", text=rules(world, ttl))


def main():
    build(json.loads(sys.argv[1]))
    sys.exit(subprocess.run(["ip", "netns", "exec", "client", *sys.argv[2:]]).returncode)


main()
