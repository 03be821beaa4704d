/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SplitMix64 as a function of its counter.
 */
#include "link/link_random.h"

#include <math.h>

/* Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014: the counter
 * goes in steps of the golden ratio, and the finisher is Stafford's variant 13. */
#define GOLDEN_RATIO G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

static guint64 mix(guint64 value)
{
    value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

MpLinkRandom mp_link_random(guint64 seed, guint64 stream, MpLinkDraw draw)
{
    guint64 key = mix(seed + GOLDEN_RATIO);
    key = mix(key + (stream + 1) * GOLDEN_RATIO);
    key = mix(key + ((guint64)draw + 1) * GOLDEN_RATIO);
    return (MpLinkRandom){.key = key};
}

double mp_link_random_unit(const MpLinkRandom *random, guint64 number)
{
    guint64 bits = mix(random->key + (number + 1) * GOLDEN_RATIO);
    /* 52 bits and a half: a double holds both ends' neighbours exactly. */
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

/* Box and Muller's first value of a pair. */
double mp_link_random_normal(const MpLinkRandom *random, guint64 number)
{
    double radius = sqrt(-2 * log(mp_link_random_unit(random, 2 * number)));
    return radius * cos(2 * G_PI * mp_link_random_unit(random, 2 * number + 1));
}
