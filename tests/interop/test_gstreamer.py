# SPDX-License-Identifier: LGPL-2.1-or-later
#
# GStreamer's webrtcbin as the peer of a call, at the client's place of a lab: it sends a picture and a
# tone, decodes what comes back, and its counters are ours.
"""usage: test_gstreamer.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import counters  # noqa: E402

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
SECONDS = 6
ATTEMPTS = 3
ENDS_WITHIN_S = 90
# The lab's answers by name and its token, which a program of the client's place knows from a file.
SCRIPT = """
umask 077
/usr/bin/python3 -c 'import json, os; print(json.load(open(os.environ["MEDIAPATH_LAB"]))["responder"]["token"])' >"$TMPDIR/token"
exec /usr/bin/python3 "$1" https://responder.lab.mediapath.test:443/whip "$2" "$TMPDIR/token"
"""


def call_in_lab(network):
    with subprocess.Popen([MEDIAPATH, "lab", network, "--", "sh", "-ec",
                           'TMPDIR=$(mktemp -d); export TMPDIR; ' + SCRIPT, "sh",
                           os.path.join(HERE, "gstreamer_call.py"), str(SECONDS)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        output, errors = run.communicate(timeout=ENDS_WITHIN_S)
    lines = output.strip().splitlines()
    if not lines:
        raise AssertionError(errors[-3000:])
    return json.loads(lines[-1])


class GStreamerTest(unittest.TestCase):
    def call(self, network):
        answer = call_in_lab(network)
        self.assertIsNone(answer["error"], answer)
        counters.validate(answer["counters"], SOURCE_ROOT)
        return answer, {stream["kind"]: stream for stream in answer["counters"]["streams"]}

    def far_end(self, answer, stream):
        """What webrtcbin counted of a stream: by the SSRCs, which it and we know."""
        found = {}
        for entry in answer["statistics"]:
            if entry.get("ssrc") in (stream["received"]["ssrc"], stream["sent"]["ssrc"]):
                found[entry["type"]] = {name.replace("-", "_"): entry[name] for name in entry}
        return found

    def test_both_ends_count_the_same_on_a_clean_link(self):
        answer, streams = self.call("clean")
        self.assertGreater(answer["frames"], SECONDS * 25 // 2)
        for kind, stream in streams.items():
            far_end = self.far_end(answer, stream)
            with self.subTest(kind=kind):
                self.assertEqual(stream["received"]["lost"], 0)
                self.assertEqual(stream["received"]["packets"],
                                 far_end["outbound-rtp"]["packets_sent"])
                self.assertEqual(far_end["inbound-rtp"]["packets_received"],
                                 stream["sent"]["packets"])
                # GStreamer counts the first packet of a stream as one too many.
                self.assertIn(stream["reported"]["lost"], (-1, 0))

    def test_losses_agree_where_the_link_loses(self):
        # Of so few packets none is lost in one call of thirty.
        for _ in range(ATTEMPTS):
            answer, streams = self.call(os.path.join(HERE, "loss-2-rtt-40.yaml"))
            if all(counters.loss_up_percent(stream) > 0 for stream in streams.values()):
                break
        for kind, stream in streams.items():
            far_end = self.far_end(answer, stream)
            with self.subTest(kind=kind):
                came = stream["received"]["packets"] + stream["received"]["lost"]
                self.assertLessEqual(abs(far_end["outbound-rtp"]["packets_sent"] - came), 2)
                self.assertTrue(0 < counters.loss_up_percent(stream) <= 8, stream)
                self.assertGreaterEqual(stream["round_trip_ms"]["least"], 39.9)
                self.assertLessEqual(stream["round_trip_ms"]["least"], 65)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
