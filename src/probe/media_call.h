/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call under way: its loop, its waits and how its stages end.
 */
#pragma once

#include "base/punctual.h"
#include "probe/media_relay.h"
#include "probe/probe.h"
#include "session/media_session.h"
#include "session/whip_client.h"

typedef struct {
    const MpStep *step;
    const MpProbeContext *context;
    MpMeasurement *measurement;
    GMainContext *loop;
    MpPunctual punctual;
    GSource *alarm;     /* wakes the loop when a wait is over */
    GSource *cancelled; /* wakes it when the user has had enough */
    MpMediaSession *media;
    MpWhipClient *whip;
    MpMediaRelay relay;    /* zero for the direct way */
    MpAddress stun_server; /* of the direct way; family NONE: none */
    GArray *runs;          /* MpTierRun */
    GArray *sessions;      /* MpSessionRun */
    MpTime deadline;       /* of what is under way */
    gboolean is_cut;       /* the last wait was given less than it asked for */
    MpTime began;
    MpTime stage_began;
    gboolean has_rested; /* after the last tier: the media is over, though the call is not */
    gboolean is_closed;
    gboolean has_turn; /* at media */
    gboolean has_joined;
    gboolean is_finished;   /* wants no turn any more */
    guint rate_kbps;        /* of the camera; 0: the call rests */
    MpTime turn_began;      /* this and the next on CLOCK_REALTIME */
    MpTime rested;          /* the last time; 0: never */
    MpTime rest_round_trip; /* while every way rested; 0: not known yet */
} MpMediaCall;

/* Opens the loop and makes it the thread's own. The measurement is lent. */
void mp_media_call_init(MpMediaCall *call, const MpStep *step, const MpProbeContext *context,
                        MpMeasurement *measurement);
void mp_media_call_clear(MpMediaCall *call);

typedef gboolean (*MpMediaCondition)(const MpMediaCall *call);

/* Runs the loop until the condition holds. FALSE: not within `limit`, or cancelled, or the step's
 * time was over first. */
gboolean mp_media_call_wait(MpMediaCall *call, MpMediaCondition is_true, MpTime limit);
/* Runs the loop for that long, also when the user has had enough: what is under way must arrive. */
void mp_media_call_run_for(MpMediaCall *call, MpTime span);
/* Notes a stage that took from the end of the one before until now; TRUE when it was answered. */
gboolean mp_media_call_end_stage(MpMediaCall *call, const char *name, MpOutcome outcome, guint code,
                                 const char *detail);
/* The user has had enough, or time is up. */
gboolean mp_media_call_is_cut_short(const MpMediaCall *call);
