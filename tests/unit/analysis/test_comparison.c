/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways compared by their turns at media.
 */
#include "analysis/comparison.h"

#include <math.h>

#include "analysis/advice.h"
#include "analysis/paths.h"
#include "tests/support/result_builder.h"

#define ROUNDS 4
#define SENT 150

/* What a way saw in its four turns. */
typedef struct {
    double rtt_ms[ROUNDS];
    guint up_lost[ROUNDS];
    guint down_lost[ROUNDS];
} Seen;

static void set_turns(MpResult *result, const char *id, const Seen *seen)
{
    g_autoptr(GString) json = g_string_new("{\"turns\": {\"ways\": 2, \"rounds\": [");
    for (guint i = 0; i < ROUNDS; i++) {
        char rtt[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(json,
                               "%s{\"round\": %u, \"ms\": 0, \"took_ms\": 375, \"rtt_ms\": %s, "
                               "\"up\": {\"packets_sent\": %u, \"packets_received\": %u, "
                               "\"unexplained_lost\": %u}, "
                               "\"down\": {\"packets_sent\": %u, \"packets_received\": %u, "
                               "\"unexplained_lost\": %u}}",
                               i ? ", " : "", i, g_ascii_dtostr(rtt, sizeof rtt, seen->rtt_ms[i]),
                               SENT, SENT - seen->up_lost[i], seen->up_lost[i], SENT,
                               SENT - seen->down_lost[i], seen->down_lost[i]);
    }
    g_string_append(json, "]}}");
    built_facts(built_measurement(result, id), json->str);
}

/* The direct way and the relay over TCP. */
static MpResult *compared(const Seen *direct, const Seen *relayed)
{
    MpResult *result = built_result(&(BuiltCase){0});
    set_turns(result, "media-udp", direct);
    set_turns(result, "media-turn-tcp", relayed);
    mp_analysis_paths(result);
    mp_analysis_compare(result);
    return result;
}

static const MpComparison *comparison_of(const MpResult *result, MpWay way)
{
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        if (path->way == way)
            return &path->comparison;
    }
    g_assert_not_reached();
}

static void a_relay_that_is_really_worse_is_worse(void)
{
    const Seen direct = {.rtt_ms = {20, 21, 20, 20}};
    const Seen relayed = {.rtt_ms = {41, 40, 40, 42}, .up_lost = {4, 5, 3, 5}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    const MpComparison *comparison = comparison_of(result, MP_WAY_TURN_TCP);
    g_assert_cmpuint(comparison->n_rounds, ==, ROUNDS);
    g_assert_cmpint(comparison->with, ==, MP_WAY_UDP);
    g_assert_cmpfloat(comparison->rtt_ms.value, ==, 20.5);
    g_assert_cmpfloat(comparison->rtt_ms.low, >, 18);
    g_assert_cmpfloat(fabs(comparison->up_loss_percent.value - 100.0 * 17 / 600), <, 1e-9);
    g_assert_cmpfloat(comparison->up_loss_percent.low, >, 0);
    g_assert_cmpint(comparison->compared, ==, MP_COMPARED_WORSE);
    g_assert_null(mp_analysis_better_path(result));
    /* Nobody is compared with itself, or without turns. */
    g_assert_cmpuint(comparison_of(result, MP_WAY_UDP)->n_rounds, ==, 0);
    g_assert_cmpuint(comparison_of(result, MP_WAY_TURN_UDP)->n_rounds, ==, 0);
}

/* One after the other, the first would have met 20 ms and no loss, and the second 120 ms and 10 %.
 */
static void a_network_that_gets_worse_for_all_makes_no_difference(void)
{
    const Seen direct = {.rtt_ms = {20, 20, 120, 121}, .down_lost = {0, 0, 14, 17}};
    const Seen relayed = {.rtt_ms = {21, 20, 121, 119}, .down_lost = {0, 0, 16, 14}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    const MpComparison *comparison = comparison_of(result, MP_WAY_TURN_TCP);
    g_assert_cmpint(comparison->compared, ==, MP_COMPARED_ALIKE);
    g_assert_cmpfloat(fabs(comparison->rtt_ms.value), <, 1);
    g_assert_cmpfloat(comparison->rtt_ms.high, <, 3);
}

/* The change falls between two turns of one round: one of them met it in the better half. */
static void a_change_within_a_round_blames_nobody(void)
{
    const Seen direct = {.rtt_ms = {20, 20, 20, 120}, .up_lost = {0, 0, 0, 15}};
    const Seen relayed = {.rtt_ms = {20, 20, 120, 120}, .up_lost = {0, 0, 15, 15}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    g_assert_cmpint(comparison_of(result, MP_WAY_TURN_TCP)->compared, ==, MP_COMPARED_ALIKE);
}

/* Certain, and too little for anybody to notice. */
static void a_fraction_of_a_millisecond_is_no_difference(void)
{
    const Seen direct = {.rtt_ms = {20.0, 20.1, 20.0, 20.1}};
    const Seen relayed = {.rtt_ms = {20.4, 20.5, 20.4, 20.5}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    const MpComparison *comparison = comparison_of(result, MP_WAY_TURN_TCP);
    g_assert_cmpfloat(comparison->rtt_ms.low, >, 0);
    g_assert_cmpint(comparison->compared, ==, MP_COMPARED_ALIKE);
}

static void a_few_lost_packets_are_no_difference(void)
{
    const Seen direct = {.rtt_ms = {20, 20, 20, 20}};
    const Seen relayed = {.rtt_ms = {20, 20, 20, 20}, .up_lost = {1, 1, 1, 1}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    const MpComparison *comparison = comparison_of(result, MP_WAY_TURN_TCP);
    g_assert_cmpfloat(comparison->up_loss_percent.low, <=, 0.3);
    g_assert_cmpfloat(comparison->up_loss_percent.high, >, 1.5);
}

static void a_relay_that_does_better_is_the_rival(void)
{
    const Seen direct = {.rtt_ms = {60, 62, 61, 60}, .down_lost = {8, 7, 9, 6}};
    const Seen relayed = {.rtt_ms = {30, 31, 30, 30}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    g_autoptr(MpProfile) profile = built_profile();
    g_assert_cmpint(comparison_of(result, MP_WAY_TURN_TCP)->compared, ==, MP_COMPARED_BETTER);
    mp_analysis_advice(result, profile);
    g_assert_cmpint(result->advice->way, ==, MP_WAY_UDP);
    g_assert_true(result->advice->has_rival);
    g_assert_cmpint(result->advice->rival, ==, MP_WAY_TURN_TCP);
}

static void nearer_but_lossy_is_mixed(void)
{
    const Seen direct = {.rtt_ms = {60, 62, 61, 60}};
    const Seen relayed = {.rtt_ms = {30, 31, 30, 30}, .down_lost = {8, 7, 9, 6}};
    g_autoptr(MpResult) result = compared(&direct, &relayed);
    g_assert_cmpint(comparison_of(result, MP_WAY_TURN_TCP)->compared, ==, MP_COMPARED_MIXED);
    g_assert_null(mp_analysis_better_path(result));
}

/* Other rates meet other queues. */
static void another_tier_is_not_compared(void)
{
    const Seen seen = {.rtt_ms = {60, 62, 61, 60}};
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    set_turns(result, "media-udp", &seen);
    set_turns(result, "media-turn-tcp", &seen);
    built_facts(built_measurement(result, "media-turn-tcp"), "{\"tier\": \"360p\"}");
    mp_analysis_paths(result);
    mp_analysis_compare(result);
    g_assert_cmpuint(comparison_of(result, MP_WAY_TURN_TCP)->n_rounds, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/comparison/worse", a_relay_that_is_really_worse_is_worse);
    g_test_add_func("/comparison/for-all", a_network_that_gets_worse_for_all_makes_no_difference);
    g_test_add_func("/comparison/within-a-round", a_change_within_a_round_blames_nobody);
    g_test_add_func("/comparison/fraction", a_fraction_of_a_millisecond_is_no_difference);
    g_test_add_func("/comparison/few-losses", a_few_lost_packets_are_no_difference);
    g_test_add_func("/comparison/rival", a_relay_that_does_better_is_the_rival);
    g_test_add_func("/comparison/mixed", nearer_but_lossy_is_mixed);
    g_test_add_func("/comparison/tier", another_tier_is_not_compared);
    return g_test_run();
}
