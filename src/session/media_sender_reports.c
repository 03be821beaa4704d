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

static void begin_count(MpMediaSender *sender)
{
    for (guint i = 0; i <= sender->specs->len; i++) {
        MpOutgoing *stream = &sender->outgoing[i];
        stream->highest_before = stream->highest_reported;
        stream->lost_before = stream->lost_reported;
    }
}

void mp_media_sender_forget_loss(MpMediaSender *sender)
{
    begin_count(sender);
    sender->is_count_stale = TRUE;
    sender->reported_loss = -1;
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

/* Of all that was sent since the rate was set, as far as the reports go; -1: nothing. */
static double loss_since_rate(const MpMediaSender *sender)
{
    double asked = 0;
    double lost = 0;
    for (guint i = 0; i <= sender->specs->len; i++) {
        const MpOutgoing *stream = &sender->outgoing[i];
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
    /* The first report tells of what was lost before. */
    if (sender->is_count_stale)
        begin_count(sender);
    sender->is_count_stale = FALSE;
    /* A far end that got nothing at all has no blocks to send. */
    sender->reported_loss = is_quiet ? 100 : loss_since_rate(sender);
}

double mp_media_sender_reported_loss(const MpMediaSender *sender)
{
    return sender->reported_loss;
}
