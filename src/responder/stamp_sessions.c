/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sessions, their replay windows and their ports.
 */
#include "responder/stamp_sessions.h"

#include <string.h>

#include "base/bits.h"

#define NONE MP_STAMP_MOST_SESSIONS

static guint find(const MpStampSessions *sessions, const MpStampSession *name)
{
    for (guint i = 0; i < sessions->n_sessions; i++)
        if (sessions->handles[i].name.session == name->session &&
            sessions->handles[i].name.key_id == name->key_id)
            return i;
    return NONE;
}

/* `oldest` or the session at `place`, whichever was silent longer. */
static guint older(const MpStampSessions *sessions, guint oldest, guint place)
{
    return oldest == NONE ||
                   sessions->handles[place].last_seen < sessions->handles[oldest].last_seen
               ? place
               : oldest;
}

/* The session at `place` if it has been silent for so long. */
static guint if_idle(const MpStampSessions *sessions, guint place, MpTime now, MpTime idle)
{
    return now - sessions->handles[place].last_seen >= idle ? place : NONE;
}

/* A place for a new session: a free one, or the one that was silent longest. */
static guint find_place(MpStampSessions *sessions, const MpAddress *source, MpTime now)
{
    guint n_of_source = 0;
    guint oldest = NONE;
    guint oldest_of_source = NONE;
    for (guint i = 0; i < sessions->n_sessions; i++) {
        oldest = older(sessions, oldest, i);
        if (!mp_address_equal_ip(&sessions->handles[i].source, source))
            continue;
        oldest_of_source = older(sessions, oldest_of_source, i);
        n_of_source++;
    }
    if (n_of_source >= MP_STAMP_SESSIONS_OF_A_SOURCE)
        return if_idle(sessions, oldest_of_source, now, MP_STAMP_SESSION_IDLE_OF_A_SOURCE);
    if (sessions->n_sessions < MP_STAMP_MOST_SESSIONS)
        return sessions->n_sessions++;
    return if_idle(sessions, oldest, now, MP_STAMP_SESSION_IDLE);
}

MpStampState *mp_stamp_sessions_get(MpStampSessions *sessions, const MpStampSession *name,
                                    const MpAddress *source, MpTime now)
{
    guint place = find(sessions, name);
    if (place == NONE) {
        place = find_place(sessions, source, now);
        if (place == NONE)
            return NULL;
        memset(&sessions->states[place], 0, sizeof sessions->states[place]);
        sessions->handles[place] = (MpStampHandle){.name = *name, .source = *source};
    }
    sessions->handles[place].last_seen = now;
    return &sessions->states[place];
}

/* The window is a ring: what a new number pushes out becomes "not seen". */
static void advance(MpStampState *state, guint32 sequence)
{
    guint32 steps = sequence - state->newest;
    if (steps >= MP_STAMP_WINDOW) {
        memset(state->window, 0, sizeof state->window);
    } else {
        for (guint32 n = state->newest + 1; n != sequence + 1; n++)
            mp_bit_put(state->window, n % MP_STAMP_WINDOW, FALSE);
    }
    state->newest = sequence;
}

gboolean mp_stamp_state_accept(MpStampState *state, guint32 sequence)
{
    if (state->received == 0)
        state->newest = sequence;
    /* Numbers may begin anywhere and pass 2^32: RFC 1982. */
    gint32 ahead = (gint32)(sequence - state->newest);
    if (ahead <= -MP_STAMP_WINDOW)
        return FALSE;
    if (ahead > 0)
        advance(state, sequence);
    if (mp_bit_is_set(state->window, sequence % MP_STAMP_WINDOW))
        return FALSE;
    mp_bit_put(state->window, sequence % MP_STAMP_WINDOW, TRUE);
    state->received++;
    return TRUE;
}

void mp_stamp_state_see_port(MpStampState *state, guint16 port)
{
    mp_bit_put(state->ports, port, TRUE);
}

void mp_stamp_copy_bits(guint8 *out, const guint8 *bits, guint first, guint n_bits)
{
    const guint8 *from = bits + first / 8;
    guint shift = first % 8;
    gsize length = (n_bits + 7) / 8;
    for (gsize i = 0; i < length; i++)
        out[i] = (guint8)((guint)from[i] << shift | (guint)from[i + 1] >> (8 - shift));
    if (n_bits % 8)
        out[length - 1] &= (guint8)(0xFF00u >> (n_bits % 8));
}
