/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the rules of the diagnosis work with: the questions that were put to the network, which of
 * them are explained, and the findings so far.
 */
#pragma once

#include "analysis/evidence.h"
#include "model/profile.h"

/* The host of the media peer's questions; every other host is a server's. */
#define MP_RESPONDER "(responder)"

typedef enum { MP_SIDE_ANY, MP_SIDE_UDP, MP_SIDE_TCP } MpSide;

/* "Does this port answer?", put by one measurement. A media measurement puts two: its signalling
 * over TCP and, on the direct way, ICE over UDP. */
typedef struct {
    const MpMeasurement *measurement;
    const char *host; /* of the server's URI, or MP_RESPONDER */
    MpSide side;
    guint16 port;        /* 0: not known */
    gboolean is_proxied; /* put by the proxy: says nothing about the straight way */
    MpReach reach;
} MpQuestion;

typedef struct {
    const MpResult *result;
    const MpProfile *profile;
    GArray *questions;     /* MpQuestion, in the order of the measurements */
    GHashTable *explained; /* set of MpMeasurement* */
    GPtrArray *findings;   /* MpFinding*, in the order of the rules */
} MpDiagnosis;

typedef struct _MpRule MpRule;
typedef void (*MpRuleMatch)(MpDiagnosis *diagnosis, const MpRule *rule);
struct _MpRule {
    const char *id;
    MpSeverity severity;
    MpOwner owner;
    MpRuleMatch match;
};

/* Which questions: a zero member means any. */
typedef struct {
    const char *host;
    const char *other_than_host;
    MpSide side;
    guint16 port;
    guint16 other_than_port;
    guint reaches; /* MP_REACHED() of each that counts */
    gboolean is_unexplained;
    gboolean is_straight; /* without a proxy */
    gboolean is_proxied;
} MpPick;

#define MP_REACHED(reach) (1U << (reach))
#define MP_REACHED_ANSWERED MP_REACHED(MP_REACH_ANSWERED)
#define MP_REACHED_REFUSED MP_REACHED(MP_REACH_REFUSED)
#define MP_REACHED_LOST MP_REACHED(MP_REACH_LOST)
/* Kept from the server, as far as one can tell from here. */
#define MP_REACHED_CLOSED (MP_REACHED_LOST | MP_REACHED_REFUSED)

MpDiagnosis *mp_diagnosis_new(const MpResult *result, const MpProfile *profile);
void mp_diagnosis_free(MpDiagnosis *diagnosis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpDiagnosis, mp_diagnosis_free)

gboolean mp_diagnosis_picks(const MpDiagnosis *diagnosis, const MpPick *pick,
                            const MpQuestion *question);
guint mp_diagnosis_count(const MpDiagnosis *diagnosis, const MpPick *pick);
/* The measurements of the questions, each once; free with g_ptr_array_unref(). */
GPtrArray *mp_diagnosis_pick(const MpDiagnosis *diagnosis, const MpPick *pick);
/* Host names of the servers, char* lent, each once; free with g_ptr_array_unref(). */
GPtrArray *mp_diagnosis_hosts(const MpDiagnosis *diagnosis);
gboolean mp_diagnosis_is_explained(const MpDiagnosis *diagnosis, const MpMeasurement *measurement);
/* The broken stage whose cause is still sought: NULL where none broke, where a rule has named the
 * cause, and where the stage was not run, which is nobody's fault. */
JsonObject *mp_diagnosis_open_stage(const MpDiagnosis *diagnosis, const MpMeasurement *measurement);

/* Adds a finding with the measurements (at least one) as evidence, and explains them. Its numbers:
 * server, transport, ports, and of the first one's broken stage: stage, outcome, code with reason,
 * or detail. The finding is lent. */
MpFinding *mp_diagnosis_report(MpDiagnosis *diagnosis, const MpRule *rule,
                               const GPtrArray *evidence);
/* For a judgement on figures: the evidence stays open to other rules. */
MpFinding *mp_diagnosis_remark(MpDiagnosis *diagnosis, const MpRule *rule,
                               const GPtrArray *evidence);
