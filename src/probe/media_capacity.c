/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The media rests, what it left in queues drains, and trains of packets take its place.
 */
#include "probe/media_capacity.h"

#include <math.h>

#include "base/clock.h"
#include "probe/media_facts.h"
#include "probe/media_turn.h"

#define MOST_TIME MP_MSEC(4500)
/* Beyond it nothing is done any more that could be waited for. */
#define GRACE MP_MSEC(200)
/* The far end hears of the rest, and the last packets of media arrive. */
#define LEAST_DRAIN MP_MSEC(60)
#define UNKNOWN_ROUND_TRIP MP_MSEC(100)
/* What was carried without more loss than that is known to be carried. */
#define CARRIED_LOSS 2.0
/* Beside the video: Opus with its headers, and echoes. */
#define AUDIO_KBPS 100
/* Through a relay one measures the relay from about here on. */
#define RELAY_BPS 300e6

/* Headers before RTP: RFC 791 and 768, RFC 8200; ChannelData; TCP with timestamps; TLS 1.3's
 * record; and the tag of AES-GCM behind it. Packets share segments, so that TCP's share of a
 * packet is an average. */
#define IPV4 20
#define IPV6 40
#define UDP 8
#define CHANNEL 4
#define TCP 32
#define TLS 22
#define SRTP_TAG 16

static gboolean is_over_ipv6(MpMediaCall *call)
{
    MpIceCandidate local;
    MpIceCandidate remote;
    if (call->step->way != MP_WAY_UDP)
        return call->relay.entrance.family == MP_FAMILY_IPV6;
    return mp_ice_session_pair(mp_media_session_ice(call->media), &local, &remote) &&
           local.address.family == MP_FAMILY_IPV6;
}

static guint overhead_of(MpMediaCall *call)
{
    const MpWay way = call->step->way;
    return (is_over_ipv6(call) ? IPV6 : IPV4) + (mp_way_is_stream(way) ? TCP : UDP) +
           (way == MP_WAY_UDP ? 0 : CHANNEL) + (mp_way_is_tls(way) ? TLS : 0) + SRTP_TAG;
}

static MpTime least_round_trip(const MpMediaCall *call)
{
    const GArray *round_trips = mp_media_session_rtcp_round_trips(call->media);
    MpTime least = round_trips->len > 0 ? MP_NEVER : UNKNOWN_ROUND_TRIP;
    for (guint i = 0; i < round_trips->len; i++)
        least = MIN(least, g_array_index(round_trips, MpTime, i));
    return least;
}

/* What the last tier brought through. */
static guint64 carried_bps(const MpMediaCall *call, double loss_percent)
{
    const MpTierRun *run = &g_array_index(call->runs, MpTierRun, call->runs->len - 1);
    return loss_percent >= 0 && loss_percent <= CARRIED_LOSS
               ? (guint64)(run->tier->rate_kbps + AUDIO_KBPS) * 1000
               : 0;
}

static MpCapacityConfig config_of(MpMediaCall *call, double loss_percent)
{
    const double loss = loss_percent >= 0 ? loss_percent / 100 : NAN;
    const guint64 carried = carried_bps(call, loss_percent);
    return (MpCapacityConfig){.need_bps = (guint64)call->step->capacity_kbps * 1000,
                              .known_up_bps = carried,
                              .known_down_bps = carried,
                              .up_loss = loss,
                              .down_loss = loss,
                              .round_trip = least_round_trip(call),
                              .overhead = overhead_of(call),
                              .most_time = MOST_TIME};
}

static void set_number(JsonObject *object, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(object, name, value);
}

typedef struct {
    guint64 bytes;
    guint32 dropped;
} Sent;

static void set_direction(JsonObject *facts, const char *name, const MpCapacity *capacity,
                          Sent sent)
{
    static const char *const limiters[] = {
        [MP_LIMITER_NONE] = "none", [MP_LIMITER_QUEUE] = "queue", [MP_LIMITER_POLICER] = "policer"};
    JsonObject *object = json_object_new();
    set_number(object, "low_kbps", capacity->low / 1000);
    set_number(object, "value_kbps", capacity->value / 1000);
    set_number(object, "high_kbps", capacity->high / 1000);
    if (!isnan(capacity->value))
        json_object_set_string_member(object, "limiter", limiters[capacity->limiter]);
    if (capacity->burst_bytes > 0)
        set_number(object, "burst_bytes", capacity->burst_bytes);
    json_object_set_int_member(object, "sent_bytes", (gint64)sent.bytes);
    if (sent.dropped > 0)
        json_object_set_int_member(object, "dropped_here", sent.dropped);
    json_object_set_object_member(facts, name, object);
}

static void set_facts(MpMediaCall *call, const MpCapacityResult *result)
{
    JsonObject *facts = json_object_new();
    json_object_set_int_member(facts, "need_kbps", call->step->capacity_kbps);
    set_number(facts, "seconds", mp_time_to_ms(result->time) / 1000);
    json_object_set_int_member(facts, "trains", result->trains);
    set_direction(facts, "up", &result->up, (Sent){result->up_bytes, result->up_dropped});
    set_direction(facts, "down", &result->down, (Sent){result->down_bytes, result->down_dropped});
    if (call->step->way != MP_WAY_UDP &&
        (result->up.value > RELAY_BPS || result->down.value > RELAY_BPS))
        json_object_set_boolean_member(facts, "measures_relay", TRUE);
    json_object_set_object_member(call->measurement->facts, "capacity", facts);
}

static gboolean is_measured(const MpMediaCall *call)
{
    const MpCapacityTester *tester = mp_media_session_capacity(call->media);
    return tester && mp_capacity_tester_is_done(tester);
}

/* From here on nothing is media. */
static void let_rest(MpMediaCall *call, MpTime round_trip)
{
    MpTierRun *run = &g_array_index(call->runs, MpTierRun, call->runs->len - 1);
    if (call->rate_kbps > 0)
        mp_tier_run_window(run, run->windows->len - 1)->last = mp_clock_realtime();
    call->rate_kbps = 0;
    call->has_rested = TRUE;
    mp_media_session_set_rate(call->media, 0);
    mp_media_call_run_for(call, LEAST_DRAIN + round_trip);
    mp_media_turn_drain(call);
}

gboolean mp_media_capacity(MpMediaCall *call)
{
    const gboolean is_wanted = call->step->capacity_kbps > 0 && call->runs->len > 0 &&
                               (mp_media_turn_is_first(call) ||
                                call->context->measures_all_capacities);
    if (!is_wanted || !mp_media_turn_await_at_rest(call) ||
        mp_clock_now() + MOST_TIME > call->deadline)
        return TRUE;
    const double loss_percent = mp_media_session_loss_percent(call->media);
    let_rest(call, least_round_trip(call));
    const MpCapacityConfig config = config_of(call, loss_percent);
    mp_media_session_measure_capacity(call->media, &config);
    mp_media_call_wait(call, is_measured, MOST_TIME + GRACE);
    const MpCapacityResult result = mp_capacity_tester_result(
        mp_media_session_capacity(call->media));
    set_facts(call, &result);
    /* A far end that takes no part, or a way that keeps every train, is no broken stage. */
    if (isnan(result.up.value) && isnan(result.down.value))
        call->stage_began = mp_clock_now();
    else
        mp_media_call_end_stage(call, "capacity", MP_OUTCOME_ANSWERED, 0, NULL);
    return TRUE;
}

double mp_media_capacity_most(const MpMediaCall *call)
{
    const MpCapacityTester *tester = mp_media_session_capacity(call->media);
    if (!tester)
        return NAN;
    const MpCapacityResult result = mp_capacity_tester_result(tester);
    return fmin(result.up.high, result.down.high) / 1000;
}
