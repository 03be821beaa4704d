/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much a way carries up and down, each direction under the load of the other: the tester's part
 * in a capacity measurement. Pure: packets and the time in, packets and the next deadline out.
 */
#pragma once

#include "session/capacity_search.h"
#include "session/capacity_train.h"

typedef struct {
    guint64 need_bps;     /* of IP packets, in each direction */
    guint64 known_up_bps; /* what has just been carried; 0: nothing is known */
    guint64 known_down_bps;
    double up_loss; /* without load, 0 to 1; NAN: not known */
    double down_loss;
    MpTime round_trip; /* about */
    guint overhead;    /* bytes that every RTP packet has on the way beyond its own */
    MpTime most_time;  /* the whole measurement ends by then */
} MpCapacityConfig;

/* What was found, and what it took. */
typedef struct {
    MpCapacity up;
    MpCapacity down;
    guint64 up_bytes; /* sent, of IP packets */
    guint64 down_bytes;
    guint32 up_dropped; /* packets that came, and found the receiver's own socket full */
    guint32 down_dropped;
    guint trains;
    MpTime time;
} MpCapacityResult;

typedef struct _MpCapacityTester MpCapacityTester;

MpCapacityTester *mp_capacity_tester_new(const MpCapacityConfig *config, MpTime now);
void mp_capacity_tester_free(MpCapacityTester *tester);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCapacityTester, mp_capacity_tester_free)

/* A packet of the far end's train. `came` is its stamp, `now` the time. */
void mp_capacity_tester_take_probe(MpCapacityTester *tester, const MpCapacityProbe *probe,
                                   MpTime came, MpTime now);
/* So many packets came and found our own socket full. Of a train that lost any so nothing is known
 * but that. */
void mp_capacity_tester_note_dropped(MpCapacityTester *tester, guint32 packets);
/* A report, in a packet of `size` bytes before protection. */
void mp_capacity_tester_take_report(MpCapacityTester *tester, const MpCapacityReport *report,
                                    guint size, MpTime now);

/* What is due. FALSE: nothing. */
gboolean mp_capacity_tester_next(MpCapacityTester *tester, MpTime now, MpCapacityMessage *message);
/* The way did not take the train's packet that came last. */
void mp_capacity_tester_put_back(MpCapacityTester *tester, MpTime now);
/* MP_NEVER once it is done. */
MpTime mp_capacity_tester_deadline(const MpCapacityTester *tester);

gboolean mp_capacity_tester_is_done(const MpCapacityTester *tester);
/* Of everything until now. */
MpCapacityResult mp_capacity_tester_result(const MpCapacityTester *tester);
