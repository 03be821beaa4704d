# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A check whose media peer lies: whatever it answers, the check ends in time with a true outcome.
"""usage: test_whip_liars.py MEDIAPATH [unittest arguments]"""
import http.server
import json
import os
import resource
import subprocess
import sys
import threading
import unittest

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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
