# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What both ends of a call counted, held against each other. The far end is given as dictionaries of
# W3C statistics, by kind: outbound-rtp, remote-inbound-rtp, inbound-rtp.
import json
import os

import jsonschema


def validate(counters, source_root):
    with open(os.path.join(source_root, "scenarios/schema/counters.schema.json")) as file:
        jsonschema.validate(counters, json.load(file))


def came(stream):
    """Packets that came, and those that are missing by their numbers, retransmissions included."""
    parts = [stream[name] for name in ("received", "received_rtx") if name in stream]
    return sum(part["packets"] for part in parts), sum(part["lost"] for part in parts)


def assert_agree(test, stream, far_end, tail=2):
    """No packet was made or lost by counting. `tail`: the last ones of each stream leave no gap
    where they are lost."""
    packets, lost = came(stream)
    with test.subTest("up", kind=stream["kind"]):
        sent = far_end["outbound-rtp"]["packetsSent"]
        test.assertGreater(packets, 50)
        test.assertLessEqual(packets + lost, sent)
        test.assertGreaterEqual(packets + lost, sent - tail)
    with test.subTest("down", kind=stream["kind"]):
        ours = stream["sent"]["packets"] + stream["sent"]["retransmitted"]
        inbound = far_end["inbound-rtp"]
        arrived = inbound["packetsReceived"]
        test.assertGreater(arrived, 50)
        test.assertLessEqual(arrived, ours)
        # Of a stream with retransmissions these can be lost, too, and nobody tells.
        unseen = stream["sent"]["retransmitted"] + tail
        test.assertLessEqual(abs(ours - arrived - inbound["packetsLost"]), unseen)


def loss_up_percent(stream):
    packets, lost = stream["received"]["packets"], stream["received"]["lost"]
    return 100 * lost / (packets + lost)


def loss_down_percent(stream, inbound):
    return 100 * inbound["packetsLost"] / stream["sent"]["packets"]
