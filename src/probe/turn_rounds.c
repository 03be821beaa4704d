/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trips of a way in rounds with the other ways, as a fact.
 */
#include "base/clock.h"
#include "probe/rounds.h"
#include "probe/turn_ladder.h"

/* Until then; what still comes from before is read and forgotten. FALSE: the way is closed. */
static gboolean wait_until(MpTurnLadder *ladder, MpTime time)
{
    const MpNetLimit limit = {.deadline = time, .cancellable = ladder->limit.cancellable};
    MpNetStatus status = {.outcome = MP_NET_SILENT};
    MpBytes input;
    while (mp_clock_now() < time)
        if (!mp_net_transport_receive(ladder->near.transport, &input, &limit, &status) &&
            status.outcome != MP_NET_SILENT)
            return FALSE;
    return !g_cancellable_is_cancelled(ladder->limit.cancellable);
}

/* The quickest so far: what the way takes when nothing is in its way. */
static MpTime round_trip(const MpTurnLadder *ladder)
{
    const GArray *known = mp_turn_ladder_near_facts(ladder)->round_trips;
    MpTime least = MP_NEVER;
    for (guint i = 0; i < known->len; i++)
        least = MIN(least, g_array_index(known, MpTime, i));
    return known->len > 0 ? least : 0;
}

/* NULL in the array: no answer came within the round. */
static JsonArray *ask(MpTurnLadder *ladder, const MpRoundsPlace *place)
{
    JsonArray *times = json_array_new();
    for (guint i = 0; i < place->first; i++)
        json_array_add_null_element(times);
    for (guint i = place->first; i < place->n_rounds; i++) {
        const MpTime due = place->start + i * place->interval;
        const MpNetLimit limit = {.deadline = MIN(due + place->interval, ladder->last_deadline),
                                  .cancellable = ladder->limit.cancellable};
        if (due >= ladder->last_deadline || !wait_until(ladder, due))
            break;
        const MpTurnReply reply = mp_turn_leg_run(
            &ladder->near, &(MpTurnRequest){.operation = MP_TURN_BINDING}, &limit);
        if (reply.outcome == MP_OUTCOME_ANSWERED)
            json_array_add_double_element(times, mp_time_to_ms(reply.took));
        else
            json_array_add_null_element(times);
    }
    return times;
}

gboolean mp_turn_rung_take_rounds(MpTurnLadder *ladder)
{
    MpRoundsPlace place;
    const MpTime began = mp_clock_now();
    if (!ladder->context->rounds || !mp_rounds_join(ladder->context->rounds, round_trip(ladder),
                                                    ladder->limit.cancellable, &place))
        return TRUE;
    JsonObject *rounds = json_object_new();
    json_object_set_int_member(rounds, "ways", place.n_ways);
    json_object_set_double_member(rounds, "interval_ms", mp_time_to_ms(place.interval));
    json_object_set_array_member(rounds, "rtt_ms", ask(ladder, &place));
    json_object_set_object_member(ladder->measurement->facts, "rounds", rounds);
    /* The rungs that follow have as long as without the rounds. */
    ladder->limit.deadline = MIN(ladder->limit.deadline + mp_clock_now() - began,
                                 ladder->last_deadline);
    return TRUE;
}
