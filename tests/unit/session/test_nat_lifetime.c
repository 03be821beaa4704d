/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lifetime of an idle flow searched in virtual time, through NATs that forget after a time.
 */
#include "session/nat_lifetime.h"
#include "wire/stun_builder.h"

#define START MP_SEC(100)
#define TRIP MP_MSEC(20)

typedef struct {
    guint timeout_s; /* of an idle flow */
    gboolean ignores_response_port;
    gboolean refuses_response_port;
    gboolean is_silent;
    gboolean keeps_port;
    guint lost_idle_s; /* the answers to the flow that lay idle so long are lost */
} World;

typedef struct {
    const World *world;
    MpNatLifetime *lifetime;
    MpAddress locals[MP_NAT_LIFETIME_MAX_SOCKETS];
    MpTime used[MP_NAT_LIFETIME_MAX_SOCKETS]; /* the last packet of the flow */
    guint generation[MP_NAT_LIFETIME_MAX_SOCKETS];
    MpTime now;
    guint sent;
} Play;

static gboolean is_open(const Play *play, guint socket)
{
    return play->used[socket] > 0 &&
           play->now - play->used[socket] < MP_SEC(play->world->timeout_s);
}

static guint16 mapped_port(const Play *play, guint socket)
{
    return play->world->keeps_port ? play->locals[socket].port
                                   : (guint16)(40000 + 100 * socket + play->generation[socket]);
}

static void deliver(Play *play, guint socket, guint mapped_socket, const MpStunMessage *request,
                    gboolean is_refused)
{
    guint8 buffer[256];
    MpAddress mapped;
    g_assert_true(mp_address_parse(&mapped, "203.0.113.9", mapped_port(play, mapped_socket)));
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer,
                                                 is_refused ? MP_STUN_ERROR : MP_STUN_SUCCESS,
                                                 MP_STUN_METHOD_BINDING, &request->id);
    if (is_refused)
        mp_stun_add_error(&builder, MP_STUN_ERROR_UNKNOWN_ATTRIBUTE);
    else
        mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &mapped);
    if (!is_open(play, socket))
        return;
    play->used[socket] = play->now;
    mp_nat_lifetime_receive(play->lifetime, socket,
                            (MpBytes){buffer, mp_stun_builder_end(&builder)}, play->now + TRIP);
}

/* What RESPONSE-PORT names, among the flows; the number of sockets: none. */
static guint find_socket(const Play *play, guint32 port)
{
    guint i = 0;
    while (i < MP_NAT_LIFETIME_MAX_SOCKETS && mapped_port(play, i) != port)
        i++;
    return i;
}

static void carry(Play *play, guint socket, MpBytes message)
{
    MpStunMessage request;
    guint32 port;
    g_assert_true(mp_stun_parse(&request, message.data, message.length));
    if (!is_open(play, socket))
        play->generation[socket]++;
    play->used[socket] = play->now;
    play->sent++;
    if (play->world->is_silent)
        return;
    if (!mp_stun_get_u32(&request, MP_STUN_ATTRIBUTE_RESPONSE_PORT, &port) ||
        play->world->ignores_response_port) {
        deliver(play, socket, socket, &request, FALSE);
        return;
    }
    g_assert_cmpuint(port & 0xFFFF, ==, 0);
    if (play->world->refuses_response_port) {
        deliver(play, socket, socket, &request, TRUE);
        return;
    }
    guint to = find_socket(play, port >> 16);
    const MpTime idle = to < MP_NAT_LIFETIME_MAX_SOCKETS ? play->now - play->used[to] : 0;
    const MpTime lost = MP_SEC(play->world->lost_idle_s);
    if (to < MP_NAT_LIFETIME_MAX_SOCKETS && !(lost > 0 && idle >= lost && idle < lost + MP_SEC(2)))
        deliver(play, to, to, &request, FALSE);
}

static MpNatLifetimeFacts play_until(const World *world, MpTime longest, MpTime limit,
                                     MpTime *ended, guint *sent)
{
    Play play = {.world = world, .now = START};
    for (guint i = 0; i < MP_NAT_LIFETIME_MAX_SOCKETS; i++)
        g_assert_true(mp_address_parse(&play.locals[i], "10.0.0.5", (guint16)(50000 + i)));
    play.lifetime = mp_nat_lifetime_new(play.locals, longest, play.now, START + limit);
    MpTime next;
    while ((next = mp_nat_lifetime_deadline(play.lifetime)) != MP_NEVER) {
        g_assert_cmpint(next, <=, START + limit);
        play.now = MAX(play.now, next);
        guint socket;
        MpBytes message;
        while (mp_nat_lifetime_advance(play.lifetime, play.now, &socket, &message))
            carry(&play, socket, message);
    }
    *ended = play.now - START;
    *sent = play.sent;
    MpNatLifetimeFacts facts = mp_nat_lifetime_facts(play.lifetime);
    mp_nat_lifetime_free(play.lifetime);
    return facts;
}

static MpNatLifetimeFacts play(const World *world, guint longest_s)
{
    MpTime ended;
    guint sent;
    return play_until(world, MP_SEC(longest_s), MP_SEC(longest_s + 10), &ended, &sent);
}

static void assert_interval(const MpNatLifetimeFacts *facts, guint from_s, guint to_s)
{
    g_assert_cmpint(facts->kept_for, ==, MP_SEC(from_s));
    g_assert_cmpint(facts->lost_after, ==, to_s ? MP_SEC(to_s) : MP_NEVER);
}

static void test_round_timeouts_lie_inside_their_interval(void)
{
    static const guint expected[][3] = {{1, 0, 2},    {3, 2, 4},       {10, 9, 12},
                                        {20, 17, 22}, {30, 27, 33},    {60, 55, 65},
                                        {90, 80, 95}, {120, 110, 130}, {300, 250, 310}};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        World world = {.timeout_s = expected[i][0]};
        MpNatLifetimeFacts facts = play(&world, 310);
        g_assert_true(facts.is_answered);
        g_assert_true(facts.has_response_port);
        assert_interval(&facts, expected[i][1], expected[i][2]);
    }
}

static void test_a_flow_that_outlives_the_search_has_no_end(void)
{
    World world = {.timeout_s = 120, .keeps_port = TRUE};
    MpNatLifetimeFacts facts = play(&world, 12);
    assert_interval(&facts, 12, 0);
}

static void test_the_search_ends_two_steps_past_the_lifetime(void)
{
    World world = {.timeout_s = 10};
    MpTime ended;
    guint sent;
    MpNatLifetimeFacts facts = play_until(&world, MP_SEC(310), MP_SEC(400), &ended, &sent);
    assert_interval(&facts, 9, 12);
    g_assert_cmpint(ended, <=, MP_SEC(20));
}

static void test_an_answer_lost_before_a_longer_time_ends_nothing(void)
{
    World world = {.timeout_s = 60, .lost_idle_s = 7};
    MpNatLifetimeFacts facts = play(&world, 310);
    assert_interval(&facts, 55, 65);
}

static void test_without_response_port_only_a_new_mapping_is_a_proof(void)
{
    World worlds[] = {{.timeout_s = 10, .ignores_response_port = TRUE},
                      {.timeout_s = 10, .refuses_response_port = TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(worlds); i++) {
        MpNatLifetimeFacts facts = play(&worlds[i], 22);
        g_assert_false(facts.has_response_port);
        assert_interval(&facts, 0, 12);
    }
    World same = {.timeout_s = 10, .refuses_response_port = TRUE, .keeps_port = TRUE};
    MpTime ended;
    guint sent;
    MpNatLifetimeFacts facts = play_until(&same, MP_SEC(22), MP_SEC(30), &ended, &sent);
    g_assert_true(facts.is_answered);
    assert_interval(&facts, 0, 0);
    g_assert_cmpint(ended, <, MP_SEC(1));
}

static void test_silence_is_no_lifetime(void)
{
    World world = {.timeout_s = 10, .is_silent = TRUE};
    MpTime ended;
    guint sent;
    MpNatLifetimeFacts facts = play_until(&world, MP_SEC(12), MP_SEC(20), &ended, &sent);
    g_assert_false(facts.is_answered);
    assert_interval(&facts, 0, 0);
    g_assert_cmpint(ended, ==, MP_MSEC(2500));
    /* The control and the times 2, 4, 7, 9 and 12 s, each sent at 0, 500 and 1500 ms. */
    g_assert_cmpuint(sent, ==, 3 * 6);
}

static void test_a_question_that_was_cut_short_proves_nothing(void)
{
    World world = {.timeout_s = 10};
    MpTime ended;
    guint sent;
    MpNatLifetimeFacts facts = play_until(&world, MP_SEC(12), MP_SEC(13), &ended, &sent);
    assert_interval(&facts, 9, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/nat-lifetime/intervals",
                    test_round_timeouts_lie_inside_their_interval);
    g_test_add_func("/session/nat-lifetime/outlives",
                    test_a_flow_that_outlives_the_search_has_no_end);
    g_test_add_func("/session/nat-lifetime/ends", test_the_search_ends_two_steps_past_the_lifetime);
    g_test_add_func("/session/nat-lifetime/lost",
                    test_an_answer_lost_before_a_longer_time_ends_nothing);
    g_test_add_func("/session/nat-lifetime/no-response-port",
                    test_without_response_port_only_a_new_mapping_is_a_proof);
    g_test_add_func("/session/nat-lifetime/silence", test_silence_is_no_lifetime);
    g_test_add_func("/session/nat-lifetime/cut", test_a_question_that_was_cut_short_proves_nothing);
    return g_test_run();
}
