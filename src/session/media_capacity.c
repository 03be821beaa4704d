/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The capacity measurement of a call.
 */
#include "base/clock.h"
#include "base/timer.h"
#include "session/media_session_parts.h"

void mp_media_session_measure_capacity(MpMediaSession *session, const MpCapacityConfig *config)
{
    const MpTime now = mp_clock_now();
    mp_capacity_link_begin(session->capacity, config, now);
    mp_timer_arm(session->timer, now);
}

const MpCapacityTester *mp_media_session_capacity(const MpMediaSession *session)
{
    return mp_capacity_link_tester(session->capacity);
}

void mp_media_capacity_advance(MpMediaSession *session, MpTime now)
{
    const MpCapacityTester *tester = mp_media_session_capacity(session);
    const gboolean was_done = !tester || mp_capacity_tester_is_done(tester);
    mp_capacity_link_advance(session->capacity, session->srtp, now);
    if (!was_done && mp_capacity_tester_is_done(tester))
        session->config.changed(session->config.user_data);
}
