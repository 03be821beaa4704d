/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Links from YAML: what is read, and what contradicts itself where.
 */
#include "input/link_reader.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "input/schema.h"

/* A network whose link begins on line 6, each line indented by two. */
#define HEAD                                                                                       \
    "schema: mediapath-network/1\n"                                                                \
    "name: x\n"                                                                                    \
    "sentence: {en: x, ja: x}\n"                                                                   \
    "site: {}\n"                                                                                   \
    "provider: {turn: {state: running}, responder: {state: running}}\n"                            \
    "link:\n"

static MpLink *read_at(const char *name, const char *link, GError **error)
{
    g_autofree char *text = g_strconcat(HEAD, link, NULL);
    g_autoptr(MpYaml) yaml = mp_yaml_parse(name, text, strlen(text), error);
    if (!yaml || !mp_schema_check(yaml, "network.schema.json", error))
        return NULL;
    return mp_link_read(yaml, mp_yaml_get(mp_yaml_root(yaml), "link"), error);
}

static MpLink *read_good(const char *link)
{
    g_autoptr(GError) error = NULL;
    MpLink *read = read_at("x.yaml", link, &error);
    g_assert_no_error(error);
    return read;
}

static void expect_refusal(const char *link, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpLink) read = read_at("x.yaml", link, &error);
    g_assert_null(read);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void expect_all_values(const MpLinkConditions *conditions)
{
    g_assert_cmpint(conditions->delay, ==, 12345678);
    g_assert_cmpint(conditions->jitter.scale, ==, MP_MSEC(3));
    g_assert_cmpint(conditions->jitter.distribution, ==, MP_JITTER_PARETO);
    g_assert_cmpint(conditions->jitter.correlation_time, ==, MP_MSEC(50));
    g_assert_false(conditions->jitter.reorders);
    g_assert_cmpfloat_with_epsilon(mp_link_loss_ratio(&conditions->loss), 0.02, 1e-12);
    g_assert_cmpfloat(conditions->loss.bad_to_good, ==, 0.25);
    g_assert_cmpfloat(conditions->duplicate, ==, 0.005);
    g_assert_cmpfloat(conditions->corrupt, ==, 0.0025);
    g_assert_cmpuint(conditions->rate_bps, ==, 1234567);
    g_assert_cmpuint(conditions->burst_bytes, ==, 15000);
    g_assert_cmpint(conditions->queue.discipline, ==, MP_QUEUE_CODEL);
    g_assert_cmpint(conditions->queue.limit_time, ==, MP_USEC(80500));
    g_assert_cmpuint(conditions->queue.limit_packets, ==, 300);
}

static void every_value_is_read(void)
{
    g_autoptr(MpLink)
        link = read_good("  seed: 12\n"
                         "  backend: emulator\n"
                         "  both:\n"
                         "    delay_ms: 12.345678\n"
                         "    jitter: {ms: 3, distribution: pareto, correlation_ms: 50}\n"
                         "    loss: {percent: 2, burst_length: 4}\n"
                         "    duplicate_percent: 0.5\n"
                         "    corrupt_percent: 0.25\n"
                         "    rate_kbps: 1234.567\n"
                         "    burst_bytes: 15000\n"
                         "    queue: {ms: 80.5, packets: 300, discipline: codel}\n"
                         "    outages:\n"
                         "      - {type: hold, at_ms: 1000, for_ms: 150, every_ms: 15000}\n"
                         "      - {type: drop, at_ms: 0, for_ms: 1.5}\n");
    g_assert_cmpuint(link->seed, ==, 12);
    expect_all_values(&link->up.conditions);
    expect_all_values(&link->down.conditions);

    const MpLinkOutage *hold = &g_array_index(link->up.outages, MpLinkOutage, 0);
    const MpLinkOutage *drop = &g_array_index(link->up.outages, MpLinkOutage, 1);
    g_assert_cmpint(hold->type, ==, MP_OUTAGE_HOLDS);
    g_assert_cmpint(hold->at, ==, MP_SEC(1));
    g_assert_cmpint(hold->length, ==, MP_MSEC(150));
    g_assert_cmpint(hold->every, ==, MP_SEC(15));
    g_assert_cmpint(drop->type, ==, MP_OUTAGE_DROPS);
    g_assert_cmpint(drop->length, ==, MP_USEC(1500));
    g_assert_cmpint(drop->every, ==, 0);
}

static void what_is_left_out_does_nothing(void)
{
    g_autoptr(MpLink) link = read_good("  up: {jitter: {ms: 5}}\n");
    g_assert_cmpuint(link->seed, ==, 1);
    g_assert_cmpint(link->backend, ==, MP_LINK_EMULATOR);
    g_assert_cmpint(link->up.conditions.jitter.distribution, ==, MP_JITTER_NORMAL);
    g_assert_false(link->up.conditions.jitter.reorders);
    g_assert_cmpint(link->up.conditions.delay, ==, 0);
    g_assert_cmpuint(link->up.outages->len + link->up.changes->len + link->up.opportunities->len,
                     ==, 0);
    g_assert_cmpint(link->down.conditions.jitter.scale, ==, 0);
}

static void a_direction_replaces_what_both_say_value_by_value(void)
{
    g_autoptr(MpLink)
        link = read_good("  both:\n"
                         "    delay_ms: 20\n"
                         "    loss: {percent: 2, burst_length: 4}\n"
                         "    rate_kbps: 5000\n"
                         "    outages: [{type: drop, at_ms: 0, for_ms: 5}]\n"
                         "    changes: [{at_ms: 100, delay_ms: 40}]\n"
                         "  up:\n"
                         "    loss: {percent: 1}\n"
                         "    rate_kbps: 1000\n"
                         "    outages: []\n"
                         "  down: {delay_ms: 30, changes: [{at_ms: 200, rate_kbps: 100}]}\n");
    g_assert_cmpint(link->up.conditions.delay, ==, MP_MSEC(20));
    g_assert_cmpint(link->down.conditions.delay, ==, MP_MSEC(30));
    g_assert_cmpfloat(link->up.conditions.loss.loss_in_good, ==, 0.01);
    g_assert_cmpfloat(link->up.conditions.loss.good_to_bad, ==, 0);
    g_assert_cmpfloat(link->down.conditions.loss.bad_to_good, ==, 0.25);
    g_assert_cmpuint(link->up.conditions.rate_bps, ==, 1000000);
    g_assert_cmpuint(link->down.conditions.rate_bps, ==, 5000000);
    g_assert_cmpuint(link->up.outages->len, ==, 0);
    g_assert_cmpuint(link->down.outages->len, ==, 1);
    const MpLinkChange *up = &g_array_index(link->up.changes, MpLinkChange, 0);
    const MpLinkChange *down = &g_array_index(link->down.changes, MpLinkChange, 0);
    g_assert_cmpint(up->at, ==, MP_MSEC(100));
    g_assert_cmpint(up->conditions.delay, ==, MP_MSEC(40));
    g_assert_cmpuint(up->conditions.rate_bps, ==, 1000000);
    g_assert_cmpint(down->at, ==, MP_MSEC(200));
    g_assert_cmpint(down->conditions.delay, ==, MP_MSEC(30));
    g_assert_cmpuint(down->conditions.rate_bps, ==, 100000);
}

static void a_change_says_only_what_changes(void)
{
    g_autoptr(MpLink)
        link = read_good("  up:\n"
                         "    delay_ms: 20\n"
                         "    jitter: {ms: 5, distribution: uniform}\n"
                         "    changes:\n"
                         "      - {at_ms: 0, loss: {percent: 3}}\n"
                         "      - {at_ms: 1000, jitter: {ms: 9}, rate_kbps: 300, queue: {ms: 50}}\n"
                         "      - {at_ms: 2000, loss: {percent: 0}, queue: {packets: 5}}\n");
    const MpLinkChange *changes = (const MpLinkChange *)(gpointer)link->up.changes->data;
    g_assert_cmpuint(link->up.changes->len, ==, 3);
    g_assert_cmpint(changes[0].conditions.delay, ==, MP_MSEC(20));
    g_assert_cmpint(changes[0].conditions.jitter.distribution, ==, MP_JITTER_UNIFORM);
    g_assert_cmpint(changes[1].conditions.jitter.distribution, ==, MP_JITTER_NORMAL);
    g_assert_cmpfloat(changes[1].conditions.loss.loss_in_good, ==, 0.03);
    g_assert_cmpint(changes[1].conditions.queue.limit_time, ==, MP_MSEC(50));
    g_assert_cmpfloat(changes[2].conditions.loss.loss_in_good, ==, 0);
    g_assert_cmpuint(changes[2].conditions.rate_bps, ==, 300000);
    g_assert_cmpint(changes[2].conditions.queue.limit_time, ==, 0);
    g_assert_cmpuint(changes[2].conditions.queue.limit_packets, ==, 5);
}

static void loss_of_two_states_is_read(void)
{
    g_autoptr(MpLink) link = read_good(
        "  up: {loss: {good_to_bad_percent: 1, bad_to_good_percent: 20}}\n"
        "  down:\n"
        "    loss: {good_to_bad_percent: 1, bad_to_good_percent: 20, in_good_percent: 3,\n"
        "           in_bad_percent: 40}\n");
    const MpLinkLoss *up = &link->up.conditions.loss;
    const MpLinkLoss *down = &link->down.conditions.loss;
    g_assert_cmpfloat(up->good_to_bad, ==, 0.01);
    g_assert_cmpfloat(up->bad_to_good, ==, 0.2);
    g_assert_cmpfloat(up->loss_in_good, ==, 0);
    g_assert_cmpfloat(up->loss_in_bad, ==, 1);
    g_assert_cmpfloat(down->loss_in_good, ==, 0.03);
    g_assert_cmpfloat(down->loss_in_bad, ==, 0.4);
}

static void loss_is_said_in_one_way(void)
{
    expect_refusal("  up: {loss: {percent: 1, good_to_bad_percent: 1}}\n",
                   "x.yaml:7:24: percent was found with the percentages of two states, expected "
                   "only one way to say the loss");
    expect_refusal("  up: {loss: {in_bad_percent: 1, burst_length: 1}}\n",
                   "x.yaml:7:48: burst_length was found with the percentages of two states, "
                   "expected only one way to say the loss");
    expect_refusal("  up: {loss: {good_to_bad_percent: 1, in_bad_percent: 1}}\n",
                   "x.yaml:7:14: a loss of two states was found without the way between them, "
                   "expected good_to_bad_percent and bad_to_good_percent");
    expect_refusal("  up: {loss: {burst_length: 3}}\n",
                   "x.yaml:7:29: a loss was found that does not say how much, expected percent");
    expect_refusal("  up: {loss: {}}\n",
                   "x.yaml:7:14: a loss was found that does not say how much, expected percent");
    expect_refusal("  up: {loss: {percent: 80, burst_length: 3}}\n",
                   "x.yaml:7:42: a burst_length of 3 was found, expected 4 or more: shorter bursts "
                   "cannot lose 80 percent");
    g_autoptr(MpLink) just = read_good("  up: {loss: {percent: 80, burst_length: 4}}\n");
    g_assert_cmpfloat_with_epsilon(mp_link_loss_ratio(&just->up.conditions.loss), 0.8, 1e-12);
}

static void times_go_forward(void)
{
    expect_refusal("  up:\n"
                   "    changes:\n"
                   "      - {at_ms: 100, delay_ms: 1}\n"
                   "      - {at_ms: 100, delay_ms: 2}\n",
                   "x.yaml:10:17: 100 was found after a change at 100, expected a later time");
    expect_refusal("  both:\n"
                   "    outages: [{type: hold, at_ms: 0, for_ms: 50, every_ms: 50}]\n",
                   "x.yaml:8:60: 50 was found for outages of 50 ms, expected more: the link must "
                   "come back");
}

static void what_needs_a_rate_has_one(void)
{
    expect_refusal("  up: {burst_bytes: 3000}\n",
                   "x.yaml:7:21: burst_bytes was found without rate_kbps, expected both");
    expect_refusal("  up: {changes: [{at_ms: 1, burst_bytes: 3000}]}\n",
                   "x.yaml:7:42: burst_bytes was found without rate_kbps, expected both");
    expect_refusal("  up: {queue: {packets: 50}}\n",
                   "x.yaml:7:15: queue was found where nothing ever waits, expected rate_kbps, "
                   "trace or an outage that holds");
    expect_refusal("  up: {queue: {ms: 50}}\n",
                   "x.yaml:7:15: queue was found without a rate, expected rate_kbps or trace");
    expect_refusal("  down: {queue: {discipline: codel}, delay_ms: 7}\n",
                   "x.yaml:7:17: queue was found without a rate, expected rate_kbps or trace");
    g_autoptr(MpLink)
        later = read_good("  up: {queue: {ms: 50}, changes: [{at_ms: 1, rate_kbps: 100}]}\n");
    g_assert_cmpint(later->up.conditions.queue.limit_time, ==, MP_MSEC(50));
    g_autoptr(MpLink) held = read_good(
        "  up: {queue: {packets: 50}, outages: [{type: hold, at_ms: 1, for_ms: 1}]}\n");
    g_assert_cmpuint(held->up.conditions.queue.limit_packets, ==, 50);
}

static void correlated_jitter_keeps_the_order(void)
{
    expect_refusal(
        "  up: {jitter: {ms: 5, reorder: true, correlation_ms: 10}}\n",
        "x.yaml:7:55: correlation_ms was found with \"reorder: true\", expected only one "
        "of them");
}

static void netem_is_asked_only_what_it_can_do(void)
{
    static const struct {
        const char *value;
        const char *error;
    } cases[] = {
        {"changes: [{at_ms: 1, delay_ms: 1}]", "19: changes"},
        {"outages: [{type: drop, at_ms: 1, for_ms: 1}]", "19: outages"},
        {"rate_kbps: 1, burst_bytes: 3000", "37: burst_bytes"},
        {"rate_kbps: 1, queue: {discipline: codel}", "44: codel"},
        {"jitter: {ms: 1, correlation_ms: 30}", "42: correlation_ms"},
        {"jitter: {ms: 1, distribution: pareto}", "40: pareto"},
        {"jitter: {ms: 1, distribution: normal}", "18: jitter without \"reorder: true\""},
        {"jitter: {ms: 1, distribution: exponential}", "40: exponential"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *link = g_strdup_printf("  backend: netem\n  down: {%s}\n", cases[i].value);
        g_autofree char *expected = g_strdup_printf(
            "x.yaml:8:%s was found, which netem cannot do, expected \"backend: emulator\"",
            cases[i].error);
        expect_refusal(link, expected);
    }
    g_autoptr(MpLink) link = read_good("  backend: netem\n"
                                       "  both:\n"
                                       "    delay_ms: 10\n"
                                       "    changes: []\n"
                                       "    jitter: {ms: 1, distribution: uniform, reorder: true}\n"
                                       "    loss: {percent: 1, burst_length: 3}\n"
                                       "    duplicate_percent: 1\n"
                                       "    corrupt_percent: 1\n"
                                       "    rate_kbps: 1000\n"
                                       "    queue: {ms: 80, packets: 30}\n");
    g_assert_cmpint(link->backend, ==, MP_LINK_NETEM);
}

typedef struct {
    char *folder;
    char *trace;
} Folder;

static void set_up(Folder *folder, gconstpointer data)
{
    folder->folder = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    g_assert_nonnull(folder->folder);
    folder->trace = g_build_filename(folder->folder, "lte.trace", NULL);
    g_autoptr(GError) error = NULL;
    g_file_set_contents(folder->trace, data, -1, &error);
    g_assert_no_error(error);
}

static void tear_down(Folder *folder, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(g_unlink(folder->trace), ==, 0);
    g_assert_cmpint(g_rmdir(folder->folder), ==, 0);
    g_free(folder->folder);
    g_free(folder->trace);
}

static MpLink *read_in(const Folder *folder, const char *link, GError **error)
{
    g_autofree char *name = g_build_filename(folder->folder, "x.yaml", NULL);
    return read_at(name, link, error);
}

static void expect_refusal_in(const Folder *folder, const char *link, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpLink) read = read_in(folder, link, &error);
    g_assert_null(read);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_auto(GStrv) parts = g_strsplit(error->message, folder->folder, -1);
    g_autofree char *message = g_strjoinv("", parts);
    g_assert_cmpstr(message, ==, expected);
}

static void a_trace_stands_beside_its_network(Folder *folder, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpLink)
        link = read_in(folder, "  down: {trace: lte.trace, queue: {discipline: codel}}\n", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(link->up.opportunities->len, ==, 0);
    g_assert_cmpuint(link->down.opportunities->len, ==, 3);
    g_assert_cmpuint(g_array_index(link->down.opportunities, guint32, 2), ==, 86400000);

    g_autofree char *absolute = g_strdup_printf("  down: {trace: \"%s\"}\n", folder->trace);
    g_autoptr(MpLink) anywhere = read_at("x.yaml", absolute, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(anywhere->down.opportunities->len, ==, 3);
}

static void a_trace_is_the_rate(Folder *folder, gconstpointer data)
{
    (void)data;
    expect_refusal_in(folder, "  both: {trace: lte.trace}\n  up: {rate_kbps: 10}\n",
                      "/x.yaml:8:19: rate_kbps was found with a trace, expected only one of them: "
                      "a trace is the rate");
    expect_refusal_in(folder, "  up: {trace: lte.trace, changes: [{at_ms: 1, rate_kbps: 10}]}\n",
                      "/x.yaml:7:58: rate_kbps was found with a trace, expected only one of them: "
                      "a trace is the rate");
    expect_refusal_in(folder, "  backend: netem\n  up: {trace: lte.trace}\n",
                      "/x.yaml:8:15: trace was found, which netem cannot do, expected \"backend: "
                      "emulator\"");
}

static void a_trace_that_cannot_be_read_is_named(Folder *folder, gconstpointer data)
{
    (void)data;
    expect_refusal_in(folder, "  up: {trace: other.trace}\n",
                      "/x.yaml:7:15: trace /other.trace: No such file or directory");
    expect_refusal_in(folder, "  up: {trace: .}\n", "/x.yaml:7:15: trace /.: Is a directory");
    expect_refusal_in(folder, "  up: {trace: /dev/zero}\n",
                      "/x.yaml:7:15: trace /dev/zero: more than 11000000 bytes were found, "
                      "expected at most 1000000 short lines");
}

static void a_wrong_line_of_a_trace_is_named(Folder *folder, gconstpointer data)
{
    (void)data;
    expect_refusal_in(folder, "  up: {trace: lte.trace}\n",
                      "/x.yaml:7:15: trace /lte.trace:3:1: \"7\" was found, expected 8 or later, "
                      "as on the line before");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link_reader/all", every_value_is_read);
    g_test_add_func("/link_reader/nothing", what_is_left_out_does_nothing);
    g_test_add_func("/link_reader/directions", a_direction_replaces_what_both_say_value_by_value);
    g_test_add_func("/link_reader/changes", a_change_says_only_what_changes);
    g_test_add_func("/link_reader/two-states", loss_of_two_states_is_read);
    g_test_add_func("/link_reader/loss", loss_is_said_in_one_way);
    g_test_add_func("/link_reader/times", times_go_forward);
    g_test_add_func("/link_reader/rate", what_needs_a_rate_has_one);
    g_test_add_func("/link_reader/correlation", correlated_jitter_keeps_the_order);
    g_test_add_func("/link_reader/netem", netem_is_asked_only_what_it_can_do);
    g_test_add("/link_reader/trace", Folder, "5\n10\r\n86400000", set_up,
               a_trace_stands_beside_its_network, tear_down);
    g_test_add("/link_reader/trace-rate", Folder, "5\n", set_up, a_trace_is_the_rate, tear_down);
    g_test_add("/link_reader/trace-file", Folder, "5\n", set_up,
               a_trace_that_cannot_be_read_is_named, tear_down);
    g_test_add("/link_reader/trace-line", Folder, "5\n8\n7\n", set_up,
               a_wrong_line_of_a_trace_is_named, tear_down);
    return g_test_run();
}
