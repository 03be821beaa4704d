/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forecast by simulated calls: how probable each verdict is, how sure that is, what the session
 * would look like.
 */
#include "analysis/forecast_calls.h"

#include <math.h>

#include "analysis/call_chances.h"
#include "analysis/forecast_reason.h"
#include "analysis/metrics.h"

/* As long as the real calls that the calibration was made with. */
#define WARM_UP MP_SEC(10)
#define SPAN MP_SEC(30)
#define LINKS 24
#define LEAST_LINKS 8
#define CALLS_PER_LINK 3
/* Of a way that nobody takes yet: enough to tell it from the others. */
#define OTHER_LINKS 12
#define OTHER_LEAST_LINKS 4
#define BACKGROUND_COST "background_frame_p95_ms"
#define FRAMES_PER_SECOND 30
#define WIDE (16.0 / 9)
#define NO_TIER_HEIGHT 480
/* A presentation, whose small changes come so often. */
#define SCREEN_CHANGES_PER_SECOND 5
#define SCREEN_WIDTH 1280
#define SCREEN_HEIGHT 720
/* Of a 90 % interval, in standard deviations. */
#define Z90 1.645
/* An interval that holds both does not decide; a probability beyond the others does all the same.
 */
#define PROBABLY_NOT 0.35
#define PROBABLY 0.65
#define HARDLY 0.25
#define ALMOST_SURELY 0.75
#define LEAST_EXTENSION_S 5
#define MOST_EXTENSION_S 60

static MpSimCodec codec_of(const MpResult *result)
{
    static const char *const names[] = {
        [MP_SIM_VP8] = "vp8", [MP_SIM_VP9] = "vp9", [MP_SIM_H264] = "h264", [MP_SIM_AV1] = "av1"};
    for (guint i = 0; i < result->plan->len; i++) {
        const MpStep *step = result->plan->pdata[i];
        for (guint codec = 0; codec < G_N_ELEMENTS(names); codec++)
            if (g_strcmp0(step->codec, names[codec]) == 0)
                return (MpSimCodec)codec;
    }
    return MP_SIM_VP8;
}

static double background_cost_ms(const MpResult *result, const MpPath *path)
{
    const MpPath *own = path->sessions[MP_SESSION_VIRTUAL_BACKGROUND];
    return mp_metric_read(BACKGROUND_COST, result, own ? own : path).value;
}

gboolean mp_forecast_can_simulate(MpSessionType session, const MpResult *result, const MpPath *path)
{
    if (!path->model || !mp_path_model_is_whole(path->model))
        return FALSE;
    return session != MP_SESSION_VIRTUAL_BACKGROUND ||
           mp_metric_is_left_out(BACKGROUND_COST, result) ||
           isfinite(background_cost_ms(result, path));
}

MpSimSetup mp_forecast_setup(MpSessionType session, const MpProfile *profile,
                             const MpResult *result, const MpPath *path)
{
    const GArray *tiers = profile->sessions[session].tiers;
    const MpTier *best = tiers->len > 0 ? &g_array_index(tiers, MpTier, 0) : NULL;
    const double cost_ms = background_cost_ms(result, path);
    MpSimSetup setup = {
        .session = session,
        .codec = codec_of(result),
        .screen = MP_SIM_SLIDES,
        .height = best ? best->height : NO_TIER_HEIGHT,
        .fps = best ? best->fps : FRAMES_PER_SECOND,
        .warm_up = WARM_UP,
        .span = SPAN,
    };
    setup.width = (guint)lround(setup.height * WIDE);
    if (session == MP_SESSION_SCREEN_SHARE) {
        setup.width = SCREEN_WIDTH;
        setup.height = SCREEN_HEIGHT;
        setup.fps = SCREEN_CHANGES_PER_SECOND;
    }
    if (session == MP_SESSION_VIRTUAL_BACKGROUND && isfinite(cost_ms))
        setup.frame_cost_ms = cost_ms;
    return setup;
}

static MpExpected expected(const MpSimFigures *figures)
{
    return (MpExpected){
        .fps = figures->fps,
        .height = figures->height,
        .video_kbps = figures->video_kbps,
        .freezes_per_min = figures->freezes_per_min,
        .frozen_percent = figures->frozen_percent,
        .audio_concealed_percent = figures->concealed_percent,
        .delay_ms = figures->delay_ms,
        .age_ms = figures->age_p95_ms,
    };
}

/* The interval is as wide as the links that may be this one are different. It shrinks with the root
 * of the time that is measured. */
static double longer_by(const MpCallQuestion *question, double width)
{
    const double measured_s = fmax(question->path->up.seconds, question->path->down.seconds);
    const double needed_s = measured_s * (pow(width / (PROBABLY - PROBABLY_NOT), 2) - 1);
    return CLAMP(ceil(needed_s), LEAST_EXTENSION_S, MOST_EXTENSION_S);
}

static void judge(MpForecast *forecast, const MpCallQuestion *question,
                  const MpCallChances *chances)
{
    const MpSessionType session = forecast->type;
    const double reach = Z90 * chances->spread;
    const MpSimProbability probability = mp_sim_calibrated(session, chances->n_calls);
    forecast->is_simulated = TRUE;
    forecast->calls = chances->calls;
    forecast->probability = probability.stable;
    forecast->unstable = probability.unstable;
    forecast->low = mp_call_chances_stable(chances, session, -reach);
    forecast->high = mp_call_chances_stable(chances, session, reach);
    forecast->expected = expected(&chances->figures);

    forecast->verdict = forecast->probability >= 0.5 ? MP_VERDICT_STABLE
                        : forecast->unstable >= 0.5  ? MP_VERDICT_UNSTABLE
                                                     : MP_VERDICT_DEGRADED;
    if (forecast->low >= PROBABLY_NOT || forecast->high <= PROBABLY ||
        forecast->probability < HARDLY || forecast->probability > ALMOST_SURELY)
        return;
    forecast->verdict = MP_VERDICT_UNKNOWN;
    forecast->extend_s = longer_by(question, forecast->high - forecast->low);
}

void mp_forecast_by_calls(MpForecast *forecast, const MpPath *path, const MpProfile *profile,
                          const MpResult *result, gboolean explains)
{
    const MpCallQuestion question = {
        .path = path->model,
        .setup = mp_forecast_setup(forecast->type, profile, result, path),
        .links = explains ? LINKS : OTHER_LINKS,
        .least_links = explains ? LEAST_LINKS : OTHER_LEAST_LINKS,
        .calls_per_link = CALLS_PER_LINK,
    };
    const MpCallChances chances = mp_call_chances(&question);
    judge(forecast, &question, &chances);
    if (explains)
        mp_forecast_reason(forecast, &question, &chances, result, path);
}
