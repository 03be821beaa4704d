/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One end of a simulated call: its parts, and when each has something to do.
 */
#include "simulator/sim_end.h"

#include <math.h>

#define SECOND MP_SEC(1)
#define MOST_REPORTS 2048

static double audio_bps(const MpSimEnd *end)
{
    const MpChromiumAudio *audio = &end->chromium->audio;
    return (audio->packet_bytes + MP_SIM_OVERHEAD) * 8e3 / mp_time_to_ms(audio->packet_time);
}

/* What probes ask for at most twice: headers of audio are in it, those of video are not. */
static double need_bps(const MpSimEnd *end)
{
    return mp_sim_encoder_most_bps(end->encoder) + audio_bps(end);
}

MpSimEnd *mp_sim_end_new(const MpChromium *chromium, const MpSimSetup *setup, gboolean is_offerer,
                         guint64 seed, MpSimSend send, gpointer user_data)
{
    const gboolean is_screen = setup->session == MP_SESSION_SCREEN_SHARE;
    MpSimEnd *end = g_new0(MpSimEnd, 1);
    end->chromium = chromium;
    end->setup = *setup;
    end->send = send;
    end->user_data = user_data;
    end->frames = g_array_sized_new(FALSE, FALSE, sizeof(MpSimFrame), 2048);
    end->encoder = mp_sim_encoder_new(chromium, setup, seed, 0);
    end->most_bps = need_bps(end);
    end->congestion = mp_sim_congestion_new(chromium, end->most_bps, is_screen, 0);
    end->pacer = mp_sim_pacer_new(chromium, is_screen, 0);
    end->repair = mp_sim_repair_new(chromium, setup->codec, 0);
    end->audio = mp_sim_audio_receiver_new(chromium, 0);
    end->sent = g_new0(MpSimSentMemory, 1);
    end->arrivals = g_new0(MpSimArrivals, 1);
    end->nacks = g_array_new(FALSE, FALSE, sizeof(guint32));
    mp_sim_rtcp_init(&end->rtcp, &chromium->playout.rtcp, is_offerer, seed, 0);
    mp_sim_tally_init(&end->tally, setup);
    return end;
}

void mp_sim_end_free(MpSimEnd *end)
{
    if (!end)
        return;
    mp_sim_encoder_free(end->encoder);
    mp_sim_congestion_free(end->congestion);
    mp_sim_pacer_free(end->pacer);
    mp_sim_repair_free(end->repair);
    mp_sim_video_receiver_free(end->video);
    mp_sim_audio_receiver_free(end->audio);
    mp_sim_tally_clear(&end->tally);
    g_array_unref(end->frames);
    g_array_unref(end->nacks);
    g_free(end->sent);
    g_free(end->arrivals);
    g_free(end);
}

/* What libwebrtc takes off for headers (call/rtp_video_sender.cc, CalculateOverheadRate): of so
 * many packets as the rate fills, rounded up to the same number in each frame. */
static double header_bps(const MpSimEnd *end, double bps)
{
    const double packets = bps / 8 / (end->chromium->encoder.packet_bytes + MP_SIM_OVERHEAD);
    return ceil(packets / end->setup.fps) * end->setup.fps * MP_SIM_OVERHEAD * 8;
}

/* What the allocator lets video and its protection have together: up to twice what the encoder can
 * use, so that protection need not take from it. */
static double video_share(const MpSimEnd *end)
{
    const double left = mp_sim_congestion_target_bps(end->congestion) - audio_bps(end);
    const double payload = end->chromium->encoder.packet_bytes;
    const double most = mp_sim_encoder_most_bps(end->encoder) * (payload + MP_SIM_OVERHEAD) /
                        payload;
    return CLAMP(left, 0, end->chromium->congestion.most_allocated * most);
}

/* Of a frame as it is sent now: the scaler keeps the picture's shape. */
static guint pixels_sent(const MpSimEnd *end)
{
    const guint whole = end->setup.width * end->setup.height;
    if (end->frames->len == 0)
        return whole;
    const MpSimFrame *latest = &g_array_index(end->frames, MpSimFrame, end->frames->len - 1);
    const double share = (double)latest->height / end->setup.height;
    return (guint)(whole * share * share);
}

/* A rate changed, or what can be done with it. */
static void spread_rate(MpSimEnd *end, MpTime now)
{
    const double share = video_share(end);
    const MpTime round_trip = mp_sim_congestion_rtt(end->congestion);
    const double payload = MAX(share - header_bps(end, share), 0);
    mp_sim_repair_set(end->repair, now, payload, mp_sim_congestion_loss(end->congestion),
                      round_trip, end->setup.fps, pixels_sent(end));
    const double video = payload * (1 - mp_sim_repair_overhead(end->repair, now));
    mp_sim_pacer_set_rates(end->pacer, now, mp_sim_congestion_pacing_bps(end->congestion),
                           mp_sim_congestion_padding_bps(end->congestion));
    mp_sim_encoder_set_drop_share(end->encoder, mp_sim_congestion_drop_share(end->congestion));
    /* video/video_send_stream_impl.cc, OnBitrateUpdated: protection is taken off once more. */
    mp_sim_encoder_set_link(end->encoder, 2 * video - payload);
    mp_sim_encoder_set_rate(end->encoder, video, mp_sim_pacer_backlog(end->pacer));
    const double most = need_bps(end);
    if (most != end->most_bps)
        mp_sim_congestion_set_most(end->congestion, now, end->most_bps = most);
    MpSimProbe probe;
    while (mp_sim_congestion_probe(end->congestion, &probe))
        mp_sim_pacer_probe(end->pacer, now, &probe);
}

static void push(MpSimEnd *end, MpTime now, MpSimPacket packet)
{
    packet.size += MP_SIM_OVERHEAD;
    packet.probe = -1;
    mp_sim_pacer_push(end->pacer, now, &packet);
}

/* Packets of about the same size, as libwebrtc's packetizers make them; then the protection. */
static void push_frame(MpSimEnd *end, MpTime now, MpSimFrame frame)
{
    const guint most = end->chromium->encoder.packet_bytes;
    frame.number = end->frames->len;
    frame.first_sequence = end->next_video;
    frame.n_packets = MAX((frame.bytes + most - 1) / most, 1);
    end->next_video += frame.n_packets;
    g_array_append_val(end->frames, frame);
    const guint size = (frame.bytes + frame.n_packets - 1) / frame.n_packets;
    for (guint i = 0; i < frame.n_packets; i++)
        push(end, now,
             (MpSimPacket){.kind = MP_SIM_VIDEO,
                           .size = size,
                           .sequence = frame.first_sequence + i,
                           .frame = frame.number});
    MpSimPacket protection[MP_SIM_PROTECTION_MOST];
    const guint count = mp_sim_repair_protection(end->repair, &frame, protection);
    for (guint i = 0; i < count; i++)
        mp_sim_pacer_push(end->pacer, now, &protection[i]);
}

static void advance_encoder(MpSimEnd *end, MpTime now)
{
    MpSimFrame frame;
    while (mp_sim_encoder_take(end->encoder, now, &frame))
        push_frame(end, now, frame);
}

static void advance_audio(MpSimEnd *end, MpTime now)
{
    const MpChromiumAudio *audio = &end->chromium->audio;
    push(end, now,
         (MpSimPacket){
             .kind = MP_SIM_AUDIO, .size = audio->packet_bytes, .sequence = end->next_audio++});
    end->due[MP_SIM_DUE_AUDIO] = now + audio->packet_time;
}

static void advance_congestion(MpSimEnd *end, MpTime now)
{
    mp_sim_congestion_advance(end->congestion, now);
    spread_rate(end, now);
}

static void advance_pacer(MpSimEnd *end, MpTime now)
{
    MpSimPacket packet;
    while (mp_sim_pacer_next(end->pacer, now, &packet)) {
        mp_sim_sent_remember(end->sent, &packet);
        mp_sim_congestion_sent(end->congestion, now, packet.size);
        mp_sim_repair_sent(end->repair, now, &packet);
        end->send(end->user_data, now, &packet, NULL);
    }
}

/* What the receiver asks for leaves at once; what it tells of packets, in its time. */
static void tell(MpSimEnd *end, MpTime now, gboolean with_packets)
{
    MpSimFeedback *feedback = &end->feedback;
    feedback->written = now;
    feedback->n_nacks = feedback->first = feedback->end = 0;
    g_array_set_size(end->nacks, 0);
    if (mp_sim_video_receiver_nacks(end->video, now, end->nacks)) {
        feedback->n_nacks = MIN(end->nacks->len, MP_SIM_MOST_NACKS);
        memcpy(feedback->nacks, end->nacks->data, feedback->n_nacks * sizeof(guint32));
    }
    feedback->wants_key_frame = mp_sim_video_receiver_wants_key_frame(end->video, now);
    const gboolean asks = feedback->n_nacks > 0 || feedback->wants_key_frame;
    feedback->has_report = mp_sim_rtcp_write(&end->rtcp, now, asks);
    const gboolean tells = with_packets && mp_sim_feedback_write(end->arrivals, now, feedback);
    if (!tells && !asks && !feedback->has_report)
        return;
    const MpSimPacket packet = {
        .kind = MP_SIM_FEEDBACK,
        .size = end->chromium->playout.rtcp.bytes + (feedback->end - feedback->first) +
                4 * feedback->n_nacks,
        .sent = now,
        .probe = -1,
    };
    end->send(end->user_data, now, &packet, feedback);
}

static void advance_video(MpSimEnd *end, MpTime now)
{
    mp_sim_video_receiver_advance(end->video, now);
    MpSimShown shown;
    while (mp_sim_video_receiver_shown(end->video, &shown))
        mp_sim_tally_show(&end->tally, &shown,
                          &g_array_index(end->other->frames, MpSimFrame, shown.number));
    tell(end, now, FALSE);
}

static void advance_feedback(MpSimEnd *end, MpTime now)
{
    tell(end, now, TRUE);
    end->due[MP_SIM_DUE_FEEDBACK] = now + mp_sim_congestion_feedback_interval(end->congestion);
}

static void advance_report(MpSimEnd *end, MpTime now)
{
    tell(end, now, FALSE);
}

static void advance_second(MpSimEnd *end, MpTime now)
{
    MpSimMoment moment = {
        .video = mp_sim_video_receiver_counters(end->video),
        .source_frames = mp_sim_encoder_source_frames(end->other->encoder),
        .bytes = end->tally.bytes,
        .cpu_limited = mp_sim_encoder_cpu_limited(end->other->encoder),
    };
    mp_sim_audio_receiver_advance(end->audio, now);
    mp_sim_audio_receiver_counters(end->audio, &moment.played_ms, &moment.concealed_ms);
    mp_sim_tally_second(&end->tally, now, &moment);
    end->due[MP_SIM_DUE_SECOND] = now + SECOND;
}

/* Each actor's own deadline, where it has one. */
static void look_ahead(MpSimEnd *end)
{
    end->due[MP_SIM_DUE_ENCODER] = mp_sim_encoder_deadline(end->encoder);
    end->due[MP_SIM_DUE_CONGESTION] = mp_sim_congestion_deadline(end->congestion);
    end->due[MP_SIM_DUE_PACER] = mp_sim_pacer_due(end->pacer);
    end->due[MP_SIM_DUE_VIDEO] = mp_sim_video_receiver_deadline(end->video);
    end->due[MP_SIM_DUE_REPORT] = mp_sim_rtcp_deadline(&end->rtcp);
}

void mp_sim_ends_join(MpSimEnd *one, MpSimEnd *other)
{
    MpSimEnd *const both[] = {one, other};
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
        both[i]->other = both[1 - i];
        both[i]->video = mp_sim_video_receiver_new(both[i]->chromium, both[1 - i]->frames, 0);
        spread_rate(both[i], 0);
        look_ahead(both[i]);
    }
}

MpTime mp_sim_end_deadline(const MpSimEnd *end)
{
    MpTime least = end->due[0];
    for (guint i = 1; i < MP_N_SIM_DUES; i++)
        least = MIN(least, end->due[i]);
    return least;
}

void mp_sim_end_advance(MpSimEnd *end, MpTime now)
{
    static void (*const actors[MP_N_SIM_DUES])(MpSimEnd *, MpTime) = {
        [MP_SIM_DUE_ENCODER] = advance_encoder,       [MP_SIM_DUE_AUDIO] = advance_audio,
        [MP_SIM_DUE_CONGESTION] = advance_congestion, [MP_SIM_DUE_PACER] = advance_pacer,
        [MP_SIM_DUE_VIDEO] = advance_video,           [MP_SIM_DUE_FEEDBACK] = advance_feedback,
        [MP_SIM_DUE_REPORT] = advance_report,         [MP_SIM_DUE_SECOND] = advance_second,
    };
    for (guint i = 0; i < MP_N_SIM_DUES; i++)
        if (end->due[i] <= now)
            actors[i](end, now);
    look_ahead(end);
}

static void take_feedback(MpSimEnd *end, MpTime now, const MpSimFeedback *feedback)
{
    MpSimReport reports[MOST_REPORTS];
    const guint count = mp_sim_feedback_read(feedback, end->sent, end->other->arrivals, now,
                                             reports, MOST_REPORTS, &end->round_trip);
    if (count > 0)
        mp_sim_congestion_report(end->congestion, now, reports, count);
    if (feedback->has_report && end->round_trip > 0) {
        mp_sim_congestion_round_trip(end->congestion, now, end->round_trip);
        mp_sim_video_receiver_round_trip(end->video, end->round_trip);
    }
    for (guint i = 0; i < feedback->n_nacks; i++) {
        MpSimPacket again;
        if (mp_sim_repair_again(end->repair, now, feedback->nacks[i], &again))
            mp_sim_pacer_push(end->pacer, now, &again);
    }
    if (feedback->wants_key_frame)
        mp_sim_encoder_want_key_frame(end->encoder);
    spread_rate(end, now);
}

static void take_media(MpSimEnd *end, MpTime now, const MpSimPacket *packet)
{
    mp_sim_arrivals_take(end->arrivals, now, packet->transport_sequence);
    if (packet->kind == MP_SIM_AUDIO) {
        const double loss = mp_sim_congestion_loss(end->other->congestion);
        mp_sim_audio_receiver_take(end->audio, now, packet->sequence,
                                   mp_sim_audio_adds_repair(end->chromium, loss, packet->sequence));
        return;
    }
    if (packet->kind == MP_SIM_VIDEO)
        end->tally.bytes += packet->size - MP_SIM_OVERHEAD;
    mp_sim_video_receiver_take(end->video, now, packet);
    advance_video(end, now);
}

void mp_sim_end_take(MpSimEnd *end, MpTime now, const MpSimPacket *packet,
                     const MpSimFeedback *feedback)
{
    if (packet->kind == MP_SIM_FEEDBACK)
        take_feedback(end, now, feedback);
    else
        take_media(end, now, packet);
    look_ahead(end);
}
