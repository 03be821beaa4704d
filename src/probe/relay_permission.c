/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a TURN server may relay to an address, RFC 8656 section 9.
 */
#include "probe/relay_permission.h"

#include "base/clock.h"
#include "session/turn_credentials.h"

MpTurnReply mp_relay_permission_ask(const MpDialGoal *goal, const MpAddress *entrance,
                                    const MpAddress *peer, const MpNetLimit *limit)
{
    const MpTargets *targets = goal->targets;
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_for(
        targets->turn_user, targets->turn_password, targets->turn_secret, mp_clock_realtime());
    const MpNetTransport known = {.peer = *entrance};
    MpNetStatus status = {0};
    MpTurnLeg leg = mp_turn_leg_init(mp_dial_again(&known, goal, limit, &status), credentials);
    if (!leg.transport)
        return mp_turn_reply_of_status(&status);

    MpTurnRequest allocate = {.operation = MP_TURN_ALLOCATE};
    MpTurnRequest permit = {.operation = MP_TURN_CREATE_PERMISSION, .peer = *peer};
    MpTurnReply reply = mp_turn_leg_run(&leg, &allocate, limit);
    if (reply.outcome == MP_OUTCOME_ANSWERED)
        reply = mp_turn_leg_run(&leg, &permit, limit);
    mp_turn_leg_clear(&leg, limit->deadline);
    return reply;
}
