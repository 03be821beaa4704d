/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as RTCP feedback; the numbers that one NACK names can be written and read again.
 */
#include "wire/rtcp_feedback.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static gboolean is_rising(const MpRtcpFeedback *feedback)
{
    for (guint i = 1; i < feedback->n_nacked; i++)
        if ((gint16)(guint16)(feedback->nacked[i].sequence - feedback->nacked[i - 1].sequence) <= 0)
            return FALSE;
    return feedback->n_nacked > 0;
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    MpRtcpFeedback read;
    if (!mp_rtcp_feedback_parse(data, size, &read))
        return 0;
    g_assert(read.n_nacked <= MP_RTCP_MOST_NACKED && read.n_pictures <= MP_RTCP_MOST_PICTURES);
    if (!is_rising(&read))
        return 0;
    guint16 lost[MP_RTCP_MOST_NACKED];
    for (guint i = 0; i < read.n_nacked; i++)
        lost[i] = read.nacked[i].sequence;
    guint8 packet[1024];
    MpRtcpFeedback again;
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write_nack(&writer, 1, 2, lost, read.n_nacked);
    g_assert(!writer.is_bad && mp_rtcp_feedback_parse(packet, writer.position, &again));
    g_assert(again.n_nacked == read.n_nacked);
    for (guint i = 0; i < again.n_nacked; i++)
        g_assert(again.nacked[i].sequence == lost[i]);
    return 0;
}
