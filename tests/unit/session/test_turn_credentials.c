/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * TURN credentials, given or made from a shared secret.
 */
#include <glib.h>

#include "session/turn_credentials.h"

#define NOW MP_SEC(1700000000)

static void assert_is(const MpTurnCredentials *credentials, const char *user, const char *password)
{
    g_assert_cmpstr(mp_turn_credentials_user(credentials), ==, user);
    g_assert_cmpstr(mp_turn_credentials_password(credentials), ==, password);
}

/* printf %s 1700003600:alice | openssl dgst -sha1 -hmac north -binary | base64 */
static void test_secret_makes_a_time_limited_user(void)
{
    g_autoptr(MpTurnCredentials)
        credentials = mp_turn_credentials_new_from_secret("alice", "north", NOW, MP_SEC(3600));
    assert_is(credentials, "1700003600:alice", "wjwSXO2ch1B6VaLTLMy2Avn5O9o=");
}

static void test_secret_without_a_name_makes_the_bare_expiry(void)
{
    g_autoptr(MpTurnCredentials)
        credentials = mp_turn_credentials_new_from_secret(NULL, "north", NOW, MP_SEC(3600));
    g_assert_cmpstr(mp_turn_credentials_user(credentials), ==, "1700003600");
}

static void test_secret_goes_before_password(void)
{
    g_autoptr(MpSecret) password = mp_secret_new("given");
    g_autoptr(MpSecret) secret = mp_secret_new("north");
    g_autoptr(MpTurnCredentials) made = mp_turn_credentials_for("alice", password, secret, NOW);
    assert_is(made, "1700003600:alice", "wjwSXO2ch1B6VaLTLMy2Avn5O9o=");
    g_autoptr(MpTurnCredentials) given = mp_turn_credentials_for("alice", password, NULL, NOW);
    assert_is(given, "alice", "given");
}

static void test_half_a_credential_is_none(void)
{
    g_autoptr(MpSecret) password = mp_secret_new("given");
    g_assert_null(mp_turn_credentials_for("alice", NULL, NULL, NOW));
    g_assert_null(mp_turn_credentials_for(NULL, password, NULL, NOW));
    assert_is(NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turn_credentials/secret_makes_a_time_limited_user",
                    test_secret_makes_a_time_limited_user);
    g_test_add_func("/turn_credentials/secret_without_a_name_makes_the_bare_expiry",
                    test_secret_without_a_name_makes_the_bare_expiry);
    g_test_add_func("/turn_credentials/secret_goes_before_password",
                    test_secret_goes_before_password);
    g_test_add_func("/turn_credentials/half_a_credential_is_none", test_half_a_credential_is_none);
    return g_test_run();
}
