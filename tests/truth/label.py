# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a call was worth: stable, degraded or unstable, by what its two ends saw. Written before the
# first fit; a forecast is compared with nothing else.
"""usage: label.py RECORD.json...    prints a line each"""
import json
import statistics
import sys

WORDS = ("stable", "degraded", "unstable")
# VP8's quantizer runs from 0 to 127, H.264's to 51: beyond these a picture is blocky.
BLOCKY_QP = {"VP8": 70, "VP9": 180, "H264": 38, "AV1": 180}
# Rows: figure, the most (or least) of stable, the most (or least) before unstable.
CAMERA_MOST = {"freezes_per_min": (1, 4), "frozen_percent": (1, 5), "concealed_percent": (5, 10),
               "blocky_percent": (10, 50), "low_percent": (10, 50)}
CAMERA_LEAST = {"fps": (24, 15)}
SCREEN_MOST = {"age_p95_ms": (1500, 4000), "concealed_percent": (5, 10)}
SCREEN_LEAST = {"fps_share": (0.8, 0.4)}
BACKGROUND_MOST = {"cpu_limited_percent": (5, 30)}
# Of the height that is asked for.
LOW_SHARE = 0.74


def number(seconds, report, key):
    """The counter's first and last value; None where it never was."""
    values = [second["reports"][report][key] for second in seconds
              if key in second["reports"].get(report, {})]
    return (values[0], values[-1]) if values else None


def grown(seconds, report, key):
    ends = number(seconds, report, key)
    return ends[1] - ends[0] if ends else None


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def share_of_seconds(seconds, is_so):
    """Percent of the steps from second to second of which it is so."""
    steps = [is_so(a, b) for a, b in zip(seconds, seconds[1:])]
    steps = [step for step in steps if step is not None]
    return 100 * sum(steps) / len(steps) if steps else None


def is_blocky(most):
    def judge(a, b):
        first, last = (x["reports"].get("inbound-rtp/video", {}) for x in (a, b))
        frames = last.get("framesDecoded", 0) - first.get("framesDecoded", 0)
        if not frames or "qpSum" not in last or "qpSum" not in first:
            return None
        return (last["qpSum"] - first["qpSum"]) / frames > most
    return judge


def is_low(height):
    return lambda _, b: b["reports"].get("inbound-rtp/video", {}).get("frameHeight", 0) < \
        LOW_SHARE * height


def video_kbps(seconds, sent, span_s):
    """What came for the first time, at most what the encoder was told to make: while loss limits
    the rate a browser sends as much again in padding, which getStats counts as video."""
    video = "inbound-rtp/video"
    came = 8 * ((grown(seconds, video, "bytesReceived") or 0) -
                (grown(seconds, video, "retransmittedBytesReceived") or 0)) / span_s / 1000
    targets = [second["reports"].get("outbound-rtp/video", {}).get("targetBitrate")
               for second in sent]
    targets = [target / 1000 for target in targets if target is not None]
    return min(came, statistics.mean(targets)) if targets else came


def figures(cell, end, other):
    """What this end saw of the other one, after the warm-up."""
    begin = end["seconds"][0]["t"] + 1000 * cell["warm_up_s"]
    seconds = [second for second in end["seconds"] if second["t"] >= begin]
    sent = [second for second in other["seconds"]
            if second["t"] >= other["seconds"][0]["t"] + 1000 * cell["warm_up_s"]]
    span_s = (seconds[-1]["t"] - seconds[0]["t"]) / 1000
    video, audio = "inbound-rtp/video", "inbound-rtp/audio"
    ages = [age for at, age in end["ages"] if age is not None]
    late_ages = ages[len(ages) * cell["warm_up_s"] // (cell["warm_up_s"] + cell["seconds"]):]
    samples = grown(seconds, audio, "totalSamplesReceived") or 0
    concealed = (grown(seconds, audio, "concealedSamples") or 0) - \
        (grown(seconds, audio, "silentConcealedSamples") or 0)
    made = grown(sent, "media-source/video", "frames") or 0
    seen = grown(seconds, video, "framesDecoded") or 0
    limited = number(sent, "outbound-rtp/video", "qualityLimitationDurations")
    frozen = (grown(seconds, video, "totalFreezesDuration") or 0) + \
        (grown(seconds, video, "totalPausesDuration") or 0)
    return {
        "fps": seen / span_s, "fps_share": seen / made if made else None,
        "source_fps": made / span_s,
        "freezes_per_min": 60 * (grown(seconds, video, "freezeCount") or 0) / span_s,
        "frozen_percent": 100 * frozen / span_s,
        "concealed_percent": 100 * concealed / samples if samples else None,
        "blocky_percent": share_of_seconds(seconds, is_blocky(BLOCKY_QP[cell["call"]["codec"]])),
        "low_percent": share_of_seconds(seconds, is_low(cell["call"].get("height", 480))),
        "height": statistics.median(second["reports"].get(video, {}).get("frameHeight", 0)
                                    for second in seconds),
        "video_kbps": video_kbps(seconds, sent, span_s),
        "age_p50_ms": percentile(late_ages, 0.5), "age_p95_ms": percentile(late_ages, 0.95),
        "cpu_limited_percent": 100 * (limited[1]["cpu"] - limited[0]["cpu"]) / span_s
        if limited and isinstance(limited[0], dict) else None,
        "gap_max_ms": max((gap for at, gap in end["gaps"] if at >= begin), default=None),
    }


def worst(seen, most, least):
    """0, 1 or 2 and the figure that says so. What is not known says nothing."""
    verdict, why = 0, None
    for key, (stable, bad) in most.items():
        value = seen[key]
        if value is not None and value > stable and 1 + (value > bad) > verdict:
            verdict, why = 1 + (value > bad), key
    for key, (stable, bad) in least.items():
        value = seen[key]
        if value is not None and value < stable and 1 + (value < bad) > verdict:
            verdict, why = 1 + (value < bad), key
    return verdict, why


def rules(session):
    if session == "screen_share":
        return SCREEN_MOST, SCREEN_LEAST
    most = CAMERA_MOST if session == "live_video" else {**CAMERA_MOST, **BACKGROUND_MOST}
    return most, CAMERA_LEAST


def label(record):
    """The worse of both directions."""
    cell, ends = record["cell"], record["call"]["ends"]
    seen = {"down": figures(cell, ends["near"], ends["far"]),
            "up": figures(cell, ends["far"], ends["near"])}
    verdicts = {name: worst(values, *rules(cell["call"]["session"]))
                for name, values in seen.items()}
    direction = max(verdicts, key=lambda name: verdicts[name][0])
    verdict, why = verdicts[direction]
    return {"label": WORDS[verdict], "why": why, "direction": direction, "figures": seen}


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path) as file:
            each = json.load(file)
        print(json.dumps({"id": each["cell"]["id"], **label(each)}))
