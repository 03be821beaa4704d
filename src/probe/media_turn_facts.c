/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way's turns at media as a fact.
 */
#include "probe/media_turn_facts.h"

#include "base/clock.h"

/* A way that is left alone goes on in rounds that nobody shares: enough of them are known. */
#define MOST_ROUNDS 40

static void set_direction(JsonObject *turn, const char *name, const MpDirectionStats *stats)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "packets_sent", (gint64)stats->packets_sent);
    json_object_set_int_member(object, "packets_received", (gint64)stats->packets_received);
    json_object_set_int_member(object, "unexplained_lost", (gint64)stats->loss.runs.lost);
    json_object_set_object_member(turn, name, object);
}

static JsonObject *describe(const MpMediaCall *call, const MpMediaJoin *join,
                            const MpMediaWindow *window)
{
    const MpJoined joined = mp_media_join_windows(join, window, 1);
    const MpSummary echo = mp_media_join_round_trips(
        join, mp_media_session_echo_ssrc(call->media, TRUE),
        mp_media_session_echo_ssrc(call->media, FALSE), window, 1);
    const MpTime began = mp_clock_realtime() - (mp_clock_now() - call->began);
    JsonObject *turn = json_object_new();
    json_object_set_int_member(turn, "round", window->round);
    json_object_set_double_member(turn, "ms", mp_time_to_ms(window->first - began));
    json_object_set_double_member(turn, "took_ms", mp_time_to_ms(window->last - window->first));
    if (echo.count > 0)
        json_object_set_double_member(turn, "rtt_ms", echo.p50);
    set_direction(turn, "up", &joined.up.stats);
    set_direction(turn, "down", &joined.down.stats);
    return turn;
}

void mp_media_turn_facts(MpMediaCall *call, const MpTierRun *run, const MpMediaJoin *join)
{
    MpTurns *turns = call->context->turns;
    if (!turns || mp_turns_n_ways(turns) < 2)
        return;
    JsonArray *rounds = json_array_new();
    for (guint i = 0; i < MIN(run->windows->len, MOST_ROUNDS); i++)
        json_array_add_object_element(rounds, describe(call, join, mp_tier_run_window(run, i)));
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "ways", mp_turns_n_ways(turns));
    json_object_set_array_member(object, "rounds", rounds);
    json_object_set_object_member(call->measurement->facts, "turns", object);
}
