/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A sender in virtual time.
 */
#include "tests/support/sim_sender.h"

#include "base/splitmix.h"

#define FRAME (MP_SEC(1) / 30)
#define AUDIO MP_MSEC(20)
#define AUDIO_SIZE 150
#define REPORTS MP_SEC(1)
#define PAYLOAD 1178
/* What one frame is larger or smaller than another, and one second than another. */
#define UNEVENNESS 0.25
#define SLOW_UNEVENNESS 0.03
#define SLOWNESS 0.97

typedef struct {
    MpSimPacket packet;
    MpTime received; /* MP_NEVER: not yet */
    gboolean is_acked;
} Sent;

typedef struct {
    MpTime at;
    GArray *reports; /* MpSimReport */
} Feedback;

typedef struct {
    const SimSenderSetup *setup;
    SimSender *sender;
    MpLinkLine *line;
    GArray *sent; /* Sent, by transport sequence */
    GQueue feedbacks;
    guint32 next_report; /* the first sequence that the far end has to report */
    guint32 highest;
    MpTime frame;
    MpTime audio;
    MpTime feedback;
    MpTime report;
    MpTime second;
    guint64 random;
    guint64 received;
    guint64 padded;
    guint32 n_frames;
    double slow;
} World;

static double chance(World *world)
{
    return (double)(mp_splitmix_next(&world->random) >> 11) * 0x1p-53;
}

static void push(World *world, MpTime now, MpSimKind kind, guint size)
{
    const MpSimPacket packet = {.kind = kind, .size = size, .frame = world->n_frames};
    mp_sim_pacer_push(world->sender->pacer, now, &packet);
}

static double video_bps(const World *world, MpTime now)
{
    const SimSenderSetup *setup = world->setup;
    const double audio_bps = AUDIO_SIZE * 8.0 * (double)MP_SEC(1) / (double)AUDIO;
    const double target = mp_sim_congestion_target_bps(world->sender->congestion);
    const gboolean rests = setup->rest_bps > 0 && now / MP_SEC(5) % 2 == 1;
    const double source = setup->source_bps > 0 ? setup->source_bps : setup->most_bps;
    const double most = rests ? setup->rest_bps : source;
    return MAX(MIN(target, most) - audio_bps, 10e3);
}

static void make_frame(World *world, MpTime now)
{
    if (mp_sim_pacer_backlog(world->sender->pacer) > MP_SEC(2))
        return;
    const double noise = 2 * chance(world) - 1;
    world->slow = SLOWNESS * world->slow + SLOW_UNEVENNESS * 2 * (2 * chance(world) - 1);
    const double evenness = MAX(1 + UNEVENNESS * noise + world->slow, 0.2);
    guint left = (guint)(video_bps(world, now) / 8 / 30 * evenness);
    world->n_frames++;
    while (left > 0) {
        const guint size = MIN(left, PAYLOAD + MP_SIM_OVERHEAD);
        push(world, now, MP_SIM_VIDEO, MAX(size, MP_SIM_OVERHEAD + 20));
        left -= size;
    }
}

static void send_packets(World *world, MpTime now)
{
    MpSimCongestion *congestion = world->sender->congestion;
    MpSimProbe probe;
    while (mp_sim_congestion_probe(congestion, &probe))
        mp_sim_pacer_probe(world->sender->pacer, now, &probe);
    mp_sim_pacer_set_rates(world->sender->pacer, now, mp_sim_congestion_pacing_bps(congestion),
                           mp_sim_congestion_padding_bps(congestion));
    Sent sent = {.received = MP_NEVER};
    while (mp_sim_pacer_next(world->sender->pacer, now, &sent.packet)) {
        g_assert_cmpuint(sent.packet.transport_sequence, ==, world->sent->len);
        g_array_append_val(world->sent, sent);
        mp_sim_congestion_sent(congestion, now, sent.packet.size);
        mp_link_line_offer(world->line, now, sent.packet.size,
                           GUINT_TO_POINTER(sent.packet.transport_sequence + 1));
        world->padded += sent.packet.kind == MP_SIM_PADDING ? sent.packet.size : 0;
    }
}

static void receive(World *world, MpTime now)
{
    MpLinkOutcome outcome;
    while (mp_link_line_take(world->line, now, &outcome)) {
        if (outcome.fate != MP_FATE_DELIVERED)
            continue;
        const guint32 sequence = GPOINTER_TO_UINT(outcome.packet) - 1;
        g_array_index(world->sent, Sent, sequence).received = outcome.due;
        world->next_report = MIN(world->next_report, sequence);
        world->highest = MAX(world->highest, sequence + 1);
        world->received += outcome.size;
        world->sender->longest_queue = MAX(world->sender->longest_queue, outcome.queued);
    }
}

/* All from the first that was not reported, or that came late, to the last that came. */
static void report(World *world, MpTime now)
{
    world->feedback = now + mp_sim_congestion_feedback_interval(world->sender->congestion);
    if (world->next_report >= world->highest)
        return;
    Feedback *feedback = g_new(Feedback, 1);
    feedback->at = now + world->setup->back;
    feedback->reports = g_array_new(FALSE, FALSE, sizeof(MpSimReport));
    for (guint32 i = world->next_report; i < world->highest; i++) {
        Sent *sent = &g_array_index(world->sent, Sent, i);
        if (sent->is_acked)
            continue;
        const MpSimReport one = {i, sent->packet.size, sent->packet.sent, sent->received,
                                 sent->packet.probe};
        sent->is_acked = sent->received != MP_NEVER;
        g_array_append_val(feedback->reports, one);
    }
    world->next_report = world->highest;
    g_queue_push_tail(&world->feedbacks, feedback);
}

static void hear(World *world, MpTime now)
{
    Feedback *feedback = g_queue_pop_head(&world->feedbacks);
    mp_sim_congestion_report(world->sender->congestion, now,
                             (const MpSimReport *)(void *)feedback->reports->data,
                             feedback->reports->len);
    g_array_unref(feedback->reports);
    g_free(feedback);
}

static void end_second(World *world)
{
    const double target = mp_sim_congestion_target_bps(world->sender->congestion) / 1000;
    const double received = (double)world->received * 8 / 1000;
    const double padded = (double)world->padded * 8 / 1000;
    g_array_append_val(world->sender->target_kbps, target);
    g_array_append_val(world->sender->received_kbps, received);
    g_array_append_val(world->sender->padding_kbps, padded);
    world->received = world->padded = 0;
    world->second += MP_SEC(1);
}

static MpTime next_event(const World *world)
{
    const Feedback *feedback = g_queue_peek_head((GQueue *)&world->feedbacks);
    const MpTime times[] = {
        world->frame,
        world->audio,
        world->feedback,
        world->report,
        world->second,
        feedback ? feedback->at : MP_NEVER,
        mp_sim_pacer_due(world->sender->pacer),
        mp_link_line_deadline(world->line),
        mp_sim_congestion_deadline(world->sender->congestion),
    };
    MpTime next = MP_NEVER;
    for (guint i = 0; i < G_N_ELEMENTS(times); i++)
        next = MIN(next, times[i]);
    return next;
}

static void step(World *world, MpTime now)
{
    receive(world, now);
    const Feedback *feedback = g_queue_peek_head(&world->feedbacks);
    if (feedback && feedback->at <= now)
        hear(world, now);
    if (world->feedback <= now)
        report(world, now);
    if (world->report <= now) {
        mp_sim_congestion_round_trip(world->sender->congestion, now,
                                     world->setup->back + world->setup->link->conditions.delay);
        world->report += REPORTS;
    }
    if (world->audio <= now) {
        push(world, now, MP_SIM_AUDIO, AUDIO_SIZE);
        world->audio += AUDIO;
    }
    if (world->frame <= now) {
        make_frame(world, now);
        world->frame += FRAME;
    }
    mp_sim_congestion_advance(world->sender->congestion, now);
    send_packets(world, now);
    if (world->second <= now)
        end_second(world);
}

SimSender *sim_sender_run(const SimSenderSetup *setup)
{
    const MpChromium *chromium = mp_chromium_newest();
    SimSender *sender = g_new0(SimSender, 1);
    sender->target_kbps = g_array_new(FALSE, FALSE, sizeof(double));
    sender->received_kbps = g_array_new(FALSE, FALSE, sizeof(double));
    sender->padding_kbps = g_array_new(FALSE, FALSE, sizeof(double));
    sender->congestion = mp_sim_congestion_new(chromium, setup->most_bps, setup->is_screen, 0);
    sender->pacer = mp_sim_pacer_new(chromium, setup->is_screen, 0);
    World world = {
        .setup = setup,
        .sender = sender,
        .line = mp_link_line_new(setup->link, setup->seed, 0, 0),
        .sent = g_array_new(FALSE, FALSE, sizeof(Sent)),
        .feedbacks = G_QUEUE_INIT,
        .feedback = MP_MSEC(100),
        .report = REPORTS,
        .second = MP_SEC(1),
        .random = setup->seed,
    };
    while (sender->target_kbps->len < setup->seconds)
        step(&world, next_event(&world));
    while (!g_queue_is_empty(&world.feedbacks))
        hear(&world, world.second);
    sender->n_packets = world.sent->len;
    mp_link_line_free(world.line, NULL);
    g_array_unref(world.sent);
    return sender;
}

void sim_sender_free(SimSender *sender)
{
    mp_sim_congestion_free(sender->congestion);
    mp_sim_pacer_free(sender->pacer);
    g_array_unref(sender->target_kbps);
    g_array_unref(sender->received_kbps);
    g_array_unref(sender->padding_kbps);
    g_free(sender);
}

double sim_sender_mean(const GArray *figures, guint first)
{
    double sum = 0;
    for (guint i = first; i < figures->len; i++)
        sum += g_array_index(figures, double, i);
    return sum / (figures->len - first);
}
