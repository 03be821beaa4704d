# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What others' published rules say of the very figures that our check measured before a call. Facts
# of their public sources, written anew; each rule gives points, more is better, and the points from
# on which its own classes begin.
import math

import kept

# What a call of this picture needs, kbit/s: libwebrtc's most of one stream, by pixels.
NEED_KBPS = {480: 1700, 720: 2500}


def pixels(call):
    height = 720 if call["session"] == "screen_share" else call.get("height", 480)
    return {480: (640, 480), 720: (1280, 720)}[height]


def measured(check):
    """The figures of a check that rules are about; of both directions the worse."""
    facts = check["measurements"][0]["facts"]
    # Where no echo came back RTCP still knows.
    trips = facts.get("rtt_ms") or facts["rtcp_rtt_ms"]
    ways = [facts["up"], facts["down"]]
    capacity = [facts.get("capacity", {}).get(name, {}).get("value_kbps")
                for name in ("up", "down")]
    # A way whose capacity was not found carried at least what was offered and arrived.
    carried = [way.get("throughput_kbps", 0) for way in ways]
    return {
        "rtt_ms": trips["p50"], "rtt_min_ms": trips.get("min", trips["p50"]),
        "jitter_ms": max(way.get("jitter_ms", 0) for way in ways),
        "loss_percent": max(way["loss_percent"] for way in ways),
        "burst_length": max(way.get("burst_length", 0) for way in ways),
        "worst_200ms_percent": max(way.get("loss", {}).get("within_200ms", {})
                                   .get("worst_percent", 0) for way in ways),
        "reorder_percent": max(way.get("reorder_percent", 0) for way in ways),
        "capacity_kbps": min(found or least for found, least in zip(capacity, carried)),
    }


def opinion(r):
    """ITU-T G.107 Annex B."""
    if r <= 0:
        return 1
    return 4.5 if r >= 100 else 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


def opentok(seen, call):
    """opentok-network-test-js, 2020 and later: sound of MOS 2.4 (R from half the round trip, 30 ms
    and the loss), and three quarters of the picture's target rate."""
    delay = (seen["rtt_ms"] / 2 or 150) + 30
    r = 93.2 - 0.024 * delay - 0.11 * max(0, delay - 177.3) - \
        19.8 * math.log(1 + 29.7 * seen["loss_percent"] / 100)
    width, height = pixels(call)
    target = 10 ** (2.069924867 * math.log10(width * height) ** 0.6250223771) / 1000
    return float(opinion(r) >= 2.4 and seen["capacity_kbps"] >= 0.75 * target)


def opentok_with_loss(seen, call):
    """opentok-network-test-js, until 2020: rate and loss together, by picture."""
    rows = {480: ((600, 0.5), (250, 3)), 720: ((1000, 0.5), (350, 3))}[pixels(call)[1]]
    return float(any(seen["capacity_kbps"] >= kbps and seen["loss_percent"] <= percent
                     for kbps, percent in rows))


def twilio_opinion(seen, _):
    """twilio-voice.js, rtc/mos.ts."""
    latency = seen["rtt_ms"] + 2 * seen["jitter_ms"] + 10
    r = 94.768 - (latency / 40 if latency < 160 else (latency - 120) / 10)
    if latency >= 1000:
        return 1
    return opinion(max(6.52, r - 2.5 * seen["loss_percent"]))


def twilio_warnings(seen, call):
    """twilio-voice.js, statsMonitor.ts: the thresholds of its warnings."""
    return float(seen["rtt_ms"] <= 400 and seen["jitter_ms"] <= 30 and seen["loss_percent"] <= 1
                 and twilio_opinion(seen, call) >= 3)


def teams(seen, _):
    """Microsoft Teams, "Prepare your organization's network", client to edge."""
    return float(seen["rtt_ms"] < 100 and seen["rtt_ms"] / 2 < 50 and seen["loss_percent"] < 1 and
                 seen["worst_200ms_percent"] < 10 and seen["jitter_ms"] < 30 and
                 seen["reorder_percent"] < 0.05)


def livekit(seen, call):
    """livekit, connectionquality/scorer.go: the least of sound, picture and rate."""
    delay = seen["rtt_ms"] / 2 + 2 * seen["jitter_ms"]
    by_delay = delay / 40 if delay <= 160 else (delay - 120) / 10
    sound = 100 - by_delay - 8 / 1.5 * seen["loss_percent"]
    picture = 100 - by_delay - 10 * seen["loss_percent"]
    need = NEED_KBPS[pixels(call)[1]]
    rate = 100 - 20 * math.log(max(1, need / max(1, seen["capacity_kbps"])))
    return max(0, min(sound, picture, rate))


def points(value, limits, given):
    return given[sum(value >= limit for limit in limits)]


def cloudflare(seen, _):
    """cloudflare/speedtest, internalConfig.ts: the AIM score of real-time communication. Our round
    trips were measured while media ran: the least is the idle one."""
    times = (10, 20, 50, 100, 500), (20, 10, 5, 0, -10, -20)
    return max(0, points(seen["rtt_min_ms"], *times) +
               points(seen["rtt_ms"] - seen["rtt_min_ms"], *times) +
               points(seen["jitter_ms"], (10, 20, 100, 500), (10, 5, 0, -10, -20)) +
               points(seen["loss_percent"], (1, 5, 25, 50), (10, 5, 0, -10, -20)))


def e_model(seen, _):
    """ITU-T G.107 (2015) with its defaults: Ro - Is of 93.2, sT of 1, mT of 100 ms, and G.711 with
    concealment (G.113 Appendix I: Ie of 0, Bpl of 25.1); a buffer of twice the jitter, 20 ms of
    sound in a packet."""
    delay = seen["rtt_ms"] / 2 + 2 * seen["jitter_ms"] + 20
    idd = 0
    if delay > 100:
        x = math.log2(delay / 100)
        idd = 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
    loss = seen["loss_percent"]
    burst_ratio = max(1, seen["burst_length"] * (1 - loss / 100))
    return 93.2 - idd - 95 * loss / (loss / burst_ratio + 25.1)


# Name, rule, where its classes begin. Of more than one the best on the training cells is taken: as
# favourable to the rule as its authors' own classes allow.
RULES = (
    ("OpenTok", opentok, (1,)),
    ("OpenTok, with loss", opentok_with_loss, (1,)),
    ("Twilio, call quality", twilio_opinion, (4.2, 4.1, 3.7, 3.1)),
    ("Twilio, warnings", twilio_warnings, (1,)),
    ("Teams", teams, (1,)),
    ("LiveKit", livekit, (80, 40)),
    ("Cloudflare AIM", cloudflare, (5, 15, 25, 40)),
    ("E-model", e_model, (90, 80, 70, 60, 50)),
)
OURS_BEFORE = "our limits of before"


def value(rule, call):
    return rule(measured(call[kept.check_of(call)]), call["call"])


def limits_verdict(call):
    """What the check itself said by its profile's limits."""
    session = call[kept.check_of(call)].get("forecast", {}).get(call["call"]["session"], {})
    return float(session.get("verdict") == "stable")


def judges(training, score):
    """{name: judge of a call}: is it stable? `score`: of a judge on calls, more is better."""
    made = {}
    for name, rule, limits in RULES:
        choices = [lambda call, rule=rule, limit=limit: value(rule, call) >= limit
                   for limit in limits]
        made[name] = max(choices, key=lambda judge: score(judge, training))
    made[OURS_BEFORE] = lambda call: limits_verdict(call) > 0
    return made
