/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the far end reports of our streams.
 */
#include "session/media_sender_state.h"

#define MOST_ROUND_TRIPS 10000
/* Between two reports: so many sent, and the highest number that came is the same. */
#define QUIET 10
/* The first ones after a rest may have left the far end before any of the media came there. */
#define REPORTS_AFTER_REST 2

void mp_media_sender_forget_loss(MpMediaSender *sender)
{
    for (guint i = 0; i <= sender->specs->len; i++) {
        MpOutgoing *stream = &sender->outgoing[i];
        stream->first_of_rate = stream->sequence;
        stream->awaits_count = stream->packets > 0;
    }
    sender->reported_loss = -1;
}

/* What was sent before may be lost, and reported, long after the rate was set: the count begins
 * where all of it is behind. */
static void begin_count(MpOutgoing *stream)
{
    const gint32 beyond = (gint32)(stream->highest_reported - (stream->first_of_rate - 1));
    if (!stream->awaits_count || beyond < 0)
        return;
    stream->awaits_count = FALSE;
    stream->highest_before = stream->highest_reported;
    stream->lost_before = stream->lost_reported;
}

/* A stream that is lost as a whole has no gap in what came: its report says that nothing is lost.
 */
static gboolean has_quiet_stream(MpMediaSender *sender, const MpRtcpReport *report)
{
    gboolean is_quiet = FALSE;
    for (guint i = 0; i <= sender->specs->len; i++) {
        MpOutgoing *stream = &sender->outgoing[i];
        const guint32 highest_before = stream->highest_reported;
        for (guint j = 0; j < report->n_blocks; j++)
            if (report->blocks[j].ssrc == stream->ssrc) {
                stream->highest_reported = report->blocks[j].highest_sequence;
                stream->lost_reported = report->blocks[j].cumulative_lost;
            }
        if (stream->highest_reported == highest_before &&
            stream->packets - stream->packets_at_report >= QUIET)
            is_quiet = TRUE;
        stream->packets_at_report = stream->packets;
    }
    if (sender->scale > 0 && sender->reports_since_rest < REPORTS_AFTER_REST) {
        sender->reports_since_rest++;
        is_quiet = FALSE;
    }
    return is_quiet;
}

/* Echoes that answer have the numbers of their requests: what is missing was lost the other way. */
static guint first_counted(const MpMediaSender *sender)
{
    return sender->sends_echo ? MP_STREAM_ECHO : MP_STREAM_ECHO + 1;
}

/* Of all that was sent since the rate was set, as far as the reports go; -1: nothing. */
static double loss_since_rate(MpMediaSender *sender)
{
    double asked = 0;
    double lost = 0;
    for (guint i = first_counted(sender); i <= sender->specs->len; i++) {
        MpOutgoing *stream = &sender->outgoing[i];
        begin_count(stream);
        if (stream->awaits_count)
            continue;
        asked += stream->highest_reported - stream->highest_before;
        lost += stream->lost_reported - stream->lost_before;
    }
    return asked > 0 ? 100 * MAX(lost, 0) / asked : -1;
}

void mp_media_sender_take_report(MpMediaSender *sender, const MpRtcpReport *report, MpTime arrival)
{
    for (guint i = 0; i < report->n_blocks; i++) {
        MpTime round_trip = mp_rtcp_round_trip(&report->blocks[i], mp_rtcp_ntp_time(arrival));
        /* Every block carries the same LSR: one is enough. */
        if (i == 0 && round_trip >= 0 && sender->round_trips->len < MOST_ROUND_TRIPS)
            g_array_append_val(sender->round_trips, round_trip);
    }
    const gboolean is_quiet = has_quiet_stream(sender, report);
    const double loss = loss_since_rate(sender);
    /* A far end that got nothing at all has no blocks to send. */
    sender->reported_loss = is_quiet ? 100 : loss;
}

double mp_media_sender_reported_loss(const MpMediaSender *sender)
{
    return sender->reported_loss;
}
