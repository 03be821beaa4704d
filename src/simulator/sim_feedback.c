/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Transport-wide feedback of a simulated call. Both memories are rings by transport sequence.
 */
#include "simulator/sim_feedback.h"

#define SLOT(sequence) ((sequence) & (MP_SIM_MEMORY - 1))

void mp_sim_sent_remember(MpSimSentMemory *memory, const MpSimPacket *packet)
{
    const guint slot = SLOT(packet->transport_sequence);
    memory->packets[slot].sent = packet->sent;
    memory->packets[slot].size = packet->size;
    memory->packets[slot].probe = packet->probe;
    memory->packets[slot].is_acked = FALSE;
}

/* What comes after its absence was told is told again: it was late, not lost. */
void mp_sim_arrivals_take(MpSimArrivals *arrivals, MpTime now, guint32 transport_sequence)
{
    while (arrivals->newest <= transport_sequence)
        arrivals->came[SLOT(arrivals->newest++)] = MP_NEVER;
    if (arrivals->newest - transport_sequence > MP_SIM_MEMORY)
        return;
    MpTime *came = &arrivals->came[SLOT(transport_sequence)];
    *came = MIN(*came, now);
    arrivals->told = MIN(arrivals->told, transport_sequence);
}

gboolean mp_sim_feedback_write(MpSimArrivals *arrivals, MpTime now, MpSimFeedback *feedback)
{
    if (arrivals->told == arrivals->newest)
        return FALSE;
    feedback->first = arrivals->told;
    feedback->end = arrivals->told = arrivals->newest;
    feedback->written = now;
    return TRUE;
}

guint mp_sim_feedback_read(const MpSimFeedback *feedback, MpSimSentMemory *memory,
                           const MpSimArrivals *arrivals, MpTime now, MpSimReport *reports,
                           guint most, MpTime *round_trip)
{
    guint count = 0;
    for (guint32 sequence = feedback->first; sequence < feedback->end && count < most; sequence++) {
        const guint slot = SLOT(sequence);
        const MpTime came = arrivals->came[slot];
        if (memory->packets[slot].is_acked)
            continue;
        reports[count] = (MpSimReport){
            .transport_sequence = sequence,
            .size = memory->packets[slot].size,
            .sent = memory->packets[slot].sent,
            .received = came <= feedback->written ? came : MP_NEVER,
            .probe = memory->packets[slot].probe,
        };
        if (reports[count].received != MP_NEVER) {
            memory->packets[slot].is_acked = TRUE;
            *round_trip = (came - reports[count].sent) + (now - feedback->written);
        }
        count++;
    }
    return count;
}
