# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A check whose media peer lies: whatever it answers, the check ends in time with a true outcome.
"""usage: test_whip_liars.py MEDIAPATH [unittest arguments]"""
import http.server
import json
import os
import resource
import select
import socket
import subprocess
import sys
import threading
import unittest
import urllib.request

MEDIAPATH = os.path.abspath(sys.argv[1])
ENDS_WITHIN_S = 30
MOST_MEMORY = 1 << 30
SDP = "application/sdp"


class Liar(http.server.BaseHTTPRequestHandler):
    """Answers every POST as the test asks."""
    answer = None

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        try:
            type(self).answer(self)
        except OSError:
            pass

    do_DELETE = do_POST

    def log_message(self, *_):
        pass

    def say(self, status, body=b"", kind=SDP, location=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def never_end(self):
        self.send_response(201)
        self.send_header("Content-Type", SDP)
        self.end_headers()
        while True:
            self.wfile.write(b"a" * 65536)

    def say_nothing(self):
        self.server.is_over.wait(ENDS_WITHIN_S)


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


class WhipLiars(unittest.TestCase):
    def meet(self, answer):
        handler = type("Told", (Liar,), {"answer": answer})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.is_over = threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            run = subprocess.run([MEDIAPATH, "check", "--only", "media", "--json", "-",
                                  "--responder",
                                  f"http://127.0.0.1:{server.server_port}/whip"],
                                 capture_output=True, text=True, timeout=ENDS_WITHIN_S,
                                 preexec_fn=limit_memory,
                                 env=os.environ | {"MEDIAPATH_TOKEN": "only-a-test-token"})
        finally:
            server.is_over.set()
            server.shutdown()
            server.server_close()
        self.assertGreaterEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("only-a-test-token", run.stdout + run.stderr)
        result = json.loads(run.stdout)
        self.assertEqual(result["verdict"], "unknown")
        stage = result["measurements"][0]["facts"]["stages"][-1]
        return stage["name"], stage["outcome"], stage.get("code")

    def test_each_lie_has_its_outcome(self):
        lies = {
            "a location that is no address": (
                lambda liar: liar.say(201, b"v=0", location="mailto:x"), "malformed", 201),
            "a location elsewhere": (
                lambda liar: liar.say(201, b"v=0", location="http://192.0.2.1/"), "malformed", 201),
            "no location": (lambda liar: liar.say(201, b"v=0"), "malformed", 201),
            "no session description": (
                lambda liar: liar.say(201, b"<html>", location="/s"), "malformed", 201),
            "an endless answer": (Liar.never_end, "malformed", None),
            "an error": (lambda liar: liar.say(500), "refused", 500),
            "a portal": (lambda liar: liar.say(200, b"<html>", "text/html"), "malformed", 200),
            "no permission": (lambda liar: liar.say(403), "auth_failed", 403),
            "nothing": (Liar.say_nothing, "silent", None),
        }
        for name, (answer, outcome, code) in lies.items():
            with self.subTest(name):
                met = self.meet(answer)
                self.assertEqual(met[:2], ("whip", outcome))
                if code:
                    self.assertEqual(met[2], code)


class Middleman(http.server.BaseHTTPRequestHandler):
    """Hands every request on to a true responder, and the descriptions with another fingerprint."""
    responder = None
    lies_to = None

    def hand_on(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.lies_to == "responder":
            body = with_another_fingerprint(body)
        request = urllib.request.Request(self.responder + self.path, body or None,
                                         {"Content-Type": SDP}, method=self.command)
        with urllib.request.urlopen(request, timeout=ENDS_WITHIN_S) as answer:
            said = answer.read()
            if self.lies_to == "client":
                said = with_another_fingerprint(said)
            self.send_response(answer.status)
            for name in ("Content-Type", "Location"):
                if answer.headers[name]:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    do_POST = do_DELETE = hand_on

    def log_message(self, *_):
        pass


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_another_fingerprint(description):
    """The first digit of the certificate's digest is another one."""
    head, name, digest = description.partition(b"a=fingerprint:sha-256 ")
    if not name:
        return description
    return head + name + (b"1" if digest[:1] == b"0" else b"0") + digest[1:]


class WrongPeer(unittest.TestCase):
    def setUp(self):
        self.responder = subprocess.Popen([MEDIAPATH, "responder", "--listen",
                                           f"127.0.0.1:{free_port(socket.SOCK_STREAM)}",
                                           "--ports", "41000-41999", "--stun-port",
                                           str(free_port(socket.SOCK_DGRAM))],
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                          text=True)
        ready, _, _ = select.select([self.responder.stdout], [], [], 10)
        self.assertTrue(ready, "not ready in 10 s")
        url = self.responder.stdout.readline().split()[1]
        self.handler = type("Told", (Middleman,), {"responder": url.rpartition("/")[0]})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.responder.terminate()
        self.responder.communicate(timeout=10)

    def call(self, lies_to):
        self.handler.lies_to = lies_to
        run = subprocess.run([MEDIAPATH, "check", "--only", "media", "--json", "-", "--responder",
                              f"http://127.0.0.1:{self.server.server_port}/whip"],
                             capture_output=True, text=True, timeout=ENDS_WITHIN_S)
        result = json.loads(run.stdout)
        facts = result["measurements"][0]["facts"]
        stages = {stage["name"]: stage["outcome"] for stage in facts["stages"]}
        return stages, facts["dtls"], {finding["id"] for finding in result["findings"]
                                       if finding["severity"] == "error"}

    def test_an_honest_middleman_changes_nothing(self):
        stages, dtls, errors = self.call(None)
        self.assertEqual((stages["dtls"], stages["media"]), ("answered", "answered"))
        self.assertEqual(dtls["fingerprint"], "ok")
        self.assertEqual(errors, set())

    def test_a_certificate_that_was_not_announced_is_not_spoken_to(self):
        stages, dtls, errors = self.call("client")
        self.assertEqual(stages["dtls"], "intercepted")
        self.assertNotIn("srtp", stages)
        self.assertEqual(dtls["fingerprint"], "mismatch")
        self.assertEqual(dtls["fingerprint_announced"][1:], dtls["fingerprint_found"][1:])
        self.assertNotEqual(dtls["fingerprint_announced"], dtls["fingerprint_found"])
        self.assertEqual(errors, {"dtls-fingerprint-mismatch"})

    def test_a_far_end_that_was_told_another_one_refuses_ours(self):
        stages, dtls, errors = self.call("responder")
        self.assertEqual(stages["dtls"], "intercepted")
        self.assertEqual(dtls["fingerprint"], "refused")
        self.assertEqual(errors, {"dtls-fingerprint-mismatch"})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
