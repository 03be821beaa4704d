/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a pair is given up, and when not.
 */
#include "session/ice_consent.h"

static void it_ends_late_where_media_passes_and_soon_where_nothing_does(void)
{
    static const struct {
        MpIceConsent consent;
        gboolean has_ended;
    } rows[] = {
        /* Checks are lost in a full queue, and media comes. */
        {{MP_SEC(29), MP_MSEC(20), 5}, FALSE},
        {{MP_SEC(30), MP_MSEC(20), 5}, TRUE},
        /* Nothing comes. */
        {{MP_SEC(8) - 1, MP_SEC(20), 0}, FALSE},
        {{MP_SEC(8), MP_SEC(8), 0}, TRUE},
        {{MP_SEC(8), MP_SEC(8) - 1, 0}, FALSE},
        /* Media comes, and nothing of ours is heard of. */
        {{MP_SEC(8), MP_MSEC(20), 8}, TRUE},
        {{MP_SEC(8), MP_MSEC(20), 7}, FALSE},
        {{MP_SEC(8) - 1, MP_MSEC(20), 40}, FALSE},
        /* Answers come, and nothing else: a handshake that is held up. */
        {{MP_SEC(5), MP_SEC(60), 0}, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(mp_ice_consent_has_ended(&rows[i].consent), ==, rows[i].has_ended);
}

/* Where only silence is needed to end it, or a check more, it is looked at soon. */
static void it_is_looked_at_when_it_may_have_ended(void)
{
    g_assert_cmpint(mp_ice_consent_next_look(&(MpIceConsent){0}), ==, MP_SEC(8));
    g_assert_cmpint(mp_ice_consent_next_look(&(MpIceConsent){.unanswered = MP_SEC(7)}), ==,
                    MP_SEC(1));
    g_assert_cmpint(mp_ice_consent_next_look(&(MpIceConsent){.unanswered = MP_SEC(20)}), ==,
                    MP_MSEC(500));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ice-consent/end",
                    it_ends_late_where_media_passes_and_soon_where_nothing_does);
    g_test_add_func("/ice-consent/look", it_is_looked_at_when_it_may_have_ended);
    return g_test_run();
}
