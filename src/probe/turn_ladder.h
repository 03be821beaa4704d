/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN ladder while it is climbed: what its rungs share. For turn*.c.
 */
#pragma once

#include "probe/dial.h"
#include "probe/probe.h"
#include "probe/turn_leg.h"

typedef struct {
    const MpStep *step;
    const MpProbeContext *context;
    MpMeasurement *measurement;
    MpTurnCredentials *credentials; /* NULL: none */
    MpNetLimit limit;               /* of what is under way */
    MpTime last_deadline;           /* of the ladder */
    MpTurnLeg near;
    MpTurnLeg far;         /* the other end of the data stages, on its own 5-tuple */
    MpTurnReply no_far;    /* why there is none */
    MpServerUri *server;   /* where 300 Try Alternate led; NULL: nowhere */
    char *server_name;     /* its name for TLS */
    guint requests_before; /* sent on a 5-tuple that was given up */
    GError *error;
} MpTurnLadder;

/* Each rung adds its stage; FALSE: it broke, or there is an error. */
typedef gboolean (*MpTurnRung)(MpTurnLadder *ladder);

/* Allocate, on a new 5-tuple after 437, and at another server after 300. */
gboolean mp_turn_rung_allocate(MpTurnLadder *ladder);

/* Datagrams between two allocations of ours: as Send indications, then over channels. */
gboolean mp_turn_rung_open_far(MpTurnLadder *ladder);
gboolean mp_turn_rung_permit(MpTurnLadder *ladder);
gboolean mp_turn_rung_send(MpTurnLadder *ladder);
gboolean mp_turn_rung_bind_channel(MpTurnLadder *ladder);
gboolean mp_turn_rung_data(MpTurnLadder *ladder);

/* What the server can do beside: facts without stages, since media does not need it. */
gboolean mp_turn_rung_ask_tcp_relay(MpTurnLadder *ladder);
gboolean mp_turn_rung_ask_ipv6_relay(MpTurnLadder *ladder);

/* Round trips together with the other ways of the check, as a fact: before they go apart. */
gboolean mp_turn_rung_take_rounds(MpTurnLadder *ladder);

void mp_turn_ladder_set_facts(const MpTurnLadder *ladder);

/* TRUE when the rung held. */
gboolean mp_turn_ladder_add_stage(MpTurnLadder *ladder, const char *name, const MpTurnReply *reply);
/* One operation of the near leg as a stage. */
gboolean mp_turn_ladder_run_stage(MpTurnLadder *ladder, const char *name,
                                  const MpTurnRequest *request);

const MpTurnFacts *mp_turn_ladder_near_facts(const MpTurnLadder *ladder);
/* The server that is asked now. */
MpDialGoal mp_turn_ladder_goal(const MpTurnLadder *ladder);
/* A further 5-tuple to the server that is asked now; closed with a status where there is none. */
MpTurnLeg mp_turn_ladder_dial_again(const MpTurnLadder *ladder, const MpNetLimit *limit,
                                    MpNetStatus *status);
