/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fit against links whose settings are known, by what the records of a call over them say.
 */
#include "analysis/path_model_fit.h"

#include <math.h>

#include "tests/support/call_run.h"

#define SEEDS 20
/* Of intervals of 90 %: fewer come once in 2000 times, and many are asked. */
#define LEAST_HELD 12

typedef struct {
    MpLinkConditions conditions;
    double video_kbps;
    double seconds;
    const char *limiter; /* NULL: not asked */
    double capacity_kbps;
} Case;

static void set_capacity(MpMeasurement *media, const char *name, const Case *test)
{
    JsonObject *capacity = mp_facts_object(media->facts, "capacity");
    JsonObject *object = json_object_new();
    json_object_set_double_member(object, "low_kbps", test->capacity_kbps * 0.96);
    json_object_set_double_member(object, "value_kbps", test->capacity_kbps * 0.99);
    if (!g_str_equal(test->limiter, "none"))
        json_object_set_double_member(object, "high_kbps", test->capacity_kbps * 1.02);
    json_object_set_string_member(object, "limiter", test->limiter);
    json_object_set_object_member(capacity, name, object);
}

static MpPathModel *fit_of(const MpLinkDirection *direction, const Case *test, guint64 seed)
{
    const CallPattern pattern = {.video_kbps = test->video_kbps,
                                 .start = MP_MSEC(100 * seed),
                                 .span = (MpTime)(test->seconds * 1e9)};
    g_autoptr(MpMeasurement)
        media = mp_measurement_new("media-udp", "media", "far", MP_TRANSPORT_UDP);
    media->packets_up = call_run(direction, seed, &pattern);
    media->packets_down = call_run(direction, seed + 1000000, &pattern);
    if (test->limiter) {
        json_object_set_object_member(media->facts, "capacity", json_object_new());
        set_capacity(media, "up", test);
        set_capacity(media, "down", test);
    }
    return mp_path_model_fit(media);
}

static MpPathModel *fit_conditions(const Case *test, guint64 seed)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions = test->conditions;
    return fit_of(&link->up, test, seed);
}

typedef double (*Reading)(const MpLinkDirection *direction);

/* A burst of 0.1 s and more may as well be an outage. */
static double loss_of(const MpLinkDirection *direction)
{
    double away = 0;
    for (guint i = 0; i < direction->outages->len; i++) {
        const MpLinkOutage *outage = &g_array_index(direction->outages, MpLinkOutage, i);
        away += outage->type == MP_OUTAGE_DROPS ? (double)outage->length : 0;
    }
    return mp_link_loss_ratio(&direction->conditions.loss) + away / (double)MP_PATH_MODEL_SPAN;
}

static double burst_of(const MpLinkDirection *direction)
{
    const MpLinkLoss *loss = &direction->conditions.loss;
    return loss->bad_to_good > 0 ? 1 / loss->bad_to_good : 1 / (1 - loss->loss_in_good);
}

static double rate_of(const MpLinkDirection *direction)
{
    return (double)direction->conditions.rate_bps / 1000;
}

static double scale_of(const MpLinkDirection *direction)
{
    return mp_time_to_ms(direction->conditions.jitter.scale);
}

static double correlation_of(const MpLinkDirection *direction)
{
    return mp_time_to_ms(direction->conditions.jitter.correlation_time);
}

static double delay_of(const MpLinkDirection *direction)
{
    return mp_time_to_ms(direction->conditions.delay);
}

static double queue_of(const MpLinkDirection *direction)
{
    return mp_time_to_ms(direction->conditions.queue.limit_time);
}

static int ascending(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

#define DRAWS 200

typedef struct {
    const char *name;
    Reading reading;
    double truth;
    guint n_held;
    double sum; /* of the medians */
} Question;

/* Whether the middle 90 % of what is drawn hold the truth. */
static void ask(const MpPathModel *model, Question *question)
{
    double values[DRAWS];
    for (guint64 seed = 0; seed < DRAWS; seed++) {
        g_autoptr(MpLink) link = mp_link_new();
        mp_path_model_draw(model, seed, link);
        values[seed] = question->reading(&link->up);
    }
    qsort(values, DRAWS, sizeof *values, ascending);
    const double slack = 1e-9 + question->truth * 1e-6;
    if (question->truth >= values[DRAWS / 20] - slack &&
        question->truth <= values[DRAWS - 1 - DRAWS / 20] + slack)
        question->n_held++;
    question->sum += values[DRAWS / 2];
}

static void ask_all(const Case *test, Question *questions, guint n)
{
    for (guint64 seed = 0; seed < SEEDS; seed++) {
        g_autofree MpPathModel *model = fit_conditions(test, seed);
        for (guint i = 0; i < n; i++)
            ask(model, &questions[i]);
    }
}

static void assert_held(const char *what, const Question *questions, guint n)
{
    for (guint i = 0; i < n; i++) {
        const Question *question = &questions[i];
        g_test_message("%s: %s %g, typical %g, held in %u of %d", what, question->name,
                       question->truth, question->sum / SEEDS, question->n_held, SEEDS);
        g_assert_cmpuint(question->n_held, >=, LEAST_HELD);
    }
}

static void assert_covers(const char *what, const Case *test, Question *questions, guint n)
{
    ask_all(test, questions, n);
    assert_held(what, questions, n);
}

static void test_independent_loss(void)
{
    const double percents[] = {0.5, 1, 2, 5, 10, 20};
    for (gsize i = 0; i < G_N_ELEMENTS(percents); i++) {
        const Case test = {.conditions = {.delay = MP_MSEC(25),
                                          .loss = mp_link_loss_independent(percents[i] / 100)},
                           .video_kbps = 2500,
                           .seconds = 4};
        Question loss = {"loss", loss_of, percents[i] / 100, 0, 0};
        assert_covers("alone", &test, &loss, 1);
    }
}

/* Where less than three bursts are in a test, what was known before it decides: it is made longer.
 */
static void test_bursts(void)
{
    const double lengths[] = {4, 8, 16};
    const double percents[] = {1, 3, 10};
    for (gsize i = 0; i < 9; i++) {
        const double percent = percents[i / 3];
        const double length = lengths[i % 3];
        const Case test = {.conditions = {.delay = MP_MSEC(25),
                                          .loss = mp_link_loss_bursts(percent / 100, length)},
                           .video_kbps = 2500,
                           .seconds = fmax(4, length / percent)};
        Question questions[] = {{"loss", loss_of, percent / 100, 0, 0},
                                {"length", burst_of, length, 0, 0}};
        assert_covers("bursts", &test, questions, 2);
    }
}

static void test_jitter(void)
{
    const double scales[] = {5, 10, 30, 50};
    const double correlations[] = {40, 100, 100, 40};
    for (gsize i = 0; i < G_N_ELEMENTS(scales); i++) {
        const double scale = scales[i];
        const double correlation = correlations[i];
        const Case test = {
            .conditions = {.delay = MP_MSEC(150),
                           .jitter = {.distribution = MP_JITTER_NORMAL,
                                      .scale = (MpTime)(scale * 1e6),
                                      .correlation_time = (MpTime)(correlation * 1e6)}},
            .video_kbps = 2500,
            .seconds = 4};
        Question questions[] = {{"scale", scale_of, scale, 0, 0},
                                {"correlation", correlation_of, correlation, 0, 0},
                                {"delay", delay_of, 150, 0, 0}};
        assert_covers("jitter", &test, questions, 3);
    }
}

static MpLinkConditions jitter_conditions(MpJitterDistribution distribution, double scale_ms,
                                          double correlation_ms, gboolean reorders)
{
    return (MpLinkConditions){.delay = MP_MSEC(150),
                              .jitter = {.distribution = distribution,
                                         .scale = (MpTime)(scale_ms * 1e6),
                                         .correlation_time = (MpTime)(correlation_ms * 1e6),
                                         .reorders = reorders}};
}

/* Each packet for itself: a few seconds tell the distribution. */
static void test_distributions(void)
{
    const struct {
        MpJitterDistribution distribution;
        double scale_ms;
        gboolean reorders;
    } each[] = {
        {MP_JITTER_UNIFORM, 5, TRUE},      {MP_JITTER_UNIFORM, 30, TRUE},
        {MP_JITTER_NORMAL, 10, TRUE},      {MP_JITTER_EXPONENTIAL, 10, TRUE},
        {MP_JITTER_EXPONENTIAL, 5, FALSE}, {MP_JITTER_PARETO, 10, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(each); i++) {
        const Case test = {.conditions = jitter_conditions(each[i].distribution, each[i].scale_ms,
                                                           0, each[i].reorders),
                           .video_kbps = 2500,
                           .seconds = 4};
        guint n_right = 0;
        for (guint64 seed = 0; seed < SEEDS; seed++) {
            g_autofree MpPathModel *model = fit_conditions(&test, seed);
            const MpPathJitter *jitter = &model->up.jitter;
            g_assert_true(jitter->reorders == each[i].reorders);
            n_right += jitter->distribution == each[i].distribution ? 1 : 0;
        }
        g_test_message("distribution %d: right in %u of %d", each[i].distribution, n_right, SEEDS);
        g_assert_cmpuint(n_right, >=, LEAST_HELD);
    }
}

static void test_rates_and_queues(void)
{
    const double rates[] = {300, 800, 1200, 2000, 5000};
    const double queues[] = {50, 200, 1000};
    for (gsize i = 0; i < 15; i++) {
        const double rate = rates[i / 3];
        const double queue = queues[i % 3];
        const Case test = {.conditions = {.delay = MP_MSEC(20),
                                          .rate_bps = (guint64)(rate * 1000),
                                          .queue = {.limit_time = (MpTime)(queue * 1e6)}},
                           .video_kbps = MIN(2500, rate * 1.6),
                           .seconds = 4,
                           .limiter = "queue",
                           .capacity_kbps = rate};
        Question questions[] = {{"rate", rate_of, rate, 0, 0},
                                {"queue", queue_of, queue, 0, 0},
                                {"loss", loss_of, 0, 0, 0}};
        /* That of 5 Mbps is never full. */
        ask_all(&test, questions, 3);
        assert_held("rate", questions, rate < 5000 ? 2 : 1);
        g_test_message("random loss %g", questions[2].sum / SEEDS);
        g_assert_cmpfloat(questions[2].sum / SEEDS, <, 0.005);
    }
}

/* Random loss is not taken for a full queue's, nor the other way round. */
static void test_loss_beside_a_full_queue(void)
{
    const MpLinkLoss losses[] = {mp_link_loss_independent(0.03), mp_link_loss_bursts(0.05, 8)};
    const double ratios[] = {0.03, 0.05};
    for (gsize i = 0; i < G_N_ELEMENTS(losses); i++) {
        const Case test = {.conditions = {.delay = MP_MSEC(20),
                                          .rate_bps = 800000,
                                          .queue = {.limit_time = MP_MSEC(200)},
                                          .loss = losses[i]},
                           .video_kbps = 1200,
                           .seconds = 4,
                           .limiter = "queue",
                           .capacity_kbps = 800};
        Question questions[] = {{"loss", loss_of, ratios[i], 0, 0},
                                {"rate", rate_of, 800, 0, 0},
                                {"queue", queue_of, 200, 0, 0}};
        assert_covers("loss and queue", &test, questions, 3);
    }
}

/* What a policer drops is its own, and what is lost below its rate is not. */
static void test_policer(void)
{
    const double video_kbps[] = {600, 1500};
    for (gsize i = 0; i < G_N_ELEMENTS(video_kbps); i++) {
        const Case test = {.conditions = {.delay = MP_MSEC(20),
                                          .rate_bps = 1000000,
                                          .burst_bytes = 20000,
                                          .queue = {.limit_packets = 1},
                                          .loss = mp_link_loss_independent(0.03)},
                           .video_kbps = video_kbps[i],
                           .seconds = 4,
                           .limiter = "policer",
                           .capacity_kbps = 1000};
        Question questions[] = {{"loss", loss_of, 0.03, 0, 0}, {"rate", rate_of, 1000, 0, 0}};
        assert_covers("policer", &test, questions, 2);
    }
}

/* Packets that meet no queue say that the trains' loss made them believe in one. */
static void test_a_limit_that_was_none(void)
{
    const Case test = {
        .conditions = {.delay = MP_MSEC(100), .loss = mp_link_loss_independent(0.15)},
        .video_kbps = 2500,
        .seconds = 4,
        .limiter = "queue",
        .capacity_kbps = 11000};
    g_autofree MpPathModel *model = fit_conditions(&test, 1);
    g_assert_true(isnan(model->up.rate_kbps));
    g_assert_cmpfloat(model->up.rate_low_kbps, >, 10000);
    g_assert_cmpfloat_with_epsilon(model->up.delay_ms, 100, 0.1);
}

typedef struct {
    MpOutageType type;
    double length_ms;
    double every_ms;
    MpLinkConditions conditions;
    double video_kbps;
} Away;

/* Of the first; 0: there is none. */
static double length_of(const MpLinkDirection *direction)
{
    const GArray *outages = direction->outages;
    return outages->len > 0 ? mp_time_to_ms(g_array_index(outages, MpLinkOutage, 0).length) : 0;
}

static double count_of(const MpLinkDirection *direction)
{
    return direction->outages->len;
}

static void check_away(const Away *away)
{
    const Case test = {.video_kbps = away->video_kbps,
                       .seconds = 8,
                       .limiter = away->conditions.rate_bps > 0 ? "queue" : NULL,
                       .capacity_kbps = (double)away->conditions.rate_bps / 1000};
    Question questions[] = {
        {"length", length_of, away->length_ms, 0, 0},
        {"number in 300 s", count_of, 300000 / away->every_ms, 0, 0},
        {"rate", rate_of, test.capacity_kbps, 0, 0},
    };
    g_autoptr(MpLink) link = mp_link_new();
    const MpLinkOutage outage = {away->type, MP_MSEC(500), (MpTime)(away->length_ms * 1e6),
                                 (MpTime)(away->every_ms * 1e6)};
    link->up.conditions = away->conditions;
    g_array_append_val(link->up.outages, outage);
    for (guint64 seed = 0; seed < SEEDS; seed++) {
        g_autofree MpPathModel *model = fit_of(&link->up, &test, seed);
        for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
            ask(model, &questions[i]);
        g_assert_cmpint(model->up.outages.type, ==, away->type);
    }
    assert_held("outages", questions, away->conditions.rate_bps > 0 ? 3 : 2);
}

static void test_outages(void)
{
    const Away aways[] = {
        {MP_OUTAGE_HOLDS, 100, 3000, {.delay = MP_MSEC(30)}, 2500},
        {MP_OUTAGE_HOLDS, 300, 3000, {.delay = MP_MSEC(30)}, 2500},
        {MP_OUTAGE_HOLDS, 500, 5000, {.delay = MP_MSEC(30)}, 2500},
        {MP_OUTAGE_DROPS, 300, 4000, {.delay = MP_MSEC(30)}, 2500},
        {MP_OUTAGE_DROPS,
         300,
         4000,
         {.delay = MP_MSEC(30), .loss = mp_link_loss_bursts(0.03, 4)},
         2500},
        {MP_OUTAGE_HOLDS,
         300,
         3000,
         {.delay = MP_MSEC(30), .rate_bps = 1200000, .queue = {.limit_time = MP_MSEC(600)}},
         900},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(aways); i++)
        check_away(&aways[i]);
}

/* None is seen where there is none, however the path jitters and loses. */
static void test_no_outages(void)
{
    const MpLinkConditions conditions[] = {
        {.delay = MP_MSEC(30), .loss = mp_link_loss_independent(0.2)},
        {.delay = MP_MSEC(30), .loss = mp_link_loss_bursts(0.1, 8)},
        {.delay = MP_MSEC(100), .jitter = {MP_JITTER_NORMAL, MP_MSEC(50), MP_MSEC(100), FALSE}},
        {.delay = MP_MSEC(20), .rate_bps = 300000, .queue = {.limit_time = MP_MSEC(1000)}},
    };
    guint n_seen = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++)
        for (guint64 seed = 0; seed < SEEDS; seed++) {
            const Case test = {.conditions = conditions[i],
                               .video_kbps = conditions[i].rate_bps > 0 ? 500 : 2500,
                               .seconds = 4};
            g_autofree MpPathModel *model = fit_conditions(&test, seed);
            n_seen += model->up.outages.number > 1 ? 1 : 0;
        }
    g_test_message("outages where there are none: %u", n_seen);
    g_assert_cmpuint(n_seen, <=, 4);
}

/* Nothing comes any more, but for a moment's worth of packets at the end of every call. */
static void test_a_cut(void)
{
    enum { N = 600 };
    for (guint n_last = 20; n_last <= 320; n_last += 300) {
        g_autoptr(MpMeasurement)
            media = mp_measurement_new("media-udp", "media", "far", MP_TRANSPORT_UDP);
        media->packets_up = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
        for (guint32 i = 0; i < N; i++) {
            const MpPacketFate packet = {
                .stream = 1,
                .sequence = i,
                .size = 200,
                .fate = i < N - n_last ? MP_PACKET_ARRIVED : MP_PACKET_LOST,
                .sent = MP_MSEC(10) * i,
                .received = MP_MSEC(10) * i + MP_MSEC(30),
            };
            g_array_append_val(media->packets_up, packet);
        }
        g_autofree MpPathModel *model = mp_path_model_fit(media);
        g_assert_nonnull(model);
        g_assert_cmpuint(model->up.outages.number > 1 ? 1 : 0, ==, n_last > 100 ? 1 : 0);
    }
}

/* A way that held all but the last few packets tells nothing of itself without the outage. */
static void test_nothing_but_an_outage(void)
{
    enum { HELD = 200, AFTER = 10 };
    g_autoptr(MpMeasurement)
        media = mp_measurement_new("media-udp", "media", "far", MP_TRANSPORT_UDP);
    media->packets_up = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    for (guint32 i = 0; i < HELD + AFTER; i++) {
        const MpTime sent = MP_MSEC(10) * MIN(i, HELD) + MP_MSEC(1) * (i - MIN(i, HELD));
        const MpPacketFate packet = {
            .stream = 1,
            .sequence = i,
            .size = 200,
            .sent = sent,
            .received = MAX(sent, MP_MSEC(10) * HELD) + MP_MSEC(30),
        };
        g_array_append_val(media->packets_up, packet);
    }
    g_autofree MpPathModel *model = mp_path_model_fit(media);
    g_assert_null(model);
}

/* The trains' interval may begin at nothing; below it no way is looked for. */
static void test_a_capacity_that_is_hardly_known(void)
{
    static const double lows[] = {-400, 0};
    const CallPattern pattern = {.video_kbps = 500, .span = MP_SEC(2)};
    for (gsize i = 0; i < G_N_ELEMENTS(lows); i++) {
        g_autoptr(MpLink) link = mp_link_new();
        g_autofree char *capacity = g_strdup_printf(
            "{\"capacity\": {\"up\": {\"low_kbps\": %g, \"value_kbps\": 1000, \"high_kbps\": 4000, "
            "\"limiter\": \"queue\"}}}",
            lows[i]);
        g_autoptr(MpMeasurement)
            media = mp_measurement_new("media-udp", "media", "far", MP_TRANSPORT_UDP);
        g_autoptr(JsonNode) facts = json_from_string(capacity, NULL);
        json_object_set_object_member(media->facts, "capacity",
                                      json_object_ref(json_object_get_object_member(
                                          json_node_get_object(facts), "capacity")));
        media->packets_up = call_run(&link->up, 1, &pattern);
        g_autofree MpPathModel *model = mp_path_model_fit(media);
        g_assert_nonnull(model);
        g_assert_false(model->up.rate_kbps < 500);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-model-fit/independent-loss", test_independent_loss);
    g_test_add_func("/path-model-fit/bursts", test_bursts);
    g_test_add_func("/path-model-fit/jitter", test_jitter);
    g_test_add_func("/path-model-fit/distributions", test_distributions);
    g_test_add_func("/path-model-fit/rates-and-queues", test_rates_and_queues);
    g_test_add_func("/path-model-fit/loss-beside-a-full-queue", test_loss_beside_a_full_queue);
    g_test_add_func("/path-model-fit/policer", test_policer);
    g_test_add_func("/path-model-fit/a-limit-that-was-none", test_a_limit_that_was_none);
    g_test_add_func("/path-model-fit/outages", test_outages);
    g_test_add_func("/path-model-fit/no-outages", test_no_outages);
    g_test_add_func("/path-model-fit/a-cut", test_a_cut);
    g_test_add_func("/path-model-fit/nothing-but-an-outage", test_nothing_but_an_outage);
    g_test_add_func("/path-model-fit/a-capacity-that-is-hardly-known",
                    test_a_capacity_that_is_hardly_known);
    return g_test_run();
}
