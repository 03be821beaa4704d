/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The self-loop over a whole relay.
 */
#include "session/relay_loop.h"

#include <math.h>

#include "stats/proportion.h"

/* Of a gentle run: allocations a second and at once, on a server that others use. */
#define GENTLE_RATE 50
#define GENTLE_AT_ONCE 32
/* None open of so many: the rest, which takes longest where nothing answers, is as good as known.
 */
#define ALL_BLOCKED 100
/* At once, at the start of a fast run. It doubles each round trip until requests are lost. */
#define FIRST_AT_ONCE 16
#define LEAST_AT_ONCE 8
/* The share of questions with a lost request at which too many are under way. Lower ones are the
 * path's own loss: 5 % each way touch four questions in ten. */
#define TOO_MANY_LOST 0.45
#define LOSS_MEMORY 0.03
/* A token bucket's depth, in questions: a timer that is late must not cost rate. */
#define BURST 8

/* Before anything is known: RFC 8489 section 6.2.1's first RTO. */
#define FIRST_WAIT MP_MSEC(500)
#define SHORTEST_WAIT MP_MSEC(100)
#define LONGEST_WAIT MP_SEC(2)
#define PATIENCE MP_MSEC(3500)
/* A port counts as blocked after so many datagrams; more where the path itself loses some, until
 * the expected number of wrong verdicts is this. */
#define FEWEST_TRIES 4
#define MOST_TRIES 12
#define ACCEPTED_WRONG 0.001

/* Ports in a row that were asked before: the server has no others. One that hands out each of its
 * ports once shows that at the first of them; one that draws lots repeats itself early. */
#define LEAST_REPEATS 64
/* Questions in a row without an allocation, none of them for a quota or a used 5-tuple. */
#define MOST_FAILURES 16
/* Quota errors in a row with a single question under way: somebody else holds the account's. */
#define MOST_QUOTA 20
#define QUOTA_PAUSE MP_MSEC(200)

#define QUOTA_REACHED 486
#define INSUFFICIENT_CAPACITY 508
#define ALLOCATION_MISMATCH 437

struct _MpRelayLoop {
    MpRelayPlan plan;
    gboolean is_gentle;
    MpTime interval;
    MpTime next_begin;
    double at_once;      /* that may be under way now */
    gboolean is_limited; /* a quota, or loss, ended the first growth */
    guint under_way;
    double share_lost; /* of the last questions: those with a lost request */
    MpTime last_cut;
    double round_trip; /* smoothed, RFC 6298; 0: not known */
    double round_trip_variation;
    guint repeats; /* in a row */
    guint n_repeats;
    guint failures;   /* in a row */
    guint quota_hits; /* in a row */
    guint blocked_by_tries[MOST_TRIES + 1];
    MpRelayFacts facts;
};

MpRelayLoop *mp_relay_loop_new(const MpRelayPlan *plan, MpTime now)
{
    MpRelayLoop *loop = g_new0(MpRelayLoop, 1);
    loop->plan = *plan;
    loop->is_gentle = plan->rate == 0;
    loop->interval = MP_SEC(1) / (loop->is_gentle ? GENTLE_RATE : plan->rate);
    loop->next_begin = now;
    loop->at_once = MIN(FIRST_AT_ONCE, plan->most_at_once);
    loop->last_cut = now;
    loop->facts.failure.broke_at = MP_RELAY_OVER;
    loop->facts.wrong_bound = NAN;
    return loop;
}

void mp_relay_loop_free(MpRelayLoop *loop)
{
    g_free(loop);
}

/* -- how patient ------------------------------------------------------------------------------- */

/* There, back through the server, out again and back: two round trips, and some more. */
static MpTime wait_for_datagram(const MpRelayLoop *loop)
{
    if (loop->round_trip <= 0)
        return FIRST_WAIT;
    const MpTime wait = (MpTime)(3 * loop->round_trip + 4 * loop->round_trip_variation);
    return CLAMP(wait, SHORTEST_WAIT, LONGEST_WAIT);
}

/* At most this share of the datagrams to open ports is lost; 1: nothing is known. */
static double most_lost(const MpRelayLoop *loop)
{
    const guint64 count = MIN(loop->facts.tries_open, 100000);
    if (count == 0)
        return 1;
    const double share = (double)loop->facts.tries_lost / (double)loop->facts.tries_open;
    return mp_proportion((guint)(share * (double)count), (guint)count).high;
}

static guint tries_for_port(const MpRelayLoop *loop)
{
    const double lost = most_lost(loop);
    const double n_ports = loop->plan.last - loop->plan.first + 1.0;
    if (lost >= 1)
        return FEWEST_TRIES;
    const double tries = ceil(log(ACCEPTED_WRONG / n_ports) / log(lost));
    return (guint)CLAMP(tries, FEWEST_TRIES, MOST_TRIES);
}

/* -- when -------------------------------------------------------------------------------------- */

static guint window(const MpRelayLoop *loop)
{
    return MAX((guint)loop->at_once, 1);
}

gboolean mp_relay_loop_begin(MpRelayLoop *loop, MpTime now, MpRelaySettings *settings)
{
    if (loop->facts.end == MP_RELAY_GOING && now >= loop->plan.until)
        loop->facts.end = MP_RELAY_OUT_OF_TIME;
    if (loop->facts.end != MP_RELAY_GOING || loop->under_way >= window(loop) ||
        now < loop->next_begin)
        return FALSE;
    loop->next_begin = MAX(loop->next_begin, now - BURST * loop->interval) + loop->interval;
    loop->under_way++;
    settings->tries = tries_for_port(loop);
    settings->wait = wait_for_datagram(loop);
    settings->patience = PATIENCE;
    return TRUE;
}

MpTime mp_relay_loop_deadline(const MpRelayLoop *loop)
{
    if (loop->facts.end != MP_RELAY_GOING || loop->under_way >= window(loop))
        return MP_NEVER;
    return loop->next_begin;
}

gboolean mp_relay_loop_is_over(const MpRelayLoop *loop)
{
    return loop->facts.end != MP_RELAY_GOING && loop->under_way == 0;
}

/* -- how many at once -------------------------------------------------------------------------- */

static void widen(MpRelayLoop *loop)
{
    const guint most = loop->is_gentle ? MIN(GENTLE_AT_ONCE, loop->plan.most_at_once)
                                       : loop->plan.most_at_once;
    if (loop->facts.most_held > 0)
        return;
    loop->at_once = MIN(loop->at_once + (loop->is_limited ? 4 / loop->at_once : 1), most);
}

static void cut(MpRelayLoop *loop, MpTime now)
{
    loop->is_limited = TRUE;
    loop->last_cut = now;
    loop->share_lost /= 2;
    loop->at_once = MAX(loop->at_once * 0.7, MIN(LEAST_AT_ONCE, loop->plan.most_at_once));
}

static void weigh_loss(MpRelayLoop *loop, const MpRelayTripAnswer *answer, MpTime now)
{
    const gboolean has_lost = answer->resent > 0 || answer->event == MP_TURN_EVENT_SILENT;
    loop->share_lost += LOSS_MEMORY * (has_lost - loop->share_lost);
    if (!has_lost)
        widen(loop);
    else if (loop->share_lost > TOO_MANY_LOST && now - loop->last_cut > FIRST_WAIT)
        cut(loop, now);
}

/* RFC 6298 section 2. */
static void weigh_round_trip(MpRelayLoop *loop, MpTime round_trip)
{
    if (round_trip == MP_NEVER)
        return;
    if (loop->round_trip <= 0) {
        loop->round_trip = (double)round_trip;
        loop->round_trip_variation = (double)round_trip / 2;
        return;
    }
    const double away = fabs(loop->round_trip - (double)round_trip);
    loop->round_trip_variation += (away - loop->round_trip_variation) / 4;
    loop->round_trip += ((double)round_trip - loop->round_trip) / 8;
}

/* The account's allocations are others', too: one fewer than it gives. */
static void meet_quota(MpRelayLoop *loop, MpTime now)
{
    const guint held = loop->under_way;
    loop->facts.n_quota++;
    loop->quota_hits++;
    loop->is_limited = TRUE;
    loop->facts.most_held = MAX(MIN(held, window(loop)), 1);
    loop->at_once = held > 2 ? held - 1 : 1;
    loop->next_begin = MAX(loop->next_begin, now + QUOTA_PAUSE);
    if (window(loop) == 1 && loop->quota_hits > MOST_QUOTA)
        loop->facts.end = MP_RELAY_REFUSED;
}

/* -- what an answer says ----------------------------------------------------------------------- */

static gboolean is_of_interest(const MpRelayLoop *loop, guint16 port)
{
    return port >= loop->plan.first && port <= loop->plan.last;
}

static void count_tries(MpRelayLoop *loop, const MpRelayTripAnswer *answer)
{
    loop->facts.tries += answer->tries;
    if (answer->port == MP_RELAY_PORT_OPEN) {
        loop->facts.tries_open += answer->tries;
        loop->facts.tries_lost += answer->tries - 1;
    } else if (answer->port != MP_RELAY_PORT_UNKNOWN) {
        loop->blocked_by_tries[MIN(answer->tries, MOST_TRIES)]++;
    }
}

static void count_port(MpRelayLoop *loop, guint16 port, MpRelayVerdict verdict, gint sign)
{
    if (verdict == MP_RELAY_PORT_UNKNOWN || !is_of_interest(loop, port))
        return;
    loop->facts.n_asked += (guint)sign;
    if (verdict == MP_RELAY_PORT_OPEN)
        loop->facts.n_open += (guint)sign;
    else
        loop->facts.n_blocked += (guint)sign;
}

/* Where a port is handed out twice, what came through once counts. */
static void keep_port(MpRelayLoop *loop, guint16 port, MpRelayVerdict verdict)
{
    const MpRelayVerdict before = loop->facts.ports[port];
    const gboolean is_repeat = before != MP_RELAY_PORT_UNKNOWN;
    loop->repeats = is_repeat ? loop->repeats + 1 : 0;
    loop->n_repeats += is_repeat;
    if (verdict == MP_RELAY_PORT_UNKNOWN || before == MP_RELAY_PORT_OPEN)
        return;
    count_port(loop, port, before, -1);
    count_port(loop, port, verdict, 1);
    loop->facts.ports[port] = verdict;
}

static void take_failure(MpRelayLoop *loop, const MpRelayTripAnswer *answer)
{
    loop->facts.failure = *answer;
    if (answer->event == MP_TURN_EVENT_SILENT)
        loop->facts.n_silent++;
    if (answer->code == ALLOCATION_MISMATCH) {
        loop->facts.n_mismatch++;
        return;
    }
    loop->failures++;
    const gboolean is_hopeless = answer->event == MP_TURN_EVENT_ERROR && loop->facts.n_asked == 0;
    if (is_hopeless || loop->failures > MOST_FAILURES)
        loop->facts.end = MP_RELAY_REFUSED;
}

static void take_allocation(MpRelayLoop *loop, const MpRelayTripAnswer *answer)
{
    if (loop->facts.n_allocations++ == 0)
        loop->facts.relayed = answer->relayed;
    loop->quota_hits = 0;
    keep_port(loop, answer->relayed.port, answer->port);
    count_tries(loop, answer);
    if (answer->port == MP_RELAY_PORT_UNKNOWN)
        take_failure(loop, answer);
    else
        loop->failures = 0;
}

static gboolean is_exhausted(const MpRelayLoop *loop)
{
    const guint early_repeats = loop->n_repeats - loop->repeats;
    const gboolean draws_lots = early_repeats > LEAST_REPEATS / 4 + loop->facts.n_asked / 50;
    return loop->repeats >=
           (draws_lots ? MAX(LEAST_REPEATS, loop->facts.n_asked / 4) : LEAST_REPEATS);
}

static void look_for_end(MpRelayLoop *loop)
{
    const MpRelayFacts *facts = &loop->facts;
    const guint n_ports = loop->plan.last - loop->plan.first + 1U;
    const gboolean is_sample = loop->is_gentle || facts->most_held > 0;
    if (facts->end != MP_RELAY_GOING)
        return;
    if (facts->n_asked >= n_ports || is_exhausted(loop))
        loop->facts.end = MP_RELAY_ALL_ASKED;
    else if ((is_sample && facts->n_asked >= loop->plan.sample) ||
             (facts->n_open == 0 && facts->n_asked >= ALL_BLOCKED))
        loop->facts.end = MP_RELAY_SAMPLE_ASKED;
}

static gboolean is_quota(const MpRelayTripAnswer *answer)
{
    return answer->event == MP_TURN_EVENT_ERROR &&
           (answer->code == QUOTA_REACHED || answer->code == INSUFFICIENT_CAPACITY);
}

void mp_relay_loop_take(MpRelayLoop *loop, const MpRelayTripAnswer *answer, MpTime now)
{
    loop->under_way--;
    weigh_round_trip(loop, answer->round_trip);
    if (is_quota(answer)) {
        loop->facts.failure = *answer;
        meet_quota(loop, now);
        return;
    }
    weigh_loss(loop, answer, now);
    if (answer->relayed.family != MP_FAMILY_NONE)
        take_allocation(loop, answer);
    else
        take_failure(loop, answer);
    look_for_end(loop);
}

/* Each port that is open but seems blocked lost every one of its datagrams. */
static double wrong_bound(const MpRelayLoop *loop)
{
    const double lost = most_lost(loop);
    double wrong = 0;
    if (loop->facts.n_blocked == 0)
        return 0;
    if (lost >= 1)
        return NAN;
    for (guint tries = 0; tries <= MOST_TRIES; tries++)
        wrong += loop->blocked_by_tries[tries] * pow(lost, tries);
    return MIN(wrong, 1);
}

const MpRelayFacts *mp_relay_loop_facts(MpRelayLoop *loop)
{
    loop->facts.wrong_bound = wrong_bound(loop);
    loop->facts.n_unfinished = loop->under_way;
    return &loop->facts;
}
