# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the client of a lab sees of its link: numbered UDP packets and a TCP transfer.
"""usage: link_probe.py udp TRAFFIC up|down PACKETS_PER_SECOND IP_BYTES SECONDS | tcp BYTES"""
import hashlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile

FAR = "216.147.0.20"
NEAR = "10.10.0.2"
PORT = 20000
SILENCE_S = "0.5"


def far(*command):
    return ["ip", "netns", "exec", "internet", *command]


def stamps(path):
    with open(path, "rb") as file:
        return list(struct.iter_unpack("=Qq", file.read()))


def let_everything_in():
    """The site's router refuses what nobody inside asked for; here only its link counts."""
    subprocess.run(["ip", "netns", "exec", "router", "nft", "flush", "ruleset"], check=True)


def udp(traffic, direction, rate, size, seconds):
    if direction == "down":
        let_everything_in()
    to = (FAR if direction == "up" else NEAR) + f":{PORT}"
    place = (lambda *command: list(command)), far
    sender, receiver = place if direction == "up" else place[::-1]
    with tempfile.TemporaryDirectory() as folder:
        sent_file, received_file = os.path.join(folder, "sent"), os.path.join(folder, "received")
        with subprocess.Popen(receiver(traffic, "receive", to, SILENCE_S, received_file),
                              stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            print("up", flush=True)
            subprocess.run(sender(traffic, "send", to, rate, size, seconds, sent_file),
                           stdout=subprocess.DEVNULL, check=True)
            process.stdout.read()
        sent, received = dict(stamps(sent_file)), stamps(received_file)
    print(json.dumps({
        "sent": len(sent),
        "received": [number for number, _ in received],
        "delays_ms": [(stamp - sent[number]) / 1e6 for number, stamp in received],
    }))


def serve():
    with socket.create_server((FAR, PORT)) as server:
        print("up", flush=True)
        connection, _ = server.accept()
        digest = hashlib.sha256()
        while data := connection.recv(65536):
            digest.update(data)
        connection.sendall(digest.digest())


def tcp(length):
    content = os.urandom(int(length))
    with subprocess.Popen(far(sys.executable, __file__, "serve"), stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        with socket.create_connection((FAR, PORT)) as connection:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(32, socket.MSG_WAITALL)
    print("intact" if answer == hashlib.sha256(content).digest() else "spoiled")


{"udp": udp, "tcp": tcp, "serve": serve}[sys.argv[1]](*sys.argv[2:])
