# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Chromium as the peer of a call: it opens the responder's page at the client's place of a lab, over
# HTTPS and through a NAT, sends its picture, gets it back, and what it counted is what we counted.
"""usage: test_browser.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import counters  # noqa: E402
from chromium import Browser, BrowserError  # noqa: E402

ENDS_WITHIN_S = 120
# A machine that is busy with other things spoils the picture, never the counts.
ROUND_TRIP_MS = 40


def call(settings):
    """At the client's place: one call by the page."""
    with open(os.environ["MEDIAPATH_LAB"]) as file:
        responder = json.load(file)["responder"]
    # No certificate store of a browser's own is set up: the lab's authority is not in question.
    with Browser("--ignore-certificate-errors", language=settings.get("language", "en")) as browser:
        page = responder["url"].replace("/whip", "/call")
        token = settings.get("token", responder["token"])
        browser.open(f"{page}#token={urllib.parse.quote(token, safe='+')}")
        answer = {"address": browser.run("location.href"), "title": browser.run("document.title")}
        values = json.dumps({"seconds": "8", **settings.get("fields", {})})
        browser.run(f"""for (const [id, value] of Object.entries({values})) {{
            const field = element(id);
            if (id === "seconds") field.add(new Option(value, value));
            if (typeof value === "boolean") field.checked = value; else field.value = value;
        }}""")
        browser.run("element('start').click()")
        browser.wait_for("call === null", 75)
        answer["result"] = browser.run("result")
        answer["message"] = browser.run("element('message').innerText")
        answer["complaints"] = browser.complaints()
        return answer


def call_in_lab(network, **settings):
    with tempfile.NamedTemporaryFile("r+") as output:
        run = subprocess.run([MEDIAPATH, "lab", network, "--", "/usr/bin/python3",
                              os.path.abspath(__file__), "--call", json.dumps(settings)],
                             stdout=output, stderr=subprocess.PIPE, text=True,
                             timeout=ENDS_WITHIN_S)
        output.seek(0)
        text = output.read()
    if run.returncode != 0:
        raise AssertionError(f"{run.returncode}: {text[-3000:]}{run.stderr[-3000:]}")
    return json.loads(text.splitlines()[-1])


def statistics(result, kind):
    return {entry["type"]: entry for entry in result["browserCounts"] if entry.get("kind") == kind}


class BrowserTest(unittest.TestCase):
    def assert_agree(self, result):
        counters.validate(result["responderCounts"], SOURCE_ROOT)
        for stream in result["responderCounts"]["streams"]:
            counters.assert_agree(self, stream, statistics(result, stream["kind"]))
        return {stream["kind"]: stream for stream in result["responderCounts"]["streams"]}

    def test_a_clean_network_loses_nothing_in_either_count(self):
        answer = call_in_lab("clean")
        result = answer["result"]
        self.assertIsNone(result["error"])
        self.assertTrue(answer["address"].endswith("/call"), answer["address"])
        self.assertEqual(answer["message"].splitlines()[0], "The call worked")
        self.assertEqual([stage["name"] for stage in result["stages"]],
                         ["media", "gathered", "answered", "ice", "dtls", "first", "counted"])
        # What the page may do is enough for it: the policy was not offended.
        self.assertFalse([text for text in answer["complaints"] if "Content Security" in text
                          or "exception" in text.lower()])
        streams = self.assert_agree(result)
        for kind, stream in streams.items():
            far_end = statistics(result, kind)
            with self.subTest(kind=kind):
                self.assertEqual(stream["received"]["lost"], 0)
                self.assertEqual(far_end["remote-inbound-rtp"]["packetsLost"], 0)
                self.assertEqual(far_end["inbound-rtp"]["packetsLost"], 0)
                self.assertEqual(sum(counters.came(stream)),
                                 far_end["outbound-rtp"]["packetsSent"])
                self.assertEqual(stream["received"]["payload_bytes"], stream["sent"][
                    "payload_bytes"])
        self.assertEqual(streams["video"]["repair"]["left_out"], 0)
        self.assertGreater(statistics(result, "video")["inbound-rtp"]["framesDecoded"], 60)
        # Nothing secret is in what can be saved.
        self.assertNotIn("usernameFragment", json.dumps(result))

    def test_loss_and_round_trip_are_seen_alike_from_both_ends(self):
        result = call_in_lab(os.path.join(HERE, "loss-2-rtt-40.yaml"),
                             fields={"seconds": "12"})["result"]
        self.assertIsNone(result["error"])
        streams = self.assert_agree(result)
        video = streams["video"]
        far_end = statistics(result, "video")
        # Of some hundred packets 2 % is a number between a few and many.
        self.assertTrue(0.4 <= counters.loss_up_percent(video) <= 5, video)
        self.assertTrue(0.4 <= counters.loss_down_percent(video, far_end["inbound-rtp"]) <= 5)
        # Chromium tells our last report, which repeats what we counted when it was written.
        self.assertLessEqual(abs(far_end["remote-inbound-rtp"]["packetsLost"] -
                                 video["received"]["lost"]), 2)
        # The loss was mended: lost packets came again, and frames went on being decoded.
        self.assertGreaterEqual(video["repair"]["repaired"], 0.7 * video["received"]["lost"])
        self.assertGreater(video["sent"]["retransmitted"], 0)
        self.assertGreater(far_end["inbound-rtp"]["framesDecoded"], 90)
        self.assert_round_trip(far_end["remote-inbound-rtp"], video["round_trip_ms"])

    def assert_round_trip(self, remote, ours):
        """Neither sees less than the link's delay. Chromium rounds to a millisecond and adds its
        own queues, as we see them on the way back."""
        mean = 1000 * remote["totalRoundTripTime"] / remote["roundTripTimeMeasurements"]
        self.assertGreaterEqual(mean, ROUND_TRIP_MS - 1)
        self.assertGreaterEqual(ours["least"], ROUND_TRIP_MS - 0.1)
        self.assertLessEqual(abs(mean - ours["mean"]), 25)

    def test_what_fails_is_told_in_words(self):
        answer = call_in_lab("clean", token="wrong", language="ja")
        self.assertEqual(answer["title"], "mediapath：このブラウザーからの通話")
        self.assertEqual(answer["message"].split("\n\n")[0], "通話できませんでした")
        self.assertIn("トークンが拒否されました。", answer["message"])
        self.assertEqual(answer["result"]["error"]["stage"], "answered")

    def test_a_turn_server_that_refuses_is_told(self):
        answer = call_in_lab("clean", fields={
            "turn": "turn:turn.lab.mediapath.test:3478?transport=udp", "turnUser": "lab",
            "turnPassword": "no", "relayOnly": True})
        self.assertEqual(answer["result"]["error"]["stage"], "gathered")
        self.assertIn("gave no relay address", answer["message"])
        self.assertIn("error 401", answer["message"])


if __name__ == "__main__":
    if sys.argv[1] == "--call":
        try:
            print(json.dumps(call(json.loads(sys.argv[2]))))
        except BrowserError as error:
            sys.exit(str(error))
    else:
        MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
        unittest.main(argv=sys.argv[:1] + sys.argv[3:])
