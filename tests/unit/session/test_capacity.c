/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Capacity measurements in virtual time, over the links that the lab's emulator plays: both ends'
 * state machines, packets that share queues with orders and reports, and other traffic beside them.
 */
#include <math.h>

#include "tests/support/capacity_world.h"

typedef struct {
    const char *name;
    guint need_kbps;
    guint rtt_ms;
    CapacityLine up;
    CapacityLine down;
    double tolerance;   /* of what is expected, 0.05 for 5 % */
    double expected_up; /* kbps; 0: at least 1.5 times the need */
    double expected_down;
} Case;

static void assert_capacity(const Case *link, const char *direction, const MpCapacity *capacity,
                            double expected)
{
    g_test_message("%-28s %-4s %8.0f of %8.0f kbps, %8.0f to %8.0f, %s, burst %.0f kB", link->name,
                   direction, capacity->value / 1000, expected, capacity->low / 1000,
                   capacity->high / 1000,
                   ((const char *[]){"free", "queue", "policer"})[capacity->limiter],
                   capacity->burst_bytes / 1000);
    if (expected == 0) {
        g_assert_cmpfloat(capacity->value, >=, 1.3 * link->need_kbps * 1000);
        g_assert_true(isnan(capacity->high));
        return;
    }
    g_assert_cmpfloat(fabs(capacity->value / 1000 / expected - 1), <=, link->tolerance);
    g_assert_cmpfloat(capacity->low, <=, capacity->value);
    g_assert_cmpfloat(capacity->high, >=, capacity->value);
}

#define SEED 7
#define CLEAN 0.05
#define ROUGH 0.10

static const Case cases[] = {
#define FIFO(rate, need, rtt)                                                                      \
    {                                                                                              \
        .name = "fifo " #rate " need " #need " rtt " #rtt, .need_kbps = need, .rtt_ms = rtt,       \
        .up = {.kbps = rate, .queue_ms = 200}, .down = {.kbps = rate, .queue_ms = 200},            \
        .tolerance = CLEAN, .expected_up = rate, .expected_down = rate                             \
    }
    FIFO(300, 300, 40),
    FIFO(300, 20000, 40),
    FIFO(300, 20000, 300),
    FIFO(500, 500, 40),
    FIFO(800, 1200, 20),
    FIFO(1000, 1000, 40),
    FIFO(1000, 10000, 40),
    FIFO(2000, 2500, 40),
    FIFO(3000, 2500, 100),
    FIFO(5000, 5000, 1),
    FIFO(5000, 5000, 40),
    FIFO(5000, 5000, 150),
    FIFO(5000, 5000, 300),
    FIFO(10000, 10000, 40),
    FIFO(12000, 10000, 10),
    FIFO(20000, 20000, 40),
    FIFO(20000, 20000, 300),
    FIFO(50, 300, 40),
#define LOSSY(rate, need, rtt)                                                                     \
    {                                                                                              \
        .name = "2 % loss " #rate " rtt " #rtt, .need_kbps = need, .rtt_ms = rtt,                  \
        .up = {.kbps = rate, .queue_ms = 200, .loss = 2},                                          \
        .down = {.kbps = rate, .queue_ms = 200, .loss = 2}, .tolerance = ROUGH,                    \
        .expected_up = rate, .expected_down = rate                                                 \
    }
    LOSSY(300, 300, 40),
    LOSSY(1000, 1000, 40),
    LOSSY(5000, 5000, 100),
    LOSSY(20000, 20000, 40),
#define JITTERY(rate, need, rtt, order)                                                            \
    {                                                                                              \
        .name = "30 ms jitter " #rate " rtt " #rtt " " #order, .need_kbps = need, .rtt_ms = rtt,   \
        .up = {.kbps = rate, .queue_ms = 200, .jitter_ms = 30, .reorders = order},                 \
        .down = {.kbps = rate, .queue_ms = 200, .jitter_ms = 30, .reorders = order},               \
        .tolerance = ROUGH, .expected_up = rate, .expected_down = rate                             \
    }
    JITTERY(300, 300, 100, TRUE),
    JITTERY(300, 300, 100, FALSE),
    JITTERY(1000, 1000, 100, TRUE),
    JITTERY(1000, 1000, 100, FALSE),
    JITTERY(5000, 5000, 100, TRUE),
    JITTERY(5000, 5000, 100, FALSE),
    JITTERY(20000, 20000, 100, TRUE),
    JITTERY(20000, 20000, 100, FALSE),
#define LASTING(rate)                                                                              \
    {                                                                                              \
        .name = "jitter that lasts, " #rate, .need_kbps = rate, .rtt_ms = 40,                      \
        .up = {.kbps = rate, .queue_ms = 300, .jitter_ms = 30, .correlation_ms = 20},              \
        .down = {.kbps = rate, .queue_ms = 300, .jitter_ms = 30, .correlation_ms = 20},            \
        .tolerance = ROUGH, .expected_up = rate, .expected_down = rate                             \
    }
    LASTING(300),
    LASTING(1000),
    LASTING(5000),
    LASTING(20000),
    {.name = "loss and jitter",
     .need_kbps = 3000,
     .rtt_ms = 100,
     .up = {.kbps = 2500, .queue_ms = 200, .jitter_ms = 30, .loss = 2},
     .down = {.kbps = 2500, .queue_ms = 200, .jitter_ms = 30, .loss = 2},
     .tolerance = ROUGH,
     .expected_up = 2500,
     .expected_down = 2500},
#define QUEUE(rate, need, ms)                                                                      \
    {                                                                                              \
        .name = "queue of " #ms " ms at " #rate, .need_kbps = need, .rtt_ms = 40,                  \
        .up = {.kbps = rate, .queue_ms = ms}, .down = {.kbps = rate, .queue_ms = ms},              \
        .tolerance = CLEAN, .expected_up = rate, .expected_down = rate                             \
    }
    QUEUE(1000, 2500, 10),
    QUEUE(5000, 5000, 5),
    QUEUE(5000, 5000, 2000),
    QUEUE(300, 10000, 2000),
    QUEUE(20000, 20000, 2),
#define CODEL(rate, need)                                                                          \
    {                                                                                              \
        .name = "CoDel at " #rate, .need_kbps = need, .rtt_ms = 40,                                \
        .up = {.kbps = rate, .queue_ms = 1500, .is_codel = TRUE},                                  \
        .down = {.kbps = rate, .queue_ms = 1500, .is_codel = TRUE}, .tolerance = CLEAN,            \
        .expected_up = rate, .expected_down = rate                                                 \
    }
    CODEL(1000, 2500),
    CODEL(5000, 5000),
    CODEL(20000, 20000),
#define BUCKET(rate, need, kb, policer)                                                            \
    {                                                                                              \
        .name = "bucket of " #kb " kB at " #rate " " #policer, .need_kbps = need, .rtt_ms = 40,    \
        .up = {.kbps = rate, .queue_ms = 400, .burst_kb = kb, .is_policer = policer},              \
        .down = {.kbps = rate, .queue_ms = 400, .burst_kb = kb, .is_policer = policer},            \
        .tolerance = CLEAN, .expected_up = rate, .expected_down = rate                             \
    }
    BUCKET(1000, 5000, 16, FALSE),
    BUCKET(2000, 5000, 64, FALSE),
    BUCKET(5000, 10000, 128, FALSE),
    BUCKET(1000, 10000, 125, TRUE),
    BUCKET(800, 2500, 100, TRUE),
    BUCKET(2000, 5000, 32, TRUE),
    BUCKET(5000, 5000, 64, TRUE),
    BUCKET(10000, 20000, 64, TRUE),
    {.name = "policed at 800, as media before",
     .need_kbps = 2500,
     .rtt_ms = 40,
     .up = {.kbps = 800, .burst_kb = 100, .is_policer = TRUE, .media_loss = 40},
     .down = {.kbps = 800, .burst_kb = 100, .is_policer = TRUE, .media_loss = 40},
     .tolerance = CLEAN,
     .expected_up = 800,
     .expected_down = 800},
    {.name = "up 1000, down 8000",
     .need_kbps = 10000,
     .rtt_ms = 30,
     .up = {.kbps = 1000, .queue_ms = 200},
     .down = {.kbps = 8000, .queue_ms = 100},
     .tolerance = CLEAN,
     .expected_up = 1000,
     .expected_down = 8000},
    {.name = "up 20000, down 500",
     .need_kbps = 10000,
     .rtt_ms = 30,
     .up = {.kbps = 20000, .queue_ms = 200},
     .down = {.kbps = 500, .queue_ms = 200},
     .tolerance = CLEAN,
     .expected_up = 0,
     .expected_down = 500},
    {.name = "up 2000, down free",
     .need_kbps = 10000,
     .rtt_ms = 30,
     .up = {.kbps = 2000, .queue_ms = 200},
     .tolerance = CLEAN,
     .expected_up = 2000},
    {.name = "free", .need_kbps = 10000, .rtt_ms = 10},
    {.name = "free, 5 % lost",
     .need_kbps = 5000,
     .rtt_ms = 100,
     .up = {.loss = 5},
     .down = {.loss = 5}},
    {.name = "free, 30 ms jitter",
     .need_kbps = 5000,
     .rtt_ms = 100,
     .up = {.jitter_ms = 30},
     .down = {.jitter_ms = 30, .reorders = TRUE}},
    {.name = "3000 of others in 8000",
     .need_kbps = 10000,
     .rtt_ms = 40,
     .up = {.kbps = 8000, .queue_ms = 200, .others_kbps = 3000},
     .down = {.kbps = 8000, .queue_ms = 200, .others_kbps = 3000},
     .tolerance = ROUGH,
     .expected_up = 5000,
     .expected_down = 5000},
    {.name = "500 of others in 2000",
     .need_kbps = 2500,
     .rtt_ms = 40,
     .up = {.kbps = 2000, .queue_ms = 200, .others_kbps = 500},
     .down = {.kbps = 2000, .queue_ms = 200, .others_kbps = 500},
     .tolerance = ROUGH,
     .expected_up = 1500,
     .expected_down = 1500},
};

static void test_link(gconstpointer data)
{
    const Case *link = data;
    const MpCapacityResult result = capacity_world_run(link->need_kbps, link->rtt_ms, &link->up,
                                                       &link->down, SEED);
    g_test_message("%s: %.2f s, %u trains, %.2f MB up, %.2f MB down", link->name,
                   mp_time_to_ms(result.time) / 1000, result.trains, (double)result.up_bytes / 1e6,
                   (double)result.down_bytes / 1e6);
    assert_capacity(link, "up", &result.up, link->expected_up);
    assert_capacity(link, "down", &result.down, link->expected_down);
    const guint64 budget = mp_capacity_budget((guint64)link->need_kbps * 1000);
    g_assert_cmpuint(result.up_bytes, <=, budget + 20000);
    g_assert_cmpuint(result.down_bytes, <=, budget + 20000);
    g_assert_cmpint(result.time, <=, CAPACITY_MOST_TIME);
    if (link->up.is_policer) {
        g_assert_cmpint(result.up.limiter, ==, MP_LIMITER_POLICER);
        g_assert_cmpint(result.down.limiter, ==, MP_LIMITER_POLICER);
        g_assert_cmpfloat(fabs(result.up.burst_bytes / 1000 / link->up.burst_kb - 1), <=, 0.25);
    } else {
        g_assert_cmpint(result.up.limiter, !=, MP_LIMITER_POLICER);
    }
}

#define SEEDS 20

/* Such jitter over and over: it is drawn by lot, and of forty directions two may be off. */
static void test_jitter_again(gconstpointer data)
{
    const guint kbps = GPOINTER_TO_UINT(data);
    const CapacityLine line = {
        .kbps = kbps, .queue_ms = 300, .jitter_ms = 30, .correlation_ms = 20};
    guint n_off = 0;
    for (guint64 seed = 0; seed < SEEDS; seed++) {
        const MpCapacityResult result = capacity_world_run(kbps, 40, &line, &line, seed);
        const MpCapacity *both[] = {&result.up, &result.down};
        for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
            n_off += fabs(both[i]->value / 1000 / kbps - 1) <= ROUGH ? 0 : 1;
    }
    g_test_message("%u kbps: %u of %u off", kbps, n_off, 2 * SEEDS);
    g_assert_cmpuint(n_off, <=, 2);
}

/* Radio that loses so much whatever is sent: nothing holds the way to a rate. */
static void test_random_loss_is_no_limit(gconstpointer data)
{
    const CapacityLine line = {.loss = GPOINTER_TO_UINT(data)};
    guint n_off = 0;
    for (guint64 seed = 0; seed < SEEDS; seed++) {
        const MpCapacityResult result = capacity_world_run(5000, 100, &line, &line, seed);
        const MpCapacity *both[] = {&result.up, &result.down};
        for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
            g_assert_cmpint(both[i]->limiter, !=, MP_LIMITER_POLICER);
            n_off += both[i]->limiter == MP_LIMITER_NONE ? 0 : 1;
        }
    }
    g_test_message("%g %%: %u of %u off", line.loss, n_off, 2 * SEEDS);
    g_assert_cmpuint(n_off, <=, 1);
}

/* Both ends drop what is beyond the first 60 packets of a train: their computers cannot take more,
 * and the way can. */
static void test_a_full_socket_is_no_limit_of_the_way(void)
{
    const CapacityLine line = {.socket_packets = 60};
    const MpCapacityResult result = capacity_world_run(10000, 40, &line, &line, SEED);
    const MpCapacity *both[] = {&result.up, &result.down};
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
        g_assert_cmpint(both[i]->limiter, ==, MP_LIMITER_NONE);
        g_assert_true(isnan(both[i]->high));
    }
    g_assert_cmpuint(result.up_dropped, >, 0);
    g_assert_cmpuint(result.down_dropped, >, 0);
}

/* A computer that is too slow for the rate sends late and then all at once: the way has carried no
 * more than what left on the whole. */
static void test_late_sender(void)
{
    const MpCapacitySearchConfig config = {
        .need_bps = 500000000, .most_bytes = 1000000000, .loss = NAN};
    const MpTrainFigures figures = {
        .sent_bps = 600e6, .rate_bps = 2000e6, .loss = 0, .grown_ms = 0, .grown_error_ms = 0};
    MpCapacitySearch search;
    MpCapacityAim aim;
    mp_capacity_search_init(&search, &config);
    while (mp_capacity_search_next(&search, MP_SEC(4), &aim))
        mp_capacity_search_take(&search, &figures,
                                (guint64)((double)aim.rate_bps * (double)aim.span / 8e9), 0);
    const MpCapacity capacity = mp_capacity_search_result(&search);
    g_assert_cmpfloat(capacity.value, ==, 600e6);
    g_assert_true(isnan(capacity.high));
}

/* A rate is not known to the last packet of a lossy way, and yet none is below nothing. */
static void test_a_figure_that_is_hardly_known(void)
{
    const MpCapacitySearchConfig config = {.need_bps = 1000000, .most_bytes = 2000000, .loss = NAN};
    MpCapacitySearch search;
    mp_capacity_search_init(&search, &config);
    search.n_queued = 1;
    search.held = search.low = search.high = 1e6;
    search.held_error = 0.9;
    const MpCapacity capacity = mp_capacity_search_result(&search);
    g_assert_cmpfloat(capacity.low, ==, 0);
    g_assert_cmpfloat(capacity.value, ==, 1e6);
    g_assert_cmpfloat(capacity.high, >, 2e6);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/capacity/hardly known", test_a_figure_that_is_hardly_known);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/capacity/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_link);
    }
    for (guint kbps = 300; kbps <= 30000; kbps *= 10) {
        g_autofree char *path = g_strdup_printf("/capacity/jitter again, %u", kbps);
        g_test_add_data_func(path, GUINT_TO_POINTER(kbps), test_jitter_again);
    }
    for (guint percent = 10; percent <= 30; percent += 5) {
        g_autofree char *path = g_strdup_printf("/capacity/random loss of %u", percent);
        g_test_add_data_func(path, GUINT_TO_POINTER(percent), test_random_loss_is_no_limit);
    }
    g_test_add_func("/capacity/late sender", test_late_sender);
    g_test_add_func("/capacity/a full socket is no limit of the way",
                    test_a_full_socket_is_no_limit_of_the_way);
    return g_test_run();
}
