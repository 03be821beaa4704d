# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The packets of a check in columns, in a tenth of their text's room: every number as its difference
# from the one before it in its stream, seven bits a byte.
import statistics

HEAD = ("# mediapath-packets/1\n"
        "# measurement\tdirection\tstream\tsequence\tbytes\tsent_us\treceived_us\tstamps\n")
DIRECTIONS = ("up", "down")
# A stream's number, what became of it; then differences: sequence, bytes, time sent, delay.
COLUMNS = ("stream", "fate", "sequence", "bytes", "sent", "delay")
# When a measurement's first packet left, microseconds since 1970; older files do not have it.
START = "# start"
FATES = ("arrived", "lost", "overflow")
BY_PROGRAM = 4
# Sound and echoes are smaller than the least picture of a camera.
LEAST_CAMERA_BYTES = 300


def append(column, number):
    """Small numbers of either sign in few bytes."""
    number = 2 * number if number >= 0 else -2 * number - 1
    while number > 127:
        column.append(number & 127 | 128)
        number >>= 7
    column.append(number)


def numbers(column):
    number, shift = 0, 0
    for byte in column:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield -(number + 1 >> 1) if number & 1 else number >> 1
            number, shift = 0, 0


def kinds(rows):
    """What each stream is, by its sizes: {stream: kind}."""
    sizes = {}
    for row in rows:
        sizes.setdefault(row[2], []).append(int(row[4]))
    told = {stream: "echo" if min(each) == max(each) else "audio"
            for stream, each in sizes.items() if statistics.median(each) < LEAST_CAMERA_BYTES}
    pictures = sorted((stream for stream in sizes if stream not in told),
                      key=lambda stream: (-len(sizes[stream]), stream))
    return {**told, **{stream: "retransmission" if i else "camera"
                       for i, stream in enumerate(pictures)}}


def pack_direction(rows):
    kind = kinds(rows)
    columns = {name: bytearray() for name in COLUMNS}
    order, last, sent_before, delay_before = {}, {}, 0, 0
    for _, _, stream, sequence, size, sent, received, stamps in rows:
        sequence, size, sent = int(sequence), int(size), int(sent)
        number = order.setdefault(stream, len(order))
        fate = FATES.index(received) if received in FATES else 0
        columns["stream"].append(number)
        columns["fate"].append(fate | (0 if stamps == "kernel" else BY_PROGRAM))
        before = last.get(stream, (0, 0))
        append(columns["sequence"], sequence - before[0] - 1)
        append(columns["bytes"], size - before[1])
        last[stream] = sequence, size
        append(columns["sent"], sent - sent_before)
        sent_before = sent
        if not fate:
            delay = int(received) - sent
            append(columns["delay"], delay - delay_before)
            delay_before = delay
    return {"streams": [[stream, kind[stream]] for stream in order],
            "columns": [len(columns[name]) for name in COLUMNS]}, b"".join(columns.values())


def pack(text):
    """A check's packets as (what must be known to unpack them, bytes)."""
    if not text.startswith(HEAD):
        raise ValueError("not mediapath-packets/1")
    rows = [line.split("\t") for line in text[len(HEAD):].splitlines()]
    starts = [row for row in rows if row[0] == START]
    rows = [row for row in rows if row[0] != START]
    names = {row[0] for row in rows}
    if len(names) > 1:
        raise ValueError(f"more than one measurement: {', '.join(sorted(names))}")
    told, room = {"measurement": "".join(names)}, b""
    if starts:
        told["start"] = int(starts[0][2])
    for direction in DIRECTIONS:
        told[direction], columns = pack_direction([row for row in rows if row[1] == direction])
        room += columns
    return told, room


def length(told):
    return sum(sum(told[direction]["columns"]) for direction in DIRECTIONS)


def unpack_direction(told, direction, room):
    columns, at = [], 0
    for size in told[direction]["columns"]:
        columns.append(room[at:at + size])
        at += size
    streams = [stream for stream, _ in told[direction]["streams"]]
    steps = zip(columns[0], columns[1], *map(numbers, columns[2:5]))
    delays, last, sent, delay = numbers(columns[5]), {}, 0, 0
    for number, fate, sequence_step, size_step, sent_step in steps:
        before = last.get(number, (0, 0))
        sequence, size = before[0] + 1 + sequence_step, before[1] + size_step
        last[number] = sequence, size
        sent += sent_step
        received = FATES[fate & ~BY_PROGRAM]
        if received == "arrived":
            delay += next(delays)
            received = sent + delay
        yield (f"{told['measurement']}\t{direction}\t{streams[number]}\t{sequence}\t{size}\t{sent}"
               f"\t{received}\t{'program' if fate & BY_PROGRAM else 'kernel'}\n")


def unpack(told, room):
    """The text that was packed."""
    lines, at = [HEAD], 0
    if "start" in told:
        lines.append(f"{START}\t{told['measurement']}\t{told['start']}\n")
    for direction in DIRECTIONS:
        size = sum(told[direction]["columns"])
        lines += unpack_direction(told, direction, room[at:at + size])
        at += size
    return "".join(lines)
