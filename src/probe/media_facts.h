/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's figures as facts of its measurement.
 */
#pragma once

#include "base/punctual.h"
#include "model/measurement.h"
#include "model/step.h"
#include "probe/media_join.h"
#include "session/http_exchange.h"
#include "session/media_session.h"

/* One video tier that was tried. */
typedef struct {
    const MpTier *tier;
    GArray *windows; /* MpMediaWindow, one after the other */
    MpTime span;     /* all time in which it was measured, of a clock that nobody sets */
    MpJoined joined;
} MpTierRun;

void mp_tier_run_clear(MpTierRun *run);
MpMediaWindow *mp_tier_run_window(const MpTierRun *run, guint index);

/* Candidates and the nominated pair. */
void mp_media_facts_ice(JsonObject *facts, MpMediaSession *session);
/* Every tier tried, and the figures of runs[chosen] as "up", "down" and "tier". */
void mp_media_facts_tiers(JsonObject *facts, const MpTierRun *runs, guint n_runs, guint chosen);
/* "up", "down" and "rtt_ms" of a span of the call. */
void mp_media_facts_directions(JsonObject *facts, const MpJoined *joined, const MpSummary *echo);
/* What only the whole call shows: where a direction stopped, and which sizes it kept. Adds to "up"
 * and "down". */
void mp_media_facts_whole(JsonObject *facts, const MpJoined *joined);
/* "srtp": of a call without first media, what each end sent and how much of it came. */
void mp_media_facts_arrived(JsonObject *facts, const MpJoined *joined);
/* "tls": the certificate that the signalling refused. */
void mp_media_facts_certificate(JsonObject *facts, const MpHttpReply *reply);
/* "clocks": how the far end's clock stands to ours. */
void mp_media_facts_clocks(JsonObject *facts, const MpMediaClocks *clocks);
/* "rtt_ms" and "rtcp_rtt_ms"; nothing where there is no sample. */
void mp_media_facts_round_trips(JsonObject *facts, const MpSummary *echo, const GArray *rtcp);
/* "timing" or "far_timing": what the machine did to its own measurement. */
void mp_media_facts_timing(JsonObject *facts, const char *name, const MpMediaRecord *record);
/* What this end's thread was allowed, into the object "timing". */
void mp_media_facts_punctual(JsonObject *facts, const MpPunctual *obtained);
