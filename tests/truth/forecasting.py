# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Forecasts of kept calls, from one check of the same network, by the program that is made of the
# product's own parts. It sees nothing of what came of the call.
import json
import subprocess

import causes
import kept

# What a forecast is made from.
GIVEN = ("id", "repeat", "call", "warm_up_s", "seconds")


def line(call, packets):
    """Why is asked only where there is one answer: it takes longer than the forecast."""
    name = kept.check_of(call)
    return json.dumps({**{each: call[each] for each in GIVEN}, "check": call[name],
                       "explain": causes.cause(call) is not None, "packets": kept.packets(packets[kept.key(call)], name)})


def lines(calls, folder=kept.DATA):
    packets = {}
    for family in {call["family"] for call in calls}:
        packets.update(kept.packed(family, folder))
    return [line(call, packets) for call in calls]


def forecasts(program, calls, folder=kept.DATA):
    """{(cell, repeat): forecast}. The program uses all processors by itself."""
    run = subprocess.run([program], input="\n".join(lines(calls, folder)) + "\n", text=True,
                         stdout=subprocess.PIPE, check=True)
    made = [json.loads(each) for each in run.stdout.splitlines()]
    if len(made) != len(calls):
        raise RuntimeError(f"{program}: {len(made)} forecasts of {len(calls)} calls")
    return {kept.key(each): each for each in made}
