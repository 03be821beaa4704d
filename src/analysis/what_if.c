/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The changes that a forecast is asked about again.
 */
#include "analysis/what_if.h"

#define SHALLOW_QUEUE MP_MSEC(100)
#define SHORT_ROUND_TRIP MP_MSEC(50)
#define LOWER_HEIGHT 480

typedef void (*EditConditions)(MpLinkConditions *conditions, double size);

/* The changes of a link at work are conditions, too. */
static void edit(MpLink *link, EditConditions each, double size)
{
    MpLinkDirection *const directions[] = {&link->up, &link->down};
    for (gsize i = 0; i < G_N_ELEMENTS(directions); i++) {
        each(&directions[i]->conditions, size);
        GArray *changes = directions[i]->changes;
        for (guint j = 0; j < changes->len; j++)
            each(&g_array_index(changes, MpLinkChange, j).conditions, size);
    }
}

static void lose_nothing(MpLinkConditions *conditions, double size)
{
    (void)size;
    conditions->loss = (MpLinkLoss){0};
}

static void no_loss(MpLink *link, MpSimSetup *setup, double size)
{
    (void)setup;
    edit(link, lose_nothing, size);
}

/* The same bursts, fewer or more of them. */
static void lose_so_much(MpLinkConditions *conditions, double percent)
{
    MpLinkLoss *loss = &conditions->loss;
    const double now = mp_link_loss_ratio(loss);
    if (now <= 0) {
        *loss = mp_link_loss_independent(percent / 100);
        return;
    }
    const double factor = percent / 100 / now;
    if (loss->good_to_bad > 0 && loss->loss_in_bad > loss->loss_in_good)
        loss->good_to_bad = MIN(loss->good_to_bad * factor, 1);
    else
        loss->loss_in_bad = MIN(loss->loss_in_bad * factor, 1);
    loss->loss_in_good = MIN(loss->loss_in_good * factor, 1);
}

static void some_loss(MpLink *link, MpSimSetup *setup, double percent)
{
    (void)setup;
    edit(link, lose_so_much, percent);
}

static void delay_evenly(MpLinkConditions *conditions, double size)
{
    (void)size;
    conditions->jitter = (MpLinkJitter){0};
}

static void no_jitter(MpLink *link, MpSimSetup *setup, double size)
{
    (void)setup;
    edit(link, delay_evenly, size);
}

static void delay_shortly(MpLinkConditions *conditions, double size)
{
    (void)size;
    conditions->delay = MIN(conditions->delay, SHORT_ROUND_TRIP / 2);
}

static void short_round_trip(MpLink *link, MpSimSetup *setup, double size)
{
    (void)setup;
    edit(link, delay_shortly, size);
}

static void carry_all(MpLinkConditions *conditions, double size)
{
    (void)size;
    conditions->rate_bps = conditions->burst_bytes = 0;
}

static void more_rate(MpLink *link, MpSimSetup *setup, double size)
{
    (void)setup;
    edit(link, carry_all, size);
}

static void carry_so_much(MpLinkConditions *conditions, double kbps)
{
    conditions->rate_bps = (guint64)(1000 * kbps);
}

static void some_rate(MpLink *link, MpSimSetup *setup, double kbps)
{
    (void)setup;
    edit(link, carry_so_much, kbps);
}

static void queue_shortly(MpLinkConditions *conditions, double size)
{
    (void)size;
    MpLinkQueue *queue = &conditions->queue;
    queue->limit_time = queue->limit_time > 0 ? MIN(queue->limit_time, SHALLOW_QUEUE)
                                              : SHALLOW_QUEUE;
}

static void shallow_queue(MpLink *link, MpSimSetup *setup, double size)
{
    (void)setup;
    edit(link, queue_shortly, size);
}

static void no_outages(MpLink *link, MpSimSetup *setup, double size)
{
    (void)setup;
    (void)size;
    g_array_set_size(link->up.outages, 0);
    g_array_set_size(link->down.outages, 0);
}

static void more_processor(MpLink *link, MpSimSetup *setup, double size)
{
    (void)link;
    (void)size;
    setup->frame_cost_ms = 0;
}

static void lower_height(MpLink *link, MpSimSetup *setup, double size)
{
    (void)link;
    (void)size;
    setup->width = setup->width * LOWER_HEIGHT / setup->height;
    setup->height = LOWER_HEIGHT;
}

static void no_background(MpLink *link, MpSimSetup *setup, double size)
{
    (void)link;
    (void)size;
    setup->session = MP_SESSION_LIVE_VIDEO;
    setup->frame_cost_ms = 0;
}

#define LIVE_VIDEO (1u << MP_SESSION_LIVE_VIDEO)
#define SCREEN_SHARE (1u << MP_SESSION_SCREEN_SHARE)
#define BACKGROUND (1u << MP_SESSION_VIRTUAL_BACKGROUND)
#define EVERY (LIVE_VIDEO | SCREEN_SHARE | BACKGROUND)

static const MpChange changes[] = {
    {"more_rate", "capacity_kbps", more_rate, some_rate, FALSE, EVERY},
    {"no_loss", "loss_percent", no_loss, some_loss, FALSE, EVERY},
    {"no_jitter", "pdv_p95_ms", no_jitter, NULL, FALSE, EVERY},
    {"no_outages", "outages", no_outages, NULL, FALSE, EVERY},
    {"short_round_trip", "rtt_p95_ms", short_round_trip, NULL, FALSE, EVERY},
    {"shallow_queue", "queue_ms", shallow_queue, NULL, FALSE, EVERY},
    {"more_processor", "background_frame_p95_ms", more_processor, NULL, FALSE, BACKGROUND},
    {"480p", NULL, lower_height, NULL, TRUE, LIVE_VIDEO | BACKGROUND},
    {"no_background", NULL, no_background, NULL, TRUE, BACKGROUND},
};

const MpChange *mp_what_if_changes(guint *count)
{
    *count = G_N_ELEMENTS(changes);
    return changes;
}

const MpChange *mp_what_if_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++)
        if (g_str_equal(changes[i].name, name))
            return &changes[i];
    return NULL;
}
