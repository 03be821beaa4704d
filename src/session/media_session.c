/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One end of a call.
 */
#include "session/media_session.h"

#include "base/clock.h"
#include "base/timer.h"
#include "session/media_description.h"
#include "session/media_session_parts.h"
#include "stats/summary.h"

/* BYE may be lost, and nothing acknowledges it. */
#define BYE_REPEATS 3

G_STATIC_ASSERT(MP_UNRECORDED == MP_ICE_UNTAGGED);

void mp_media_session_happened(MpMediaSession *session, MpTime *instant)
{
    if (*instant)
        return;
    *instant = mp_clock_now();
    session->config.changed(session->config.user_data);
}

void mp_media_session_rearm(MpMediaSession *session)
{
    MpTime deadline = MIN(mp_media_sender_deadline(session->sender),
                          mp_call_guard_deadline(session->guard));
    if (session->srtp)
        deadline = MIN(deadline, mp_capacity_link_deadline(session->capacity));
    if (mp_ice_succession_present(session->ice))
        deadline = MIN(deadline, mp_ice_session_consent_deadline(
                                     mp_ice_succession_present(session->ice), mp_clock_now()));
    deadline = MIN(deadline, mp_loopback_call_deadline(session->loopback));
    deadline = MIN(deadline, mp_media_feedback_deadline(session->feedback));
    MpTime wait = session->dtls ? mp_dtls_session_wait(session->dtls) : MP_NEVER;
    if (wait != MP_NEVER)
        deadline = MIN(deadline, mp_clock_now() + wait);
    mp_timer_arm(session->timer, deadline);
}

/* Sending. */

void mp_media_session_send_handshake(const guint8 *data, gsize length, gpointer user_data)
{
    MpMediaSession *session = user_data;
    MpIceSession *ice = mp_ice_succession_present(session->ice);
    const MpTime left = mp_clock_realtime();
    if (ice && mp_ice_session_send(ice, &(MpBytes){data, length}, 1, MP_UNRECORDED) == 1)
        mp_media_record_add_dtls(session->record->sent, data, length, left);
}

guint mp_media_session_send_batch(const MpBytes *packets, guint n, guint32 first_tag,
                                  gpointer user_data)
{
    const MpMediaSession *session = user_data;
    MpIceSession *ice = mp_ice_succession_present(session->ice);
    return ice ? mp_ice_session_send(ice, packets, n, first_tag) : 0;
}

gboolean mp_media_session_send_media(const guint8 *data, gsize length, guint32 tag,
                                     gpointer user_data)
{
    return mp_media_session_send_batch(&(MpBytes){data, length}, 1, tag, user_data) == 1;
}

static void on_timer(MpTime now, gpointer user_data)
{
    MpMediaSession *session = user_data;
    if (session->dtls && mp_dtls_session_wait(session->dtls) == 0)
        mp_dtls_session_advance(session->dtls);
    mp_media_sender_advance(session->sender, now);
    mp_media_capacity_advance(session, now);
    mp_loopback_call_advance(session->loopback, now);
    mp_media_feedback_advance(session->feedback, now, mp_media_sender_round_trip(session->sender));
    if (mp_ice_succession_present(session->ice)) {
        mp_ice_session_take_stamps(mp_ice_succession_present(session->ice));
        mp_ice_session_look_at_consent(mp_ice_succession_present(session->ice), now);
    }
    if (mp_media_sender_is_sending(session->sender))
        mp_host_canary_look(session->canary, now, mp_clock_difference());
    mp_call_guard_advance(session->guard, now);
    mp_media_session_rearm(session);
}

void mp_media_session_rest(MpMediaSession *session)
{
    mp_media_streams_pause_video(session->streams, TRUE);
    mp_media_sender_set_scale(session->sender, 0, mp_clock_now());
    if (session->guard)
        mp_call_watch_note_rest(mp_call_guard_watch(session->guard), mp_clock_now(), TRUE);
}

void mp_media_session_turn_to(MpMediaSession *session, guint set)
{
    mp_media_streams_retire(session->streams, session->peer_echo_ssrc);
    mp_media_sender_change_set(session->sender, set, mp_clock_now());
}

static void on_sent(guint32 tag, MpTime left, gpointer user_data)
{
    const MpMediaSession *session = user_data;
    mp_media_sender_stamp(session->sender, tag, left);
}

/* Without a pair nothing may be sent (RFC 7675 section 5.1); a restart may bring another. */
static void on_ice_lost(MpMediaSession *session)
{
    mp_media_sender_hold(session->sender, TRUE);
    mp_loopback_call_hold(session->loopback, TRUE);
    mp_call_guard_note_lost(session->guard);
    mp_media_session_happened(session, &session->instants.consent_lost);
}

static void on_ice_found(MpMediaSession *session)
{
    session->instants.consent_lost = 0;
    mp_media_sender_hold(session->sender, FALSE);
    mp_loopback_call_hold(session->loopback, FALSE);
    mp_media_session_rearm(session);
}

static void on_ice_changed(gpointer user_data)
{
    MpMediaSession *session = user_data;
    switch (mp_ice_session_state(mp_ice_succession_present(session->ice))) {
    case MP_ICE_GATHERED:
        mp_media_session_happened(session, &session->instants.gathered);
        break;
    case MP_ICE_CONNECTED:
        if (session->dtls && !session->instants.dtls_started) {
            session->instants.dtls_started = mp_clock_now();
            mp_dtls_session_start(session->dtls);
        }
        on_ice_found(session);
        mp_media_session_happened(session, &session->instants.ice_connected);
        break;
    case MP_ICE_FAILED:
        if (session->instants.ice_connected)
            on_ice_lost(session);
        else
            session->config.changed(session->config.user_data);
        break;
    default:
        break;
    }
}

static void on_next_changed(gpointer user_data)
{
    const MpMediaSession *session = user_data;
    session->config.changed(session->config.user_data);
}

static void on_succeeded(gpointer user_data)
{
    MpMediaSession *session = user_data;
    mp_call_guard_note_succeeded(session->guard);
    on_ice_found(session);
    session->config.changed(session->config.user_data);
}

static void on_mapped(const MpAddress *mapped, gboolean is_by_relay, gpointer user_data)
{
    MpMediaSession *session = user_data;
    mp_call_guard_note_mapped(session->guard, mapped, is_by_relay);
    session->config.changed(session->config.user_data);
}

static void on_relay_said(guint code, gpointer user_data)
{
    MpMediaSession *session = user_data;
    mp_call_guard_note_relay(session->guard, code);
    session->config.changed(session->config.user_data);
}

static const MpIceSuccessionCallbacks ice_callbacks = {
    .changed = on_ice_changed,
    .next_changed = on_next_changed,
    .succeeded = on_succeeded,
    .packet = mp_media_session_take_packet,
    .sent = on_sent,
    .mapped = on_mapped,
    .relay_said = on_relay_said,
};

static void on_guard_changed(gpointer user_data)
{
    MpMediaSession *session = user_data;
    mp_media_session_rearm(session);
    session->config.changed(session->config.user_data);
}

MpMediaSession *mp_media_session_new(const MpMediaSessionConfig *config)
{
    MpMediaSession *session = g_new0(MpMediaSession, 1);
    session->config = *config;
    session->tier_kbps = config->video_kbps;
    session->identity = mp_dtls_identity_new();
    session->streams = mp_media_streams_new();
    session->record = mp_media_record_new();
    session->canary = mp_host_canary_new();
    session->sender = mp_media_sender_new(session->record, session->streams,
                                          mp_media_session_send_batch, session);
    if (config->up)
        mp_media_sender_describe(session->sender, config->up);
    if (config->down)
        session->asked = g_array_copy((GArray *)config->down);
    session->capacity = mp_capacity_link_new(&config->capacity, mp_media_session_send_media,
                                             session);
    session->feedback = mp_media_feedback_new(mp_media_session_send_media, session);
    MpIceConfig ice = config->ice;
    ice.is_controlling = config->is_offerer;
    session->ice = mp_ice_succession_new(&ice, &ice_callbacks, session);
    if (config->is_offerer)
        session->guard = mp_call_guard_new(session->ice, on_guard_changed, session);
    session->timer = mp_timer_new(on_timer, session);
    if (session->timer) {
        g_source_set_priority(session->timer, G_PRIORITY_HIGH);
        g_source_attach(session->timer, g_main_context_get_thread_default());
        return session;
    }
    mp_media_session_free(session);
    return NULL;
}

void mp_media_session_free(MpMediaSession *session)
{
    if (!session)
        return;
    if (session->timer) {
        g_source_destroy(session->timer);
        g_source_unref(session->timer);
    }
    mp_call_guard_free(session->guard);
    mp_loopback_call_free(session->loopback);
    mp_ice_succession_free(session->ice);
    mp_media_sender_free(session->sender);
    mp_media_feedback_free(session->feedback);
    mp_srtp_session_free(session->srtp);
    mp_dtls_session_free(session->dtls);
    mp_dtls_identity_free(session->identity);
    mp_media_streams_free(session->streams);
    g_clear_pointer(&session->asked, g_array_unref);
    mp_media_record_free(session->record);
    mp_host_canary_free(session->canary);
    mp_capacity_link_free(session->capacity);
    g_free(session);
}

gboolean mp_media_session_gather(MpMediaSession *session)
{
    return mp_ice_session_gather(mp_ice_succession_present(session->ice));
}

/* Asking. */

MpCallWatch *mp_media_session_watch(MpMediaSession *session)
{
    return mp_call_guard_watch(session->guard);
}

const MpMediaInstants *mp_media_session_instants(const MpMediaSession *session)
{
    return &session->instants;
}

MpIceSession *mp_media_session_ice(MpMediaSession *session)
{
    return mp_ice_succession_present(session->ice);
}

const MpDtlsSession *mp_media_session_dtls(const MpMediaSession *session)
{
    return session->dtls;
}

void mp_media_session_set_rate(MpMediaSession *session, guint video_kbps)
{
    if (!video_kbps) {
        mp_media_session_rest(session);
    } else {
        if (video_kbps != session->tier_kbps)
            mp_media_streams_restart_loss(session->streams);
        session->tier_kbps = video_kbps;
        mp_media_streams_pause_video(session->streams, FALSE);
        mp_media_sender_set_scale(session->sender,
                                  (double)video_kbps / MAX(session->config.video_kbps, 1),
                                  mp_clock_now());
        if (session->guard)
            mp_call_watch_note_rest(mp_call_guard_watch(session->guard), mp_clock_now(), FALSE);
    }
    mp_media_session_rearm(session);
}

void mp_media_session_change_set(MpMediaSession *session, guint set, double scale)
{
    const MpTime now = mp_clock_now();
    mp_media_sender_set_scale(session->sender, scale, now);
    mp_media_session_turn_to(session, set);
    mp_media_streams_pause_video(session->streams, FALSE);
    mp_media_streams_restart_loss(session->streams);
    if (session->guard)
        mp_call_watch_note_rest(mp_call_guard_watch(session->guard), now, FALSE);
    mp_media_session_rearm(session);
}

void mp_media_session_stop(MpMediaSession *session)
{
    /* Also where the far end's BYE has stopped us: what comes no more is no outage then. */
    if (session->guard)
        mp_call_watch_end(mp_call_guard_watch(session->guard), mp_clock_now());
    mp_loopback_call_stop(session->loopback);
    if (!mp_media_sender_is_sending(session->sender))
        return;
    mp_media_sender_end(session->sender);
    mp_media_feedback_end(session->feedback);
    for (guint i = 0; i < BYE_REPEATS; i++)
        mp_media_sender_report(session->sender, TRUE);
    mp_media_session_rearm(session);
}

double mp_media_session_loss_percent(const MpMediaSession *session)
{
    return MAX(mp_media_streams_loss_percent(session->streams),
               mp_media_sender_reported_loss(session->sender));
}

const GArray *mp_media_session_rtcp_round_trips(const MpMediaSession *session)
{
    return mp_media_sender_round_trips(session->sender);
}

const MpMediaRecord *mp_media_session_record(MpMediaSession *session)
{
    MpMediaRecord *record = session->record;
    record->receive_overflows = mp_ice_succession_overflows(session->ice) -
                                session->train_overflows;
    record->duplicates = session->srtp ? mp_srtp_session_repeated(session->srtp) : 0;
    mp_host_canary_note(session->canary, record);
    const GArray *lateness = mp_media_sender_lateness(session->sender);
    if (lateness->len > 0) {
        MpSummary late = mp_summary((const void *)lateness->data, lateness->len);
        record->timer_late_p50 = (MpTime)(late.p50 * 1e6);
        record->timer_late_p99 = (MpTime)(late.p99 * 1e6);
    }
    return record;
}

guint mp_media_session_received(const MpMediaSession *session)
{
    return session->record->received->len;
}

const MpMediaLoopback *mp_media_session_loopback(const MpMediaSession *session)
{
    return mp_loopback_call_media(session->loopback);
}

guint32 mp_media_session_echo_ssrc(const MpMediaSession *session, gboolean is_ours)
{
    return is_ours ? mp_media_sender_ssrc(session->sender, MP_STREAM_ECHO)
                   : session->peer_echo_ssrc;
}

const char *mp_media_session_stream_kind(const MpMediaSession *session, guint32 ssrc)
{
    const guint8 sent = mp_media_sender_payload_type(session->sender, ssrc);
    return mp_media_payload_kind(sent ? sent
                                      : mp_media_streams_payload_type(session->streams, ssrc));
}

void mp_media_session_close(MpMediaSession *session, void (*closed)(gpointer user_data),
                            gpointer user_data)
{
    mp_media_sender_end(session->sender);
    mp_media_feedback_end(session->feedback);
    if (session->dtls)
        mp_dtls_session_close(session->dtls);
    mp_timer_arm(session->timer, MP_NEVER);
    mp_ice_succession_close(session->ice, closed, user_data);
}
