/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A camera of constant rate over a link in virtual time.
 */
#include "tests/support/playout_run.h"

#include <math.h>

#include "base/splitmix.h"
#include "link/link_line.h"
#include "simulator/sim_rtcp.h"

#define PAYLOAD 1150
#define PACING 6
#define ENCODING MP_MSEC(5)

/* Of NACK packets that are on their way: the sequences are in the pool from `first` on. */
typedef struct {
    guint first;
    guint n;
} Request;

typedef struct {
    const PlayoutSetup *setup;
    MpTime start;
    GArray *frames;   /* MpSimFrame */
    GArray *packets;  /* MpSimPacket, all that were ever pushed, in the pacer's order */
    GArray *again;    /* MpSimPacket: retransmissions that wait */
    guint n_sent;     /* of `packets` */
    guint n_resent;   /* of `again` */
    GArray *on_line;  /* MpSimPacket, as they left */
    GArray *requests; /* Request */
    GArray *asked;    /* guint32 */
    MpTime next_frame;
    MpTime next_packet;
    MpSimRtcp rtcp;
    guint32 sequence;
    guint64 random;
    gboolean is_key_wanted;
    double loss;
    guint n_offered; /* since the last loss that was told */
    guint n_dropped;
    MpLinkLine *media;
    MpLinkLine *feedback;
    MpSimRepair *repair;
    MpSimVideoReceiver *receiver;
    double delay_ms;
    PlayoutResult result;
} Run;

PlayoutSetup playout_setup(MpSimCodec codec, const MpLink *link)
{
    return (PlayoutSetup){.codec = codec,
                          .fps = 30,
                          .rate_bps = 1.5e6,
                          .pixels = 640 * 480,
                          .link = link,
                          .seed = 1,
                          .span = MP_SEC(300)};
}

static double unit(Run *run)
{
    return (double)(mp_splitmix_next(&run->random) >> 11) / 9007199254740992.0;
}

/* Sizes differ by a fifth; a key frame is four times as large. */
static void encode(Run *run)
{
    const PlayoutSetup *setup = run->setup;
    gboolean is_key = run->frames->len == 0 || run->is_key_wanted;
    run->is_key_wanted = FALSE;
    double mean = setup->rate_bps / 8 / setup->fps;
    double bytes = mean * (0.8 + 0.4 * unit(run)) * (is_key ? 4 : 1);
    MpSimFrame frame = {.number = run->frames->len,
                        .first_sequence = run->sequence,
                        .n_packets = (guint)ceil(bytes / PAYLOAD),
                        .bytes = (guint)bytes,
                        .height = 480,
                        .is_key = is_key,
                        .captured = run->next_frame - ENCODING,
                        .encoded = run->next_frame};
    g_array_append_val(run->frames, frame);
    for (guint i = 0; i < frame.n_packets; i++) {
        MpSimPacket packet = {.kind = MP_SIM_VIDEO,
                              .size = frame.bytes / frame.n_packets + MP_SIM_OVERHEAD,
                              .sequence = run->sequence++,
                              .frame = frame.number,
                              .probe = -1};
        g_array_append_val(run->packets, packet);
    }
    MpSimPacket protection[MP_SIM_PROTECTION_MOST];
    guint n = mp_sim_repair_protection(run->repair, &frame, protection);
    g_array_append_vals(run->packets, protection, n);
    run->result.n_protection += n;
    run->next_frame = run->start + (MpTime)(1e9 * (frame.number + 1) / setup->fps) + ENCODING;
}

static gboolean has_waiting(const Run *run)
{
    return run->n_resent < run->again->len || run->n_sent < run->packets->len;
}

static void send(Run *run, MpTime now)
{
    gboolean is_again = run->n_resent < run->again->len;
    MpSimPacket packet = is_again ? g_array_index(run->again, MpSimPacket, run->n_resent++)
                                  : g_array_index(run->packets, MpSimPacket, run->n_sent++);
    packet.sent = now;
    packet.transport_sequence = run->on_line->len;
    g_array_append_val(run->on_line, packet);
    mp_sim_repair_sent(run->repair, now, &packet);
    mp_link_line_offer(run->media, now, packet.size, GUINT_TO_POINTER(run->on_line->len));
    run->next_packet = now + (MpTime)(packet.size * 8e9 / (PACING * run->setup->rate_bps));
    run->result.n_packets += packet.kind == MP_SIM_VIDEO;
    run->result.n_retransmissions += is_again;
}

/* A receiver report: loss of at least 20 packets, as libwebrtc counts it. */
static void report(Run *run, MpTime now)
{
    const PlayoutSetup *setup = run->setup;
    MpTime round_trip = setup->link->up.conditions.delay + setup->link->down.conditions.delay;
    if (run->n_offered >= 20) {
        run->loss = (double)run->n_dropped / run->n_offered;
        run->n_offered = 0;
        run->n_dropped = 0;
    }
    mp_sim_video_receiver_round_trip(run->receiver, round_trip);
    mp_sim_repair_set(run->repair, now, 2 * setup->rate_bps, run->loss, round_trip, setup->fps,
                      setup->pixels);
}

static void ask(Run *run, MpTime now)
{
    run->result.n_events++;
    Request request = {.first = run->asked->len};
    if (mp_sim_video_receiver_nacks(run->receiver, now, run->asked)) {
        request.n = run->asked->len - request.first;
        g_array_append_val(run->requests, request);
        mp_link_line_offer(run->feedback, now, 80, GUINT_TO_POINTER(run->requests->len));
        if (mp_sim_rtcp_write(&run->rtcp, now, TRUE))
            report(run, now);
    }
    if (mp_sim_video_receiver_wants_key_frame(run->receiver, now)) {
        request.n = 0;
        g_array_append_val(run->requests, request);
        mp_link_line_offer(run->feedback, now, 80, GUINT_TO_POINTER(run->requests->len));
    }
    for (MpSimShown shown; mp_sim_video_receiver_shown(run->receiver, &shown);)
        run->delay_ms += mp_time_to_ms(shown.rendered - shown.captured);
}

static void receive(Run *run, MpTime now)
{
    for (MpLinkOutcome outcome; mp_link_line_take(run->media, now, &outcome);) {
        const MpSimPacket *packet = &g_array_index(run->on_line, MpSimPacket,
                                                   GPOINTER_TO_UINT(outcome.packet) - 1);
        run->n_offered += packet->kind != MP_SIM_RETRANSMISSION;
        if (outcome.fate != MP_FATE_DELIVERED) {
            run->n_dropped += packet->kind != MP_SIM_RETRANSMISSION;
            run->result.n_lost += packet->kind == MP_SIM_VIDEO;
            continue;
        }
        mp_sim_video_receiver_take(run->receiver, now, packet);
        ask(run, now);
    }
}

static void answer(Run *run, MpTime now)
{
    for (MpLinkOutcome outcome; mp_link_line_take(run->feedback, now, &outcome);) {
        if (outcome.fate != MP_FATE_DELIVERED)
            continue;
        const Request *request = &g_array_index(run->requests, Request,
                                                GPOINTER_TO_UINT(outcome.packet) - 1);
        run->is_key_wanted |= request->n == 0;
        for (guint i = 0; i < request->n; i++) {
            MpSimPacket packet;
            guint32 sequence = g_array_index(run->asked, guint32, request->first + i);
            if (mp_sim_repair_again(run->repair, now, sequence, &packet))
                g_array_append_val(run->again, packet);
        }
    }
}

static MpTime next_event(const Run *run)
{
    MpTime next = MIN(run->next_frame, mp_sim_rtcp_deadline(&run->rtcp));
    next = MIN(next, mp_link_line_deadline(run->media));
    next = MIN(next, mp_link_line_deadline(run->feedback));
    next = MIN(next, mp_sim_video_receiver_deadline(run->receiver));
    return has_waiting(run) ? MIN(next, run->next_packet) : next;
}

static void step(Run *run, MpTime now)
{
    if (mp_sim_rtcp_write(&run->rtcp, now, FALSE))
        report(run, now);
    if (run->next_frame <= now)
        encode(run);
    run->next_packet = has_waiting(run) ? run->next_packet : MAX(run->next_packet, now);
    if (has_waiting(run) && run->next_packet <= now)
        send(run, now);
    receive(run, now);
    answer(run, now);
    if (mp_sim_video_receiver_deadline(run->receiver) <= now) {
        mp_sim_video_receiver_advance(run->receiver, now);
        ask(run, now);
    }
}

static void finish(Run *run)
{
    double minutes = mp_time_to_ms(run->setup->span) / 60e3;
    PlayoutResult *result = &run->result;
    result->counters = mp_sim_video_receiver_counters(run->receiver);
    const MpSimVideoCounters *counters = &result->counters;
    result->n_frames = run->frames->len;
    result->freezes_per_min = counters->freezes / minutes;
    result->frozen_percent = 100.0 * (double)counters->frozen / (double)run->setup->span;
    result->delay_ms = run->delay_ms / counters->frames_decoded;
    result->jitter_buffer_ms = mp_time_to_ms(counters->jitter_buffer_delay) /
                               counters->frames_decoded;
    result->decoded_percent = 100.0 * counters->frames_decoded / run->frames->len;
}

static void begin(Run *run)
{
    const MpChromium *chromium = mp_chromium_newest();
    const PlayoutSetup *setup = run->setup;
    run->start = MP_SEC(1000);
    run->next_frame = run->start + ENCODING;
    run->random = setup->seed;
    run->frames = g_array_new(FALSE, FALSE, sizeof(MpSimFrame));
    run->packets = g_array_new(FALSE, FALSE, sizeof(MpSimPacket));
    run->again = g_array_new(FALSE, FALSE, sizeof(MpSimPacket));
    run->on_line = g_array_new(FALSE, FALSE, sizeof(MpSimPacket));
    run->requests = g_array_new(FALSE, FALSE, sizeof(Request));
    run->asked = g_array_new(FALSE, FALSE, sizeof(guint32));
    run->repair = mp_sim_repair_new(chromium, setup->codec, run->start);
    run->receiver = mp_sim_video_receiver_new(chromium, run->frames, run->start);
    run->media = mp_link_line_new(&setup->link->up, setup->seed, 0, run->start);
    run->feedback = mp_link_line_new(&setup->link->down, setup->seed, 1, run->start);
    mp_sim_rtcp_init(&run->rtcp, &chromium->playout.rtcp, setup->is_receiver_offerer, setup->seed,
                     run->start);
    report(run, run->start);
}

static void run_clear(Run *run)
{
    mp_link_line_free(run->media, NULL);
    mp_link_line_free(run->feedback, NULL);
    mp_sim_video_receiver_free(run->receiver);
    mp_sim_repair_free(run->repair);
    GArray *const arrays[] = {run->frames,  run->packets,  run->again,
                              run->on_line, run->requests, run->asked};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
}

PlayoutResult playout_run(const PlayoutSetup *setup)
{
    Run run = {.setup = setup};
    begin(&run);
    for (MpTime now; (now = next_event(&run)) <= run.start + setup->span;)
        step(&run, now);
    finish(&run);
    run_clear(&run);
    return run.result;
}
