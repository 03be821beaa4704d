# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The calls that are kept as data: a line each in calls.jsonl.xz, the packets of the checks before
# and after in FAMILY.packets.xz.
import json
import lzma
import os
import pathlib

import kept_packets

DATA = pathlib.Path(__file__).resolve().parent / "data"
CALLS = "calls.jsonl.xz"
HEAD = b"mediapath-truth-packets/1\n"
CHECKS = ("before", "after")


def key(call):
    return call["id"], call["repeat"]


def calls(folder=DATA):
    path = folder / CALLS
    if not path.exists():
        return []
    with lzma.open(path, "rt") as file:
        return [json.loads(line) for line in file]


def packed(family, folder=DATA):
    """{(cell, repeat): (what must be known to unpack it, bytes)} of a family's calls."""
    path = folder / f"{family}.packets.xz"
    if not path.exists():
        return {}
    with lzma.open(path) as file:
        room = file.read()
    if not room.startswith(HEAD):
        raise ValueError(f"{path}: not {HEAD.decode().strip()}")
    found, at = {}, len(HEAD)
    while at < len(room):
        end = room.index(b"\n", at)
        told = json.loads(room[at:end])
        size = sum(kept_packets.length(told[name]) for name in CHECKS)
        found[key(told)] = told, room[end + 1:end + 1 + size]
        at = end + 1 + size
    return found


def packets(each, name="before"):
    """The packets of a check, as `mediapath check --packets` writes them."""
    told, room = each
    at = kept_packets.length(told["before"]) if name == "after" else 0
    return kept_packets.unpack(told[name], room[at:])


def has_media(check):
    """Both directions were measured: a check of a bad network may end before that."""
    return any("up" in each.get("facts", {}) for each in check["measurements"])


def check_of(call):
    """The check that a forecast is made from: the one before, or where that saw nothing the one
    after. None: neither did."""
    return next((name for name in CHECKS if has_media(call[name])), None)


def write_whole(path, room):
    """Whole or not at all, and not at all where nothing changed."""
    if path.exists() and lzma.decompress(path.read_bytes()) == room:
        return
    part = path.with_suffix(".part")
    part.write_bytes(lzma.compress(room, preset=9 | lzma.PRESET_EXTREME))
    os.replace(part, path)


def line(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def write(lines, packets, folder=DATA):
    """`packets`: by family as packed() gives them. The same calls are the same bytes."""
    folder.mkdir(exist_ok=True)
    write_whole(folder / CALLS, b"".join(line(call) for call in sorted(lines, key=key)))
    for family, found in packets.items():
        rooms = [line(told) + room for _, (told, room) in sorted(found.items())]
        write_whole(folder / f"{family}.packets.xz", HEAD + b"".join(rooms))
