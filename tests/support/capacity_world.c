/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A capacity measurement in virtual time. Packets share the queues with orders and reports.
 */
#include "tests/support/capacity_world.h"

#include <math.h>

/* IPv4, UDP and the tag of AES-GCM. */
#define OVERHEAD (28 + 16)
/* RR, SDES and the head of APP, SRTCP's index and tag. */
#define RTCP_BYTES (8 + 20 + 12 + 4)

typedef struct {
    MpCapacityMessage message;
    gboolean is_other;
    guint size; /* before protection */
} Packet;

typedef struct {
    MpLinkLine *line;
    CapacityLine given;
    MpTime other_due;
    double tokens; /* of a policer, bytes */
    MpTime refilled;
} Way;

typedef struct {
    MpTime now;
    Way up;
    Way down;
    MpCapacityTester *tester;
    MpCapacityFarEnd *far_end;
    guint64 up_bytes; /* that the tester's train packets had */
    guint64 down_bytes;
} World;

static Way way_new(const CapacityLine *line, MpTime delay, guint64 seed, guint64 stream)
{
    MpLinkDirection direction = {
        .conditions = {.delay = delay,
                       .rate_bps = line->is_policer ? 0 : (guint64)line->kbps * 1000,
                       .burst_bytes = line->is_policer ? 0 : (guint64)line->burst_kb * 1000,
                       .loss = mp_link_loss_independent(line->loss / 100),
                       .jitter = {.distribution = MP_JITTER_NORMAL,
                                  .scale = MP_MSEC(line->jitter_ms),
                                  .correlation_time = MP_MSEC(line->correlation_ms),
                                  .reorders = line->reorders},
                       .queue = {.discipline = line->is_codel ? MP_QUEUE_CODEL : MP_QUEUE_TAIL_DROP,
                                 .limit_time = MP_MSEC(line->queue_ms)}}};
    direction.changes = g_array_new(FALSE, FALSE, sizeof(MpLinkChange));
    direction.outages = g_array_new(FALSE, FALSE, sizeof(MpLinkOutage));
    direction.opportunities = g_array_new(FALSE, FALSE, sizeof(guint32));
    Way way = {.line = mp_link_line_new(&direction, seed, stream, 0),
               .given = *line,
               .other_due = line->others_kbps ? 0 : MP_NEVER,
               .tokens = line->burst_kb * 1000.0};
    g_array_unref(direction.changes);
    g_array_unref(direction.outages);
    g_array_unref(direction.opportunities);
    return way;
}

/* A policer in front of the line. */
static gboolean is_let_in(Way *way, MpTime now, guint bytes)
{
    if (!way->given.is_policer)
        return TRUE;
    way->tokens += (double)(now - way->refilled) * way->given.kbps / 8e6;
    way->tokens = MIN(way->tokens, way->given.burst_kb * 1000.0);
    way->refilled = now;
    if (way->tokens < bytes)
        return FALSE;
    way->tokens -= bytes;
    return TRUE;
}

static void offer(World *world, Way *way, const Packet *packet)
{
    if (is_let_in(way, world->now, packet->size + OVERHEAD))
        mp_link_line_offer(way->line, world->now, packet->size + OVERHEAD,
                           g_memdup2(packet, sizeof *packet));
}

static guint size_of(const MpCapacityMessage *message)
{
    if (message->kind == MP_CAPACITY_SENDS_PROBE)
        return message->size;
    return RTCP_BYTES +
           (message->kind == MP_CAPACITY_SENDS_ORDER ? 12 : 16 + 10 * message->report.n_arrivals);
}

static void send_due(World *world)
{
    MpCapacityMessage message;
    while (mp_capacity_tester_next(world->tester, world->now, &message)) {
        const Packet packet = {message, FALSE, size_of(&message)};
        if (message.kind == MP_CAPACITY_SENDS_PROBE)
            world->up_bytes += packet.size + OVERHEAD;
        offer(world, &world->up, &packet);
    }
    while (mp_capacity_far_end_next(world->far_end, world->now, &message)) {
        const Packet packet = {message, FALSE, size_of(&message)};
        if (message.kind == MP_CAPACITY_SENDS_PROBE)
            world->down_bytes += packet.size + OVERHEAD;
        offer(world, &world->down, &packet);
    }
    Way *ways[] = {&world->up, &world->down};
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        const Packet other = {.is_other = TRUE, .size = 1000 - OVERHEAD};
        for (; ways[i]->other_due <= world->now;
             ways[i]->other_due += MP_SEC(8) / ways[i]->given.others_kbps)
            offer(world, ways[i], &other);
    }
}

static gboolean finds_room(const CapacityLine *line, const MpCapacityProbe *probe)
{
    return line->socket_packets == 0 || probe->index < line->socket_packets;
}

static void take_at_far_end(World *world, const Packet *packet)
{
    if (packet->message.kind == MP_CAPACITY_SENDS_PROBE &&
        !finds_room(&world->up.given, &packet->message.probe))
        mp_capacity_far_end_note_dropped(world->far_end, 1);
    else if (packet->message.kind == MP_CAPACITY_SENDS_PROBE)
        mp_capacity_far_end_take_probe(world->far_end, &packet->message.probe, world->now,
                                       world->now);
    else
        mp_capacity_far_end_take_order(world->far_end, &packet->message.order, world->now);
}

static void take_at_tester(World *world, const Packet *packet)
{
    if (packet->message.kind == MP_CAPACITY_SENDS_PROBE &&
        !finds_room(&world->down.given, &packet->message.probe))
        mp_capacity_tester_note_dropped(world->tester, 1);
    else if (packet->message.kind == MP_CAPACITY_SENDS_PROBE)
        mp_capacity_tester_take_probe(world->tester, &packet->message.probe, world->now,
                                      world->now);
    else
        mp_capacity_tester_take_report(world->tester, &packet->message.report, packet->size,
                                       world->now);
}

static void deliver(World *world, Way *way, void (*take)(World *world, const Packet *packet))
{
    MpLinkOutcome outcome;
    while (mp_link_line_take(way->line, world->now, &outcome)) {
        const Packet *packet = outcome.packet;
        if (outcome.fate == MP_FATE_DELIVERED && !packet->is_other)
            take(world, packet);
        if (outcome.is_last)
            g_free(outcome.packet);
        send_due(world);
    }
}

static MpTime next_moment(const World *world)
{
    const MpTime moments[] = {
        mp_capacity_tester_deadline(world->tester),
        mp_capacity_far_end_deadline(world->far_end),
        mp_link_line_deadline(world->up.line),
        mp_link_line_deadline(world->down.line),
        world->up.other_due,
        world->down.other_due,
    };
    MpTime next = MP_NEVER;
    for (gsize i = 0; i < G_N_ELEMENTS(moments); i++)
        next = MIN(next, moments[i]);
    return next;
}

MpCapacityResult capacity_world_run(guint need_kbps, guint rtt_ms, const CapacityLine *up,
                                    const CapacityLine *down, guint64 seed)
{
    const MpCapacityConfig config = {.need_bps = (guint64)need_kbps * 1000,
                                     .up_loss = (up->loss + up->media_loss) / 100,
                                     .down_loss = (down->loss + down->media_loss) / 100,
                                     .round_trip = MP_MSEC(rtt_ms),
                                     .overhead = OVERHEAD,
                                     .most_time = CAPACITY_MOST_TIME};
    const MpCapacityLimits limits = {.greatest_bps = 50000000, .most_bytes = 50000000};
    World world = {.up = way_new(up, MP_MSEC(rtt_ms) / 2, seed, 0),
                   .down = way_new(down, MP_MSEC(rtt_ms) / 2, seed, 1),
                   .tester = mp_capacity_tester_new(&config, 0),
                   .far_end = mp_capacity_far_end_new(&limits)};
    send_due(&world);
    while (!mp_capacity_tester_is_done(world.tester)) {
        world.now = MAX(next_moment(&world), world.now);
        g_assert_cmpint(world.now, <=, CAPACITY_MOST_TIME);
        deliver(&world, &world.up, take_at_far_end);
        deliver(&world, &world.down, take_at_tester);
        send_due(&world);
    }
    MpCapacityResult result = mp_capacity_tester_result(world.tester);
    g_assert_cmpuint(result.up_bytes, ==, world.up_bytes);
    mp_capacity_tester_free(world.tester);
    mp_capacity_far_end_free(world.far_end);
    mp_link_line_free(world.up.line, g_free);
    mp_link_line_free(world.down.line, g_free);
    return result;
}
