/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction of a link at work. Between two calls only three things can happen: the bottleneck
 * lets a packet go, the conditions change, an outage begins or ends; advance() goes from one to
 * the next.
 */
#include "link/link_line.h"

#include "link/link_bottleneck.h"
#include "link/link_flight.h"
#include "link/link_jitter.h"
#include "link/link_loss.h"
#include "link/link_schedule.h"

struct _MpLinkLine {
    MpTime now;
    MpLinkSchedule schedule;
    MpLinkRandom random[MP_N_LINK_DRAWS];
    MpLinkLossState loss;
    MpLinkBottleneck bottleneck;
    MpLinkJitterState jitter;
    MpLinkFlight flight;
    MpLinkTrain dropped;
    guint64 n_offered;
    MpTime previous_due;     /* of the packet that left the bottleneck before */
    guint64 previous_number; /* and its number */
    gsize packets;
    gsize bytes;
    gsize most_packets;
    gsize most_bytes;
};

const char *mp_fate_name(MpFate fate)
{
    static const char *const names[MP_N_FATES] = {
        [MP_FATE_DELIVERED] = "delivered",
        [MP_FATE_LOST] = "lost",
        [MP_FATE_OUTAGE] = "outage",
        [MP_FATE_QUEUE_FULL] = "queue-full",
        [MP_FATE_QUEUE_MANAGED] = "queue-managed",
    };
    return names[fate];
}

MpLinkLine *mp_link_line_new(const MpLinkDirection *direction, guint64 seed, guint64 stream,
                             MpTime start)
{
    MpLinkLine *line = g_new0(MpLinkLine, 1);
    line->now = line->previous_due = start;
    for (guint draw = 0; draw < MP_N_LINK_DRAWS; draw++)
        line->random[draw] = mp_link_random(seed, stream, (MpLinkDraw)draw);
    mp_link_schedule_init(&line->schedule, direction, start);
    mp_link_bottleneck_init(&line->bottleneck, direction, &line->schedule.conditions,
                            line->schedule.holds, start);
    mp_link_flight_init(&line->flight);
    return line;
}

static MpLinkParcel *parcel_new(MpLinkLine *line, MpLinkOutcome outcome)
{
    MpLinkParcel *parcel = g_new(MpLinkParcel, 1);
    *parcel = (MpLinkParcel){.outcome = outcome};
    line->packets++;
    line->bytes += outcome.size;
    line->most_packets = MAX(line->most_packets, line->packets);
    line->most_bytes = MAX(line->most_bytes, line->bytes);
    return parcel;
}

/* Its outcome, complete; the parcel is gone. */
static MpLinkOutcome parcel_unpack(MpLinkLine *line, MpLinkParcel *parcel)
{
    MpLinkOutcome outcome = parcel->outcome;
    outcome.is_last = !parcel->twin;
    if (parcel->twin)
        parcel->twin->twin = NULL;
    line->packets--;
    line->bytes -= outcome.size;
    g_free(parcel);
    return outcome;
}

static void forget(MpLinkLine *line, MpLinkParcel *parcel, GDestroyNotify free_packet)
{
    MpLinkOutcome outcome = parcel_unpack(line, parcel);
    if (free_packet && outcome.is_last)
        free_packet(outcome.packet);
}

void mp_link_line_free(MpLinkLine *line, GDestroyNotify free_packet)
{
    if (!line)
        return;
    MpLinkParcel *parcel = line->bottleneck.sending;
    if (parcel)
        forget(line, parcel, free_packet);
    while ((parcel = mp_link_train_pop(&line->bottleneck.waiting)))
        forget(line, parcel, free_packet);
    while ((parcel = mp_link_flight_pop(&line->flight)))
        forget(line, parcel, free_packet);
    while ((parcel = mp_link_train_pop(&line->dropped)))
        forget(line, parcel, free_packet);
    mp_link_schedule_clear(&line->schedule);
    mp_link_bottleneck_clear(&line->bottleneck);
    mp_link_flight_clear(&line->flight);
    g_free(line);
}

/* Whether `a` comes, by the packet's own number, with this probability. */
static gboolean happens(const MpLinkLine *line, MpLinkDraw draw, double probability, guint64 number)
{
    return probability > 0 && mp_link_random_unit(&line->random[draw], number) < probability;
}

static void drop(MpLinkLine *line, MpLinkParcel *parcel, MpFate fate)
{
    parcel->outcome.fate = fate;
    parcel->outcome.due = line->now;
    mp_link_train_push(&line->dropped, parcel);
}

/* After the bottleneck: delay and jitter. A copy leaves right after its first and may not pass it.
 */
static void depart(MpLinkLine *line, MpLinkParcel *parcel)
{
    const MpLinkConditions *conditions = &line->schedule.conditions;
    MpLinkOutcome *outcome = &parcel->outcome;
    MpTime jitter = mp_link_jitter_draw(&line->jitter, &conditions->jitter,
                                        &line->random[MP_LINK_DRAW_JITTER], outcome->number,
                                        line->now);
    gboolean follows_first = outcome->is_copy && line->previous_number == outcome->number;
    outcome->queued = line->now - outcome->offered;
    outcome->due = line->now + MAX(conditions->delay + jitter, 0);
    if (!conditions->jitter.reorders || follows_first)
        outcome->due = MAX(outcome->due, line->previous_due);
    line->previous_due = outcome->due;
    line->previous_number = outcome->number;
    mp_link_flight_push(&line->flight, parcel);
}

static void serve(MpLinkLine *line)
{
    MpLinkParcel *parcel = NULL;
    while ((parcel = mp_link_bottleneck_pop(&line->bottleneck, &line->dropped)))
        depart(line, parcel);
}

/* An outage cannot change anything in an empty bottleneck. */
static MpTime next_event(const MpLinkLine *line)
{
    const MpLinkSchedule *schedule = &line->schedule;
    if (mp_link_bottleneck_is_empty(&line->bottleneck))
        return schedule->next_change;
    MpTime departure = mp_link_bottleneck_deadline(&line->bottleneck);
    return MIN(departure, MIN(schedule->next_change, schedule->next_outage));
}

static void move(MpLinkLine *line, MpTime now)
{
    MpLinkSchedule *schedule = &line->schedule;
    mp_link_bottleneck_advance(&line->bottleneck, now);
    line->now = now;
    if (now < schedule->next_change && now < schedule->next_outage)
        return;
    mp_link_schedule_move(schedule, now);
    mp_link_bottleneck_adopt(&line->bottleneck, &schedule->conditions, schedule->holds);
}

static void advance(MpLinkLine *line, MpTime now)
{
    MpTime event = 0;
    while ((event = next_event(line)) <= now) {
        move(line, event);
        serve(line);
    }
    if (now > line->now)
        move(line, now);
}

static void enter(MpLinkLine *line, MpLinkParcel *parcel)
{
    if (!mp_link_bottleneck_push(&line->bottleneck, parcel))
        drop(line, parcel, MP_FATE_QUEUE_FULL);
}

static int corrupted_bit(const MpLinkLine *line, const MpLinkOutcome *outcome)
{
    static const MpLinkDraw draws[][2] = {
        {MP_LINK_DRAW_CORRUPT, MP_LINK_DRAW_CORRUPT_BIT},
        {MP_LINK_DRAW_COPY_CORRUPT, MP_LINK_DRAW_COPY_CORRUPT_BIT},
    };
    const MpLinkDraw *draw = draws[outcome->is_copy ? 1 : 0];
    double probability = line->schedule.conditions.corrupt;
    if (outcome->size == 0 || !happens(line, draw[0], probability, outcome->number))
        return -1;
    double place = mp_link_random_unit(&line->random[draw[1]], outcome->number);
    return (int)(place * 8 * outcome->size);
}

/* Drawn for every packet, also in an outage: its pattern is that of the packets' numbers. */
static gboolean is_lost(MpLinkLine *line, guint64 number)
{
    return mp_link_loss_step(&line->loss, &line->schedule.conditions.loss,
                             mp_link_random_unit(&line->random[MP_LINK_DRAW_LOSS_STATE], number),
                             mp_link_random_unit(&line->random[MP_LINK_DRAW_LOSS], number));
}

static void pass(MpLinkLine *line, MpLinkOutcome outcome)
{
    outcome.corrupted_bit = corrupted_bit(line, &outcome);
    MpLinkParcel *parcel = parcel_new(line, outcome);
    if (!happens(line, MP_LINK_DRAW_DUPLICATE, line->schedule.conditions.duplicate,
                 outcome.number)) {
        enter(line, parcel);
        return;
    }
    outcome.is_copy = TRUE;
    outcome.corrupted_bit = corrupted_bit(line, &outcome);
    MpLinkParcel *copy = parcel_new(line, outcome);
    parcel->twin = copy;
    copy->twin = parcel;
    enter(line, parcel);
    enter(line, copy);
}

void mp_link_line_offer(MpLinkLine *line, MpTime now, guint size, gpointer packet)
{
    advance(line, now);
    MpLinkOutcome outcome = {
        .packet = packet,
        .number = line->n_offered++,
        .size = size,
        .corrupted_bit = -1,
        .offered = line->now,
    };
    gboolean lost = is_lost(line, outcome.number);
    if (line->schedule.drops)
        drop(line, parcel_new(line, outcome), MP_FATE_OUTAGE);
    else if (lost)
        drop(line, parcel_new(line, outcome), MP_FATE_LOST);
    else
        pass(line, outcome);
    serve(line);
}

/* Where packets keep their order, none that is still in the bottleneck can arrive before one that
 * has left it: the bottleneck need not be looked after before that arrival. */
MpTime mp_link_line_deadline(const MpLinkLine *line)
{
    const MpLinkConditions *conditions = &line->schedule.conditions;
    const MpLinkParcel *arrival = mp_link_flight_peek(&line->flight);
    MpTime due = arrival ? arrival->outcome.due : MP_NEVER;
    if (line->dropped.first)
        return MIN(due, line->dropped.first->outcome.due);
    if (mp_link_bottleneck_is_empty(&line->bottleneck))
        return due;
    gboolean may_wait = arrival && arrival->outcome.due <= line->previous_due &&
                        !conditions->jitter.reorders &&
                        conditions->queue.discipline != MP_QUEUE_CODEL;
    MpTime look = may_wait ? line->schedule.next_change : next_event(line);
    return MIN(due, look);
}

static gboolean drop_is_next(const MpLinkLine *line, const MpLinkParcel *arrival)
{
    const MpLinkParcel *dropped = line->dropped.first;
    return dropped && (!arrival || dropped->outcome.due <= arrival->outcome.due);
}

gboolean mp_link_line_take(MpLinkLine *line, MpTime now, MpLinkOutcome *outcome)
{
    advance(line, now);
    const MpLinkParcel *arrival = mp_link_flight_peek(&line->flight);
    if (drop_is_next(line, arrival)) {
        *outcome = parcel_unpack(line, mp_link_train_pop(&line->dropped));
        return TRUE;
    }
    if (!arrival || arrival->outcome.due > now)
        return FALSE;
    *outcome = parcel_unpack(line, mp_link_flight_pop(&line->flight));
    return TRUE;
}

gsize mp_link_line_packets(const MpLinkLine *line)
{
    return line->packets;
}

gsize mp_link_line_bytes(const MpLinkLine *line)
{
    return line->bytes;
}

gsize mp_link_line_most_packets(const MpLinkLine *line)
{
    return line->most_packets;
}

gsize mp_link_line_most_bytes(const MpLinkLine *line)
{
    return line->most_bytes;
}
