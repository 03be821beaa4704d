/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Token buckets by source, in virtual time.
 */
#include "responder/rate_limit.h"

static guint take(MpRateLimit *limit, const char *source, guint16 port, MpTime now, guint n_times)
{
    MpAddress address = mp_address_literal(source, port);
    guint taken = 0;
    for (guint i = 0; i < n_times; i++)
        taken += mp_rate_limit_take(limit, &address, now) ? 1 : 0;
    return taken;
}

static void test_burst_and_rate(void)
{
    g_autofree MpRateLimit *limit = g_new(MpRateLimit, 1);
    mp_rate_limit_init(limit, 100, 10);
    g_assert_cmpuint(take(limit, "192.0.2.1", 1, MP_SEC(5), 50), ==, 10);
    g_assert_cmpuint(take(limit, "192.0.2.1", 2, MP_SEC(5), 50), ==, 0);
    g_assert_cmpuint(take(limit, "192.0.2.1", 1, MP_SEC(5) + MP_MSEC(30), 50), ==, 3);
    /* An idle hour fills the bucket, no more. */
    g_assert_cmpuint(take(limit, "192.0.2.1", 1, MP_SEC(3605), 50), ==, 10);
}

static void test_sources_are_apart(void)
{
    g_autofree MpRateLimit *limit = g_new(MpRateLimit, 1);
    mp_rate_limit_init(limit, 100, 10);
    g_assert_cmpuint(take(limit, "192.0.2.1", 1, MP_SEC(5), 50), ==, 10);
    g_assert_cmpuint(take(limit, "192.0.2.2", 1, MP_SEC(5), 50), ==, 10);
    /* A host has a /64 of IPv6. */
    g_assert_cmpuint(take(limit, "2001:db8::1", 1, MP_SEC(5), 50), ==, 10);
    g_assert_cmpuint(take(limit, "2001:db8::ffff:1", 1, MP_SEC(5), 50), ==, 0);
    g_assert_cmpuint(take(limit, "2001:db8:0:1::1", 1, MP_SEC(5), 50), ==, 10);
}

/* More sources than places: the busy one is not forgotten for those that come once. */
static void test_flood_of_sources(void)
{
    g_autofree MpRateLimit *limit = g_new(MpRateLimit, 1);
    mp_rate_limit_init(limit, 100, 10);
    g_assert_cmpuint(take(limit, "192.0.2.1", 1, MP_SEC(5), 10), ==, 10);
    for (guint i = 0; i < 5000; i++) {
        MpAddress address = mp_address_literal("198.51.100.0", 1);
        address.bytes[2] = (guint8)(i >> 8);
        address.bytes[3] = (guint8)i;
        g_assert_true(mp_rate_limit_take(limit, &address, MP_SEC(5)));
    }
    g_assert_cmpuint(take(limit, "192.0.2.1", 1, MP_SEC(5), 10), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/responder/rate-limit/burst-and-rate", test_burst_and_rate);
    g_test_add_func("/responder/rate-limit/sources-are-apart", test_sources_are_apart);
    g_test_add_func("/responder/rate-limit/flood-of-sources", test_flood_of_sources);
    return g_test_run();
}
