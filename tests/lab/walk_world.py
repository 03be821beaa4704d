# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside namespaces of its own: a chain of routers, then a probe at its near end.
"""usage: walk_world.py WORLD-AS-JSON COMMAND...

The world: {"hops": 2-5, "limited": bool, "mute": [ttl, ...], "firewall": {"hop": ttl, "ranges":
[[first, last], ...], "verdict": "drop" or nft's words for a refusal, "also_tcp": bool}}
"""
import json
import subprocess
import sys

TARGETS = "168.100.64.0/18"
CLIENT = "10.10.0.2"


def run(*words, text=None):
    subprocess.run([str(word) for word in words], input=text, check=True, text=True,
                   stdout=subprocess.DEVNULL)


def address(ttl, side):
    """Of the wire between hop ttl - 1 and hop ttl; the first one is the customer's own."""
    return f"10.10.0.{2 - side}" if ttl == 1 else f"203.0.113.{4 * ttl + 2 - side}"


def join(ttl):
    near = "client" if ttl == 1 else f"hop{ttl - 1}"
    far = f"hop{ttl}"
    run("ip", "-n", near, "link", "add", f"out{ttl}", "type", "veth", "peer", "name", f"in{ttl}",
        "netns", far)
    for place, interface, side in ((near, f"out{ttl}", 0), (far, f"in{ttl}", 1)):
        run("ip", "-n", place, "address", "add", address(ttl, side) + "/30", "dev", interface)
        run("ip", "-n", place, "link", "set", interface, "up")
    run("ip", "-n", near, "route", "add", TARGETS, "via", address(ttl, 1))
    if ttl > 1:
        run("ip", "-n", far, "route", "add", "10.10.0.0/24", "via", address(ttl, 0))
        for before in range(2, ttl):
            run("ip", "-n", far, "route", "add", address(before, 1) + "/32", "via",
                address(ttl, 0))


def rules(world, ttl):
    """A refusal is counted by the kernel's limit like every other ICMP error."""
    lines = ["table inet walk {", "chain forward { type filter hook forward priority 0;"]
    firewall = world.get("firewall", {})
    if firewall.get("hop") == ttl:
        ports = ", ".join(f"{first}-{last}" for first, last in firewall["ranges"])
        lines.append(f"udp dport {{ {ports} }} {firewall.get('verdict', 'drop')}")
        if firewall.get("also_tcp"):
            lines.append("ip protocol tcp drop")
    lines += ["}", "chain output { type filter hook output priority 0;"]
    if ttl in world.get("mute", []):
        lines.append("ip protocol icmp drop")
    return "\n".join([*lines, "}", "}"]) + "\n"


def build(world):
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for place in ["client", *(f"hop{ttl}" for ttl in range(1, world["hops"] + 1))]:
        run("ip", "netns", "add", place)
        run("ip", "-n", place, "link", "set", "lo", "up")
    for ttl in range(1, world["hops"] + 1):
        join(ttl)
        place = ["ip", "netns", "exec", f"hop{ttl}"]
        run(*place, "tee", "/proc/sys/net/ipv4/ip_forward", text="1\n")
        run(*place, "tee", "/proc/sys/net/ipv4/icmp_ratelimit",
            text="1000\n" if world.get("limited") else "0\n")
        run(*place, "nft", "-f", "-", text=rules(world, ttl))
    # The last one passes everything on, and nobody is there.
    last = f"hop{world['hops']}"
    run("ip", "-n", last, "link", "add", "beyond", "type", "veth", "peer", "name", "nobody")
    for interface in ("beyond", "nobody"):
        run("ip", "-n", last, "link", "set", interface, "up")
    run("ip", "-n", last, "neigh", "add", "192.0.2.1", "lladdr", "02:00:00:00:00:01", "dev",
        "beyond")
    run("ip", "-n", last, "route", "add", TARGETS, "via", "192.0.2.1", "dev", "beyond", "onlink")


def main():
    build(json.loads(sys.argv[1]))
    sys.exit(subprocess.run(["ip", "netns", "exec", "client", *sys.argv[2:]]).returncode)


main()
