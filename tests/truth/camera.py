# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Camera pictures as y4m files, the same on every machine: a talking head (a still room, a face that
# moves a little) and a hard one (everything moves, with noise).
"""usage: camera.py KIND WIDTH HEIGHT FILE    KIND: talking-head or hard"""
import math
import os
import random
import sys

FPS = 30
FRAMES = 300


def room(width, height, seed):
    """A still picture with edges and some texture, as bytes a row."""
    chance = random.Random(seed)
    texture = [chance.randrange(-6, 7) for _ in range(4096)]
    rows = []
    for y in range(height):
        row = bytearray(width)
        for x in range(width):
            value = 96 + 60 * ((x // 80 + y // 60) % 2) + texture[(x * 31 + y * 17) % 4096]
            row[x] = max(16, min(229, value))
        rows.append(row)
    return rows


def put_head(rows, width, height, frame):
    """An ellipse with eyes and a mouth, which nods and speaks."""
    middle_x = width // 2 + int(width * .02 * math.sin(frame * 2 * math.pi / 90))
    middle_y = height * 45 // 100 + int(height * .015 * math.sin(frame * 2 * math.pi / 60))
    wide, high = width * 14 // 100, height * 28 // 100
    for y in range(max(0, middle_y - high), min(height, middle_y + high)):
        half = int(wide * math.sqrt(max(0, 1 - ((y - middle_y) / high) ** 2)))
        light = 180 + (y - middle_y) * 30 // high
        rows[y][middle_x - half:middle_x + half] = bytes([light]) * (2 * half)
    mouth = 4 + int(10 * abs(math.sin(frame * 2 * math.pi / 11)))
    for y in range(middle_y + high // 2, min(height, middle_y + high // 2 + mouth)):
        rows[y][middle_x - wide // 3:middle_x + wide // 3] = bytes([60]) * (2 * (wide // 3))
    for side in (-1, 1):
        eye = middle_x + side * wide // 3
        for y in range(middle_y - high // 4, middle_y - high // 4 + 6):
            rows[y][eye - 8:eye + 8] = bytes([40]) * 16


def talking_head(width, height):
    """With the noise of a small sensor: without it a picture is cheaper than any real one."""
    still = room(width, height, 1)
    chance = random.Random(4)
    noise = [bytes(chance.choice((0, 0, 0, 3, 6)) for _ in range(width + 997)) for _ in range(7)]
    for frame in range(FRAMES):
        rows = [bytearray(row) for row in still]
        put_head(rows, width, height, frame)
        for y in range(height):
            at = (y * 131 + frame * 61) % 997
            dots = int.from_bytes(noise[frame % 7][at:at + width], "little")
            # No carry from one picture element into the next: 235 is the brightest, 6 the most.
            rows[y] = (int.from_bytes(rows[y], "little") + dots).to_bytes(width, "little")
        yield rows


def hard(width, height):
    still = room(width * 2, height, 2)
    chance = random.Random(3)
    noise = bytes(chance.randrange(0, 24) for _ in range(width + 997))
    for frame in range(FRAMES):
        shift = frame * 7 % width
        rows = []
        for y in range(height):
            at = (y * 131 + frame * 61) % 997
            moved = still[y][shift:shift + width]
            rows.append(bytearray(min(235, a + b) for a, b in zip(moved, noise[at:at + width])))
        yield rows


KINDS = {"talking-head": talking_head, "hard": hard}


def colours(width, height, frame):
    """Both chroma planes, 4:2:0."""
    tone = 120 + int(10 * math.sin(frame * 2 * math.pi / 150))
    return bytes([tone]) * (width // 2 * (height // 2)) + \
        bytes([138]) * (width // 2 * (height // 2))


def write(kind, width, height, path):
    """Whole or not at all; 10 s that are played again and again."""
    part = f"{path}.part{os.getpid()}"
    with open(part, "wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for number, rows in enumerate(KINDS[kind](width, height)):
            file.write(b"FRAME\n" + b"".join(rows) + colours(width, height, number))
    os.replace(part, path)


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
