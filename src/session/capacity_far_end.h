/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end's part in a capacity measurement: it sends the trains that it is asked for, within
 * its limits, and reports what comes. Pure: packets and the time in, packets and the next deadline
 * out.
 */
#pragma once

#include "session/capacity_train.h"

typedef struct {
    guint64 greatest_bps; /* of what it sends */
    guint64 most_bytes;   /* of all that it sends; beyond it takes part no more */
} MpCapacityLimits;

typedef struct _MpCapacityFarEnd MpCapacityFarEnd;

MpCapacityFarEnd *mp_capacity_far_end_new(const MpCapacityLimits *limits);
void mp_capacity_far_end_free(MpCapacityFarEnd *far_end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCapacityFarEnd, mp_capacity_far_end_free)

void mp_capacity_far_end_take_order(MpCapacityFarEnd *far_end, const MpCapacityOrder *order,
                                    MpTime now);
/* `came` is the packet's stamp, `now` the time. */
void mp_capacity_far_end_take_probe(MpCapacityFarEnd *far_end, const MpCapacityProbe *probe,
                                    MpTime came, MpTime now);
/* So many packets came and found our own socket full. FALSE: no train was coming. */
gboolean mp_capacity_far_end_note_dropped(MpCapacityFarEnd *far_end, guint32 packets);

/* What is due. FALSE: nothing. */
gboolean mp_capacity_far_end_next(MpCapacityFarEnd *far_end, MpTime now,
                                  MpCapacityMessage *message);
/* The way did not take the train's packet that came last. */
void mp_capacity_far_end_put_back(MpCapacityFarEnd *far_end, MpTime now);
MpTime mp_capacity_far_end_deadline(const MpCapacityFarEnd *far_end);

guint64 mp_capacity_far_end_sent_bytes(const MpCapacityFarEnd *far_end);
