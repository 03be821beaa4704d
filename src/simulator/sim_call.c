/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call in virtual time: from one event to the next, until its span is over.
 */
#include "simulator/sim_call.h"

#include "base/splitmix.h"
#include "link/link_line.h"
#include "simulator/sim_end.h"

/* What is on its way; kept for the next one when it has arrived. */
typedef struct _Letter {
    struct _Letter *next;
    MpSimPacket packet;
    MpSimFeedback *feedback; /* kept with its letter */
    gboolean has_feedback;
} Letter;

typedef struct {
    MpSimEnd *end;    /* that is at the far side */
    MpLinkLine *line; /* toward it */
    Letter *free;
} Direction;

static Letter *letter_new(Direction *direction)
{
    Letter *letter = direction->free;
    if (!letter)
        return g_new0(Letter, 1);
    direction->free = letter->next;
    return letter;
}

static void letter_free(gpointer data)
{
    Letter *letter = data;
    g_free(letter->feedback);
    g_free(letter);
}

static void send_on(gpointer user_data, MpTime now, const MpSimPacket *packet,
                    const MpSimFeedback *feedback)
{
    Direction *direction = user_data;
    Letter *letter = letter_new(direction);
    letter->packet = *packet;
    letter->has_feedback = feedback != NULL;
    if (feedback) {
        if (!letter->feedback)
            letter->feedback = g_new(MpSimFeedback, 1);
        *letter->feedback = *feedback;
    }
    mp_link_line_offer(direction->line, now, packet->size, letter);
}

static void arrive(Direction *direction, MpTime now)
{
    MpLinkOutcome outcome;
    while (mp_link_line_take(direction->line, now, &outcome)) {
        Letter *letter = outcome.packet;
        if (outcome.fate == MP_FATE_DELIVERED && outcome.corrupted_bit < 0)
            mp_sim_end_take(direction->end, now, &letter->packet, letter->feedback);
        if (!outcome.is_last)
            continue;
        letter->next = direction->free;
        direction->free = letter;
    }
}

static void direction_clear(Direction *direction)
{
    mp_link_line_free(direction->line, letter_free);
    while (direction->free) {
        Letter *letter = direction->free;
        direction->free = letter->next;
        letter_free(letter);
    }
    mp_sim_end_free(direction->end);
}

static void run(Direction directions[2], MpTime end)
{
    MpTime now = 0;
    while (now <= end) {
        for (guint i = 0; i < 2; i++) {
            arrive(&directions[i], now);
            if (mp_sim_end_deadline(directions[i].end) <= now)
                mp_sim_end_advance(directions[i].end, now);
        }
        MpTime next = MP_NEVER;
        for (guint i = 0; i < 2; i++) {
            next = MIN(next, mp_link_line_deadline(directions[i].line));
            next = MIN(next, mp_sim_end_deadline(directions[i].end));
        }
        now = MAX(next, now);
    }
}

/* The other end of a background has none. */
static MpSimSetup other_end(const MpSimSetup *setup)
{
    MpSimSetup other = *setup;
    if (setup->session != MP_SESSION_VIRTUAL_BACKGROUND)
        return other;
    other.session = MP_SESSION_LIVE_VIDEO;
    other.frame_cost_ms = 0;
    return other;
}

MpSimOutcome mp_sim_call(const MpChromium *chromium, const MpSimSetup *setup,
                         const MpLinkDirection *up, const MpLinkDirection *down, guint64 seed)
{
    guint64 state = seed;
    const guint64 link_seed = mp_splitmix_next(&state);
    /* 0: toward the internet's side, 1: toward the site. */
    Direction directions[2] = {{.line = mp_link_line_new(up, link_seed, 0, 0)},
                               {.line = mp_link_line_new(down, link_seed, 1, 0)}};
    const MpSimSetup setups[2] = {other_end(setup), *setup};
    /* The site calls. */
    for (guint i = 0; i < 2; i++)
        directions[i].end = mp_sim_end_new(chromium, &setups[i], i == 1, mp_splitmix_next(&state),
                                           send_on, &directions[1 - i]);
    mp_sim_ends_join(directions[0].end, directions[1].end);

    run(directions, setup->warm_up + setup->span);
    const MpSimOutcome outcome = {.up = mp_sim_tally_figures(&directions[0].end->tally),
                                  .down = mp_sim_tally_figures(&directions[1].end->tally)};
    direction_clear(&directions[0]);
    direction_clear(&directions[1]);
    return outcome;
}
