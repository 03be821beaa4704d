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

/* What such a session would look like in the worse direction; means. NAN: it has no such figure. */
typedef struct {
    double fps;
    double height;
    double video_kbps;
    double freezes_per_min;
    double frozen_percent;
    double audio_concealed_percent;
    double delay_ms; /* from capture to display */
    double age_ms;   /* of a shared screen's picture, 95th percentile */
} MpExpected;

/* Were one thing another: which, and how probable a stable session then is. */
typedef struct {
    const char *change; /* "no_loss"; static */
    double probability;
} MpCounterfactual;

typedef struct {
    MpSessionType type;
    MpVerdict verdict;
    gboolean has_way;      /* FALSE: no way carried media, or none was measured */
    MpWay way;             /* that the judgement is about: the first usable in browser order */
    char *limiting_factor; /* metric nearest to or furthest past its limit; NULL: none known */
    double limit_value;    /* measured value of that metric; NAN: not measured */
    double margin;         /* 1 = far inside, 0 = on the stable limit, < 0 past it; NAN: unknown */
    /* By simulated calls; NAN, empty, NULL and 0 where none were: the limits of the profile judge
     * then. */
    gboolean is_simulated;
    gboolean is_past_limit; /* a limit of the profile gave the verdict all the same */
    guint calls;
    double probability; /* that it is stable, 0 to 1 */
    double low, high;   /* 90 % interval: what the measurement left open */
    double unstable;    /* the probability that it is unstable */
    MpExpected expected;
    GArray *counterfactuals; /* MpCounterfactual */
    double turning_point;    /* of the limiting factor: stable up to it, or (rate) from it on */
    const char *setting;     /* that a user can choose, and that makes it stable; NULL: none */
    double extend_s;         /* measure for so much longer to decide; 0: it is decided */
    GPtrArray *missing;      /* char*: metrics that were not measured and keep it unknown */
} MpForecast;

MpForecast *mp_forecast_new(MpSessionType type);
void mp_forecast_free(MpForecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpForecast, mp_forecast_free)
