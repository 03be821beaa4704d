# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The capture of a check: whole, true, and without secrets.
"""usage: test_capture.py MEDIAPATH [unittest arguments]"""
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

MEDIAPATH = os.path.abspath(sys.argv[1])
ENDS_WITHIN_S = 100
ENHANCED_PACKET, DECRYPTION_SECRETS = 6, 10
UDP, TCP = 17, 6
# RFC 7983 section 7, RFC 5761 section 4.
RTP = range(128, 192)
RTCP_TYPES = range(192, 224)


class Packet:
    def __init__(self, block):
        self.length = struct.unpack_from("=I", block, 20)[0]
        data = block[28:28 + self.length]
        header = (data[0] & 15) * 4
        self.source, self.destination = data[12:16], data[16:20]
        self.protocol = data[9]
        self.payload = data[header + (8 if self.protocol == UDP else 20):]
        options = block[28 + (self.length + 3) // 4 * 4:]
        self.is_outgoing = struct.unpack_from("=I", options, 4)[0] & 3 == 2

    def is_media(self):
        return self.protocol == UDP and len(self.payload) > 1 and self.payload[0] in RTP \
            and self.payload[1] not in RTCP_TYPES


class Capture:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.packets, self.types, at = [], set(), 0
        while at < len(self.bytes):
            kind, length = struct.unpack_from("=II", self.bytes, at)
            self.types.add(kind)
            if kind == ENHANCED_PACKET:
                self.packets.append(Packet(self.bytes[at:at + length]))
            at += length


def check(network, *arguments):
    """The result, the capture and every secret of the network."""
    with tempfile.TemporaryDirectory() as directory:
        path, lab = (os.path.join(directory, name) for name in ("it.pcapng", "lab.json"))
        run = subprocess.run(
            [MEDIAPATH, "lab", network, "--", "sh", "-c",
             'cp "$MEDIAPATH_LAB" "$1"; shift; exec "$@"', "sh", lab, MEDIAPATH, "check",
             "--quiet", "--json", "-", "--pcapng", path, *arguments],
            capture_output=True, text=True, timeout=ENDS_WITHIN_S)
        if not run.stdout:
            raise AssertionError(f"exit {run.returncode}: {run.stderr}")
        with open(lab) as file:
            far_ends = json.load(file)
        return json.loads(run.stdout), Capture(path), list(secrets_of(far_ends))


def secrets_of(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from secrets_of(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_of(inner, name)
    elif isinstance(value, str) and any(word in name for word in
                                        ("password", "secret", "token", "key")):
        yield value


class WhatIsInIt(unittest.TestCase):
    def expect_no_secret(self, capture, secrets):
        self.assertTrue(secrets)
        for secret in secrets:
            self.assertNotIn(secret.encode(), capture.bytes)

    def test_media_is_there_to_the_packet(self):
        result, capture, secrets = check("clean", "--only", "media", "--transport", "udp",
                                         "--media-seconds", "1", "--capacity", "0")
        media = next(measurement["facts"] for measurement in result["measurements"]
                     if measurement["kind"] == "media")
        sent = sum(packet.is_outgoing and packet.is_media() for packet in capture.packets)
        came = sum(not packet.is_outgoing and packet.is_media() for packet in capture.packets)
        self.assertGreaterEqual(sent, media["up"]["packets_sent"])
        self.assertLessEqual(sent - media["up"]["packets_sent"], 0.3 * sent)
        self.assertGreaterEqual(came, media["down"]["packets_received"])
        self.assertLessEqual(came - media["down"]["packets_received"], 0.3 * came)
        self.expect_no_secret(capture, secrets)
        self.assertNotIn(DECRYPTION_SECRETS, capture.types)

    def test_a_proxy_login_is_left_out(self):
        _, capture, secrets = check("office-proxy-login", "--only", "turn")
        self.assertIn(b"held a secret", capture.bytes)
        self.assertNotIn(b"Basic ", capture.bytes)
        self.expect_no_secret(capture, secrets)

    def test_masked_addresses_are_nowhere(self):
        result, capture, secrets = check("clean", "--only", "stun,turn", "--pcapng-mask",
                                         "--pcapng-keys")
        mapped = {measurement["facts"]["mapped_address"].rsplit(":", 1)[0]
                  for measurement in result["measurements"]
                  if "mapped_address" in measurement["facts"]}
        local = {address for interface in result["environment"]["interfaces"]
                 for address in interface["addresses"] if address.startswith("192.168.")
                 or address.startswith("10.")}
        self.assertTrue(mapped)
        shown = {packet.source for packet in capture.packets} | \
                {packet.destination for packet in capture.packets}
        for address in mapped | local:
            raw = bytes(int(part) for part in address.split("/")[0].split("."))
            self.assertNotIn(raw, shown)
            xored = bytes(a ^ b for a, b in zip(raw, b"\x21\x12\xa4\x42"))
            for packet in capture.packets:
                if packet.protocol == UDP and packet.payload[4:8] == b"\x21\x12\xa4\x42":
                    self.assertNotIn(xored, packet.payload)
        self.assertIn(bytes([168, 100, 64, 10]), shown)
        # Keys were asked for, and there was TLS.
        self.assertIn(DECRYPTION_SECRETS, capture.types)
        self.expect_no_secret(capture, secrets)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
