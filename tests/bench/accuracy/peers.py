# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ping and irtt beside a check in the lab, each held against the truth about its own packets.
import json
import os
import shutil

import link_truth

# A server at the internet's side that is not the responder: flows of their own in the truth.
SERVER = "192.31.196.80"
IRTT_PORT = 2112
INTERVAL_MS = 20
PROBES = 100
# $1 is a folder; what follows is the check.
BESIDE = f"""
folder=$1; shift
if command -v ping >/dev/null; then
    ping -n -i {INTERVAL_MS / 1000} -c {PROBES} -W 1 {SERVER} >"$folder/ping" 2>&1 &
fi
if command -v irtt >/dev/null; then
    ip netns exec internet irtt server -b {SERVER}:{IRTT_PORT} >/dev/null 2>&1 &
    server=$!
    (sleep 0.2
     irtt client -Q -i {INTERVAL_MS}ms -d {PROBES * INTERVAL_MS}ms -l 64 --wait=1s -o - \\
         {SERVER}:{IRTT_PORT} >"$folder/irtt" 2>/dev/null
     kill $server) &
fi
status=0
"$@" || status=$?
wait
exit $status
"""
# irtt's packets name what they are in their fourth byte; opening and closing are no probes.
IRTT_PROBE, IRTT_ANSWER = 0, 2


def command(folder):
    """What to put before the check's command."""
    return ("sh", "-c", BESIDE, "sh", folder)


def installed():
    return [name for name in ("ping", "irtt") if shutil.which(name)]


def is_ping(name):
    return name.startswith("icmp") and SERVER in name


def is_irtt(name):
    return name.startswith("udp") and f"{SERVER}:{IRTT_PORT}" in name


def ping(folder, truth):
    """Its mean has three digits, its single times have fewer. None: it told nothing."""
    with open(os.path.join(folder, "ping")) as file:
        lines = file.read().splitlines()
    # Identifier and sequence number of ICMP's echo.
    trips = truth.round_trips(is_ping, lambda packet: packet["head"][8:16])
    sums = [line for line in lines if line.startswith("rtt ")]
    counts = [line.replace(",", "").split() for line in lines if "packets transmitted" in line]
    if not trips or not sums or not counts:
        return None
    lost = len(truth.of("up", is_ping)) - len(trips)
    return {"mean": abs(float(sums[0].split("=")[1].split("/")[1]) - sum(trips) / len(trips)),
            "lost_wrong": abs(int(counts[0][0]) - int(counts[0][3]) - lost)}


def irtt_packets(truth, direction, kind):
    return [packet for packet in truth.of(direction, is_irtt)
            if bytes.fromhex(packet["head"])[3] == kind]


def irtt(folder, truth):
    """None: it told nothing, as where its opening was lost."""
    try:
        with open(os.path.join(folder, "irtt")) as file:
            report = json.load(file)
    except (OSError, ValueError):
        return None
    up, down = irtt_packets(truth, "up", IRTT_PROBE), irtt_packets(truth, "down", IRTT_ANSWER)
    # One server answers one after the other: the order is that of arrival there.
    arrived = sorted((packet for packet in up if link_truth.is_delivered(packet)),
                     key=lambda packet: packet["at_ms"] + link_truth.delay_ms(packet))
    pairs = [(question, answer) for question, answer in zip(arrived, down)
             if link_truth.is_delivered(answer)]
    seen = [trip["delay"] for trip in report["round_trips"] if trip["lost"] == "false"]
    if not pairs or not seen:
        return None
    stats = report["stats"]
    sent, there, here = (stats[key] for key in (
        "packets_sent", "server_packets_received", "packets_received"))
    return {"trips": [delay["rtt"] / 1e6 for delay in seen],
            "true_trips": [link_truth.delay_ms(question) + link_truth.delay_ms(answer)
                           for question, answer in pairs],
            "up": [delay["send"] / 1e6 for delay in seen],
            "true_up": [link_truth.delay_ms(packet) for packet in arrived],
            "down": [delay["receive"] / 1e6 for delay in seen],
            "true_down": [link_truth.delay_ms(answer) for _, answer in pairs],
            "lost_wrong": [abs(sent - there - (len(up) - len(arrived))),
                           abs(there - here - (len(down) - len(pairs)))]}
