/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The figures of one direction, counted as tests/truth/label.py counts those of real calls.
 */
#include "simulator/sim_tally.h"

#include <math.h>

#include "stats/summary.h"

#define AGE_INTERVAL MP_MSEC(100)
/* Below this share of the height that was asked for a picture is low. */
#define LOW_SHARE 0.74
/* Beyond it a picture is blocky; VP8's quantizer runs to 127, H.264's to 51, the others' to 255. */
static const double blocky_qp[] = {
    [MP_SIM_VP8] = 70, [MP_SIM_VP9] = 180, [MP_SIM_H264] = 38, [MP_SIM_AV1] = 180};
#define LINES_PER_HEIGHT 4

void mp_sim_tally_init(MpSimTally *tally, const MpSimSetup *setup)
{
    *tally = (MpSimTally){
        .setup = *setup,
        .captured = MP_NEVER,
        .next_age = setup->warm_up,
        .ages = g_array_new(FALSE, FALSE, sizeof(double)),
    };
}

void mp_sim_tally_clear(MpSimTally *tally)
{
    g_clear_pointer(&tally->ages, g_array_unref);
}

/* The age of what is seen, until a newer picture is. */
static void take_ages(MpSimTally *tally, MpTime until)
{
    if (tally->setup.session != MP_SESSION_SCREEN_SHARE)
        return;
    for (; tally->next_age < until; tally->next_age += AGE_INTERVAL) {
        const double age_ms = mp_time_to_ms(tally->next_age - tally->captured);
        if (tally->captured != MP_NEVER)
            g_array_append_val(tally->ages, age_ms);
    }
}

void mp_sim_tally_show(MpSimTally *tally, const MpSimShown *shown, const MpSimFrame *frame)
{
    const MpTime end = tally->setup.warm_up + tally->setup.span;
    take_ages(tally, MIN(shown->rendered, end));
    tally->captured = shown->captured;
    tally->rendered = shown->rendered;
    tally->height = frame->height;
    tally->qp_sum += frame->qp;
    tally->qp_count++;
    if (!tally->has_begun)
        return;
    tally->all_qp_sum += frame->qp;
    tally->all_qp_count++;
    tally->delay_sum_ms += mp_time_to_ms(shown->rendered - shown->captured);
    tally->delay_count++;
}

static void judge_second(MpSimTally *tally)
{
    tally->seconds++;
    tally->low += tally->height < LOW_SHARE * tally->setup.height;
    tally->heights[MIN(tally->height / LINES_PER_HEIGHT, G_N_ELEMENTS(tally->heights) - 1)]++;
    if (tally->qp_count == 0)
        return;
    tally->seconds_with_frames++;
    tally->blocky += tally->qp_sum / tally->qp_count > blocky_qp[tally->setup.codec];
}

void mp_sim_tally_second(MpSimTally *tally, MpTime now, const MpSimMoment *moment)
{
    if (tally->has_begun)
        judge_second(tally);
    else if (now >= tally->setup.warm_up) {
        tally->has_begun = TRUE;
        tally->begin = *moment;
    }
    tally->now = *moment;
    tally->qp_sum = 0;
    tally->qp_count = 0;
    take_ages(tally, now);
}

static double median_height(const MpSimTally *tally)
{
    guint counted = 0;
    for (guint i = 0; i < G_N_ELEMENTS(tally->heights); i++) {
        counted += tally->heights[i];
        if (2 * counted >= tally->seconds && counted > 0)
            return LINES_PER_HEIGHT * (double)i;
    }
    return NAN;
}

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : NAN;
}

static double mean(double sum, guint count)
{
    return count > 0 ? sum / count : NAN;
}

MpSimFigures mp_sim_tally_figures(const MpSimTally *tally)
{
    const MpSimMoment *begin = &tally->begin;
    const MpSimMoment *end = &tally->now;
    const double seconds = tally->seconds;
    const MpTime still = (end->video.frozen + end->video.paused) -
                         (begin->video.frozen + begin->video.paused);
    const MpSummary ages = mp_summary((const double *)(gconstpointer)tally->ages->data,
                                      tally->ages->len);
    return (MpSimFigures){
        .fps = (end->video.frames_decoded - begin->video.frames_decoded) / seconds,
        .source_fps = (end->source_frames - begin->source_frames) / seconds,
        .height = median_height(tally),
        .video_kbps = 8 * (end->bytes - begin->bytes) / seconds / 1000,
        .qp = mean(tally->all_qp_sum, tally->all_qp_count),
        .freezes_per_min = 60 * (end->video.freezes - begin->video.freezes) / seconds,
        .frozen_percent = 100 * mp_time_to_ms(still) / 1000 / seconds,
        .blocky_percent = share(tally->blocky, tally->seconds_with_frames),
        .low_percent = share(tally->low, seconds),
        .concealed_percent = share(end->concealed_ms - begin->concealed_ms,
                                   end->played_ms - begin->played_ms),
        .age_p50_ms = ages.p50,
        .age_p95_ms = ages.p95,
        .delay_ms = mean(tally->delay_sum_ms, tally->delay_count),
        .cpu_limited_percent = 100 * mp_time_to_ms(end->cpu_limited - begin->cpu_limited) / 1000 /
                               seconds,
    };
}
