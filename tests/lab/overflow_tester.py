# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside a lab: starts a check, stops it once media flows, fills its sockets' buffers with what
# is no media, and lets it go on: the media that came meanwhile found no room.
"""usage: overflow_tester.py MEDIAPATH [check arguments]"""
import os
import signal
import socket
import subprocess
import sys
import time

# Far more than signalling, ICE and DTLS need together.
FLOWING_BYTES = 300_000
GIVE_UP_S = 20
# Less than a second: a call that hears nothing for so long restarts ICE.
FULL_S = 0.5
# Larger than any buffer that the kernel grants; neither STUN nor DTLS nor RTP.
JUNK = b"\xff" * 60000
JUNK_BYTES = 64_000_000


def received_bytes():
    with open("/proc/net/dev") as file:
        return sum(int(line.split(":")[1].split()[0]) for line in list(file)[2:]
                   if not line.lstrip().startswith("lo:"))


def sockets_of(pid):
    """Local addresses of its UDP sockets."""
    inodes = {os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}
    with open("/proc/net/udp") as file:
        for line in list(file)[1:]:
            words = line.split()
            address, port = words[1].split(":")
            if f"socket:[{words[9]}]" in inodes and int(address, 16):
                yield socket.inet_ntoa(bytes.fromhex(address)[::-1]), int(port, 16)


def fill(addresses):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for address in addresses:
            for _ in range(JUNK_BYTES // len(JUNK)):
                sender.sendto(JUNK, address)


def main():
    check = subprocess.Popen([sys.argv[1], "check", *sys.argv[2:]])
    deadline = time.monotonic() + GIVE_UP_S
    while received_bytes() < FLOWING_BYTES and time.monotonic() < deadline:
        time.sleep(0.01)
    check.send_signal(signal.SIGSTOP)
    fill(list(sockets_of(check.pid)))
    time.sleep(FULL_S)
    check.send_signal(signal.SIGCONT)
    sys.exit(check.wait())


main()
