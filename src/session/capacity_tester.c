/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rounds of two trains, one each way at the same time, until both searches are done.
 */
#include "session/capacity_tester.h"

#include <math.h>

#include "session/capacity_figures.h"

/* Packets of a train are about so far apart: smaller ones where the rate is low, so that there are
 * enough of them. */
#define APART MP_MSEC(3)
#define LEAST_PACKETS 10
#define SMALLEST 200
/* After the last packet that came, before those that are missing are given up: the far end's
 * interval of reports and some jitter. */
#define SETTLE MP_MSEC(120)
/* An order is repeated until its train comes. */
#define ORDER_INTERVAL MP_MSEC(50)
#define ORDER_PATIENCE MP_MSEC(500)
/* A train that makes its packets wait so long is cut off. */
#define MOST_DELAY MP_MSEC(250)
/* A direction that is done carries what a call would, while the other is measured. */
#define LOAD_SHARE 0.9

typedef struct {
    MpCapacitySearch search;
    gboolean is_running; /* a train is under way in this round */
    gboolean is_load;    /* and its figures are of no interest */
    MpCapacityOrder order;
    MpTime began;
    guint64 sent_bytes;
    guint32 dropped;
} Direction;

struct _MpCapacityTester {
    MpCapacityConfig config;
    MpTime began;
    MpTime ended; /* 0: not yet */
    guint16 train;
    guint n_trains;

    Direction up;
    MpCapacityTrain sending;
    GArray *departures; /* MpTime by index */
    MpTime up_over;     /* when the last packet left; 0: not yet */
    MpCapacityReport report;
    MpTime report_came; /* with news */

    Direction down;
    MpCapacityArrivals arrivals;
    MpTime ordered;
    MpTime order_due;
    gboolean is_stopped;
};

static void init_search(Direction *direction, const MpCapacityConfig *config, guint64 known_bps,
                        double loss)
{
    const MpCapacitySearchConfig search = {.need_bps = config->need_bps,
                                           .known_bps = known_bps,
                                           .most_bytes = mp_capacity_budget(config->need_bps),
                                           .loss = loss};
    mp_capacity_search_init(&direction->search, &search);
}

static guint wire_size(const MpCapacityTester *tester, guint size)
{
    return size + tester->config.overhead;
}

/* Packets of a train at that rate for that long. */
static MpCapacityOrder plan_train(const MpCapacityTester *tester, const MpCapacityAim *aim)
{
    const double bytes = (double)aim->rate_bps * (double)aim->span / 8e9;
    const double size = MIN((double)aim->rate_bps * (double)APART / 8e9, bytes / LEAST_PACKETS);
    const double most = wire_size(tester, MP_CAPACITY_MOST_SIZE);
    const double least = MAX(SMALLEST, wire_size(tester, MP_CAPACITY_LEAST_SIZE));
    const guint wire = (guint)CLAMP(size, least, most);
    return (MpCapacityOrder){
        .train = tester->train,
        .size = (guint16)(wire - tester->config.overhead),
        .count = (guint32)CLAMP(bytes / wire, LEAST_PACKETS, G_MAXINT32),
        .interval_ns = (guint32)CLAMP(wire * 8e9 / (double)aim->rate_bps, 1, G_MAXUINT32)};
}

/* What the other direction meanwhile has to bear. */
static gboolean plan_load(const Direction *direction, const MpCapacityConfig *config, MpTime span,
                          MpCapacityAim *aim)
{
    const MpCapacity capacity = mp_capacity_search_result(&direction->search);
    const guint64 spent = direction->sent_bytes;
    const guint64 most = mp_capacity_budget(config->need_bps);
    const double rate = MIN((double)config->need_bps, LOAD_SHARE * capacity.value);
    if (isnan(capacity.value) || spent >= most)
        return FALSE;
    *aim = (MpCapacityAim){(guint64)rate, MIN(span, (MpTime)((double)(most - spent) * 8e9 / rate))};
    return aim->span > 0;
}

static void begin_up(MpCapacityTester *tester, const MpCapacityAim *aim, MpTime now)
{
    tester->up.order = plan_train(tester, aim);
    tester->up.is_running = TRUE;
    tester->up.began = now;
    tester->up_over = 0;
    tester->report = (MpCapacityReport){.train = tester->train};
    tester->report_came = now;
    g_array_set_size(tester->departures, 0);
    mp_capacity_train_start(&tester->sending, &tester->up.order, now);
}

static void begin_down(MpCapacityTester *tester, const MpCapacityAim *aim, MpTime now)
{
    tester->down.order = plan_train(tester, aim);
    tester->down.is_running = TRUE;
    tester->down.began = now;
    tester->ordered = tester->order_due = now;
    tester->is_stopped = FALSE;
    mp_capacity_arrivals_expect(&tester->arrivals, tester->train, tester->down.order.count);
}

static void begin_round(MpCapacityTester *tester, MpTime now)
{
    const MpTime end = tester->began + tester->config.most_time;
    const MpTime left = end - now - tester->config.round_trip - SETTLE;
    MpCapacityAim up = {0};
    MpCapacityAim down = {0};
    gboolean is_up = left > 0 && mp_capacity_search_next(&tester->up.search, left, &up);
    gboolean is_down = left > 0 && mp_capacity_search_next(&tester->down.search, left, &down);
    if (!is_up && !is_down) {
        tester->ended = now;
        return;
    }
    tester->train++;
    tester->n_trains++;
    tester->up.is_load = !is_up;
    tester->down.is_load = !is_down;
    if (!is_up)
        is_up = plan_load(&tester->up, &tester->config, down.span, &up);
    else if (!is_down)
        is_down = plan_load(&tester->down, &tester->config, up.span, &down);
    if (is_up)
        begin_up(tester, &up, now);
    if (is_down)
        begin_down(tester, &down, now);
}

MpCapacityTester *mp_capacity_tester_new(const MpCapacityConfig *config, MpTime now)
{
    MpCapacityTester *tester = g_new0(MpCapacityTester, 1);
    tester->config = *config;
    tester->began = now;
    tester->order_due = MP_NEVER;
    tester->departures = g_array_new(FALSE, FALSE, sizeof(MpTime));
    mp_capacity_arrivals_init(&tester->arrivals);
    init_search(&tester->up, config, config->known_up_bps, config->up_loss);
    init_search(&tester->down, config, config->known_down_bps, config->down_loss);
    begin_round(tester, now);
    return tester;
}

void mp_capacity_tester_free(MpCapacityTester *tester)
{
    if (!tester)
        return;
    g_array_unref(tester->departures);
    mp_capacity_arrivals_clear(&tester->arrivals);
    g_free(tester);
}

/* A round's end. */

/* Of a train that was cut off nobody here knows where it ended: after the last that came. */
static guint32 down_sent(const MpCapacityTester *tester)
{
    return tester->is_stopped && tester->arrivals.received > 0 ? tester->arrivals.highest + 1
                                                               : tester->arrivals.count;
}

typedef struct {
    guint32 packets; /* that were sent */
    guint32 dropped;
} TrainCount;

static void close_train(const MpCapacityTester *tester, Direction *direction, TrainCount count,
                        const MpTrainFigures *figures)
{
    const guint64 bytes = (guint64)count.packets * wire_size(tester, direction->order.size);
    direction->sent_bytes += bytes;
    direction->dropped += count.dropped;
    direction->is_running = FALSE;
    if (!direction->is_load)
        mp_capacity_search_take(&direction->search, figures, bytes, direction->began);
}

static MpTime up_end(const MpCapacityTester *tester)
{
    if (tester->up_over == 0)
        return MP_NEVER;
    if (tester->report.received >= tester->departures->len)
        return tester->up_over;
    return MAX(tester->up_over + tester->config.round_trip, tester->report_came) + SETTLE;
}

static MpTime down_end(const MpCapacityTester *tester)
{
    const MpCapacityArrivals *arrivals = &tester->arrivals;
    if (arrivals->received == 0)
        return tester->ordered + 2 * tester->config.round_trip + ORDER_PATIENCE;
    if (arrivals->received >= arrivals->count)
        return arrivals->latest;
    const guint32 left = tester->is_stopped ? 0 : arrivals->count - arrivals->highest;
    return arrivals->latest + SETTLE +
           MIN((MpTime)left * tester->down.order.interval_ns, tester->config.most_time);
}

static MpTime latest_end(const MpCapacityTester *tester)
{
    return tester->began + tester->config.most_time;
}

/* When time is up, with what there is. */
static void close_trains(MpCapacityTester *tester, MpTime now)
{
    const gboolean is_last = now >= latest_end(tester);
    if (tester->up.is_running && (is_last || now >= up_end(tester))) {
        const MpTrainFigures figures = mp_capacity_report_figures(
            &tester->report, tester->departures, wire_size(tester, tester->up.order.size));
        const TrainCount count = {tester->departures->len, tester->report.dropped};
        close_train(tester, &tester->up, count, &figures);
    }
    if (tester->down.is_running && (is_last || now >= down_end(tester))) {
        const MpTrainFigures figures = mp_capacity_arrivals_figures(
            &tester->arrivals, down_sent(tester), wire_size(tester, tester->down.order.size));
        const TrainCount count = {down_sent(tester), tester->arrivals.dropped};
        close_train(tester, &tester->down, count, &figures);
        tester->order_due = MP_NEVER;
    }
}

static void advance(MpCapacityTester *tester, MpTime now)
{
    while (tester->ended == 0) {
        close_trains(tester, now);
        if (now >= latest_end(tester))
            tester->ended = now;
        else if (tester->up.is_running || tester->down.is_running)
            return;
        else
            begin_round(tester, now);
    }
}

/* What comes. */

void mp_capacity_tester_take_probe(MpCapacityTester *tester, const MpCapacityProbe *probe,
                                   MpTime came, MpTime now)
{
    MpCapacityArrivals *arrivals = &tester->arrivals;
    if (!tester->down.is_running || probe->train != arrivals->train)
        return;
    /* The far end may have promised less than it was asked for. */
    arrivals->count = MIN(probe->count, arrivals->count);
    mp_capacity_arrivals_take(arrivals, probe, came, now);
    if (!tester->is_stopped)
        tester->order_due = MP_NEVER;
    if (arrivals->delay > MOST_DELAY && !tester->is_stopped) {
        tester->is_stopped = TRUE;
        tester->order_due = now;
    }
}

void mp_capacity_tester_note_dropped(MpCapacityTester *tester, guint32 packets)
{
    if (tester->down.is_running)
        tester->arrivals.dropped += packets;
}

void mp_capacity_tester_take_report(MpCapacityTester *tester, const MpCapacityReport *report,
                                    guint size, MpTime now)
{
    if (tester->down.is_running && tester->arrivals.received > 0)
        tester->arrivals.others += wire_size(tester, size);
    if (!tester->up.is_running || report->train != tester->report.train ||
        (report->received <= tester->report.received && report->dropped <= tester->report.dropped))
        return;
    tester->report = *report;
    tester->report_came = now;
    if (mp_capacity_report_wait(&tester->report, tester->departures) > MOST_DELAY)
        mp_capacity_train_stop(&tester->sending);
}

/* What goes. */

static gboolean next_order(MpCapacityTester *tester, MpTime now, MpCapacityMessage *message)
{
    if (now < tester->order_due)
        return FALSE;
    message->kind = MP_CAPACITY_SENDS_ORDER;
    message->order = tester->down.order;
    if (tester->is_stopped)
        message->order.count = 0;
    tester->order_due = now + MAX(ORDER_INTERVAL, tester->config.round_trip / 2);
    return TRUE;
}

static gboolean next_probe(MpCapacityTester *tester, MpTime now, MpCapacityMessage *message)
{
    if (!tester->up.is_running)
        return FALSE;
    if (mp_capacity_train_next(&tester->sending, now, message)) {
        g_array_append_val(tester->departures, now);
        return TRUE;
    }
    if (mp_capacity_train_is_over(&tester->sending) && tester->up_over == 0)
        tester->up_over = now;
    return FALSE;
}

gboolean mp_capacity_tester_next(MpCapacityTester *tester, MpTime now, MpCapacityMessage *message)
{
    advance(tester, now);
    if (tester->ended != 0)
        return FALSE;
    return next_order(tester, now, message) || next_probe(tester, now, message);
}

void mp_capacity_tester_put_back(MpCapacityTester *tester, MpTime now)
{
    mp_capacity_train_put_back(&tester->sending, now);
    g_array_set_size(tester->departures, tester->departures->len - 1);
}

MpTime mp_capacity_tester_deadline(const MpCapacityTester *tester)
{
    if (tester->ended != 0)
        return MP_NEVER;
    MpTime deadline = MIN(latest_end(tester), tester->order_due);
    if (tester->up.is_running)
        deadline = MIN(deadline, MIN(mp_capacity_train_deadline(&tester->sending), up_end(tester)));
    if (tester->down.is_running)
        deadline = MIN(deadline, down_end(tester));
    return deadline;
}

gboolean mp_capacity_tester_is_done(const MpCapacityTester *tester)
{
    return tester->ended != 0;
}

MpCapacityResult mp_capacity_tester_result(const MpCapacityTester *tester)
{
    return (MpCapacityResult){.up = mp_capacity_search_result(&tester->up.search),
                              .down = mp_capacity_search_result(&tester->down.search),
                              .up_bytes = tester->up.sent_bytes,
                              .down_bytes = tester->down.sent_bytes,
                              .up_dropped = tester->up.dropped,
                              .down_dropped = tester->down.dropped,
                              .trains = tester->n_trains,
                              .time = tester->ended ? tester->ended - tester->began : 0};
}
