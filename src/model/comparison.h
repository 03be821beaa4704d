/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two ways compared by the turns that they took at media in the same rounds.
 */
#pragma once

#include "model/way.h"
#include "stats/difference.h"

/* One turn of one way. */
typedef struct {
    guint round;
    double rtt_ms; /* the median under media; NAN: no echo came */
    guint up_sent, up_lost;
    guint down_sent, down_lost;
} MpTurn;

typedef enum {
    MP_COMPARED_ALIKE,  /* nothing that a call would notice, as far as these rounds show */
    MP_COMPARED_BETTER, /* in something, and worse in nothing */
    MP_COMPARED_WORSE,
    MP_COMPARED_MIXED,
} MpCompared;

/* A way against the one that a browser takes: what is positive is worse. */
typedef struct {
    guint n_rounds; /* that both took part in; 0: they were not compared */
    MpWay with;
    MpCompared compared;
    MpDifference rtt_ms;
    MpDifference up_loss_percent;
    MpDifference down_loss_percent;
} MpComparison;

/* "alike", "better", "worse", "mixed". */
const char *mp_compared_name(MpCompared compared);
