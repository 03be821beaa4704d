# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside a lab: starts a check, waits until media flows, and changes the network under it.
"""usage: change_network.py MEDIAPATH CHANGE [check arguments]"""
import os
import signal
import socket
import struct
import subprocess
import sys
import time

# Far more than signalling, ICE and DTLS need together.
FLOWING_BYTES = 300_000
GIVE_UP_S = 20
PYTHON = "/usr/bin/python3"
FLUSH = "--flush-connections"


def sent_bytes():
    with open("/proc/net/dev") as file:
        return sum(int(line.split(":")[1].split()[8]) for line in list(file)[2:]
                   if not line.lstrip().startswith("lo:"))


def at(place, *command):
    subprocess.run(["ip", "netns", "exec", place, *command], check=True)


def find_process(is_it):
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")[:-1]
        except OSError:
            continue
        if len(words) > 1 and is_it(words):
            return int(name), words
    raise SystemExit("the server does not run here")


def end(is_it):
    """Kills a server without a word to anybody; gives what starts it again."""
    pid, words = find_process(is_it)
    program = os.readlink(f"/proc/{pid}/exe")
    os.kill(pid, signal.SIGKILL)
    return [program, *(word.decode() for word in words[1:])]


def start(command):
    subprocess.Popen(["ip", "netns", "exec", "internet", *command], stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def is_turn(words):
    return os.path.basename(words[0]) == b"turnserver"


def is_responder(words):
    return words[1] == b"responder"


def change_address():
    subprocess.run(["ip", "-batch", "-"], check=True, text=True,
                   input="address del 10.10.0.2/24 dev eth0\naddress add 10.10.0.3/24 dev eth0\n"
                         "route add default via 10.10.0.1\n")


def lose_address():
    subprocess.run(["ip", "address", "del", "10.10.0.2/24", "dev", "eth0"], check=True)


def lose_interface():
    subprocess.run(["ip", "link", "set", "eth0", "down"], check=True)


def cut_up():
    """A firewall that lets nothing more out, and everything in."""
    at("router", "nft", "add table ip cut; add chain ip cut out "
       "{ type filter hook forward priority -10; }; "
       "add rule ip cut out ip saddr 10.10.0.0/24 meta l4proto udp drop")


def close_dtls():
    """A responder that is told to end says so to the far ends of its calls: close_notify."""
    os.kill(find_process(is_responder)[0], signal.SIGTERM)


def rebind_nat():
    """The router forgets every flow and takes other ports from now on, as after a restart."""
    at("router", "nft", "flush chain ip gateway translate; "
       "add rule ip gateway translate snat to 203.0.113.2 fully-random")
    at("router", PYTHON, os.path.abspath(__file__), FLUSH)


def flush_connections():
    """IPCTNL_MSG_CT_DELETE without a tuple: linux/netfilter/nfnetlink_conntrack.h."""
    request = struct.pack("=IHHIIBBH", 20, 1 << 8 | 2, 0x1 | 0x4, 1, 0, socket.AF_UNSPEC, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as conntrack:
        conntrack.sendto(request, (0, 0))
        error = struct.unpack_from("=i", conntrack.recv(4096), 16)[0]
    if error:
        raise SystemExit(f"conntrack: {os.strerror(-error)}")


CHANGES = {
    "none": lambda: None,
    "address": change_address,
    "no-address": lose_address,
    "no-interface": lose_interface,
    "cut-up": cut_up,
    "dtls-closed": close_dtls,
    "nat": rebind_nat,
    "turn-restart": lambda: start(end(is_turn)),
    "turn-gone": lambda: end(is_turn),
    "responder-restart": lambda: start(end(is_responder)),
    "responder-gone": lambda: end(is_responder),
}


def main(program, change, *arguments):
    before = sent_bytes()
    check = subprocess.Popen([program, "check", "--only", "media", "--json", "-", *arguments])
    give_up = time.monotonic() + GIVE_UP_S
    while sent_bytes() - before < FLOWING_BYTES:
        if time.monotonic() > give_up or check.poll() is not None:
            raise SystemExit("media did not begin")
        time.sleep(0.02)
    CHANGES[change]()
    changed = time.monotonic()
    status = check.wait()
    print(f"it ended {time.monotonic() - changed:.1f} s after the change", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    if sys.argv[1:] == [FLUSH]:
        flush_connections()
    else:
        main(*sys.argv[1:])
