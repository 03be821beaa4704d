/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a session of one type would be like on the measured path.
 */
#pragma once

#include "model/session_type.h"
#include "model/verdict.h"
#include "model/way.h"

/* A limiting factor: the browser of the call does not have the function. */
#define MP_FACTOR_BROWSER "browser"

typedef struct {
    MpSessionType type;
    MpVerdict verdict;
    gboolean has_way;      /* FALSE: no way carried media, or none was measured */
    MpWay way;             /* that the judgement is about: the first usable in browser order */
    char *limiting_factor; /* metric nearest to or furthest past its limit; NULL: none known */
    double limit_value;    /* measured value of that metric; NAN: not measured */
    double margin;         /* 1 = far inside, 0 = on the stable limit, < 0 past it; NAN: unknown */
    GPtrArray *missing;    /* char*: metrics that were not measured and keep it unknown */
} MpForecast;

MpForecast *mp_forecast_new(MpSessionType type);
void mp_forecast_free(MpForecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpForecast, mp_forecast_free)
