# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What an emulated link did to the packets of a call, by its truth file, beside what the check says
# of the same packets.
import json
import math
import os
import subprocess

import yaml

# The responder's address in the lab, where media ends.
FAR_END = "216.147.0.20"
# Payload types of the call's streams; retransmissions and trains that measure capacity are apart.
ECHO = 126
MEDIA_TYPES = (96, 98, 111, ECHO)
# Retransmissions are counted apart: RFC 4588.
RTX = 97


def network(link):
    return {"schema": "mediapath-network/1", "name": "truth",
            "sentence": {"en": "A link for one test.", "ja": "試験用の回線。"},
            "site": {"nat": {}}, "link": link,
            "provider": {"turn": {"state": "running"}, "responder": {"state": "running"}}}


def one_tier_profile(source, path):
    """The built-in profile whose video has its best tier only: losses can make a call try a lower
    one, and then the link's losses belong to several."""
    with open(source) as file:
        profile = yaml.safe_load(file)
    for session in profile["sessions"].values():
        if "tiers" in session:
            session["tiers"] = session["tiers"][:1]
    with open(path, "w") as file:
        yaml.safe_dump(profile, file, allow_unicode=True)


def nearest_rank(values, percent):
    """RFC 2330 section 11.3."""
    values = sorted(values)
    return values[max(math.ceil(percent * len(values) / 100), 1) - 1]


def delay_ms(packet):
    """All that the link took: what it was told to, and by how much it was late."""
    return packet["delay_ms"] + packet["late_ms"]


def is_delivered(packet):
    return packet["fate"] == "delivered"


class Truth:
    """A truth file."""

    def __init__(self, path):
        with open(path) as file:
            lines = [json.loads(line) for line in file]
        self.start_ms = lines[0]["start_unix_us"] / 1000
        self.is_spoiled = lines[-1]["spoiled"]
        self.late = lines[-1]["late"]
        self.flows = {line["flow"]: line["is"] for line in lines if "is" in line}
        # A second copy is not a packet. The file has them in the order in which they left or were
        # dropped; `n` is the order in which they came.
        self.packets = sorted((line for line in lines if "fate" in line and "copy" not in line),
                              key=lambda packet: packet["n"])

    def of(self, direction, is_wanted):
        """Packets of a direction whose flow is wanted."""
        wanted = {number for number, name in self.flows.items() if is_wanted(name)}
        return [packet for packet in self.packets
                if packet["dir"] == direction and packet["flow"] in wanted]

    def of_types(self, direction, types):
        """RTP of these payload types between client and responder."""
        return [packet for packet in
                self.of(direction, lambda name: name.startswith("udp") and FAR_END in name)
                if is_of_types(bytes.fromhex(packet["head"]), types)]

    def media(self, direction):
        """The call's streams, each packet once."""
        return self.of_types(direction, MEDIA_TYPES)

    def retransmissions(self, direction):
        return self.of_types(direction, (RTX,))

    def round_trips(self, is_wanted, key):
        """The link's part of each question and the answer of the same key."""
        answers = {key(packet): packet for packet in self.of("down", is_wanted)
                   if is_delivered(packet)}
        return [delay_ms(packet) + delay_ms(answers[key(packet)])
                for packet in self.of("up", is_wanted)
                if is_delivered(packet) and key(packet) in answers]


def is_of_types(head, types):
    """RFC 7983 section 7; RTCP's types (RFC 5761 section 4) are none of them."""
    return len(head) == 12 and 128 <= head[0] <= 191 and head[1] & 0x7f in types


def payload_type(packet):
    return bytes.fromhex(packet["head"])[1] & 0x7f


def is_echo(packet):
    return payload_type(packet) == ECHO


def rtp_number(packet):
    return bytes.fromhex(packet["head"])[2:4]


def name_of(packet):
    """Of RTP: whether it is a retransmission, its stream and its number."""
    head = bytes.fromhex(packet["head"])
    return (payload_type(packet) == RTX, int.from_bytes(head[8:12], "big"),
            int.from_bytes(head[2:4], "big"))


def departures(lines):
    """When each packet left by the check's own stamps, in milliseconds since 1970, by direction and
    name: the lines of --packets. The first 65,536 packets of each stream."""
    left, start_us = {}, 0
    for line in lines:
        fields = line.rstrip("\n").split("\t")
        if fields[0] == "# start":
            start_us = int(fields[2])
        elif not line.startswith("#"):
            stream, number = int(fields[2], 16), int(fields[3])
            at_ms = (start_us + int(fields[5])) / 1000
            left.setdefault((fields[1], False, stream, number & 0xffff), at_ms)
            # Of a retransmission the original's number is in the lower half.
            left.setdefault((fields[1], True, stream, number >> 16), at_ms)
    return left


class Call:
    """The direct way's media in a result, and the truth about the same packets."""

    def __init__(self, result, truth, left):
        self.truth = truth
        self.left = left
        self.facts = next(entry["facts"] for entry in result["measurements"]
                          if entry["kind"] == "media")

    def left_ms(self, packet, direction):
        """A frame leaves in a burst, which a window may end in: the link's time, a little later,
        would not tell on which side a packet is. It is all there is of one that the check does not
        know."""
        offset = self.facts["clocks"].get("offset_ms", 0) if direction == "down" else 0
        return self.left.get((direction, *name_of(packet)),
                             packet["at_ms"] + self.truth.start_ms - offset)

    def within(self, packets, direction):
        """Those that were sent in the windows that the facts are of, once for each window."""
        return [packet for window in self.facts["windows"] for packet in packets
                if window["first_unix_ms"] <= self.left_ms(packet, direction)
                < window["last_unix_ms"]]

    def ms_to_end(self, packet, direction):
        """How long the window went on after one of its packets had left."""
        left_ms = self.left_ms(packet, direction)
        return next(window["last_unix_ms"] - left_ms for window in self.facts["windows"]
                    if window["first_unix_ms"] <= left_ms < window["last_unix_ms"])

    def packets(self, direction):
        return self.within(self.truth.media(direction), direction)

    def lost(self, direction):
        return [packet for packet in self.packets(direction) if not is_delivered(packet)]

    def delays(self, direction):
        return [delay_ms(packet) for packet in self.packets(direction) if is_delivered(packet)]

    def pdv(self, direction, percent):
        """RFC 5481 section 4.2, nearest rank."""
        delays = self.delays(direction)
        return nearest_rank(delays, percent) - min(delays)

    def round_trips(self):
        """Of the echo requests in the windows."""
        answers = {rtp_number(packet): packet for packet in self.truth.media("down")
                   if is_echo(packet) and is_delivered(packet)}
        return [delay_ms(packet) + delay_ms(answers[rtp_number(packet)])
                for packet in self.packets("up")
                if is_echo(packet) and is_delivered(packet) and rtp_number(packet) in answers]


class Run:
    """One check of the direct way through a link, with other commands beside it."""

    def __init__(self, mediapath, source, directory, link, has_one_tier=False, options=(),
                 within_s=75, inside=()):
        """`inside`: a command that is given the check's command as further arguments."""
        def path(name):
            return os.path.join(directory, name)
        with open(path("truth.yaml"), "w") as file:
            yaml.safe_dump(network(link), file)
        options = list(options)
        if has_one_tier:
            one_tier_profile(os.path.join(source, "scenarios/profiles/bellface.yaml"),
                             path("profile.yaml"))
            options += ["--profile", path("profile.yaml")]
        # Nothing but the call on the link.
        check = [mediapath, "check", "--only", "media", "--transport", "udp", "--capacity", "0",
                 "--quiet", "--json", path("result.json"), "--packets", path("packets"), *options]
        run = subprocess.run([mediapath, "lab", "--truth", path("truth.jsonl"), path("truth.yaml"),
                              "--", *inside, *check],
                             capture_output=True, text=True, timeout=within_s)
        self.said = run.stderr
        if run.returncode not in (0, 1, 4):
            raise AssertionError(run.stderr)
        with open(path("result.json")) as file:
            self.result = json.load(file)
        self.truth = Truth(path("truth.jsonl"))
        with open(path("packets")) as file:
            self.call = Call(self.result, self.truth, departures(file))
        self.media = self.call.facts
        self.is_spoiled = self.truth.is_spoiled or any(
            finding["id"] == "host-limited" for finding in self.result["findings"])
