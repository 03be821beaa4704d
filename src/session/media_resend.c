/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end sends again.
 */
#include "session/media_resend.h"

#include "base/random.h"

/* libwebrtc: in any half second retransmissions take at most the target rate
 * (rtp_transport_controller_send.cc, kRetransmitWindowSize). */
#define WINDOW_SECONDS 0.5

typedef struct {
    MpSentHistory *history; /* NULL: nothing was sent yet */
    guint16 next;           /* number of its next retransmission */
} Stream;

struct _MpMediaResend {
    Stream *streams;
    guint n_streams;
    double budget; /* bytes, at `at` */
    MpTime at;     /* 0: nothing was asked for yet */
};

MpMediaResend *mp_media_resend_new(guint n_streams)
{
    MpMediaResend *resend = g_new0(MpMediaResend, 1);
    resend->streams = g_new0(Stream, n_streams);
    resend->n_streams = n_streams;
    for (guint i = 0; i < n_streams; i++)
        resend->streams[i].next = (guint16)(mp_random_u32() & 0x7fff);
    return resend;
}

void mp_media_resend_free(MpMediaResend *resend)
{
    if (!resend)
        return;
    for (guint i = 0; i < resend->n_streams; i++)
        mp_sent_history_free(resend->streams[i].history);
    g_free(resend->streams);
    g_free(resend);
}

void mp_media_resend_forget(MpMediaResend *resend)
{
    for (guint i = 0; i < resend->n_streams; i++)
        g_clear_pointer(&resend->streams[i].history, mp_sent_history_free);
    resend->at = 0;
    resend->budget = 0;
}

void mp_media_resend_add(MpMediaResend *resend, guint stream, const MpSentPacket *packet)
{
    Stream *of = &resend->streams[stream];
    if (!of->history)
        of->history = mp_sent_history_new();
    mp_sent_history_add(of->history, packet);
}

static void refill(MpMediaResend *resend, MpTime now, double target_kbps)
{
    const double rate = target_kbps * 125;
    const double gained = resend->at ? rate * (double)(now - resend->at) / (double)MP_SEC(1)
                                     : rate * WINDOW_SECONDS;
    resend->budget = MIN(resend->budget + gained, rate * WINDOW_SECONDS);
    resend->at = now;
}

const MpSentPacket *mp_media_resend_take(MpMediaResend *resend, guint stream, guint16 sequence,
                                         MpTime now, MpTime round_trip, double target_kbps,
                                         guint16 *number)
{
    Stream *of = &resend->streams[stream];
    refill(resend, now, target_kbps);
    if (!of->history || resend->budget <= 0)
        return NULL;
    const MpSentPacket *packet = mp_sent_history_take(of->history, sequence, now, round_trip);
    if (!packet)
        return NULL;
    resend->budget -= packet->payload_size;
    *number = of->next++;
    return packet;
}
