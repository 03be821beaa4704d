/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Maps of ports: their ranges, and as facts of a measurement and back.
 */
#include "model/port_map.h"

#include <math.h>
#include <string.h>

static MpPortMap *example(void)
{
    MpPortMap *map = mp_port_map_new(MP_PORT_METHOD_FAR_END, 1025, 65535);
    memset(map->states + 1025, MP_PORT_OPEN, 65535 - 1025 + 1);
    memset(map->states + 3000, MP_PORT_BLOCKED_OUT, 5);
    map->states[65535] = MP_PORT_BLOCKED_IN;
    return map;
}

static void runs_cover_the_map_without_a_gap(void)
{
    g_autoptr(MpPortMap) map = example();
    g_autoptr(GArray) ranges = mp_port_map_runs(map);
    static const MpPortRun expected[] = {{1025, 2999, MP_PORT_OPEN},
                                         {3000, 3004, MP_PORT_BLOCKED_OUT},
                                         {3005, 65534, MP_PORT_OPEN},
                                         {65535, 65535, MP_PORT_BLOCKED_IN}};
    g_assert_cmpuint(ranges->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < ranges->len; i++) {
        const MpPortRun *range = &g_array_index(ranges, MpPortRun, i);
        g_assert_cmpuint(range->first, ==, expected[i].first);
        g_assert_cmpuint(range->last, ==, expected[i].last);
        g_assert_cmpuint(range->state, ==, expected[i].state);
    }
    g_assert_cmpuint(mp_port_map_count(map, MP_PORT_BLOCKED_OUT), ==, 5);
    g_assert_cmpuint(mp_port_map_count(map, MP_PORT_UNKNOWN), ==, 0);
}

static void a_map_survives_as_facts(void)
{
    g_autoptr(MpPortMap) map = example();
    map->n_asked = 64511;
    map->n_sent = 70000;
    map->took = MP_MSEC(750);
    map->wrong_bound = 0.0005;
    map->widest_gap = 255;
    g_autoptr(JsonObject) facts = json_object_new();
    mp_port_map_write(map, facts);
    g_autoptr(MpPortMap) back = mp_port_map_read(facts);

    g_assert_nonnull(back);
    g_assert_cmpmem(back->states, sizeof back->states, map->states, sizeof map->states);
    g_assert_cmpuint(back->n_asked, ==, 64511);
    g_assert_cmpuint(back->n_sent, ==, 70000);
    g_assert_cmpuint(back->widest_gap, ==, 255);
    g_assert_cmpint(back->took, ==, MP_MSEC(750));
    g_assert_cmpfloat_with_epsilon(back->wrong_bound, 0.0005, 1e-12);
    g_assert_true(isnan(back->blocked_bound) && isnan(back->loss_percent));
}

/* Two ports that agree stand for what lies between them in what is told, and for nothing in what is
 * known. */
static void a_sample_is_told_in_runs_and_known_by_port(void)
{
    g_autoptr(MpPortMap) map = mp_port_map_new(MP_PORT_METHOD_FAR_END, 1025, 9000);
    const guint16 open[] = {1025, 2000, 3000, 8000, 9000};
    for (gsize i = 0; i < G_N_ELEMENTS(open); i++)
        map->states[open[i]] = MP_PORT_OPEN;
    map->states[4000] = map->states[5000] = MP_PORT_BLOCKED_OUT;
    map->is_sample = TRUE;
    static const MpPortRun expected[] = {
        {1025, 3000, MP_PORT_OPEN},        {3001, 3999, MP_PORT_UNKNOWN},
        {4000, 5000, MP_PORT_BLOCKED_OUT}, {5001, 7999, MP_PORT_UNKNOWN},
        {8000, 9000, MP_PORT_OPEN},
    };
    g_autoptr(GArray) runs = mp_port_map_runs(map);
    g_assert_cmpmem(runs->data, runs->len * sizeof(MpPortRun), expected, sizeof expected);

    g_autoptr(JsonObject) facts = json_object_new();
    mp_port_map_write(map, facts);
    g_autoptr(MpPortMap) back = mp_port_map_read(facts);
    g_assert_true(back->is_sample);
    g_assert_cmpmem(back->states, sizeof back->states, map->states, sizeof map->states);
}

/* A port that no range names was not measured. */
static void facts_that_are_no_map_are_refused(void)
{
    static const char *const wrong[] = {
        "{}",
        "{\"method\":\"far_end\",\"first\":1025,\"last\":2000}",
        "{\"method\":\"guess\",\"first\":1025,\"last\":2000,\"ranges\":[]}",
        "{\"method\":\"walk\",\"first\":2000,\"last\":1025,\"ranges\":[]}",
        "{\"method\":\"walk\",\"first\":1,\"last\":70000,\"ranges\":[]}",
        "{\"method\":\"walk\",\"first\":5,\"last\":9,\"ranges\":[3]}",
        "{\"method\":\"walk\",\"first\":5,\"last\":9,\"ranges\":"
        "[{\"first\":4,\"last\":9,\"state\":\"open\"}]}",
        "{\"method\":\"walk\",\"first\":5,\"last\":9,\"ranges\":"
        "[{\"first\":5,\"last\":9,\"state\":\"ajar\"}]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(JsonNode) node = json_from_string(wrong[i], NULL);
        g_assert_null(mp_port_map_read(json_node_get_object(node)));
    }
    g_autoptr(JsonNode)
        partial = json_from_string("{\"method\":\"walk\",\"first\":5,\"last\":9,\"ranges\":"
                                   "[{\"first\":6,\"last\":7,\"state\":\"open\"}]}",
                                   NULL);
    g_autoptr(MpPortMap) map = mp_port_map_read(json_node_get_object(partial));
    g_assert_cmpuint(mp_port_map_count(map, MP_PORT_UNKNOWN), ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port-map/ranges", runs_cover_the_map_without_a_gap);
    g_test_add_func("/port-map/facts", a_map_survives_as_facts);
    g_test_add_func("/port-map/sample", a_sample_is_told_in_runs_and_known_by_port);
    g_test_add_func("/port-map/wrong", facts_that_are_no_map_are_refused);
    return g_test_run();
}
