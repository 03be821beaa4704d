/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our own checks of a pair, RFC 7675: what they carry, and which answers count.
 */
#include <string.h>

#include "session/ice_checks.h"
#include "wire/stun_builder.h"

#define THEIR_PWD "their-password-0123456789"
#define KEY ((MpBytes){(const guint8 *)THEIR_PWD, strlen(THEIR_PWD)})

static MpIceChecks *make_checks(void)
{
    return mp_ice_checks_new("them", "ours", THEIR_PWD);
}

/* The far end's answer to a request; `key` signs it. */
static gsize answer(const guint8 *request, gsize length, MpBytes key, const char *mapped,
                    guint8 *out)
{
    MpStunMessage message;
    MpAddress address;
    g_assert_true(mp_stun_parse(&message, request, length));
    g_assert_true(mp_address_parse_with_port(&address, mapped));
    MpStunBuilder builder = mp_stun_builder_init(out, 256, MP_STUN_SUCCESS, MP_STUN_METHOD_BINDING,
                                                 &message.id);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &address);
    mp_stun_add_integrity(&builder, key);
    return mp_stun_builder_end(&builder);
}

/* RFC 8445 section 7.2.2: theirs:ours, signed with their password, no USE-CANDIDATE. */
static void a_check_is_a_binding_request_of_ice(void)
{
    g_autoptr(MpIceChecks) checks = make_checks();
    guint8 request[256];
    gsize length = mp_ice_checks_write(checks, 1, request, sizeof request);
    MpStunMessage message;
    g_assert_true(mp_stun_parse(&message, request, length));
    g_autofree char *user = mp_stun_dup_text(&message, MP_STUN_ATTRIBUTE_USERNAME);

    g_assert_cmpstr(user, ==, "them:ours");
    g_assert_cmpuint(mp_stun_check_integrity(&message, KEY), ==, MP_STUN_CHECK_MATCHES);
    g_assert_cmpuint(message.fingerprint, ==, MP_STUN_CHECK_MATCHES);
    g_assert_true(mp_stun_has(&message, MP_STUN_ATTRIBUTE_PRIORITY));
    g_assert_true(mp_stun_has(&message, MP_STUN_ATTRIBUTE_ICE_CONTROLLING));
    g_assert_false(mp_stun_has(&message, MP_STUN_ATTRIBUTE_USE_CANDIDATE));
}

static void answers_are_counted_with_their_gaps(void)
{
    g_autoptr(MpIceChecks) checks = make_checks();
    guint8 request[256];
    guint8 reply[256];
    MpAddress mapped;
    for (guint i = 0; i < 3; i++) {
        MpTime now = MP_SEC(10) + i * MP_SEC(5);
        gsize length = mp_ice_checks_write(checks, now, request, sizeof request);
        length = answer(request, length, KEY, "192.0.2.1:5000", reply);
        g_assert_true(mp_ice_checks_take(checks, reply, length, now + MP_MSEC(40), &mapped));
        g_assert_cmpuint(mapped.port, ==, 5000);
    }
    MpIceCheckCounts counts = mp_ice_checks_counts(checks, MP_SEC(24));
    g_assert_cmpuint(counts.sent, ==, 3);
    g_assert_cmpuint(counts.answered, ==, 3);
    g_assert_cmpuint(counts.lost, ==, 0);
    g_assert_cmpint(counts.longest_gap, ==, MP_SEC(5));
}

/* RFC 7675 section 5.1: whoever does not know the password gives no consent. */
static void only_an_authentic_answer_counts(void)
{
    g_autoptr(MpIceChecks) checks = make_checks();
    const MpBytes wrong = {(const guint8 *)"another-password-9876543210", 27};
    guint8 request[256];
    guint8 reply[256];
    MpAddress mapped;
    gsize length = mp_ice_checks_write(checks, MP_SEC(10), request, sizeof request);
    length = answer(request, length, wrong, "192.0.2.1:5000", reply);

    g_assert_true(mp_ice_checks_take(checks, reply, length, MP_SEC(10), &mapped));
    g_assert_cmpuint(mapped.family, ==, MP_FAMILY_NONE);
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(10)).answered, ==, 0);
}

static void the_agents_own_answers_are_left_to_it(void)
{
    g_autoptr(MpIceChecks) checks = make_checks();
    g_autoptr(MpIceChecks) agent = make_checks();
    guint8 request[256];
    guint8 reply[256];
    MpAddress mapped;
    mp_ice_checks_write(checks, MP_SEC(10), request, sizeof request);
    gsize length = mp_ice_checks_write(agent, MP_SEC(10), request, sizeof request);
    length = answer(request, length, KEY, "192.0.2.1:5000", reply);

    g_assert_false(mp_ice_checks_take(checks, reply, length, MP_SEC(10), &mapped));
    g_assert_false(mp_ice_checks_take(checks, request, 3, MP_SEC(10), &mapped));
}

static void a_check_without_an_answer_is_lost_after_two_seconds(void)
{
    g_autoptr(MpIceChecks) checks = make_checks();
    guint8 request[256];
    mp_ice_checks_write(checks, MP_SEC(10), request, sizeof request);

    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(12)).lost, ==, 0);
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(12) + 1).lost, ==, 1);
    mp_ice_checks_write(checks, MP_SEC(15), request, sizeof request);
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(15)).lost, ==, 1);
}

static void losses_in_a_row_end_with_an_answer(void)
{
    g_autoptr(MpIceChecks) checks = make_checks();
    guint8 request[256];
    guint8 reply[256];
    MpAddress mapped;
    gsize length = 0;
    for (guint i = 1; i <= 3; i++)
        length = mp_ice_checks_write(checks, MP_SEC(i), request, sizeof request);
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(6)).lost_in_row, ==, 3);
    length = answer(request, length, KEY, "192.0.2.1:5000", reply);
    g_assert_true(mp_ice_checks_take(checks, reply, length, MP_SEC(4), &mapped));
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(4)).lost_in_row, ==, 0);
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(4)).lost, ==, 1);
    mp_ice_checks_write(checks, MP_SEC(5), request, sizeof request);
    g_assert_cmpuint(mp_ice_checks_counts(checks, MP_SEC(8)).lost_in_row, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ice-checks/request", a_check_is_a_binding_request_of_ice);
    g_test_add_func("/ice-checks/answers", answers_are_counted_with_their_gaps);
    g_test_add_func("/ice-checks/authentic", only_an_authentic_answer_counts);
    g_test_add_func("/ice-checks/agents", the_agents_own_answers_are_left_to_it);
    g_test_add_func("/ice-checks/lost", a_check_without_an_answer_is_lost_after_two_seconds);
    g_test_add_func("/ice-checks/lost-in-row", losses_in_a_row_end_with_an_answer);
    return g_test_run();
}
