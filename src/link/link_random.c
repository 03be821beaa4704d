/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SplitMix64 as a function of its counter.
 */
#include "link/link_random.h"

#include <math.h>

#include "base/splitmix.h"

MpLinkRandom mp_link_random(guint64 seed, guint64 stream, MpLinkDraw draw)
{
    guint64 key = mp_splitmix_mix(seed + MP_SPLITMIX_STEP);
    key = mp_splitmix_mix(key + (stream + 1) * MP_SPLITMIX_STEP);
    key = mp_splitmix_mix(key + ((guint64)draw + 1) * MP_SPLITMIX_STEP);
    return (MpLinkRandom){.key = key};
}

double mp_link_random_unit(const MpLinkRandom *random, guint64 number)
{
    guint64 bits = mp_splitmix_mix(random->key + (number + 1) * MP_SPLITMIX_STEP);
    /* 52 bits and a half: a double holds both ends' neighbours exactly. */
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

/* Box and Muller's first value of a pair. */
double mp_link_random_normal(const MpLinkRandom *random, guint64 number)
{
    double radius = sqrt(-2 * log(mp_link_random_unit(random, 2 * number)));
    return radius * cos(2 * G_PI * mp_link_random_unit(random, 2 * number + 1));
}
