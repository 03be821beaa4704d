/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random numbers that are found by their place, not drawn in turn: the n-th of a stream is always
 * the same, whatever else was asked and when. So one seed is one network.
 */
#pragma once

#include <glib.h>

/* One stream each, so that a feature switched on does not move the pattern of another. */
typedef enum {
    MP_LINK_DRAW_LOSS_STATE,
    MP_LINK_DRAW_LOSS,
    MP_LINK_DRAW_DUPLICATE,
    MP_LINK_DRAW_CORRUPT,
    MP_LINK_DRAW_CORRUPT_BIT,
    MP_LINK_DRAW_COPY_CORRUPT,
    MP_LINK_DRAW_COPY_CORRUPT_BIT,
    MP_LINK_DRAW_JITTER,
} MpLinkDraw;

#define MP_N_LINK_DRAWS (MP_LINK_DRAW_JITTER + 1)

typedef struct {
    guint64 key;
} MpLinkRandom;

MpLinkRandom mp_link_random(guint64 seed, guint64 stream, MpLinkDraw draw);

/* Number `number` of the stream, even in (0, 1): neither end is ever met. */
double mp_link_random_unit(const MpLinkRandom *random, guint64 number);
/* Standard normal; another sequence than that of mp_link_random_unit() from the same stream. */
double mp_link_random_normal(const MpLinkRandom *random, guint64 number);
