/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When which packet of a transport arrived.
 */
#include "session/transport_feedback.h"

#include "wire/rtp.h"

#define WINDOW 2048

struct _MpTransportFeedback {
    gboolean has_begun;
    guint32 next; /* continued number of the first that is not reported */
    guint32 highest;
    guint8 count;
    MpTransportArrival arrivals[WINDOW];
};

MpTransportFeedback *mp_transport_feedback_new(void)
{
    return g_new0(MpTransportFeedback, 1);
}

void mp_transport_feedback_free(MpTransportFeedback *feedback)
{
    g_free(feedback);
}

static void begin(MpTransportFeedback *feedback, guint32 sequence)
{
    *feedback = (MpTransportFeedback){.has_begun = TRUE, .count = feedback->count};
    feedback->next = sequence;
    feedback->highest = sequence - 1;
}

void mp_transport_feedback_note(MpTransportFeedback *feedback, guint16 sequence, MpTime arrival)
{
    if (!feedback->has_begun)
        begin(feedback, sequence + 0x10000u);
    guint32 continued = mp_rtp_unwrap(feedback->highest, sequence);
    /* Before the continued numbers end, all begins anew. */
    if (continued > G_MAXUINT32 / 2)
        begin(feedback, continued = sequence + 0x10000u);
    else if (continued > feedback->highest + WINDOW / 2)
        begin(feedback, continued);
    if (continued + WINDOW / 2 < feedback->highest)
        return;
    for (guint32 missing = feedback->highest + 1; missing <= continued; missing++)
        feedback->arrivals[missing % WINDOW].has_come = FALSE;
    feedback->arrivals[continued % WINDOW] = (MpTransportArrival){TRUE, arrival};
    feedback->highest = MAX(feedback->highest, continued);
    /* Late, after its absence was reported: the next report takes that back. */
    feedback->next = MIN(feedback->next, continued);
    if (feedback->highest - feedback->next >= WINDOW / 2)
        feedback->next = feedback->highest - WINDOW / 2 + 1;
}

gboolean mp_transport_feedback_write(MpTransportFeedback *feedback, MpWriter *writer,
                                     guint32 sender, guint32 media)
{
    if (!feedback->has_begun || feedback->next > feedback->highest)
        return FALSE;
    MpTransportArrival arrivals[MP_TRANSPORT_MOST];
    guint n = MIN(feedback->highest - feedback->next + 1, MP_TRANSPORT_MOST);
    gboolean has_any = FALSE;
    for (guint i = 0; i < n; i++) {
        arrivals[i] = feedback->arrivals[(feedback->next + i) % WINDOW];
        has_any |= arrivals[i].has_come;
    }
    guint16 base = (guint16)feedback->next;
    feedback->next += n;
    if (has_any)
        mp_rtcp_write_transport(writer, sender, media, base, arrivals, n, feedback->count++);
    return has_any || mp_transport_feedback_write(feedback, writer, sender, media);
}
