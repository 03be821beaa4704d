# SPDX-License-Identifier: LGPL-2.1-or-later
#
# GStreamer's webrtcbin as a WHIP client: a test picture and tone for some seconds, both ways, then
# what it counted and what the responder counted, as one line of JSON.
"""usage: gstreamer_call.py URL SECONDS [TOKEN_FILE]"""
import json
import ssl
import sys
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
    webrtcbin name=peer bundle-policy=max-bundle latency=100
    videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1
        ! vp8enc deadline=1 keyframe-max-dist=50 target-bitrate=400000 error-resilient=1
        ! rtpvp8pay pt=96 picture-id-mode=15-bit mtu=1200
        ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer.
    audiotestsrc is-live=true wave=sine volume=0.1 ! audioconvert ! audioresample ! opusenc
        ! rtpopuspay pt=111 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! peer.
"""
KINDS = {GstWebRTC.WebRTCStatsType.OUTBOUND_RTP: "outbound-rtp",
         GstWebRTC.WebRTCStatsType.INBOUND_RTP: "inbound-rtp",
         GstWebRTC.WebRTCStatsType.REMOTE_INBOUND_RTP: "remote-inbound-rtp"}
GATHERS_WITHIN_S = 10
# What is under way when the sources end.
REST_S = 2


class Call:
    def __init__(self, url, seconds, token):
        self.url, self.seconds, self.token = url, seconds, token
        self.loop = GLib.MainLoop()
        self.answer = {"error": None, "frames": 0}
        self.session = None
        self.is_offered = False
        self.sources = []
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.peer = self.pipeline.get_by_name("peer")
        self.peer.connect("on-negotiation-needed", self.on_negotiation_needed)
        self.peer.connect("notify::ice-gathering-state", self.on_gathering)
        self.peer.connect("notify::connection-state", self.on_state)
        self.peer.connect("pad-added", self.on_pad)
        self.pipeline.get_bus().add_signal_watch()
        self.pipeline.get_bus().connect("message::error", self.on_error)

    def fail(self, text):
        self.answer["error"] = self.answer["error"] or text
        self.loop.quit()

    def on_error(self, _, message):
        self.fail(str(message.parse_error()))

    def ask(self, method, url, body=None):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "application/sdp"
        request = urllib.request.Request(url, body, headers, method=method)
        # The certificate is the lab's own, which is not in question here.
        context = ssl._create_unverified_context()
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.read().decode(), answer.headers

    def on_negotiation_needed(self, _):
        if self.is_offered:
            return
        self.is_offered = True
        # Repairs both ways, as a browser would have them.
        self.peer.emit("get-transceiver", 0).set_property("do-nack", True)
        promise = Gst.Promise.new_with_change_func(self.on_offer)
        self.peer.emit("create-offer", None, promise)

    def on_offer(self, promise):
        # The offer lives as long as the reply.
        reply = promise.get_reply()
        self.peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def on_gathering(self, *_):
        state = self.peer.get_property("ice-gathering-state")
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE and not self.session:
            GLib.idle_add(self.offer)

    def offer(self):
        description = self.peer.get_property("local-description").sdp.as_text()
        try:
                text, headers = self.ask("POST", self.url, description.encode())
        except OSError as error:
            self.fail(f"{error}: {getattr(error, 'read', lambda: b'')()}\n{description}")
            return GLib.SOURCE_REMOVE
        self.session = urllib.parse.urljoin(self.url, headers["Location"])
        _, message = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.peer.emit("set-remote-description", answer, Gst.Promise.new())
        return GLib.SOURCE_REMOVE

    def on_state(self, *_):
        state = self.peer.get_property("connection-state")
        if state == GstWebRTC.WebRTCPeerConnectionState.CONNECTED:
            GLib.timeout_add(int(self.seconds * 1000), self.rest)
        elif state == GstWebRTC.WebRTCPeerConnectionState.FAILED:
            self.fail("connection failed")

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        is_video = "VP8" in pad.get_current_caps().to_string()
        text = ("rtpvp8depay ! vp8dec ! " if is_video else "rtpopusdepay ! opusdec ! ") + \
            "fakesink name=end sync=false signal-handoffs=true"
        end = Gst.parse_bin_from_description(text, True)
        if is_video:
            end.get_by_name("end").connect("handoff", self.on_frame)
        self.pipeline.add(end)
        end.sync_state_with_parent()
        pad.link(end.get_static_pad("sink"))

    def on_frame(self, *_):
        self.answer["frames"] += 1

    def rest(self):
        """Nothing more is sent, what is under way may arrive."""
        for pad in self.peer.sinkpads:
            pad.add_probe(Gst.PadProbeType.BUFFER, lambda *_: Gst.PadProbeReturn.DROP)
        GLib.timeout_add(REST_S * 1000, self.count)
        return GLib.SOURCE_REMOVE

    def count(self):
        promise = Gst.Promise.new_with_change_func(self.on_counted)
        self.peer.emit("get-stats", None, promise)
        return GLib.SOURCE_REMOVE

    def on_counted(self, promise):
        statistics = []

        def add(_, value):
            if isinstance(value, Gst.Structure):
                entry = {value.nth_field_name(i): value.get_value(value.nth_field_name(i))
                         for i in range(value.n_fields())}
                statistics.append({"type": KINDS.get(entry.get("type")), **{
                    name: entry[name] for name in entry if isinstance(entry[name], (int, float))
                    and name != "type"}})
            return True

        reply = promise.get_reply()
        reply.foreach(add)
        self.answer["statistics"] = [entry for entry in statistics if entry["type"]]
        GLib.idle_add(self.finish)

    def finish(self):
        try:
            self.answer["counters"] = json.loads(self.ask("GET", self.session + "/counters")[0])
            self.ask("DELETE", self.session)
        except OSError as error:
            self.answer["error"] = str(error)
        self.loop.quit()
        return GLib.SOURCE_REMOVE

    def run(self):
        GLib.timeout_add_seconds(int(self.seconds) + 25, lambda: self.fail("not done in time"))
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        return self.answer


def main():
    Gst.init(None)
    token = None
    if len(sys.argv) > 3:
        with open(sys.argv[3]) as file:
            token = file.read().strip()
    print(json.dumps(Call(sys.argv[1], float(sys.argv[2]), token).run()))


main()
