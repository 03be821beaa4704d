/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Links drawn from what a test left open, and what result.json keeps of it.
 */
#include "model/path_model.h"

#include <math.h>

static MpPathModel *example(void)
{
    MpPathModel *model = mp_path_model_new();
    model->up = (MpPathSide){
        .packets = 1500,
        .seconds = 4,
        .delay_ms = 25,
        .jitter = {.distribution = MP_JITTER_NORMAL,
                   .scale_ms = {10, 0.1},
                   .correlation_ms = {40, 0.2},
                   .median_ms = 25,
                   .middle = 0.5},
        .loss = {.alone = {50, 950},
                 .good_to_bad = {10, 990},
                 .bad_to_good = {25, 75},
                 .loss_in_bad = {1, 0},
                 .loss_in_good = {0, 1}},
        .rate_kbps = 1000,
        .rate_low_kbps = 980,
        .rate_high_kbps = 1040,
        .queue_ms = 200,
        .queue_low_ms = 190,
        .queue_high_ms = 210,
        .outages = {MP_OUTAGE_HOLDS, 2, 6, {300, 0.2}},
    };
    model->down = model->up;
    return model;
}

#define DRAWS 2000

typedef double (*Reading)(const MpLink *link);

static double rate_of(const MpLink *link)
{
    return (double)link->up.conditions.rate_bps / 1000;
}

static double loss_of(const MpLink *link)
{
    return mp_link_loss_ratio(&link->up.conditions.loss);
}

static double scale_of(const MpLink *link)
{
    return mp_time_to_ms(link->up.conditions.jitter.scale);
}

static double delay_of(const MpLink *link)
{
    return mp_time_to_ms(link->up.conditions.delay);
}

static double outages_of(const MpLink *link)
{
    return link->up.outages->len;
}

static double mean_of(const MpPathModel *model, Reading reading)
{
    double sum = 0;
    for (guint64 seed = 0; seed < DRAWS; seed++) {
        g_autoptr(MpLink) link = mp_link_new();
        mp_path_model_draw(model, seed, link);
        sum += reading(link);
    }
    return sum / DRAWS;
}

static void test_draws_are_around_what_is_known(void)
{
    g_autofree MpPathModel *model = example();
    g_assert_cmpfloat_with_epsilon(mean_of(model, rate_of), 1004, 5);
    g_assert_cmpfloat_with_epsilon(mean_of(model, loss_of), 0.05, 0.002);
    g_assert_cmpfloat_with_epsilon(mean_of(model, scale_of), 10, 0.2);
    g_assert_cmpfloat_with_epsilon(mean_of(model, delay_of), 45, 0.5);
    /* One in 3 s, less the time that they take themselves. */
    g_assert_cmpfloat_with_epsilon(mean_of(model, outages_of), 88, 5);
}

static void test_losses_in_bursts(void)
{
    g_autofree MpPathModel *model = example();
    model->up.loss.in_bursts = 1;
    g_assert_cmpfloat_with_epsilon(mean_of(model, loss_of), 0.0385, 0.004);
    g_autoptr(MpLink) link = mp_link_new();
    mp_path_model_draw(model, 3, link);
    g_assert_cmpfloat(link->up.conditions.loss.loss_in_bad, ==, 1);
    g_assert_cmpfloat(link->up.conditions.loss.loss_in_good, ==, 0);
}

/* Half of what carries 5 Mbps and perhaps more carries twice as much. */
static void test_a_rate_that_was_not_met(void)
{
    g_autofree MpPathModel *model = example();
    model->up.rate_kbps = model->up.rate_high_kbps = NAN;
    model->up.rate_low_kbps = 5000;
    guint n_twice = 0;
    for (guint64 seed = 0; seed < DRAWS; seed++) {
        g_autoptr(MpLink) link = mp_link_new();
        mp_path_model_draw(model, seed, link);
        const double rate = rate_of(link);
        g_assert_true(rate == 0 || rate >= 5000);
        n_twice += rate == 0 || rate > 10000 ? 1 : 0;
    }
    g_assert_cmpuint(n_twice, >, DRAWS * 45 / 100);
    g_assert_cmpuint(n_twice, <, DRAWS * 55 / 100);
}

static void test_a_policer_has_no_queue(void)
{
    g_autofree MpPathModel *model = example();
    model->up.is_policer = TRUE;
    model->up.bucket_bytes = 20000;
    g_autoptr(MpLink) link = mp_link_new();
    mp_path_model_draw(model, 1, link);
    g_assert_cmpuint(link->up.conditions.burst_bytes, ==, 20000);
    g_assert_cmpuint(link->up.conditions.queue.limit_packets, ==, 1);
    g_assert_cmpint(link->up.conditions.queue.limit_time, ==, 0);
}

static void test_one_seed_is_one_link(void)
{
    g_autofree MpPathModel *model = example();
    g_autoptr(MpLink) a = mp_link_new();
    g_autoptr(MpLink) b = mp_link_new();
    mp_path_model_draw(model, 9, a);
    /* What was in it before makes no difference. */
    mp_path_model_draw(model, 8, b);
    mp_path_model_draw(model, 9, b);
    g_assert_cmpuint(a->seed, ==, b->seed);
    g_assert_cmpint(a->up.conditions.delay, ==, b->up.conditions.delay);
    g_assert_cmpuint(a->down.conditions.rate_bps, ==, b->down.conditions.rate_bps);
    g_assert_cmpuint(a->up.outages->len, ==, b->up.outages->len);
    g_assert_cmpint(a->up.conditions.delay, !=, a->down.conditions.delay);
}

static void test_a_model_is_whole_with_both_sides(void)
{
    g_autofree MpPathModel *model = example();
    g_assert_true(mp_path_model_is_whole(model));
    model->down.packets = 0;
    g_assert_false(mp_path_model_is_whole(model));
}

static char *text_of(const MpPathModel *model)
{
    g_autoptr(JsonNode) node = json_node_alloc();
    json_node_init_object(node, mp_path_model_to_json(model));
    json_object_unref(json_node_get_object(node));
    return json_to_string(node, FALSE);
}

static void test_json_keeps_it(void)
{
    g_autofree MpPathModel *model = example();
    model->up.rate_kbps = model->up.rate_high_kbps = NAN;
    model->up.queue_ms = model->up.queue_high_ms = model->up.queue_low_ms = NAN;
    model->down.is_policer = TRUE;
    g_autofree char *text = text_of(model);
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    g_autofree MpPathModel *again = mp_path_model_from_json(json_node_get_object(node));
    g_assert_nonnull(again);
    g_autofree char *text_again = text_of(again);
    g_assert_cmpstr(text, ==, text_again);
    g_assert_true(isnan(again->up.rate_kbps) && isnan(again->up.queue_low_ms));
    g_assert_true(again->down.is_policer && !again->up.is_policer);
    g_assert_cmpfloat(again->down.loss.bad_to_good.no, ==, 75);
}

static void test_json_that_is_none(void)
{
    const char *texts[] = {"{}", "{\"up\":{}}", "{\"up\":{\"packets\":5,\"delay_ms\":1}}"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(JsonNode) node = json_from_string(texts[i], NULL);
        g_assert_null(mp_path_model_from_json(json_node_get_object(node)));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-model/around-what-is-known", test_draws_are_around_what_is_known);
    g_test_add_func("/path-model/bursts", test_losses_in_bursts);
    g_test_add_func("/path-model/rate-not-met", test_a_rate_that_was_not_met);
    g_test_add_func("/path-model/policer", test_a_policer_has_no_queue);
    g_test_add_func("/path-model/one-seed-is-one-link", test_one_seed_is_one_link);
    g_test_add_func("/path-model/whole", test_a_model_is_whole_with_both_sides);
    g_test_add_func("/path-model/json", test_json_keeps_it);
    g_test_add_func("/path-model/json-that-is-none", test_json_that_is_none);
    return g_test_run();
}
