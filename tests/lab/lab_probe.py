# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the lab tests run inside a lab: asks one thing of the network and prints one word.
"""usage: lab_probe.py stun|tcp|udp HOST PORT | relay | sleep"""
import errno
import json
import os
import signal
import socket
import subprocess
import sys

WAIT_S = 0.5
WORDS = {errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "silent", errno.EHOSTUNREACH: "prohibited",
         errno.ENETUNREACH: "unreachable", errno.EINPROGRESS: "silent"}


def stun(host, port):
    """The mapped address of an RFC 8489 Binding answer, as IP."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.settimeout(WAIT_S)
    udp.connect((host, port))
    transaction = os.urandom(12)
    udp.send(b"\x00\x01\x00\x00\x21\x12\xa4\x42" + transaction)
    answer = udp.recv(1500)
    assert answer[:2] == b"\x01\x01" and answer[8:20] == transaction
    place = 20
    while place < len(answer):
        kind = int.from_bytes(answer[place:place + 2], "big")
        length = int.from_bytes(answer[place + 2:place + 4], "big")
        if kind == 0x0020:
            xored = int.from_bytes(answer[place + 8:place + 12], "big") ^ 0x2112A442
            return socket.inet_ntoa(xored.to_bytes(4, "big"))
        place += 4 + (length + 3 & ~3)
    return "no XOR-MAPPED-ADDRESS"


def udp(host, port):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.settimeout(WAIT_S)
    sender.connect((host, port))
    sender.send(b"?")
    return "answered" if sender.recv(1500) else "empty"


def tcp(host, port):
    socket.create_connection((host, port), timeout=WAIT_S).close()
    return "accepted"


def relay():
    """A whole TURN session of coturn's own client, relay to relay."""
    with open(os.environ["MEDIAPATH_LAB"]) as file:
        lab = json.load(file)
    run = subprocess.run(["turnutils_uclient", "-y", "-u", lab["turn_user"], "-w",
                          lab["turn_password"], "-n", "2", "-m", "1", "-l", "100",
                          "turn.lab.mediapath.test"], capture_output=True, text=True)
    lost = [line for line in run.stdout.splitlines() if "Total lost packets" in line]
    return lost[-1].split("Total ")[1] if lost else run.stdout[-500:]


def sleep():
    """Counts the signals that it gets until nothing more comes for a moment; exits with 40 + n."""
    caught = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, caught)
    print("up", flush=True)
    number = signal.sigwait(caught)
    while signal.sigtimedwait(caught, WAIT_S):
        number += 100
    # The servers must not have felt it.
    print(signal.Signals(number).name if number < 100 else "more than one", end=" ")
    print(stun("turn.lab.mediapath.test", 3478), flush=True)
    sys.exit(40 + number)


def main():
    name, arguments = sys.argv[1], sys.argv[2:]
    try:
        if name in ("relay", "sleep"):
            print(globals()[name]())
        else:
            print(globals()[name](arguments[0], int(arguments[1])))
    except socket.timeout:
        print("silent")
    except OSError as error:
        print(WORDS.get(error.errno, str(error)))


main()
