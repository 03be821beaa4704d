/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A looped back call on the wire.
 */
#include "session/loopback_call.h"

#include "base/clock.h"

/* As many as come: see media_receiver.c. */
#define MOST_ENTRIES 700000
/* Each section's stream and its retransmissions. */
#define MOST_SSRCS (2 * MP_LOOPBACK_MOST)

struct _MpLoopbackCall {
    MpMediaLoopback *media;
    MpMediaRecord *record;
    MpMediaSend send;
    gpointer user_data;
    MpSrtpSession *srtp; /* NULL: not started */
    gboolean is_held;
    struct {
        guint32 ssrc; /* 0: free */
        guint32 sequence;
    } sent[MOST_SSRCS];
};

/* Continued past 16 bits, as the record has it. */
static guint32 continue_sequence(MpLoopbackCall *call, const MpRtpHeader *header)
{
    for (guint i = 0; i < MOST_SSRCS; i++) {
        if (call->sent[i].ssrc == header->ssrc)
            return call->sent[i].sequence = mp_rtp_unwrap(call->sent[i].sequence, header->sequence);
        if (call->sent[i].ssrc == 0) {
            call->sent[i].ssrc = header->ssrc;
            return call->sent[i].sequence = header->sequence;
        }
    }
    return header->sequence;
}

static void send_rtp(MpLoopbackCall *call, guint8 *packet, gsize length, const MpRtpHeader *header)
{
    guint32 tag = call->record->sent->len;
    if (tag >= MOST_ENTRIES || !mp_srtp_session_protect(call->srtp, packet, &length))
        return;
    MpRecordEntry entry = {.ssrc = header->ssrc,
                           .sequence = continue_sequence(call, header),
                           .size = (guint16)length,
                           .time = mp_clock_realtime()};
    g_array_append_val(call->record->sent, entry);
    /* What the way does not take is lost here, as in a router whose queue is full. */
    call->send(packet, length, tag, call->user_data);
}

static void emit(guint8 *packet, gsize length, const MpRtpHeader *header, gpointer user_data)
{
    MpLoopbackCall *call = user_data;
    if (call->is_held)
        return;
    if (header)
        send_rtp(call, packet, length, header);
    else if (mp_srtp_session_protect_rtcp(call->srtp, packet, &length))
        call->send(packet, length, MP_UNRECORDED, call->user_data);
}

MpLoopbackCall *mp_loopback_call_new(const MpLoopbackConfig *config, MpMediaRecord *record,
                                     MpMediaSend send, gpointer user_data)
{
    MpLoopbackCall *call = g_new0(MpLoopbackCall, 1);
    call->record = record;
    call->send = send;
    call->user_data = user_data;
    call->media = mp_media_loopback_new(config, emit, call);
    return call;
}

void mp_loopback_call_free(MpLoopbackCall *call)
{
    if (!call)
        return;
    mp_media_loopback_free(call->media);
    g_free(call);
}

void mp_loopback_call_start(MpLoopbackCall *call, MpSrtpSession *srtp)
{
    call->srtp = srtp;
    mp_media_loopback_start(call->media, mp_clock_now());
}

void mp_loopback_call_take_rtp(MpLoopbackCall *call, const guint8 *packet,
                               const MpRtpHeader *header, MpBytes payload, MpTime arrival)
{
    mp_media_loopback_take_rtp(call->media, packet, header, payload, arrival, mp_clock_now());
}

void mp_loopback_call_take_rtcp(MpLoopbackCall *call, guint8 *packet, gsize length, MpTime arrival)
{
    if (call->srtp && mp_srtp_session_unprotect_rtcp(call->srtp, packet, &length))
        mp_media_loopback_take_rtcp(call->media, packet, length, arrival, mp_clock_now());
}

MpTime mp_loopback_call_deadline(const MpLoopbackCall *call)
{
    return call ? mp_media_loopback_deadline(call->media) : MP_NEVER;
}

void mp_loopback_call_advance(MpLoopbackCall *call, MpTime now)
{
    if (call)
        mp_media_loopback_advance(call->media, now, mp_clock_realtime());
}

void mp_loopback_call_hold(MpLoopbackCall *call, gboolean is_held)
{
    if (call)
        call->is_held = is_held;
}

void mp_loopback_call_stop(MpLoopbackCall *call)
{
    if (call)
        mp_media_loopback_stop(call->media);
}

const MpMediaLoopback *mp_loopback_call_media(const MpLoopbackCall *call)
{
    return call ? call->media : NULL;
}
