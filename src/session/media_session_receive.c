/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes to one end of a call: keys, media, reports.
 */
#include <string.h>

#include "base/clock.h"
#include "session/media_description.h"
#include "session/media_receiver.h"
#include "session/media_session_parts.h"
#include "session/media_wish.h"

#define LARGEST_PACKET 1500
#define LEAST_SET_TIME MP_SEC(1)

static void start_sending(MpMediaSession *session)
{
    if (session->loopback) {
        mp_loopback_call_start(session->loopback, session->srtp);
        return;
    }
    mp_media_sender_start(session->sender, session->srtp, mp_clock_now(),
                          session->config.is_offerer);
    mp_media_feedback_start(session->feedback, session->srtp,
                            mp_media_sender_ssrc(session->sender, MP_STREAM_ECHO));
    if (session->config.starts_at_rest)
        mp_media_session_rest(session);
}

static void on_dtls(MpMediaSession *session, const guint8 *data, gsize length)
{
    if (!session->dtls)
        return;
    mp_dtls_session_feed(session->dtls, data, length);
    MpDtlsState state = mp_dtls_session_state(session->dtls);
    if (state == MP_DTLS_CONNECTED && !session->srtp) {
        session->srtp = mp_srtp_session_new(session->dtls, session->config.is_offerer);
        if (session->srtp) {
            start_sending(session);
            mp_media_session_happened(session, &session->instants.dtls_connected);
        }
    } else if (state == MP_DTLS_CLOSED) {
        mp_media_session_happened(session, &session->instants.ended_by_peer);
    } else if (state == MP_DTLS_FAILED) {
        session->config.changed(session->config.user_data);
    }
    mp_media_session_rearm(session);
}

/* What an echo request asks for. */
static void follow_wish(MpMediaSession *session, MpBytes payload)
{
    MpMediaWish wish;
    if (!mp_media_wish_read(payload, &wish))
        return;
    /* A set begins with its key frames: nobody may have one after the other. The wish is repeated.
     */
    const MpTime now = mp_clock_now();
    if (wish.set != mp_media_sender_set(session->sender) &&
        now - session->set_changed >= LEAST_SET_TIME) {
        session->set_changed = now;
        mp_media_session_turn_to(session, wish.set);
    }
    if (wish.scale == mp_media_sender_scale(session->sender))
        return;
    mp_media_sender_set_scale(session->sender, wish.scale, mp_clock_now());
    /* What the rate that ends brought is told before the next one that is not 0 begins. */
    if (wish.scale <= 0)
        mp_media_sender_report(session->sender, FALSE);
}

static MpMediaReceiver receiver_of(const MpMediaSession *session)
{
    return (MpMediaReceiver){session->loopback != NULL, session->srtp, session->streams,
                             session->record};
}

/* What is missing is asked for at once. */
static void note_for_feedback(MpMediaSession *session, const MpReceivedPacket *received)
{
    const MpTime now = mp_clock_now();
    mp_media_feedback_note(session->feedback, received, now);
    if (mp_media_feedback_deadline(session->feedback) > now)
        return;
    mp_media_feedback_advance(session->feedback, now, mp_media_sender_round_trip(session->sender));
    mp_media_session_rearm(session);
}

static void on_rtp(MpMediaSession *session, guint8 *packet, gsize length, MpTime arrival,
                   gboolean is_kernel_stamped)
{
    const MpMediaReceiver receiver = receiver_of(session);
    MpReceivedPacket received;
    if (!mp_media_receive_rtp(&receiver, packet, length, arrival, is_kernel_stamped, &received))
        return;
    if (session->guard)
        mp_call_watch_note_media(mp_call_guard_watch(session->guard), mp_clock_now());
    mp_media_session_happened(session, &session->instants.first_media);
    if (session->loopback) {
        mp_loopback_call_take_rtp(session->loopback, packet, &received.header, received.payload,
                                  arrival);
        mp_media_session_rearm(session);
        return;
    }
    if (received.header.payload_type == MP_PAYLOAD_PROBE) {
        mp_capacity_link_take_train(session->capacity, received.payload, arrival, mp_clock_now());
        mp_media_session_rearm(session);
        return;
    }
    note_for_feedback(session, &received);
    const gboolean is_echo = received.header.payload_type == MP_PAYLOAD_ECHO;
    if (is_echo)
        session->peer_echo_ssrc = received.header.ssrc;
    if (session->config.is_offerer || !is_echo)
        return;
    follow_wish(session, received.payload);
    mp_media_sender_echo(session->sender, received.sequence);
    mp_media_session_rearm(session);
}

static void on_rtcp(MpMediaSession *session, guint8 *packet, gsize length, MpTime arrival)
{
    const MpMediaReceiver receiver = receiver_of(session);
    if (session->loopback) {
        mp_loopback_call_take_rtcp(session->loopback, packet, length, arrival);
        mp_media_session_rearm(session);
        return;
    }
    MpReceivedRtcp received;
    if (!mp_media_receive_rtcp(&receiver, packet, length, arrival, &received))
        return;
    mp_media_sender_take_nacks(session->sender, &received.feedback, mp_clock_now());
    if (!received.has_report)
        return;
    if (mp_capacity_link_take_app(session->capacity, &received.report.app, length,
                                  mp_clock_now())) {
        mp_media_session_rearm(session);
        return;
    }
    mp_media_sender_take_report(session->sender, &received.report, arrival);
    if (session->guard)
        mp_call_watch_note_heard(mp_call_guard_watch(session->guard),
                                 mp_media_sender_reported_loss(session->sender) < 100);
    if (received.report.is_bye) {
        mp_media_sender_end(session->sender);
        mp_media_session_happened(session, &session->instants.ended_by_peer);
    }
}

/* The kernel tells with a packet how many before it found no room. */
static void note_drops(MpMediaSession *session, MpTime arrival)
{
    const guint32 overflows = mp_ice_succession_overflows(session->ice);
    const guint32 packets = overflows - session->overflows;
    /* The media rests while a train comes. */
    if (packets > 0 && mp_capacity_link_note_dropped(session->capacity, packets)) {
        session->train_overflows += packets;
    } else if (packets > 0) {
        mp_media_record_add_drop(session->record, session->last_arrival, arrival, packets);
        mp_media_streams_note_dropped(session->streams, packets);
    }
    session->overflows = overflows;
    session->last_arrival = arrival;
}

void mp_media_session_take_packet(const guint8 *data, gsize length, MpTime arrival,
                                  gboolean is_kernel_stamped, gpointer user_data)
{
    MpMediaSession *session = user_data;
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    if (length > LARGEST_PACKET)
        return;
    memcpy(packet, data, length);
    note_drops(session, arrival);
    switch (mp_packet_kind(packet, length)) {
    case MP_PACKET_DTLS:
        mp_media_record_add_dtls(session->record->received, packet, length, arrival);
        on_dtls(session, packet, length);
        break;
    case MP_PACKET_RTP:
        on_rtp(session, packet, length, arrival, is_kernel_stamped);
        break;
    case MP_PACKET_RTCP:
        on_rtcp(session, packet, length, arrival);
        break;
    default:
        break;
    }
}
