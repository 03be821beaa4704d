/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is under way arrives, the far end hands over its record, and the two are joined.
 */
#include "probe/media_handover.h"

#include <math.h>

#include "base/clock.h"
#include "probe/media_capacity.h"
#include "probe/media_facts.h"
#include "probe/media_handshake.h"
#include "probe/media_run.h"
#include "probe/media_sessions.h"
#include "probe/media_signal.h"
#include "probe/media_stream_facts.h"
#include "probe/media_turn.h"
#include "probe/media_turn_facts.h"
#include "probe/tier_choice.h"

#define RECORD_LIMIT MP_SEC(3)
/* A second of media makes about 6.4 kB of record at 500 kbps: a tenth of a second to carry over the
 * same way. */
#define RECORD_SHARE 4
/* And the round trips of a connection, a request and an answer that starts slowly. */
#define RECORD_ROUND_TRIPS 8

/* What is still under way when we stop sending. */
#define LEAST_DRAIN MP_MSEC(100)
#define MOST_DRAIN MP_MSEC(1500)

gboolean mp_media_handover_is_due(const MpMediaCall *call)
{
    if (mp_media_turn_is_refused(call))
        return FALSE;
    return call->runs->len > 0 || (mp_media_session_instants(call->media)->dtls_started != 0 &&
                                   !g_cancellable_is_cancelled(call->context->cancellable));
}

MpTime mp_media_handover_share(const MpMediaCall *call)
{
    const guint n_sessions = 1 + (call->step->sessions ? call->step->sessions->len : 0);
    return n_sessions * call->context->full_media_time / RECORD_SHARE;
}

/* All ways hand over at the same time. */
static MpTime record_limit(const MpMediaCall *call)
{
    MpTurns *turns = call->context->turns;
    const guint n_ways = turns ? MAX(mp_turns_n_ways(turns), 1) : 1;
    return RECORD_LIMIT + n_ways * mp_media_handover_share(call);
}

/* Until when media was measured. */
static MpTime *last_instant(const MpMediaCall *call)
{
    const MpTierRun *run = &g_array_index(call->runs, MpTierRun, call->runs->len - 1);
    return &mp_tier_run_window(run, run->windows->len - 1)->last;
}

static void join_records(MpMediaCall *call, const MpMediaRecord *theirs)
{
    JsonObject *facts = call->measurement->facts;
    const MpMediaRecord *ours = mp_media_session_record(call->media);
    g_autoptr(MpMediaJoin) join = mp_media_join_new(ours, theirs);
    mp_media_handshake_joined(facts, join, ours, theirs);
    call->measurement->packets_up = mp_media_join_packets(join, TRUE);
    call->measurement->packets_down = mp_media_join_packets(join, FALSE);
    if (call->runs->len == 0) {
        if (mp_media_session_instants(call->media)->dtls_connected) {
            const MpJoined all = mp_media_join_windows(join, &MP_MEDIA_ALWAYS, 1);
            mp_media_facts_arrived(facts, &all);
        }
        return;
    }
    for (guint i = 0; i < call->runs->len; i++) {
        MpTierRun *run = &g_array_index(call->runs, MpTierRun, i);
        run->joined = mp_media_join_windows(join, mp_tier_run_window(run, 0), run->windows->len);
    }
    /* The live counts mix up the tiers at their seams: the joined records decide. */
    const MpTierRun *runs = &g_array_index(call->runs, MpTierRun, 0);
    const gboolean is_stepped = mp_media_clocks_are_stepped(mp_media_join_clocks(join));
    /* A clock that was set leaves no tier's packets apart: the call came to rest at the last one.
     */
    const guint chosen = is_stepped ? call->runs->len - 1
                                    : mp_tier_choose(runs, call->runs->len, MP_MEDIA_TIER_LOSS,
                                                     mp_media_capacity_most(call));
    mp_media_facts_tiers(facts, runs, call->runs->len, chosen);
    const MpMediaWindow whole = {mp_tier_run_window(&runs[0], 0)->first, *last_instant(call), 0};
    const MpJoined joined = mp_media_join_windows(join, &whole, 1);
    mp_media_facts_whole(facts, &joined);
    if (!is_stepped)
        mp_media_turn_facts(call, &runs[chosen], join);
    mp_media_facts_clocks(facts, mp_media_join_clocks(join));
    const MpSummary echo = mp_media_join_round_trips(
        join, mp_media_session_echo_ssrc(call->media, TRUE),
        mp_media_session_echo_ssrc(call->media, FALSE), mp_tier_run_window(&runs[chosen], 0),
        runs[chosen].windows->len);
    mp_media_facts_round_trips(facts, &echo, mp_media_session_rtcp_round_trips(call->media));
    mp_media_stream_facts(facts, call, join, theirs, mp_tier_run_window(&runs[chosen], 0),
                          runs[chosen].windows->len);
    if (!is_stepped)
        mp_media_sessions_facts(facts, call, join, theirs);
    mp_media_facts_timing(facts, "far_timing", theirs);
}

/* Without the far end's record nothing is known of what was lost; what this end saw is. */
static void keep_own(MpMediaCall *call)
{
    JsonObject *facts = call->measurement->facts;
    const MpMediaRecord *ours = mp_media_session_record(call->media);
    const MpSummary none = {0};
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "packets_sent", ours->sent->len);
    json_object_set_int_member(object, "packets_received", ours->received->len);
    json_object_set_object_member(facts, "own_record", object);
    mp_media_facts_round_trips(facts, &none, mp_media_session_rtcp_round_trips(call->media));
}

static MpTime longest_round_trip(const MpMediaCall *call)
{
    const GArray *round_trips = mp_media_session_rtcp_round_trips(call->media);
    MpTime longest = 0;
    for (guint i = 0; i < round_trips->len; i++)
        longest = MAX(longest, g_array_index(round_trips, MpTime, i));
    return longest;
}

/* Our packets arrive, then the far end stops and hands over, then its packets arrive. */
void mp_media_handover(MpMediaCall *call)
{
    mp_media_session_stop(call->media);
    if (call->runs->len > 0 && call->has_turn && !call->has_rested)
        *last_instant(call) = mp_clock_realtime();
    MpTime round_trip = longest_round_trip(call);
    MpTime drain = CLAMP(2 * round_trip, LEAST_DRAIN, MOST_DRAIN);
    mp_media_call_run_for(call, drain);
    MpTime limit = MIN(mp_clock_now() + record_limit(call) + RECORD_ROUND_TRIPS * round_trip,
                       call->deadline);
    g_autoptr(MpHttpReply) reply = mp_whip_client_take_record(call->whip, limit, NULL);
    mp_media_call_run_for(call, drain);
    mp_media_facts_timing(call->measurement->facts, "timing", mp_media_session_record(call->media));
    mp_media_facts_punctual(call->measurement->facts, &call->punctual);

    MpOutcome outcome = mp_media_signal_outcome(reply);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpMediaRecord) theirs = NULL;
    if (outcome == MP_OUTCOME_ANSWERED) {
        gsize length = 0;
        const guint8 *data = reply->body ? g_bytes_get_data(reply->body, &length) : NULL;
        theirs = mp_media_record_parse(data, length, &error);
        if (!theirs)
            outcome = MP_OUTCOME_MALFORMED;
    }
    if (theirs)
        join_records(call, theirs);
    else if (call->runs->len > 0)
        keep_own(call);
    mp_media_call_end_stage(call, "record", outcome, reply->status, error ? error->message : NULL);
}
