/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The walk over a relay in virtual time: servers that hand out each port once, that draw lots, that
 * have a quota; a seeded generator says what is lost.
 */
#include "session/relay_loop.h"

#include <math.h>

#define START MP_SEC(100)
#define STEP MP_MSEC(1)

typedef struct {
    guint16 first; /* of the relay's ports */
    guint16 last;
    gboolean draws_lots;
    guint quota; /* 0: none */
    guint16 blocked_first;
    guint16 blocked_last; /* 0: none */
    double loss;          /* of a datagram there and back */
    MpTime takes;         /* for a question about an open port */
    guint error;          /* every Allocate is refused with it; 0: none */
    gboolean is_silent;
} Server;

typedef struct {
    MpTime over;
    MpRelayTripAnswer answer;
} Question;

typedef struct {
    const Server *server;
    GRand *random;
    GArray *open; /* Question */
    guint next;
    guint held;
    guint most_held; /* since the quota showed itself; from the start where there is none */
    gboolean was_refused;
} Play;

static guint16 next_port(Play *play)
{
    const guint n = play->server->last - play->server->first + 1U;
    const guint i = play->server->draws_lots ? (guint)g_rand_int_range(play->random, 0, (gint32)n)
                                             : play->next++ % n;
    return (guint16)(play->server->first + (i * 7919U) % n);
}

static void ask_port(Play *play, const MpRelaySettings *settings, Question *question)
{
    const Server *server = play->server;
    MpRelayTripAnswer *answer = &question->answer;
    answer->relayed = (MpAddress){.family = MP_FAMILY_IPV4, .port = next_port(play)};
    const gboolean is_blocked = answer->relayed.port >= server->blocked_first &&
                                answer->relayed.port <= server->blocked_last;
    answer->port = MP_RELAY_PORT_BLOCKED_OUT;
    while (answer->tries < settings->tries && answer->port != MP_RELAY_PORT_OPEN) {
        if (answer->tries++ > 0)
            question->over += settings->wait;
        if (!is_blocked && g_rand_double(play->random) >= server->loss)
            answer->port = MP_RELAY_PORT_OPEN;
    }
}

static void begin(Play *play, const MpRelaySettings *settings, MpTime now)
{
    Question question = {.over = now + play->server->takes,
                         .answer = {.broke_at = MP_RELAY_OVER, .round_trip = MP_MSEC(40)}};
    MpRelayTripAnswer *answer = &question.answer;
    const guint quota = play->server->quota;
    if (play->server->is_silent) {
        answer->broke_at = MP_RELAY_ALLOCATING;
        answer->event = MP_TURN_EVENT_SILENT;
        question.over = now + settings->patience;
    } else if (play->server->error || (quota && play->held >= quota)) {
        answer->broke_at = MP_RELAY_ALLOCATING;
        answer->event = MP_TURN_EVENT_ERROR;
        answer->code = play->server->error ? play->server->error : 486;
        question.over = now + play->server->takes / 3;
        play->was_refused = TRUE;
    } else {
        play->held++;
        ask_port(play, settings, &question);
    }
    if (!quota || (play->was_refused && now > START + MP_SEC(5)))
        play->most_held = MAX(play->most_held, play->held);
    g_array_append_val(play->open, question);
}

static void end_due(Play *play, MpRelayLoop *loop, MpTime now)
{
    for (guint i = play->open->len; i > 0; i--) {
        const Question question = g_array_index(play->open, Question, i - 1);
        if (question.over > now)
            continue;
        g_array_remove_index_fast(play->open, i - 1);
        if (question.answer.relayed.family != MP_FAMILY_NONE)
            play->held--;
        mp_relay_loop_take(loop, &question.answer, now);
    }
}

/* The span until it is over; the loop is the caller's. */
static MpRelayLoop *walk(const Server *server, guint rate, MpTime span, MpTime *took,
                         guint *most_held)
{
    const MpRelayPlan plan = {.first = 1025,
                              .last = 65535,
                              .rate = rate,
                              .sample = 400,
                              .most_at_once = 1024,
                              .until = START + span};
    Play play = {.server = server,
                 .random = g_rand_new_with_seed(7),
                 .open = g_array_new(FALSE, FALSE, sizeof(Question))};
    MpRelayLoop *loop = mp_relay_loop_new(&plan, START);
    MpRelaySettings settings = {.tries = 0};
    MpTime now = START;
    for (; !mp_relay_loop_is_over(loop); now += STEP) {
        g_assert_cmpint(now, <, START + span + MP_SEC(60));
        end_due(&play, loop, now);
        while (mp_relay_loop_begin(loop, now, &settings))
            begin(&play, &settings, now);
    }
    *took = now - START;
    *most_held = play.most_held;
    g_array_unref(play.open);
    g_rand_free(play.random);
    return loop;
}

static const Server whole = {.first = 1025, .last = 65535, .takes = MP_MSEC(240)};

static void test_every_port_of_a_server_at_40_ms(void)
{
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&whole, 20000, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_ALL_ASKED);
    g_assert_cmpuint(facts->n_asked, ==, 64511);
    g_assert_cmpuint(facts->n_open, ==, 64511);
    /* 2,000 ports a second. */
    g_assert_cmpint(took, <, MP_SEC(32));
}

static void test_a_gentle_run_is_a_slow_sample(void)
{
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&whole, 0, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_SAMPLE_ASKED);
    g_assert_cmpuint(facts->n_asked, >=, 400);
    g_assert_cmpuint(facts->n_asked, <, 440);
    /* 400 at 50 a second. */
    g_assert_cmpint(took, >=, MP_MSEC(7500));
    g_assert_cmpint(took, <, MP_SEC(10));
    g_assert_cmpuint(held, <=, 32);
}

static void test_blocked_range_is_exact_under_loss(void)
{
    Server server = whole;
    server.blocked_first = 50000;
    server.blocked_last = 50999;
    server.loss = 0.04;
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 20000, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    for (guint port = 1025; port <= 65535; port++)
        g_assert_cmpint(facts->ports[port], ==,
                        port >= 50000 && port <= 50999 ? MP_RELAY_PORT_BLOCKED_OUT
                                                       : MP_RELAY_PORT_OPEN);
    g_assert_cmpuint(facts->n_blocked, ==, 1000);
    g_assert_cmpfloat(facts->wrong_bound, >, 0);
    g_assert_cmpfloat(facts->wrong_bound, <, 0.01);
    g_assert_cmpfloat_with_epsilon((double)facts->tries_lost / (double)facts->tries_open, 0.04,
                                   0.005);
}

static void test_a_small_pool_ends_when_it_repeats(void)
{
    const Server server = {.first = 50000, .last = 50999, .takes = MP_MSEC(20)};
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 20000, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_ALL_ASKED);
    g_assert_cmpuint(facts->n_asked, ==, 1000);
    g_assert_cmpuint(facts->n_allocations, <, 1400);
}

static void test_a_server_that_draws_lots_is_asked_until_little_is_new(void)
{
    const Server server = {.first = 50000, .last = 52999, .draws_lots = TRUE, .takes = MP_MSEC(20)};
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 20000, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_ALL_ASKED);
    g_assert_cmpuint(facts->n_asked, >, 2950);
}

static void test_a_quota_is_not_used_up(void)
{
    Server server = whole;
    server.quota = 5;
    server.takes = MP_MSEC(200);
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 20000, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_SAMPLE_ASKED);
    g_assert_cmpuint(facts->n_asked, >=, 400);
    g_assert_cmpuint(facts->n_quota, >, 0);
    g_assert_cmpuint(facts->n_quota, <, 40);
    g_assert_cmpuint(facts->most_held, <=, 5);
    g_assert_cmpuint(held, ==, 4);
}

static void test_a_server_that_says_no_is_not_asked_on(void)
{
    Server server = whole;
    server.error = 401;
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 20000, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_REFUSED);
    g_assert_cmpuint(facts->failure.code, ==, 401);
    g_assert_cmpint(took, <, MP_SEC(1));
}

static void test_a_silent_server_is_left_alone(void)
{
    Server server = whole;
    server.is_silent = TRUE;
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 0, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_REFUSED);
    g_assert_cmpuint(facts->n_asked, ==, 0);
    g_assert_cmpint(took, <, MP_SEC(12));
}

static void test_all_blocked_ends_early(void)
{
    Server server = whole;
    server.blocked_first = 1;
    server.blocked_last = 65535;
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&server, 0, MP_SEC(120), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_SAMPLE_ASKED);
    g_assert_cmpuint(facts->n_asked, <=, 140);
    g_assert_true(isnan(facts->wrong_bound));
}

static void test_time_ends_it(void)
{
    MpTime took;
    guint held;
    g_autoptr(MpRelayLoop) loop = walk(&whole, 0, MP_SEC(2), &took, &held);
    const MpRelayFacts *facts = mp_relay_loop_facts(loop);
    g_assert_cmpint(facts->end, ==, MP_RELAY_OUT_OF_TIME);
    g_assert_cmpuint(facts->n_asked, >, 50);
    g_assert_cmpint(took, <, MP_SEC(3));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/relay-loop/whole", test_every_port_of_a_server_at_40_ms);
    g_test_add_func("/session/relay-loop/gentle", test_a_gentle_run_is_a_slow_sample);
    g_test_add_func("/session/relay-loop/blocked", test_blocked_range_is_exact_under_loss);
    g_test_add_func("/session/relay-loop/small-pool", test_a_small_pool_ends_when_it_repeats);
    g_test_add_func("/session/relay-loop/lots",
                    test_a_server_that_draws_lots_is_asked_until_little_is_new);
    g_test_add_func("/session/relay-loop/quota", test_a_quota_is_not_used_up);
    g_test_add_func("/session/relay-loop/refused", test_a_server_that_says_no_is_not_asked_on);
    g_test_add_func("/session/relay-loop/silent", test_a_silent_server_is_left_alone);
    g_test_add_func("/session/relay-loop/all-blocked", test_all_blocked_ends_early);
    g_test_add_func("/session/relay-loop/time", test_time_ends_it);
    return g_test_run();
}
