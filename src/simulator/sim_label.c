/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a call was worth, by the rules by which real calls are labelled (tests/truth/label.py).
 */
#include "simulator/sim_label.h"

#include <math.h>
#include <stddef.h>

/* Of the pictures that were taken those that were seen, 0 to 1: the one figure made of two. */
#define FPS_SHARE G_MAXSIZE

/* A row of a table: what is stable, and what is not unstable yet. */
typedef struct {
    const char *figure;
    gsize offset; /* in MpSimFigures */
    double stable;
    double degraded;
    gboolean higher_is_better;
} LabelRow;

#define FIGURE(name) #name, offsetof(MpSimFigures, name)

#define CAMERA_ROWS                                                                                \
    {FIGURE(freezes_per_min), 1, 4, FALSE}, {FIGURE(frozen_percent), 1, 5, FALSE},                 \
        {FIGURE(concealed_percent), 5, 10, FALSE}, {FIGURE(blocky_percent), 10, 50, FALSE},        \
    {                                                                                              \
        FIGURE(low_percent), 10, 50, FALSE                                                         \
    }

static const LabelRow live_video[] = {
    CAMERA_ROWS,
    {FIGURE(fps), 24, 15, TRUE},
};

static const LabelRow screen_share[] = {
    {FIGURE(age_p95_ms), 1500, 4000, FALSE},
    {FIGURE(concealed_percent), 5, 10, FALSE},
    {"fps_share", FPS_SHARE, 0.8, 0.4, TRUE},
};

static const LabelRow virtual_background[] = {
    CAMERA_ROWS,
    {FIGURE(cpu_limited_percent), 5, 30, FALSE},
    {FIGURE(fps), 24, 15, TRUE},
};

static const struct {
    const LabelRow *rows;
    gsize n_rows;
} sessions[MP_N_SESSION_TYPES] = {
    [MP_SESSION_LIVE_VIDEO] = {live_video, G_N_ELEMENTS(live_video)},
    [MP_SESSION_SCREEN_SHARE] = {screen_share, G_N_ELEMENTS(screen_share)},
    [MP_SESSION_VIRTUAL_BACKGROUND] = {virtual_background, G_N_ELEMENTS(virtual_background)},
};

static double value_of(const LabelRow *row, const MpSimFigures *figures)
{
    if (row->offset == FPS_SHARE)
        return figures->source_fps > 0 ? figures->fps / figures->source_fps : NAN;
    return *(const double *)(const void *)((const char *)figures + row->offset);
}

static gboolean is_beyond(const LabelRow *row, double value, double limit)
{
    return row->higher_is_better ? value < limit : value > limit;
}

static MpVerdict verdict_of(const LabelRow *row, const MpSimFigures *figures)
{
    const double value = value_of(row, figures);
    if (!is_beyond(row, value, row->stable))
        return MP_VERDICT_STABLE;
    return is_beyond(row, value, row->degraded) ? MP_VERDICT_UNSTABLE : MP_VERDICT_DEGRADED;
}

static MpSimLabel label_direction(MpSessionType session, const MpSimFigures *figures,
                                  gboolean is_up)
{
    MpSimLabel label = {.verdict = MP_VERDICT_STABLE, .is_up = is_up};
    for (gsize i = 0; i < sessions[session].n_rows; i++) {
        const LabelRow *row = &sessions[session].rows[i];
        const MpVerdict verdict = verdict_of(row, figures);
        if (verdict > label.verdict)
            label = (MpSimLabel){verdict, row->figure, is_up};
    }
    return label;
}

MpSimLabel mp_sim_label(MpSessionType session, const MpSimOutcome *outcome)
{
    const MpSimLabel down = label_direction(session, &outcome->down, FALSE);
    const MpSimLabel up = label_direction(session, &outcome->up, TRUE);
    return up.verdict > down.verdict ? up : down;
}
