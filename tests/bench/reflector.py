# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What it costs to have every UDP port answered: time to start and memory, of each way.
import time

# Of the way that needs the least; bound sockets cost the kernel 3 kB each.
WAYS = (("lean", 0.1, 8), ("sockets", None, None))
RUNS = 5


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def own_mb(pid):
    """Memory of the processes that reflect, what they share counted once."""
    total = 0
    for child in children_of(pid):
        with open(f"/proc/{child}/smaps_rollup") as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / 1024


def kernel_mb():
    with open("/proc/meminfo") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Slab:")) / 1024


def add_rows(figures, wires):
    """`wires.responder(*options)` is a running responder while the block lasts."""
    for way, ready_goal, memory_goal in WAYS:
        ready, own, kernel = [], [], []
        for _ in range(RUNS):
            before = kernel_mb()
            began = time.monotonic()
            with wires.responder("--reflect", way) as process:
                ready.append(time.monotonic() - began)
                own.append(own_mb(process.pid))
                kernel.append(kernel_mb() - before)
        figures.add(f"responder, {way}: ready", sorted(ready)[RUNS // 2], "s", ready_goal)
        figures.add(f"responder, {way}: memory of its own", max(own), "MB", memory_goal)
        figures.add(f"responder, {way}: memory of the kernel", sorted(kernel)[RUNS // 2], "MB")
