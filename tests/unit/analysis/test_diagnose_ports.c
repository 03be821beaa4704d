/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the map of UDP ports means for findings and requirements.
 */
#include "analysis/judge.h"
#include "tests/support/result_builder.h"

static void judge(MpResult *result)
{
    g_autoptr(MpProfile) profile = built_profile();
    mp_judge(result, profile);
}

static MpResult *with_map(const BuiltCase *built, const char *blocked)
{
    MpResult *result = built_result(built);
    built_ports(result, BUILT_RESPONDER, blocked);
    judge(result);
    return result;
}

/* Of row 1-7, the service MEDIA on that port. */
static MpRequirementState media_state(const MpResult *result, const char *port)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_str_equal(requirement->row, "1-7") && g_str_equal(requirement->service, "MEDIA") &&
            g_str_equal(requirement->port, port))
            return requirement->state;
    }
    g_error("row 1-7 has no port %s", port);
}

static void every_port_open_meets_the_row(void)
{
    g_autoptr(MpResult) result = with_map(&(BuiltCase){0}, "");
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_MET);
    g_assert_cmpuint(mp_port_map_count(result->ports, MP_PORT_OPEN), ==, 64511);
}

/* A call that works over one port proves nothing about those that the map shows as closed. */
static void one_closed_port_fails_the_row(void)
{
    g_autoptr(MpResult) result = with_map(&(BuiltCase){0}, "5000");
    const MpFinding *finding = built_only(result, "udp-ports-blocked");
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "5000");
    g_assert_cmpstr(built_text(finding, "direction"), ==, "out");
    g_assert_cmpstr(built_text(finding, "rule"), ==, "allow out udp to 216.147.0.0/18 port 5000");
    g_assert_cmpfloat(built_number(finding, "count"), ==, 1);
    g_assert_false(finding->is_likely);
}

static void many_runs_are_told_in_part_and_opened_whole(void)
{
    g_autoptr(MpResult)
        result = with_map(&(BuiltCase){0}, "1025 1027 1029 1031 1033 1035 1037 1039 1041-1050");
    const MpFinding *finding = built_only(result, "udp-ports-blocked");
    g_assert_cmpstr(built_text(finding, "ports"), ==,
                    "1025, 1027, 1029, 1031, 1033, 1035, 1037, 1039, ... (9)");
    g_assert_cmpstr(built_text(finding, "rule"), ==,
                    "allow out udp to 216.147.0.0/18 port { 1025, 1027, 1029, 1031, 1033, 1035, "
                    "1037, 1039, 1041-1050 }");
}

/* What lies between two closed ports and was not asked is opened with them. */
static void a_sample_is_opened_as_a_range(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = ""});
    built_facts(built_ports(result, BUILT_RESPONDER, ""),
                "{\"ranges\": [{\"first\": 2000, \"last\": 2000, \"state\": \"open\"},"
                "{\"first\": 3000, \"last\": 3000, \"state\": \"blocked\"},"
                "{\"first\": 3900, \"last\": 3900, \"state\": \"blocked\"},"
                "{\"first\": 5000, \"last\": 5000, \"state\": \"open\"}]}");
    judge(result);
    const MpFinding *finding = built_only(result, "udp-ports-blocked");
    g_assert_cmpstr(built_text(finding, "ports"), ==, "3000, 3900");
    g_assert_cmpfloat(built_number(finding, "count"), ==, 2);
    g_assert_cmpstr(built_text(finding, "rule"), ==,
                    "allow out udp to 216.147.0.0/18 port 3000-3900");
}

/* As every check asks: 64 ports, with those of 30000-39999 blocked. */
static MpMeasurement *sampled(MpResult *result, gboolean is_open)
{
    g_autoptr(MpPortMap) map = mp_port_map_new(MP_PORT_METHOD_FAR_END, 1025, G_MAXUINT16);
    for (guint port = 1025; port < G_MAXUINT16; port += 1024, map->n_asked++)
        map->states[port] = !is_open && port >= 30000 && port < 40000 ? MP_PORT_BLOCKED_OUT
                                                                      : MP_PORT_OPEN;
    map->is_sample = TRUE;
    map->blocked_bound = is_open ? 0.0457 : 0.25;
    MpMeasurement *measurement = built_ports(result, BUILT_RESPONDER, "");
    mp_port_map_write(map, measurement->facts);
    return measurement;
}

static const MpRequirement *media_row(const MpResult *result)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_str_equal(requirement->row, "1-7") && g_str_equal(requirement->service, "MEDIA") &&
            g_str_equal(requirement->port, "1025-65535"))
            return requirement;
    }
    return NULL;
}

/* No port stands for another, but what may be blocked is bounded. */
static void an_open_sample_bounds_the_row_and_leaves_it_unknown(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    sampled(result, TRUE);
    judge(result);
    const MpRequirement *row = media_row(result);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpint(row->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpstr(row->sample, ==, "ports");
    g_assert_cmpuint(row->n_sampled, ==, 63);
    g_assert_cmpfloat_with_epsilon(row->blocked_bound, 0.0457, 1e-9);
}

static void one_blocked_port_of_a_sample_fails_the_row(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    sampled(result, FALSE);
    judge(result);
    const MpFinding *finding = built_only(result, "udp-ports-blocked");
    g_assert_cmpint(media_row(result)->state, ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "30721-39937");
    g_assert_cmpfloat(built_number(finding, "count"), ==, 10);
    g_assert_cmpfloat(built_number(finding, "sampled"), ==, 63);
}

/* 40100 was not asked; 39937 below it is blocked, 40961 above it is open. */
static void media_beside_a_blocked_port_of_a_sample_is_the_same_finding(void)
{
    static const struct {
        const char *peer;
        guint n_evidence;
    } cases[] = {{"216.147.0.20:33333", 2}, {"216.147.0.20:40100", 2}, {"216.147.0.20:5000", 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const BuiltCase built = {.media_udp = "gather answered, whip answered 201, ice silent"};
        g_autoptr(MpResult) result = built_result(&built);
        g_autofree char *facts = g_strdup_printf(
            "{\"candidates\": [{\"side\": \"remote\", \"transport\": \"udp\", "
            "\"address\": \"%s\"}]}",
            cases[i].peer);
        built_facts(built_measurement(result, "media-udp"), facts);
        sampled(result, FALSE);
        judge(result);
        g_assert_cmpuint(built_find(result, "udp-ports-blocked")->evidence->len, ==,
                         cases[i].n_evidence);
    }
}

/* Port 3478 alone has its own finding. */
static void a_map_bears_out_that_3478_is_blocked(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "binding silent", .turn_udp = "binding silent", .media_udp = ""});
    built_ports(result, BUILT_RESPONDER, "3478");
    judge(result);
    g_assert_null(built_find(result, "udp-ports-blocked"));
    const MpFinding *finding = built_find(result, "udp-3478-blocked");
    g_assert_nonnull(finding);
    g_assert_true(g_ptr_array_find_with_equal_func(finding->evidence, "ports", g_str_equal, NULL));
}

/* A relay of the ranges, over TLS to its server: its ports were asked over UDP all the same. */
static void the_ports_of_a_relay_count_for_the_row(void)
{
    for (gint is_open = FALSE; is_open <= TRUE; is_open++) {
        g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = ""});
        MpMeasurement *relay = sampled(result, is_open);
        g_free(relay->kind);
        relay->kind = g_strdup("ports-relay");
        relay->transport = MP_TRANSPORT_TLS;
        built_facts(relay, "{\"method\": \"relay\", \"relay_address\": \"216.147.0.30\"}");
        judge(result);
        g_assert_cmpint(media_row(result)->state, ==,
                        is_open ? MP_REQUIREMENT_UNKNOWN : MP_REQUIREMENT_FAILED);
        g_assert_cmpuint(media_row(result)->n_sampled, ==, 63);
    }
}

/* Where nothing came back and no STUN server told our address, the relay may have let in another.
 */
static void a_sample_of_a_relay_without_an_open_port_says_nothing(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = ""});
    MpMeasurement *relay = sampled(result, TRUE);
    g_free(relay->kind);
    relay->kind = g_strdup("ports-relay");
    built_facts(relay, "{\"method\": \"relay\", \"relay_address\": \"216.147.0.30\", \"ranges\": "
                       "[{\"first\": 1025, \"last\": 65535, \"state\": \"blocked\"}]}");
    judge(result);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpint(media_row(result)->state, ==, MP_REQUIREMENT_UNKNOWN);
}

/* Media that failed on a port that the map shows as closed has its cause. */
static void media_on_a_closed_port_is_the_same_finding(void)
{
    const BuiltCase built = {.media_udp = "gather answered, whip answered 201, ice silent"};
    g_autoptr(MpResult) result = built_result(&built);
    built_facts(built_measurement(result, "media-udp"),
                "{\"candidates\": [{\"side\": \"remote\", \"transport\": \"udp\", "
                "\"address\": \"216.147.0.20:40000\"}]}");
    built_ports(result, BUILT_RESPONDER, "30000-49999");
    judge(result);
    const MpFinding *finding = built_only(result, "udp-ports-blocked");
    g_assert_cmpuint(finding->evidence->len, ==, 2);
    g_assert_cmpfloat(built_number(finding, "count"), ==, 20000);
}

/* The far end may be down as well. */
static void a_map_without_an_open_port_is_likely_only(void)
{
    const BuiltCase nothing_else = {.stun = "",
                                    .turn_udp = "",
                                    .turn_tcp = "",
                                    .turn_tls = "",
                                    .media_udp = "",
                                    .media_turn_udp = "",
                                    .media_turn_tcp = "",
                                    .media_turn_tls = ""};
    g_autoptr(MpResult) result = with_map(&nothing_else, "1025-65535");
    const MpFinding *finding = built_only(result, "udp-ports-blocked");
    g_assert_true(finding->is_likely && finding->has_other);
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpint(mp_result_ports_exit_code(result), ==, 4);
}

static void a_map_toward_another_network_says_nothing_about_the_row(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = ""});
    built_ports(result, "192.0.2.1", "");
    judge(result);
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_UNKNOWN);
}

/* No far end: hops behind the edge answered for some parts of a range, and not for others. */
static MpResult *walked(const char *facts)
{
    MpResult *result = built_result(&(BuiltCase){.media_udp = ""});
    MpMeasurement *walk = mp_measurement_new("ports-walk", "ports-walk", "216.147.0.0/18",
                                             MP_TRANSPORT_UDP);
    mp_measurement_add_stage(walk, "ports", MP_OUTCOME_ANSWERED, 0, 0, NULL);
    built_facts(walk, "{\"method\": \"walk\", \"first\": 1025, \"last\": 65535, "
                      "\"ranges\": [{\"first\": 1025, \"last\": 65535, \"state\": \"open\"}],"
                      "\"walk_target\": \"216.147.0.1\", \"control_port\": 3478}");
    built_facts(walk, facts);
    g_ptr_array_add(result->plan, mp_step_new("ports-walk", "ports-walk"));
    g_ptr_array_add(result->measurements, walk);
    judge(result);
    return result;
}

static void parts_of_a_range_that_do_not_leave_fail_the_row(void)
{
    g_autoptr(MpResult) result = walked(
        "{\"prefixes\": {\"parts\": 64, \"passed\": 61, \"unknown\": 0, \"blocked\": "
        "[\"216.147.9.0/24\", \"216.147.20.0/24\", \"216.147.8.0/24\"]}}");
    const MpFinding *finding = built_only(result, "udp-prefixes-blocked");
    g_assert_cmpstr(built_text(finding, "prefixes"), ==, "216.147.8.0/23, 216.147.20.0/24");
    g_assert_cmpstr(built_text(finding, "rule"), ==,
                    "allow out udp to { 216.147.8.0/23, 216.147.20.0/24 } port 1025-65535");
    g_assert_cmpfloat(built_number(finding, "count"), ==, 3);
    g_assert_cmpfloat(built_number(finding, "asked"), ==, 64);
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpint(mp_result_ports_exit_code(result), ==, 1);
}

/* The part that the row is about counts, wherever it stands in the list. */
static void a_part_of_another_range_does_not_hide_one_of_ours(void)
{
    g_autoptr(MpResult) result = walked(
        "{\"prefixes\": {\"parts\": 65, \"passed\": 63, \"unknown\": 0, \"blocked\": "
        "[\"203.0.113.0/24\", \"216.147.9.0/24\"]}}");
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_FAILED);
}

static void the_exit_code_is_that_of_all_maps(void)
{
    g_autoptr(MpResult) open = with_map(&(BuiltCase){0}, "");
    g_assert_cmpint(mp_result_ports_exit_code(open), ==, 0);
    open->is_interrupted = TRUE;
    g_assert_cmpint(mp_result_ports_exit_code(open), ==, 4);

    g_autoptr(MpResult) closed = with_map(&(BuiltCase){0}, "5000");
    g_assert_cmpint(mp_result_ports_exit_code(closed), ==, 1);

    /* Asked for, and not made. */
    g_autoptr(MpResult) missing = with_map(&(BuiltCase){0}, "");
    g_ptr_array_add(missing->plan, mp_step_new("ports-walk", "ports-walk"));
    g_assert_cmpint(mp_result_ports_exit_code(missing), ==, 4);

    /* A walk with closed ports beside a far end that has them open. */
    g_autoptr(MpResult) two = built_result(&(BuiltCase){0});
    built_ports(two, "192.0.2.1", "");
    MpMeasurement *walk = built_ports(two, "192.0.2.2", "6000-6999");
    g_free(walk->kind);
    walk->kind = g_strdup("ports-walk");
    built_facts(walk, "{\"method\": \"walk\"}");
    judge(two);
    g_assert_cmpuint(two->ports->method, ==, MP_PORT_METHOD_FAR_END);
    g_assert_cmpfloat(built_number(built_only(two, "udp-ports-blocked"), "count"), ==, 1000);
    g_assert_cmpint(mp_result_ports_exit_code(two), ==, 1);
}

/* A far end that says nothing is not the map to go by. */
static void a_map_with_an_open_port_is_shown_first(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = ""});
    built_ports(result, BUILT_RESPONDER, "1025-65535");
    MpMeasurement *relay = built_ports(result, BUILT_RESPONDER, "");
    g_free(relay->kind);
    relay->kind = g_strdup("ports-relay");
    built_facts(relay, "{\"method\": \"relay\"}");
    judge(result);
    g_assert_cmpuint(result->ports->method, ==, MP_PORT_METHOD_RELAY);
}

/* That packets leave is no proof that they arrive. */
static void a_walk_that_finds_nothing_closed_meets_no_row(void)
{
    g_autoptr(MpResult) result = walked(
        "{\"prefixes\": {\"parts\": 64, \"passed\": 64, \"unknown\": 0, \"blocked\": []}}");
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_UNKNOWN);
}

/* What was not asked is neither open nor closed. */
static void a_part_of_a_map_leaves_the_row_unknown(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = ""});
    built_facts(built_ports(result, BUILT_RESPONDER, ""),
                "{\"ranges\": [{\"first\": 1025, \"last\": 2000, \"state\": \"open\"}]}");
    judge(result);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(media_state(result, "1025-65535"), ==, MP_REQUIREMENT_UNKNOWN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ports/3478", a_map_bears_out_that_3478_is_blocked);
    g_test_add_func("/ports/open", every_port_open_meets_the_row);
    g_test_add_func("/ports/one", one_closed_port_fails_the_row);
    g_test_add_func("/ports/many", many_runs_are_told_in_part_and_opened_whole);
    g_test_add_func("/ports/sample", a_sample_is_opened_as_a_range);
    g_test_add_func("/ports/sample-open", an_open_sample_bounds_the_row_and_leaves_it_unknown);
    g_test_add_func("/ports/sample-blocked", one_blocked_port_of_a_sample_fails_the_row);
    g_test_add_func("/ports/sample-media",
                    media_beside_a_blocked_port_of_a_sample_is_the_same_finding);
    g_test_add_func("/ports/sample-relay", the_ports_of_a_relay_count_for_the_row);
    g_test_add_func("/ports/sample-relay-mute",
                    a_sample_of_a_relay_without_an_open_port_says_nothing);
    g_test_add_func("/ports/media", media_on_a_closed_port_is_the_same_finding);
    g_test_add_func("/ports/all", a_map_without_an_open_port_is_likely_only);
    g_test_add_func("/ports/elsewhere", a_map_toward_another_network_says_nothing_about_the_row);
    g_test_add_func("/ports/prefixes", parts_of_a_range_that_do_not_leave_fail_the_row);
    g_test_add_func("/ports/other-prefix", a_part_of_another_range_does_not_hide_one_of_ours);
    g_test_add_func("/ports/exit", the_exit_code_is_that_of_all_maps);
    g_test_add_func("/ports/best", a_map_with_an_open_port_is_shown_first);
    g_test_add_func("/ports/walk", a_walk_that_finds_nothing_closed_meets_no_row);
    g_test_add_func("/ports/part", a_part_of_a_map_leaves_the_row_unknown);
    return g_test_run();
}
