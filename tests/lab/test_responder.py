#!/usr/bin/python3
"""The responder as an attacker or a confused client meets it, on loopback: every wrong request gets
its own status, none of them costs a session, and it ends cleanly. First argument: mediapath."""

import base64
import hashlib
import http.client
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

MEDIAPATH = sys.argv.pop(1)
CAP_SYS_NICE = 1 << 23
TOKEN = "correct-horse-battery"
FINGERPRINT = ":".join(["AA"] * 32)
OFFER = "\r\n".join([
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789012345678901", f"a=fingerprint:sha-256 {FINGERPRINT}",
    "a=setup:actpass", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0",
    "a=rtpmap:111 opus/48000/2",
    "a=candidate:1 1 udp 2122260223 127.0.0.1 9 typ host", ""])


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Responder:
    """A running `mediapath responder`."""

    def __init__(self, *options, has_token=True):
        self.directory = tempfile.TemporaryDirectory()
        token_file = os.path.join(self.directory.name, "token")
        with open(os.open(token_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(TOKEN)
        self.port = free_port(socket.SOCK_STREAM)
        self.stun_port = free_port(socket.SOCK_DGRAM)
        self.process = subprocess.Popen(
            [MEDIAPATH, "responder", "--listen", f"127.0.0.1:{self.port}",
             *(["--token-file", token_file] if has_token else []), "--ports", "40000-40999", "--stun-port", str(self.stun_port), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], 10)
        assert ready and self.process.stdout.readline().startswith("ready "), "not ready in 10 s"

    def ask(self, method, path, body=None, kind="application/sdp", token=TOKEN, match=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": kind} if body is not None else {}
        if match is not None:
            headers["If-Match"] = match
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("latin-1"), answer.headers
        finally:
            connection.close()

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        output, errors = self.process.communicate(timeout=10)
        self.directory.cleanup()
        return self.process.returncode, output, errors


class CapabilitiesTest(unittest.TestCase):
    """What a service manager gives for the start is gone afterwards, in every thread."""

    def test_no_thread_keeps_one(self):
        # Another user than root, so that none goes by itself with the user.
        user = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
                "--inh-caps", "+net_bind_service,+dac_read_search",
                "--ambient-caps", "+net_bind_service,+dac_read_search")
        if os.geteuid() != 0:
            user = ("unshare", "--user", "--map-current-user", "--net", "--keep-caps")
        script = ("ip link set lo up 2>/dev/null; "
                  "grep -h CapEff: /proc/self/status; exec \"$@\"")
        process = subprocess.Popen(
            [*user, "sh", "-c", script, "sh", MEDIAPATH, "responder", "--listen",
             f"127.0.0.1:{free_port(socket.SOCK_STREAM)}", "--stun-port", "0"],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.assertGreater(int(process.stdout.readline().split()[1], 16), 0)
        self.assertTrue(process.stdout.readline().startswith("ready "))
        tasks = f"/proc/{process.pid}/task"
        held = {}
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/status", encoding="utf-8") as file:
                words = dict(line.rstrip("\n").partition(":\t")[::2] for line in file)
            held[words["Name"]] = int(words["CapPrm"], 16) | int(words["CapEff"], 16)
        self.assertEqual(held.pop("interrupt"), 0)
        # Threads of media may ask to run on time.
        self.assertEqual({caps & ~CAP_SYS_NICE for caps in held.values()}, {0}, held)


class ResponderTest(unittest.TestCase):
    def setUp(self):
        self.responder = Responder("--sessions", "2")

    def tearDown(self):
        code, output, errors = self.responder.end()
        self.assertEqual(code, 0, errors)
        self.assertNotIn(TOKEN, output + errors)

    def test_each_wrong_request_gets_its_status(self):
        ask = self.responder.ask
        good = OFFER
        rows = [
            (401, ("POST", "/whip", good), {"token": None}),
            (401, ("POST", "/whip", good), {"token": TOKEN + "x"}),
            (401, ("POST", "/whip", good), {"token": TOKEN[:-1]}),
            (404, ("POST", "/", good), {}),
            (404, ("POST", "/whip/session/none/record", ""), {}),
            (404, ("DELETE", "/whip/session/none"), {}),
            (405, ("GET", "/whip"), {}),
            (401, ("GET", "/whip/session/none/counters"), {"token": None}),
            (404, ("GET", "/whip/session/none/counters"), {}),
            (401, ("POST", "/call", good), {"token": None}),
            (404, ("POST", "/call", good), {}),
            (415, ("POST", "/whip", good), {"kind": "text/plain"}),
            (400, ("POST", "/whip", ""), {}),
            (400, ("POST", "/whip", "hello"), {}),
            (400, ("POST", "/whip", good.replace("a=setup:actpass\r\n", "")), {}),
            (422, ("POST", "/whip", good.replace("actpass", "passive")), {}),
        ]
        for status, arguments, options in rows:
            with self.subTest(arguments=arguments[:2], options=options):
                self.assertEqual(ask(*arguments, **options)[0], status)

    def test_a_restart_of_ice_follows_the_rfc(self):
        """RFC 9725 section 4.3: an entity tag with the session, If-Match with every PATCH."""
        ask = self.responder.ask
        status, _, headers = ask("POST", "/whip", OFFER)
        self.assertEqual(status, 201)
        session, tag = headers["Location"], headers["ETag"]
        self.assertRegex(tag, '^"[!#-~]+"$')
        kind = "application/trickle-ice-sdpfrag"
        good = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
        rows = [
            (428, good, {}),
            (412, good, {"match": '"another"'}),
            (422, good, {"match": tag}),
            (415, good, {"match": '"*"', "kind": "application/sdp"}),
            (400, "a=ice-ufrag:EsAw\r\n", {"match": '"*"'}),
            (401, good, {"match": '"*"', "token": None}),
            # Nobody has connected: there is nothing to restart.
            (503, good, {"match": '"*"'}),
            (503, good, {"match": "*"}),
        ]
        for status, body, options in rows:
            with self.subTest(status=status, options=options):
                self.assertEqual(ask("PATCH", session, body, **{"kind": kind, **options})[0],
                                 status)
        self.assertEqual(ask("PATCH", "/whip/session/none", good, kind=kind, match="*")[0], 404)
        self.assertEqual(ask("DELETE", session)[0], 200)

    def test_the_message_names_the_line(self):
        status, text, _ = self.responder.ask("POST", "/whip", OFFER.replace("abcd", "a"))
        self.assertEqual(status, 400)
        self.assertEqual(
            text, 'SDP line 5: found "a=ice-ufrag:a", expected 4 to 256 ICE characters')

    def test_an_endless_body_is_cut(self):
        with socket.create_connection(("127.0.0.1", self.responder.port), timeout=10) as client:
            client.sendall(b"POST /whip HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n"
                           b"Authorization: Bearer " + TOKEN.encode() +
                           b"\r\nContent-Length: 1000000000\r\n\r\n")
            sent = 0
            try:
                while sent < 50_000_000:
                    sent += client.send(b"a" * 65536)
            except OSError:
                pass
            self.assertLess(sent, 50_000_000)

    def test_a_session_answers_and_ends(self):
        status, answer, headers = self.responder.ask("POST", "/whip", OFFER)
        self.assertEqual(status, 201)
        self.assertEqual(headers["Content-Type"], "application/sdp")
        self.assertIn("a=setup:passive\r\n", answer)
        self.assertIn("a=mid:0\r\n", answer)
        ports = [int(line.split()[5]) for line in answer.split("\r\n")
                 if line.startswith("a=candidate:")]
        self.assertTrue(ports and all(40000 <= port <= 40999 for port in ports), answer)
        location = headers["Location"]
        status, record, headers = self.responder.ask("POST", location + "/record", "")
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "application/vnd.mediapath.record")
        self.assertTrue(record.startswith("MPRK"))
        self.assertEqual(self.responder.ask("POST", location + "/record", "")[1], record)
        self.assertEqual(self.responder.ask("DELETE", location)[0], 200)
        self.assertEqual(self.responder.ask("DELETE", location)[0], 404)

    def test_the_page_is_open_and_knows_nothing(self):
        status, page, headers = self.responder.ask("GET", "/call", token=None)
        self.assertEqual(status, 200)
        self.assertNotIn(TOKEN, page)
        policy = headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'sha256-"), policy)
        for word in ("unsafe", "http:", "https:", "*"):
            self.assertNotIn(word, policy)
        # One document: it loads nothing from anywhere.
        self.assertNotRegex(page, r"""(src|href)=["'](?!data:)""")
        for name in ("script", "style"):
            inline = page.split(f"<{name}>")[1].split(f"</{name}>")[0].encode("latin-1")
            digest = base64.b64encode(hashlib.sha256(inline).digest()).decode()
            self.assertIn(f"{name}-src 'sha256-{digest}'", policy)

    def test_counters_are_their_owners(self):
        ask = self.responder.ask
        _, answer, headers = ask("POST", "/whip", OFFER)
        counters = headers["Location"] + "/counters"
        self.assertIn("a=rtpmap:111 opus/48000/2", answer)
        for status, token in ((401, None), (401, "wrong"), (200, TOKEN)):
            self.assertEqual(ask("GET", counters, token=token)[0], status)
        told = json.loads(ask("GET", counters)[1])
        self.assertEqual(told["schema"], "mediapath-counters/1")
        # Nothing came: what is not measured is absent.
        self.assertEqual([sorted(stream) for stream in told["streams"]],
                         [["codec", "kind", "payload_type", "repair", "sent"]])
        self.assertLess(len(ask("GET", counters)[1]), 4096)
        for method, path in (("POST", counters), ("DELETE", counters), ("GET", counters + "/x"),
                             ("GET", headers["Location"])):
            self.assertEqual(ask(method, path)[0], 405)
        self.assertEqual(ask("DELETE", headers["Location"])[0], 200)
        self.assertEqual(ask("GET", counters)[0], 404)

    def test_an_offer_of_unknown_codecs_is_refused_and_costs_nothing(self):
        other = OFFER.replace("opus/48000/2", "PCMU/8000")
        for _ in range(4):
            status, text, _ = self.responder.ask("POST", "/whip", other)
            self.assertEqual(status, 422)
            self.assertIn("expected opus", text)

    def test_other_origins_may_ask_and_learn_nothing_without_the_token(self):
        status, _, headers = self.responder.ask("OPTIONS", "/whip", token=None)
        self.assertEqual(status, 204)
        self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
        self.assertNotIn("Access-Control-Allow-Credentials", headers)
        status, text, headers = self.responder.ask("POST", "/whip", OFFER, token=None)
        self.assertEqual((status, text), (401, "expected the bearer token\n"))

    def test_sessions_are_bounded_and_freed(self):
        locations = []
        for _ in range(2):
            status, _, headers = self.responder.ask("POST", "/whip", OFFER)
            self.assertEqual(status, 201)
            locations.append(headers["Location"])
        self.assertEqual(self.responder.ask("POST", "/whip", OFFER)[0], 503)
        self.assertEqual(self.responder.ask("DELETE", locations[0])[0], 200)
        self.assertEqual(self.responder.ask("POST", "/whip", OFFER)[0], 201)
        self.assertNotEqual(locations[0], locations[1])

    def test_what_clients_close_is_closed(self):
        def descriptors():
            return len(os.listdir(f"/proc/{self.responder.process.pid}/fd"))
        self.responder.ask("GET", "/nowhere")
        before, deadline = descriptors(), time.monotonic() + 10
        for method, path in (("GET", "/nowhere"), ("GET", "/"), ("POST", "/whip")) * 10:
            self.responder.ask(method, path)
        while descriptors() > before and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertLessEqual(descriptors(), before)

    def test_requests_leave_no_memory(self):
        def anonymous_kb():
            with open(f"/proc/{self.responder.process.pid}/smaps_rollup") as file:
                return next(int(line.split()[1]) for line in file if line.startswith("Anonymous:"))

        def ask(times):
            for _ in range(times):
                self.responder.ask("GET", "/nowhere")
        # What comes first is kept, and used again.
        ask(300)
        before = anonymous_kb()
        ask(3000)
        self.assertLess(anonymous_kb() - before, 150)

    def test_stun_answers_binding_only(self):
        transaction = bytes(range(12))
        request = struct.pack(">HHI", 1, 0, 0x2112A442) + transaction
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.connect(("127.0.0.1", self.responder.stun_port))
            for garbage in (b"", b"x", b"\x00\x03" + request[2:], request[:19], b"\xff" * 1400):
                client.send(garbage)
            client.send(request)
            answer = client.recv(2048)
            self.assertEqual(answer[:2], b"\x01\x01")
            self.assertEqual(answer[8:20], transaction)
            client.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                client.recv(2048)


class OpenResponderTest(unittest.TestCase):
    def test_without_a_token_no_other_origin_may_use_it(self):
        responder = Responder(has_token=False)
        try:
            status, _, headers = responder.ask("OPTIONS", "/whip", token=None)
            self.assertEqual(status, 405)
            self.assertNotIn("Access-Control-Allow-Origin", headers)
            status, _, headers = responder.ask("POST", "/whip", OFFER, token=None)
            self.assertEqual(status, 201)
            self.assertNotIn("Access-Control-Allow-Origin", headers)
        finally:
            code, _, errors = responder.end()
            self.assertEqual(code, 0, errors)


class SettingsTest(unittest.TestCase):
    def test_each_wrong_setting_is_told(self):
        rows = [
            ([], "--listen is missing, expected IP:PORT"),
            (["--listen", "localhost:1"], 'listen address "localhost:1", expected IP:PORT'),
            (["--listen", "0.0.0.0:8443"], 'listen address "0.0.0.0:8443", expected IP:PORT'),
            (["--listen", "127.0.0.1:8443", "--ports", "1-9"], '--ports "1-9", expected'),
            (["--listen", "127.0.0.1:8443", "--ports", "2000-1999"], '--ports "2000-1999"'),
            (["--listen", "127.0.0.1:8443", "--cert", "/none"], "only one of certificate and key"),
            (["--listen", "127.0.0.1:8443", "--cert", "/none", "--key", "/none"], "No such file"),
            (["--listen", "127.0.0.1:8443", "--token-file", "/none"], "/none: No such file"),
        ]
        for options, message in rows:
            with self.subTest(options=options):
                done = subprocess.run([MEDIAPATH, "responder", *options], capture_output=True,
                                      text=True, timeout=10, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(message, done.stderr)

    def test_a_taken_address_cannot_be_had(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = subprocess.run([MEDIAPATH, "responder", "--listen", f"127.0.0.1:{port}",
                                   "--stun-port", "0"], capture_output=True, text=True,
                                  timeout=10, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(f"TCP 127.0.0.1:{port} for WHIP", done.stderr)


if __name__ == "__main__":
    unittest.main()
