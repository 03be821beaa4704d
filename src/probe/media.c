/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call with the responder over one way: gather, WHIP, ICE, DTLS, SRTP, media both ways, and the
 * far end's record.
 */
#include <math.h>

#include "base/clock.h"
#include "base/punctual.h"
#include "base/timer.h"
#include "net/resolver.h"
#include "probe/media_facts.h"
#include "probe/media_relay.h"
#include "probe/net_outcome.h"
#include "probe/probe.h"
#include "probe/relay_permission.h"
#include "probe/tier_choice.h"
#include "session/media_description.h"
#include "session/media_session.h"
#include "session/turn_credentials.h"
#include "session/whip_client.h"
#include "wire/stun_registry.h"

/* Longest waits of the stages. Browsers give ICE far longer; a path that needs more than this to
 * connect is not one to call through. */
#define RESOLVE_LIMIT MP_SEC(1)
/* After signalling failed: a name server may be slow without being at fault. */
#define NAME_LIMIT MP_SEC(3)
#define PERMISSION_LIMIT MP_SEC(2)
#define GATHER_LIMIT MP_SEC(3)
/* A browser sends its candidates as they come: the direct way does not wait for a STUN server that
 * may be down. */
#define DIRECT_GATHER_LIMIT MP_MSEC(600)
#define WHIP_LIMIT MP_SEC(4)
#define ICE_LIMIT MP_SEC(5)
#define DTLS_LIMIT MP_SEC(4)
#define FIRST_MEDIA_LIMIT MP_SEC(2)
#define RECORD_LIMIT MP_SEC(3)
/* A second of media makes about 6.4 kB of record at 500 kbps: a tenth of a second to carry over the
 * same way. */
#define RECORD_SHARE 4
/* And the round trips of a connection, a request and an answer that starts slowly. */
#define RECORD_ROUND_TRIPS 8
#define CLOSE_LIMIT MP_SEC(2)
/* Of the step's time, kept for taking the record and hanging up. */
#define CLOSING_TIME MP_SEC(2)

/* Steering: a tier is given up early past EARLY_LOSS, and a lower one is tried past TIER_LOSS. What
 * the losses mean is for analysis to say. */
#define TIER_LOSS 2.0
#define EARLY_LOSS 10.0
#define LOOK_INTERVAL MP_MSEC(250)
#define LEAST_TIER_TIME MP_MSEC(1000)
#define LOWER_TIER_TIME MP_MSEC(1200)
/* After a change of rate the queue of the rate before drains, which may take longer than there is
 * time to wait. */
#define SETTLE_TIME MP_MSEC(300)
#define MOST_SETTLE_TIME MP_MSEC(1500)
#define SETTLED_WITHIN MP_MSEC(30)

/* What is still under way when we stop sending. */
#define LEAST_DRAIN MP_MSEC(100)
#define MOST_DRAIN MP_MSEC(1500)

typedef struct {
    const MpStep *step;
    const MpProbeContext *context;
    MpMeasurement *measurement;
    GMainContext *loop;
    GSource *alarm; /* wakes the loop when a wait is over */
    MpMediaSession *media;
    MpWhipClient *whip;
    MpMediaRelay relay; /* zero for the direct way */
    GArray *runs;       /* MpTierRun */
    MpTime deadline;    /* of what is under way */
    gboolean is_cut;    /* the last wait was given less than it asked for */
    MpTime began;
    MpTime stage_began;
    gboolean is_closed;
} Call;

static void on_alarm(MpTime now, gpointer user_data)
{
    (void)now;
    (void)user_data;
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer user_data)
{
    (void)cancellable;
    (void)user_data;
    return G_SOURCE_REMOVE;
}

static void on_changed(gpointer user_data)
{
    (void)user_data; /* the loop has turned: that is all a waiter needs */
}

typedef gboolean (*Condition)(const Call *call);

/* Runs the loop until the condition holds. FALSE: not within `limit`, or cancelled, or the step's
 * time was over first. */
static gboolean wait_until(Call *call, Condition is_true, MpTime limit)
{
    MpTime wanted = mp_clock_now() + limit;
    MpTime end = MIN(wanted, call->deadline);
    call->is_cut = end < wanted;
    mp_timer_arm(call->alarm, end);
    while (!is_true(call)) {
        if (mp_clock_now() >= end || g_cancellable_is_cancelled(call->context->cancellable))
            return FALSE;
        g_main_context_iteration(call->loop, TRUE);
    }
    return TRUE;
}

/* Runs the loop for that long, also when the user has had enough: what is under way must arrive. */
static void run_for(Call *call, MpTime span)
{
    MpTime end = MIN(mp_clock_now() + span, call->deadline);
    mp_timer_arm(call->alarm, end);
    while (mp_clock_now() < end)
        g_main_context_iteration(call->loop, TRUE);
}

static gboolean is_gathered(const Call *call)
{
    return mp_media_session_instants(call->media)->gathered != 0;
}

static gboolean ice_is_over(const Call *call)
{
    return mp_media_session_instants(call->media)->ice_connected ||
           mp_ice_session_state(mp_media_session_ice(call->media)) == MP_ICE_FAILED;
}

static gboolean dtls_is_over(const Call *call)
{
    return mp_dtls_session_state(mp_media_session_dtls(call->media)) != MP_DTLS_HANDSHAKING;
}

static gboolean media_came(const Call *call)
{
    return mp_media_session_instants(call->media)->first_media != 0;
}

static gboolean media_is_over(const Call *call)
{
    const MpMediaInstants *instants = mp_media_session_instants(call->media);
    return instants->ended_by_peer || instants->consent_lost;
}

static gboolean is_closed(const Call *call)
{
    return call->is_closed;
}

/* Notes a stage that took from the end of the one before until now. */
static gboolean end_stage(Call *call, const char *name, MpOutcome outcome, guint code,
                          const char *detail)
{
    MpTime now = mp_clock_now();
    /* Cut off by the user: neither an answer nor a silence. */
    if (outcome != MP_OUTCOME_ANSWERED && g_cancellable_is_cancelled(call->context->cancellable)) {
        outcome = MP_OUTCOME_NOT_RUN;
        detail = "interrupted";
    } else if (outcome == MP_OUTCOME_SILENT && call->is_cut) {
        /* Too little time to call it silence. */
        outcome = MP_OUTCOME_NOT_RUN;
        detail = "the time limit of the check was reached";
    }
    mp_measurement_add_stage(call->measurement, name, outcome, now - call->stage_began, code,
                             detail);
    call->stage_began = now;
    return outcome == MP_OUTCOME_ANSWERED;
}

/* Setting up. */

/* A responder on this machine is reached from loopback only, which gathering leaves out. */
static MpAddress local_for(const char *responder_url)
{
    MpAddress address = {0};
    MpCidr loopback;
    g_assert(mp_cidr_parse(&loopback, "127.0.0.0/8"));
    g_autoptr(GUri) uri = g_uri_parse(responder_url, G_URI_FLAGS_NONE, NULL);
    MpAddress host;
    if (uri && g_uri_get_host(uri) && mp_address_parse(&host, g_uri_get_host(uri), 0) &&
        mp_cidr_contains(&loopback, &host))
        address = host;
    return address;
}

/* Where the direct way learns its server-reflexive address; family NONE when there is nowhere. */
static MpAddress stun_server_for(const Call *call)
{
    const GPtrArray *servers = call->context->targets->servers;
    const MpNetLimit limit = {mp_clock_now() + RESOLVE_LIMIT, call->context->cancellable};
    MpAddress address = {0};
    for (guint i = 0; i < servers->len; i++) {
        const MpServerUri *server = servers->pdata[i];
        MpNetStatus status;
        if (server->transport != MP_TRANSPORT_UDP)
            continue;
        g_autoptr(GArray) found = mp_net_resolve(server->host, server->port, &limit, &status);
        if (found && found->len > 0)
            address = g_array_index(found, MpAddress, 0);
        break;
    }
    return address;
}

static gboolean set_up(Call *call, GError **error)
{
    const MpTargets *targets = call->context->targets;
    const MpTier *tier = &g_array_index(call->step->tiers, MpTier, 0);
    const char *codec = call->step->codec;
    MpMediaSessionConfig config = {.is_offerer = TRUE,
                                   .video_codec = codec ? mp_media_codec_encoding(codec) : NULL,
                                   .video_kbps = tier->rate_kbps,
                                   .video_fps = tier->fps,
                                   .changed = on_changed,
                                   .user_data = call};
    call->whip = mp_whip_client_new(targets->responder_url, targets->token, targets->ca_file,
                                    error);
    gboolean is_ready = call->whip != NULL;
    /* Signalling is HTTPS, which a browser with a proxy sends there whatever way media takes. */
    if (is_ready && targets->proxy_url)
        mp_whip_client_use_proxy(call->whip, targets->proxy_url, targets->proxy_user,
                                 targets->proxy_password);
    if (is_ready && call->step->way != MP_WAY_UDP) {
        is_ready = mp_media_relay_init(&call->relay, call->step, call->context, error);
        config.ice.relay = &call->relay.ice;
        config.ice.local = call->relay.local;
    } else {
        config.ice.local = local_for(targets->responder_url);
        config.ice.stun_server = stun_server_for(call);
    }
    if (is_ready && !(call->media = mp_media_session_new(&config))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no file descriptor for a timer is left");
        is_ready = FALSE;
    }
    return is_ready;
}

/* The stages. Each is FALSE when it broke and the call cannot go on. */

static gboolean has_relay_candidate(const Call *call)
{
    const GArray *candidates = mp_ice_session_candidates(mp_media_session_ice(call->media));
    for (guint i = 0; i < candidates->len; i++)
        if (g_str_equal(g_array_index(candidates, MpIceCandidate, i).type, "relay"))
            return TRUE;
    return FALSE;
}

static gboolean gather(Call *call)
{
    if (!mp_media_session_gather(call->media))
        return end_stage(call, "gather", MP_OUTCOME_UNREACHABLE, 0, "no usable interface");
    gboolean is_direct = call->step->way == MP_WAY_UDP;
    gboolean is_over = wait_until(call, is_gathered,
                                  is_direct ? DIRECT_GATHER_LIMIT : GATHER_LIMIT);
    if (is_direct)
        return end_stage(call, "gather", MP_OUTCOME_ANSWERED, 0, NULL);
    if (!is_over)
        return end_stage(call, "gather", MP_OUTCOME_SILENT, 0, "gathering did not end in time");
    if (!has_relay_candidate(call))
        return end_stage(call, "gather", MP_OUTCOME_SILENT, 0, "no relayed candidate");
    return end_stage(call, "gather", MP_OUTCOME_ANSWERED, 0, NULL);
}

static MpOutcome whip_outcome(const MpHttpReply *reply)
{
    static const MpOutcome outcomes[] = {
        [MP_HTTP_ANSWERED] = MP_OUTCOME_ANSWERED,
        [MP_HTTP_UNRESOLVED] = MP_OUTCOME_UNREACHABLE,
        [MP_HTTP_REFUSED] = MP_OUTCOME_REFUSED,
        [MP_HTTP_UNREACHABLE] = MP_OUTCOME_UNREACHABLE,
        [MP_HTTP_SILENT] = MP_OUTCOME_SILENT,
        [MP_HTTP_RESET] = MP_OUTCOME_RESET,
        [MP_HTTP_UNTRUSTED] = MP_OUTCOME_INTERCEPTED,
        [MP_HTTP_MALFORMED] = MP_OUTCOME_MALFORMED,
    };
    if (reply->status == 401 || reply->status == 403)
        return MP_OUTCOME_AUTH_FAILED;
    if (reply->status >= 300)
        return MP_OUTCOME_REFUSED;
    return outcomes[reply->progress];
}

/* A request that got nowhere may have failed at its host's name, which HTTP does not always tell.
 * FALSE: so it was, and the stage says so. */
static gboolean name_is_known(Call *call, const MpHttpReply *reply)
{
    if (reply->progress != MP_HTTP_UNRESOLVED && reply->progress != MP_HTTP_SILENT)
        return TRUE;
    g_autoptr(GUri)
        uri = g_uri_parse(call->context->targets->responder_url, G_URI_FLAGS_NONE, NULL);
    const MpNetLimit limit = {MIN(mp_clock_now() + NAME_LIMIT, call->deadline),
                              call->context->cancellable};
    MpNetStatus status = {0};
    g_autoptr(GArray) found = mp_net_resolve(g_uri_get_host(uri), 0, &limit, &status);
    return found || end_stage(call, "resolve", mp_outcome_of_net(status.outcome), 0, status.detail);
}

/* What the answer agreed to. */
static void note_codec(Call *call, const MpSdp *answer)
{
    for (guint i = 0; i < answer->media->len; i++) {
        const MpSdpMedia *media = answer->media->pdata[i];
        if (media->kind != MP_SDP_VIDEO || !media->codec || media->is_refused)
            continue;
        g_autofree char *codec = g_ascii_strdown(media->codec, -1);
        json_object_set_string_member(call->measurement->facts, "codec", codec);
    }
}

static gboolean signal_call(Call *call)
{
    g_autofree char *offer = mp_media_session_offer(call->media);
    MpTime limit = MIN(mp_clock_now() + WHIP_LIMIT, call->deadline);
    call->is_cut = limit == call->deadline;
    g_autoptr(MpHttpReply)
        reply = mp_whip_client_offer(call->whip, offer, limit, call->context->cancellable);
    MpOutcome outcome = whip_outcome(reply);
    mp_media_facts_certificate(call->measurement->facts, reply);
    if (outcome != MP_OUTCOME_ANSWERED && !name_is_known(call, reply))
        return FALSE;
    if (outcome != MP_OUTCOME_ANSWERED)
        return end_stage(call, "whip", outcome, reply->status, reply->detail);

    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *text = reply->body ? g_bytes_get_data(reply->body, &length) : NULL;
    g_autoptr(MpSdp) answer = mp_sdp_parse(text ? text : "", length, &error);
    if (!answer || !mp_whip_client_has_session(call->whip) ||
        !mp_media_session_accept(call->media, answer, &error))
        return end_stage(call, "whip", MP_OUTCOME_MALFORMED, reply->status,
                         error ? error->message : "no Location of the session");
    note_codec(call, answer);
    return end_stage(call, "whip", MP_OUTCOME_ANSWERED, reply->status, NULL);
}

/* The far end's first candidate. */
static gboolean find_peer(const Call *call, MpAddress *peer)
{
    const GArray *candidates = mp_ice_session_candidates(mp_media_session_ice(call->media));
    for (guint i = 0; i < candidates->len; i++) {
        const MpIceCandidate *candidate = &g_array_index(candidates, MpIceCandidate, i);
        if (!candidate->is_remote)
            continue;
        *peer = candidate->address;
        return TRUE;
    }
    return FALSE;
}

/* ICE does not tell why no pair works; the TURN server does when its rules forbid the far end.
 * TRUE: it does, and the stage says so. */
static gboolean relay_forbids_peer(Call *call)
{
    MpAddress peer;
    if (call->step->way == MP_WAY_UDP || !find_peer(call, &peer))
        return FALSE;
    const MpNetLimit limit = {MIN(mp_clock_now() + PERMISSION_LIMIT, call->deadline),
                              call->context->cancellable};
    const MpDialGoal goal = mp_dial_goal(call->step, call->context);
    const MpTurnReply reply = mp_relay_permission_ask(&goal, &call->relay.entrance, &peer, &limit);
    if (reply.code != MP_STUN_ERROR_FORBIDDEN)
        return FALSE;
    end_stage(call, "permission", reply.outcome, reply.code, reply.status.detail);
    return TRUE;
}

static gboolean connect_ice(Call *call)
{
    wait_until(call, ice_is_over, ICE_LIMIT);
    gboolean is_connected = mp_media_session_instants(call->media)->ice_connected != 0;
    mp_media_facts_ice(call->measurement->facts, call->media);
    /* Agents that hinder each other's checks, as they do where a round trip is longer than the
     * first timeout of a check (500 ms), say nothing against the network. */
    if (!is_connected && mp_ice_session_is_answered(mp_media_session_ice(call->media)))
        return end_stage(call, "ice", MP_OUTCOME_NOT_RUN, 0,
                         "checks were answered, but no pair was nominated in time");
    if (!is_connected && relay_forbids_peer(call))
        return FALSE;
    if (!is_connected)
        return end_stage(call, "ice", MP_OUTCOME_SILENT, 0, "no candidate pair works");
    if (mp_media_relay_is_bypassed(&call->relay))
        return end_stage(call, "ice", MP_OUTCOME_MALFORMED, 0,
                         "ICE went around the bridge to the relay");
    return end_stage(call, "ice", MP_OUTCOME_ANSWERED, 0, NULL);
}

static gboolean shake_hands(Call *call)
{
    wait_until(call, dtls_is_over, DTLS_LIMIT);
    const MpDtlsSession *dtls = mp_media_session_dtls(call->media);
    mp_media_facts_dtls(call->measurement->facts, call->media);
    if (mp_dtls_session_state(dtls) == MP_DTLS_HANDSHAKING)
        return end_stage(call, "dtls", MP_OUTCOME_SILENT, 0, "the handshake did not end in time");
    if (mp_dtls_session_state(dtls) != MP_DTLS_CONNECTED)
        return end_stage(call, "dtls", MP_OUTCOME_MALFORMED, 0, mp_dtls_session_failure(dtls));
    return end_stage(call, "dtls", MP_OUTCOME_ANSWERED, 0, NULL);
}

static gboolean await_media(Call *call)
{
    if (!wait_until(call, media_came, FIRST_MEDIA_LIMIT))
        return end_stage(call, "srtp", MP_OUTCOME_SILENT, 0, "no protected packet came");
    json_object_set_double_member(
        call->measurement->facts, "setup_ms",
        mp_time_to_ms(mp_media_session_instants(call->media)->first_media - call->began));
    return end_stage(call, "srtp", MP_OUTCOME_ANSWERED, 0, NULL);
}

static gboolean is_cut_short(const Call *call)
{
    return g_cancellable_is_cancelled(call->context->cancellable) ||
           mp_clock_now() >= call->deadline;
}

/* The queue of the rate before has drained: the latest echo was nearly as quick as the quickest. */
static gboolean is_settled(const Call *call)
{
    const MpMediaRecord *record = mp_media_session_record(call->media);
    const guint32 our_ssrc = mp_media_session_echo_ssrc(call->media, TRUE);
    const guint32 their_ssrc = mp_media_session_echo_ssrc(call->media, FALSE);
    MpTime least = MP_NEVER;
    MpTime latest = 0;
    guint next = 0; /* requests leave in order */
    for (guint i = 0; i < record->received->len; i++) {
        const MpRecordEntry *reply = &g_array_index(record->received, MpRecordEntry, i);
        for (guint j = next; reply->ssrc == their_ssrc && j < record->sent->len; j++) {
            const MpRecordEntry *request = &g_array_index(record->sent, MpRecordEntry, j);
            if (request->ssrc != our_ssrc || request->sequence != reply->sequence)
                continue;
            latest = reply->time - request->time;
            least = MIN(least, latest);
            next = j;
            break;
        }
    }
    return least == MP_NEVER || latest <= least + SETTLED_WITHIN;
}

/* FALSE when the media was over before its time. */
static gboolean settle(Call *call)
{
    const MpTime end = mp_clock_now() + MOST_SETTLE_TIME;
    gboolean goes_on = TRUE;
    do
        goes_on = !wait_until(call, media_is_over, SETTLE_TIME) && !is_cut_short(call);
    while (goes_on && !is_settled(call) && mp_clock_now() < end);
    return goes_on;
}

/* Runs one tier; FALSE when the media was over before its time. */
static gboolean run_tier(Call *call, const MpTier *tier, MpTime span)
{
    gboolean is_first = call->runs->len == 0;
    if (!is_first)
        mp_media_session_set_rate(call->media, tier->rate_kbps);
    if (!is_first && !settle(call))
        return FALSE;

    MpTime start = mp_clock_now();
    MpTierRun run = {.tier = tier, .window = {.first = mp_clock_realtime()}};
    gboolean is_over = FALSE;
    while (!is_over && mp_clock_now() < start + span && !is_cut_short(call)) {
        MpTime left = start + span - mp_clock_now();
        is_over = wait_until(call, media_is_over, MIN(LOOK_INTERVAL, left));
        if (mp_clock_now() - start > LEAST_TIER_TIME &&
            mp_media_session_loss_percent(call->media) > EARLY_LOSS)
            break;
    }
    run.window.last = mp_clock_realtime();
    g_array_append_val(call->runs, run);
    return !is_over;
}

static gboolean run_media(Call *call)
{
    const GArray *tiers = call->step->tiers;
    gboolean goes_on = TRUE;
    for (guint i = 0; i < tiers->len && goes_on; i++) {
        goes_on = run_tier(call, &g_array_index(tiers, MpTier, i),
                           i == 0 ? call->step->media_time : LOWER_TIER_TIME) &&
                  !is_cut_short(call);
        if (mp_media_session_loss_percent(call->media) <= TIER_LOSS)
            break;
    }
    const MpMediaInstants *instants = mp_media_session_instants(call->media);
    if (instants->consent_lost) {
        json_object_set_double_member(call->measurement->facts, "consent_lost_ms",
                                      mp_time_to_ms(instants->consent_lost - call->began));
        return end_stage(call, "media", MP_OUTCOME_SILENT, 0, "consent was lost");
    }
    if (instants->ended_by_peer)
        return end_stage(call, "media", MP_OUTCOME_RESET, 0, "the far end ended the call");
    if (g_cancellable_is_cancelled(call->context->cancellable))
        return end_stage(call, "media", MP_OUTCOME_NOT_RUN, 0, "interrupted");
    /* A handful of packets would make any way look good. */
    if (mp_clock_now() - call->stage_began < MIN(LEAST_TIER_TIME, call->step->media_time))
        return end_stage(call, "media", MP_OUTCOME_NOT_RUN, 0,
                         "the time limit of the check was reached");
    return end_stage(call, "media", MP_OUTCOME_ANSWERED, 0, NULL);
}

static void join_records(Call *call, const MpMediaRecord *theirs)
{
    JsonObject *facts = call->measurement->facts;
    const MpMediaRecord *ours = mp_media_session_record(call->media);
    for (guint i = 0; i < call->runs->len; i++) {
        MpTierRun *run = &g_array_index(call->runs, MpTierRun, i);
        run->joined = mp_media_join(ours, theirs, run->window);
        /* Drops are counted for the whole call: with several tiers nobody knows whose they were. */
        if (call->runs->len > 1 && run->joined.up.dropped_by_tester > 0)
            run->joined.up.dropped_by_tester = NAN;
        if (call->runs->len > 1 && run->joined.down.dropped_by_tester > 0)
            run->joined.down.dropped_by_tester = NAN;
    }
    /* The live counts mix up the tiers at their seams: the joined records decide. */
    const MpTierRun *runs = &g_array_index(call->runs, MpTierRun, 0);
    const guint chosen = mp_tier_choose(runs, call->runs->len, TIER_LOSS);
    mp_media_facts_tiers(facts, runs, call->runs->len, chosen);
    const MpMediaWindow whole = {runs[0].window.first, runs[call->runs->len - 1].window.last};
    const MpJoined joined = mp_media_join(ours, theirs, whole);
    mp_media_facts_whole(facts, &joined);
    MpSummary echo = mp_media_round_trips(
        ours, theirs, mp_media_session_echo_ssrc(call->media, TRUE),
        mp_media_session_echo_ssrc(call->media, FALSE), runs[chosen].window);
    mp_media_facts_round_trips(facts, &echo, mp_media_session_rtcp_round_trips(call->media));
    mp_media_facts_timing(facts, "far_timing", theirs);
}

static MpTime longest_round_trip(const Call *call)
{
    const GArray *round_trips = mp_media_session_rtcp_round_trips(call->media);
    MpTime longest = 0;
    for (guint i = 0; i < round_trips->len; i++)
        longest = MAX(longest, g_array_index(round_trips, MpTime, i));
    return longest;
}

/* Our packets arrive, then the far end stops and hands over, then its packets arrive. */
static void take_record(Call *call)
{
    mp_media_session_stop(call->media);
    g_array_index(call->runs, MpTierRun, call->runs->len - 1).window.last = mp_clock_realtime();
    MpTime round_trip = longest_round_trip(call);
    MpTime drain = CLAMP(2 * round_trip, LEAST_DRAIN, MOST_DRAIN);
    run_for(call, drain);
    MpTime limit = MIN(mp_clock_now() + RECORD_LIMIT + call->step->media_time / RECORD_SHARE +
                           RECORD_ROUND_TRIPS * round_trip,
                       call->deadline);
    g_autoptr(MpHttpReply) reply = mp_whip_client_take_record(call->whip, limit, NULL);
    run_for(call, drain);
    mp_media_facts_timing(call->measurement->facts, "timing", mp_media_session_record(call->media));

    MpOutcome outcome = whip_outcome(reply);
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
    end_stage(call, "record", outcome, reply->status, error ? error->message : NULL);
}

static gboolean (*const stages[])(Call *call) = {gather,      signal_call, connect_ice,
                                                 shake_hands, await_media, run_media};

static void on_closed(gpointer user_data)
{
    Call *call = user_data;
    call->is_closed = TRUE;
}

/* The waits here are short and must happen even when time is up: allocations would stay behind. */
static void hang_up(Call *call)
{
    if (mp_whip_client_has_session(call->whip)) {
        g_autoptr(MpHttpReply)
            reply = mp_whip_client_delete(call->whip, mp_clock_now() + CLOSE_LIMIT);
        g_debug("DELETE of the session: %u %s", reply->status, reply->detail);
    }
    mp_media_session_close(call->media, on_closed, call);
    MpTime end = mp_clock_now() + CLOSE_LIMIT;
    mp_timer_arm(call->alarm, end);
    while (!is_closed(call) && mp_clock_now() < end)
        g_main_context_iteration(call->loop, TRUE);
}

static gboolean carry_out(Call *call, GError **error)
{
    call->began = call->stage_began = mp_clock_now();
    call->deadline = call->context->deadline - CLOSING_TIME - call->step->media_time / RECORD_SHARE;
    if (!set_up(call, error))
        return FALSE;
    guint done = 0;
    while (done < G_N_ELEMENTS(stages) && stages[done](call))
        done++;
    call->deadline = call->context->deadline;
    if (call->runs->len > 0)
        take_record(call);
    hang_up(call);
    return TRUE;
}

MpMeasurement *mp_probe_media(const MpStep *step, const MpProbeContext *context, GError **error)
{
    g_return_val_if_fail(context->targets->responder_url && step->tiers && step->tiers->len > 0,
                         NULL);
    g_autoptr(MpMeasurement) measurement = mp_measurement_new(
        step->id, step->kind, context->targets->responder_url, mp_way_transport(step->way));
    Call call = {.step = step, .context = context, .measurement = measurement};
    call.loop = g_main_context_new();
    call.runs = g_array_new(FALSE, FALSE, sizeof(MpTierRun));
    mp_thread_be_punctual();
    g_main_context_push_thread_default(call.loop);
    call.alarm = mp_timer_new(on_alarm, NULL);
    g_autoptr(GSource) cancelled = g_cancellable_source_new(context->cancellable);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(cancelled, (GSourceFunc)(void (*)(void))on_cancelled, NULL, NULL);
    g_source_attach(cancelled, call.loop);
    g_source_attach(call.alarm, call.loop);

    gboolean is_done = carry_out(&call, error);

    mp_media_session_free(call.media);
    mp_whip_client_free(call.whip);
    mp_media_relay_clear(&call.relay);
    g_source_destroy(cancelled);
    g_source_destroy(call.alarm);
    g_source_unref(call.alarm);
    while (g_main_context_iteration(call.loop, FALSE))
        continue;
    g_main_context_pop_thread_default(call.loop);
    g_main_context_unref(call.loop);
    g_array_unref(call.runs);
    return is_done ? g_steal_pointer(&measurement) : NULL;
}
