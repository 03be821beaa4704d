/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a path does to packets, asked of a STAMP reflector: which sizes pass in each direction,
 * whether DSCP and ECN are kept, whether fragments pass. Opens no socket and reads no clock.
 */
#pragma once

#include "base/time.h"
#include "wire/stamp.h"

/* One datagram as it is to be sent. */
typedef struct {
    MpBytes message; /* lent until the next call */
    guint8 dscp;
    guint8 ecn;
    gboolean may_fragment; /* else with "don't fragment" set */
} MpPathDatagram;

typedef enum {
    MP_PATH_SIZE,      /* does a packet of that size pass? */
    MP_PATH_DSCP,      /* is the mark kept? */
    MP_PATH_ECN,       /* is ECT(0) kept? */
    MP_PATH_FRAGMENTS, /* does a packet in two fragments pass? */
} MpPathAspect;

typedef enum {
    MP_PATH_ARRIVAL_UNKNOWN,
    MP_PATH_ARRIVED,
    MP_PATH_LOST, /* four of them; the way of the answers is not to blame */
} MpPathArrival;

typedef struct {
    MpPathAspect aspect;
    guint packet_bytes; /* of the whole IP packet, before it is cut */
    guint8 dscp;
    guint8 ecn;
    guint sends;
    gboolean is_too_large; /* this computer's own interface does not take it */
    MpPathArrival arrival; /* at the reflector */
    gboolean is_answered;
    gboolean has_class; /* the reflector said what it got: */
    MpStampClass class; /* DSCP and ECN as the reflector got them */
    guint8 reply_ecn;   /* left the reflector as the question's came there */
    guint8 reply_dscp;  /* as the reply had it here */
} MpPathQuestion;

typedef struct _MpPathProperties MpPathProperties;

/* `key` is lent for the whole life. Gives up at `limit`. */
MpPathProperties *mp_path_properties_new(MpStampKey *key, const MpStampSession *session,
                                         gboolean is_ipv6, MpTime limit);
void mp_path_properties_free(MpPathProperties *properties);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPathProperties, mp_path_properties_free)

/* TRUE: send this now, and ask again. */
gboolean mp_path_properties_advance(MpPathProperties *properties, MpTime now,
                                    MpPathDatagram *datagram);
/* When to ask again; MP_NEVER: it is over. */
MpTime mp_path_properties_deadline(const MpPathProperties *properties);
/* The kernel did not take the datagram of the last call: it is larger than its interface allows. */
void mp_path_properties_refuse(MpPathProperties *properties);
/* Whatever has come, with its marks; what is not a genuine answer is ignored. */
void mp_path_properties_receive(MpPathProperties *properties, MpBytes message, guint8 dscp,
                                guint8 ecn, MpTime now);

/* Did the reflector answer at all? */
gboolean mp_path_properties_is_answered(const MpPathProperties *properties);
/* MP_NEVER: not known. */
MpTime mp_path_properties_round_trip(const MpPathProperties *properties);
guint mp_path_properties_count(const MpPathProperties *properties);
const MpPathQuestion *mp_path_properties_question(const MpPathProperties *properties, guint index);
