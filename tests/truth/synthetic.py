# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A record as `collect` writes it, made up: a steady call over a clean link.
import kept_packets

CAMERA, SOUND, ECHO, AGAIN = "46e7864d", "b061dba7", "66d0eead", "46e7864c"


def second(number, fps):
    """getStats of one end, `number` seconds after the call's start."""
    frames = round(fps * number)
    return {"t": 1000 * number, "epoch": 1_700_000_000_000 + 1000 * number, "reports": {
        "inbound-rtp/video": {"framesDecoded": frames, "frameHeight": 480, "freezeCount": 0,
                              "totalFreezesDuration": 0, "totalPausesDuration": 0,
                              "qpSum": 10 * frames, "bytesReceived": 200_000 * number,
                              "retransmittedBytesReceived": 0, "nackCount": 0,
                              "keyFramesDecoded": 1},
        "inbound-rtp/audio": {"totalSamplesReceived": 48_000 * number,
                              "concealedSamples": 480 * number, "silentConcealedSamples": 0},
        "outbound-rtp/video": {"targetBitrate": 1_700_000, "qualityLimitationDurations":
                               {"cpu": 0, "bandwidth": 0, "none": number}},
        "media-source/video": {"frames": 30 * number},
        "candidate-pair": {"availableOutgoingBitrate": 3_000_000}}}


def packets():
    """Every kind of line that a check writes."""
    rows = []
    for direction in ("up", "down"):
        for i in range(40):
            sent = 20_000 * i + 7 * (i % 3)
            received = "lost" if i == 5 else "overflow" if i == 6 else str(sent + 10_050 - 40 * i)
            stamps = "program" if i == 9 else "kernel"
            for stream, size in ((CAMERA, 1077 + i % 5), (SOUND, 125 - i % 7), (ECHO, 68)):
                rows.append(("media-udp", direction, stream, str(8353 + i), str(size), str(sent),
                             received, stamps))
        rows.append(("media-udp", direction, AGAIN, "70", "1090", "799999", "820000", "kernel"))
    return kept_packets.HEAD + "# start\tmedia-udp\t1795425791226559\n" + "".join("\t".join(row) + "\n" for row in rows)


def check():
    way = {"packets_sent": 120, "loss_percent": 0.0, "jitter_ms": 0.02, "burst_length": 0,
           "reorder_percent": 0, "throughput_kbps": 2600, "loss": {"within_200ms": {
               "windows": 19, "worst_percent": 0}}}
    result = {"schema": "mediapath-result/1", "tool": {"version": "0"}, "plan": [],
              "environment": {"cpu": {"cores": 2, "headroom": 0.9}, "os": "a system"},
              "measurements": [{"id": "media-udp", "kind": "media", "outcome": "answered", "facts": {
                  "candidates": [], "rtt_ms": {"min": 40.0, "p50": 40.1},
                  "capacity": {name: {"value_kbps": 15000} for name in ("up", "down")},
                  "up": way, "down": way}}],
              "paths": [{"transport": "udp", "usable": True, "stages": []}],
              "forecast": {"live_video": {"verdict": "stable"}}, "verdict": "stable"}
    return {"result": result, "packets": packets()}


def record(repeat=0, fps=30, cell="clean-rtt40-camera"):
    end = {"seconds": [second(i, fps) for i in range(41)], "gaps": [], "ages": []}
    return {
        "cell": {"id": cell, "family": cell.split("-")[0], "part": "training", "is_near": False,
                 "repeats": 2, "repeat": repeat, "link": {"both": {"delay_ms": 20}}, "seed": 1,
                 "call": {"session": "live_video", "codec": "VP8"}, "warm_up_s": 10, "seconds": 30,
                 "slots": ["/somewhere"], "camera_file": "/somewhere"},
        "before": check(), "after": check(),
        "call": {"ends": {"near": end, "far": end}, "chromium": "Chrome/1",
                 "heart": {"p99_ms": 0.1}, "processor": {"steal_percent": 0}},
        "link": {"late": {"p99_ms": 0.1}}}
