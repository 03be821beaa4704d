#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# STUN and TURN servers that lie, on loopback: whatever they answer, the probe ends inside its
# deadline with a true outcome.
"""usage: test_liars.py RUN_PROBE [unittest arguments]"""
import hashlib
import hmac
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

RUN_PROBE = os.path.abspath(sys.argv[1])
COOKIE = 0x2112A442
USER, PASSWORD, REALM = "tester", "right-password", "liars.test"
KEY = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode()).digest()
DEADLINE_S = 4
BINDING, ALLOCATE = 0x001, 0x003
SUCCESS, ERROR, DATA_INDICATION = 0x100, 0x110, 0x017
XOR_MAPPED, XOR_RELAYED, LIFETIME, ERROR_CODE, NONCE, REALM_TYPE, INTEGRITY = (
    0x20, 0x16, 0x0D, 0x09, 0x15, 0x14, 0x08)


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def xored(host, port):
    address = int.from_bytes(socket.inet_aton(host), "big") ^ COOKIE
    return b"\0\1" + struct.pack("!HI", port ^ (COOKIE >> 16), address)


def message(kind, identifier, body=b""):
    return struct.pack("!HHI", kind, len(body), COOKIE) + identifier + body


def error(code, reason=b""):
    return attribute(ERROR_CODE, struct.pack("!HBB", 0, code // 100, code % 100) + reason)


def challenge(code, nonce=b"nonce"):
    return error(code) + attribute(REALM_TYPE, REALM.encode()) + attribute(NONCE, nonce)


def signed(kind, identifier, body, key=KEY):
    head = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + identifier
    return message(kind, identifier,
                   body + attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest()))


def method_of(request):
    return int.from_bytes(request[:2], "big") & 0xEEF


def has_credentials(request):
    return USER.encode() in request


def binding(request, source):
    return message(BINDING | SUCCESS, request[8:20], attribute(XOR_MAPPED, xored(*source)))


def honest_binding_then(lie):
    """A server whose Binding answers are right, and what is asked of TURN is answered by `lie`."""
    def answer(request, source):
        if method_of(request) == BINDING:
            return [binding(request, source)]
        return lie(request, source)
    return answer


# -- answers to a Binding ---------------------------------------------------------------------------


def wrong_transaction_id(request, source):
    return [message(BINDING | SUCCESS, bytes(12), attribute(XOR_MAPPED, xored(*source)))]


def truncated(request, source):
    return [binding(request, source)[:-4]]


def oversized(request, source):
    return [binding(request, source) + b"\0" * 40000]


def attribute_past_the_end(request, _):
    return [message(BINDING | SUCCESS, request[8:20], struct.pack("!HH", XOR_MAPPED, 800))]


def no_address(request, _):
    return [message(BINDING | SUCCESS, request[8:20])]


def error_without_code(request, _):
    return [message(BINDING | ERROR, request[8:20])]


def another_method(request, source):
    return [message(ALLOCATE | SUCCESS, request[8:20], attribute(XOR_MAPPED, xored(*source)))]


def noise(_, __):
    return [os.urandom(40).replace(b"\x21\x12", b"??")]


def echo(request, _):
    return [request]


def plain_address(request, source):
    """RFC 3489: MAPPED-ADDRESS only."""
    value = b"\0\1" + struct.pack("!H", source[1]) + socket.inet_aton(source[0])
    return [message(BINDING | SUCCESS, request[8:20], attribute(0x01, value))]


def data_from_nowhere(request, source):
    body = attribute(0x12, xored("192.0.2.1", 9)) + attribute(0x13, b"nobody asked for this")
    return [message(DATA_INDICATION, os.urandom(12), body)] * 20 + [binding(request, source)]


# -- answers to an Allocate -------------------------------------------------------------------------


def endless_401(request, _):
    return [message(ALLOCATE | ERROR, request[8:20], challenge(401, os.urandom(8).hex().encode()))]


def endless_438(request, _):
    code = 438 if has_credentials(request) else 401
    return [message(ALLOCATE | ERROR, request[8:20], challenge(code, os.urandom(8).hex().encode()))]


def challenge_without_realm(request, _):
    return [message(ALLOCATE | ERROR, request[8:20], error(401))]


def allocation(request, source, key):
    if not has_credentials(request):
        return endless_401(request, source)
    body = (attribute(XOR_RELAYED, xored("127.0.0.1", 50000)) +
            attribute(XOR_MAPPED, xored(*source)) +
            attribute(LIFETIME, struct.pack("!I", 600)))
    return [signed(ALLOCATE | SUCCESS, request[8:20], body, key) if key else
            message(ALLOCATE | SUCCESS, request[8:20], body)]


def wrong_integrity(request, source):
    return allocation(request, source, b"not the key at all")


def no_integrity(request, source):
    return allocation(request, source, None)


class UdpLiar:
    def __init__(self, answer):
        self.answer, self.requests = answer, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"end", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()

    def serve(self):
        while True:
            request, source = self.socket.recvfrom(65536)
            if request == b"end":
                return
            self.requests += 1
            for answer in self.answer(self, request, source):
                self.socket.sendto(answer, source)


class TcpLiar:
    """Each connection is given to `talk` until the probe leaves."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.serve)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self.threads:
            thread.join()
        self.listener.close()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            if self.is_over.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self.meet, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def meet(self, connection):
        connection.settimeout(0.2)
        with connection:
            try:
                self.talk(connection, self.is_over)
            except (OSError, ssl.SSLError):
                pass


def hold(connection, is_over):
    while not is_over.is_set():
        try:
            if not connection.recv(4096):
                return
        except TimeoutError:
            pass


def say_http(connection, is_over):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    hold(connection, is_over)


def never_end(connection, is_over):
    """Well-formed indications that nobody asked for, without a pause."""
    flood = message(DATA_INDICATION, bytes(12), attribute(0x13, b"x" * 60000))
    while not is_over.is_set():
        try:
            connection.sendall(flood)
        except TimeoutError:
            return


def never_complete(connection, is_over):
    """A message of 60000 bytes, one byte at a time."""
    connection.recv(4096)
    connection.sendall(struct.pack("!HHI", BINDING | SUCCESS, 60000, COOKIE))
    while not is_over.wait(0.05):
        connection.sendall(b"\0")


def close_at_once(connection, _):
    connection.recv(4096)


def drip_tls(connection, is_over):
    """The header of a handshake record of 16 kB, then a byte now and then."""
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while not is_over.wait(0.05):
        connection.sendall(b"\0")


class Liars(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.password = os.path.join(cls.folder.name, "password")
        with open(os.open(cls.password, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(PASSWORD + "\n")

    def probe(self, kind, uri):
        began = time.monotonic()
        run = subprocess.run([RUN_PROBE, kind, uri, f"--deadline={DEADLINE_S}", f"--user={USER}",
                              f"--password-file={self.password}"], capture_output=True, text=True,
                             timeout=30)
        took = time.monotonic() - began
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertLess(took, DEADLINE_S + 1)
        self.assertNotIn(PASSWORD, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def meet_udp(self, kind, answer):
        with UdpLiar(lambda _, request, source: answer(request, source)) as liar:
            measurement = self.probe(kind, f"{kind}:127.0.0.1:{liar.port}")
            return measurement, liar.requests

    def assert_stage(self, measurement, name, outcome, code=None):
        stage = measurement["facts"]["stages"][-1]
        self.assertEqual((stage["name"], stage["outcome"], stage.get("code")),
                         (name, outcome, code), measurement)
        return stage

    def test_a_lie_about_binding_is_malformed(self):
        for lie in (truncated, oversized, attribute_past_the_end, no_address, error_without_code,
                    another_method, noise):
            for kind in ("stun", "turn"):
                with self.subTest(lie=lie.__name__, kind=kind):
                    self.assert_stage(self.meet_udp(kind, lie)[0], "binding", "malformed")

    def test_bytes_that_answer_nothing_are_told_from_silence(self):
        for lie in (wrong_transaction_id, echo):
            for kind in ("stun", "turn"):
                with self.subTest(lie=lie.__name__, kind=kind):
                    stage = self.assert_stage(self.meet_udp(kind, lie)[0], "binding", "malformed")
                    self.assertIn("transaction", stage["detail"])

    def test_a_server_of_rfc_3489_is_answered(self):
        measurement, _ = self.meet_udp("stun", plain_address)
        self.assertEqual(measurement["outcome"], "answered")
        self.assertIn("127.0.0.1:", measurement["facts"]["mapped_address"])

    def test_data_that_nobody_asked_for_disturbs_nothing(self):
        measurement, _ = self.meet_udp("stun", data_from_nowhere)
        self.assertEqual(measurement["outcome"], "answered")

    def test_a_lie_about_the_allocation_is_malformed(self):
        for lie in (wrong_integrity, no_integrity, challenge_without_realm):
            with self.subTest(lie=lie.__name__):
                measurement, _ = self.meet_udp("turn", honest_binding_then(lie))
                self.assert_stage(measurement, "allocate", "malformed")

    def test_rejections_without_end_are_followed_a_few_times_only(self):
        for lie, outcome, code in ((endless_401, "auth_failed", 401), (endless_438, "refused", 438)):
            with self.subTest(lie=lie.__name__):
                measurement, requests = self.meet_udp("turn", honest_binding_then(lie))
                self.assert_stage(measurement, "allocate", outcome, code)
                self.assertLessEqual(requests, 6)

    def test_a_redirection_to_itself_ends(self):
        def answer(liar, request, source):
            if method_of(request) == BINDING:
                return [binding(request, source)]
            body = error(300) + attribute(0x8023, b"\0\1" + struct.pack("!H", liar.port) +
                                          socket.inet_aton("127.0.0.1"))
            return [message(ALLOCATE | ERROR, request[8:20], body)]
        with UdpLiar(answer) as liar:
            measurement = self.probe("turn", f"turn:127.0.0.1:{liar.port}")
            self.assert_stage(measurement, "allocate", "redirected", 300)
            self.assertEqual(measurement["facts"]["alternate_server"], f"127.0.0.1:{liar.port}")
            self.assertLessEqual(liar.requests, 4)

    def test_a_stream_that_lies(self):
        for talk, outcome in ((say_http, "malformed"), (never_end, "malformed"),
                              (never_complete, "silent"), (close_at_once, "reset"),
                              (hold, "silent")):
            with self.subTest(talk.__name__), TcpLiar(talk) as liar:
                measurement = self.probe("turn", f"turn:127.0.0.1:{liar.port}?transport=tcp")
                self.assert_stage(measurement, "binding", outcome)

    def test_tls_that_never_comes_about(self):
        for talk, outcome in ((say_http, "malformed"), (drip_tls, "silent"), (hold, "silent")):
            with self.subTest(talk.__name__), TcpLiar(talk) as liar:
                measurement = self.probe("turn", f"turns:127.0.0.1:{liar.port}?transport=tcp")
                self.assert_stage(measurement, "tls", outcome)

    def test_the_nat_probe_believes_no_lie(self):
        for lie in (wrong_transaction_id, truncated, oversized, no_address, noise, echo):
            with self.subTest(lie=lie.__name__):
                with UdpLiar(lambda _, request, source, say=lie: say(request, source)) as liar:
                    measurement = self.probe("nat", f"stun:127.0.0.1:{liar.port}")
                facts = measurement["facts"]
                self.assertIn(facts.get("mapping"), (None, "unknown"), measurement)
                self.assertNotIn("mapped_address", facts)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
