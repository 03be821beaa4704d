/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hosts of the allow-list: how their rows stand, and what is found about them.
 */
#include "analysis/judge.h"
#include "analysis/verdict.h"
#include "tests/support/result_builder.h"

#define REACHED "resolve answered, connect answered, tls answered, "
#define MET REACHED "https answered 200 OK"
#define BY_PROXY "proxy_connect answered, proxy answered, tls answered, https answered 200"

/* user.bell-face.com is the project's choice; s3.example and go.example are the document's. */
static MpProfile *profile_new(void)
{
    MpProfile *profile = built_profile();
    for (guint i = 0; i < profile->rows->len; i++) {
        MpRequirementRow *row = profile->rows->pdata[i];
        if (g_str_equal(row->row, "2-1"))
            row->is_required = FALSE;
        if (!g_str_equal(row->row, "1-1"))
            continue;
        MpHostPattern *pattern = row->hosts->pdata[0];
        pattern->is_wildcard = pattern->is_chosen = TRUE;
        g_ptr_array_add(pattern->probe_names, g_strdup("user.bell-face.com"));
        if (!g_ptr_array_find_with_equal_func(row->services, "WSS", g_str_equal, NULL))
            g_ptr_array_add(row->services, g_strdup("WSS"));
    }
    return profile;
}

/* Takes the result. */
static MpResult *judged(MpResult *result)
{
    g_autoptr(MpProfile) profile = profile_new();
    mp_judge(result, profile);
    return result;
}

static const MpRequirement *find(const MpResult *result, const char *host, const char *service)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_strcmp0(requirement->target, host) == 0 &&
            g_strcmp0(requirement->service, service) == 0)
            return requirement;
    }
    g_assert_not_reached();
}

static MpResult *visited(const char *host, const char *stages)
{
    MpResult *result = built_result(&(BuiltCase){0});
    built_web(result, host, stages);
    return judged(result);
}

static void a_row_stands_as_its_host_answered(void)
{
    static const struct {
        const char *host;
        const char *stages;
        MpRequirementState https;
    } cases[] = {
        {"s3.example", MET, MP_REQUIREMENT_MET},
        {"s3.example", REACHED "https answered 403 Forbidden", MP_REQUIREMENT_MET},
        {"s3.example", BY_PROXY, MP_REQUIREMENT_MET},
        {"s3.example", "resolve refused", MP_REQUIREMENT_FAILED},
        {"s3.example", "resolve silent", MP_REQUIREMENT_FAILED},
        {"s3.example", "resolve answered, connect silent", MP_REQUIREMENT_FAILED},
        {"s3.example", "resolve answered, connect refused", MP_REQUIREMENT_FAILED},
        {"s3.example", "resolve answered, connect answered, tls intercepted",
         MP_REQUIREMENT_FAILED},
        {"s3.example", "resolve answered, connect answered, tls malformed", MP_REQUIREMENT_FAILED},
        {"s3.example", REACHED "https silent", MP_REQUIREMENT_FAILED},
        {"s3.example", "proxy_connect answered, proxy auth_failed", MP_REQUIREMENT_FAILED},
        {"s3.example", "not_run", MP_REQUIREMENT_UNKNOWN},
        {"s3.example", "resolve answered, connect not_run", MP_REQUIREMENT_UNKNOWN},
        {"user.bell-face.com", "resolve refused", MP_REQUIREMENT_UNKNOWN},
        {"user.bell-face.com", "resolve refused 3 NXDOMAIN", MP_REQUIREMENT_UNKNOWN},
        {"user.bell-face.com", "resolve refused 2 SERVFAIL", MP_REQUIREMENT_FAILED},
        {"user.bell-face.com", "resolve silent", MP_REQUIREMENT_FAILED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s: %s", cases[i].host, cases[i].stages);
        g_autoptr(MpResult) result = visited(cases[i].host, cases[i].stages);
        const MpRequirement *https = find(result, cases[i].host, "HTTPS");
        g_assert_cmpuint(https->state, ==, cases[i].https);
        g_assert_true(g_str_has_prefix(https->measurement, "web:"));
    }
}

static void a_websocket_row_needs_an_answer_to_the_upgrade(void)
{
    static const struct {
        const char *stages;
        MpRequirementState state;
    } cases[] = {
        {MET ", websocket answered 101", MP_REQUIREMENT_MET},
        {MET ", websocket answered 404", MP_REQUIREMENT_MET},
        {MET ", websocket reset", MP_REQUIREMENT_FAILED},
        {REACHED "https silent", MP_REQUIREMENT_FAILED},
        {MET, MP_REQUIREMENT_UNKNOWN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MpResult) result = visited("user.bell-face.com", cases[i].stages);
        g_assert_cmpuint(find(result, "user.bell-face.com", "WSS")->state, ==, cases[i].state);
    }
}

static void what_the_proxy_brought_says_so(void)
{
    MpResult *built = built_result(&(BuiltCase){0});
    built_facts(built_web(built, "s3.example", BY_PROXY), "{\"proxy\": {\"url\": \"http://p\"}}");
    g_autoptr(MpResult) result = judged(built);
    g_assert_true(find(result, "s3.example", "HTTPS")->is_by_proxy);
}

static void support_rows_do_not_fail_the_check(void)
{
    g_autoptr(MpResult) result = visited("go.example", "resolve answered, connect silent");
    const MpFinding *finding = built_only(result, "web-hosts-blocked");
    g_assert_true(find(result, "go.example", "HTTPS")->is_optional);
    g_assert_cmpuint(find(result, "go.example", "HTTPS")->state, ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
}

static void blocked_hosts_are_one_finding_with_the_shortest_rule(void)
{
    MpResult *built = built_result(&(BuiltCase){0});
    built_web(built, "user.bell-face.com", "resolve answered, connect silent");
    built_web(built, "s3.example", "resolve answered, connect prohibited");
    built_web(built, "go.example", MET);
    g_autoptr(MpResult) result = judged(built);
    const MpFinding *finding = built_only(result, "web-hosts-blocked");
    g_assert_cmpuint(finding->evidence->len, ==, 2);
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_cmpfloat(built_number(finding, "count"), ==, 2);
    g_assert_cmpfloat(built_number(finding, "asked"), ==, 3);
    g_assert_cmpstr(built_text(finding, "rule"), ==,
                    "allow out tcp to { *.bell-face.com, s3.example } port 443");
    g_assert_cmpint(mp_result_exit_code(result), ==, 1);
}

/* Each case alone beside a healthy network. */
static void one_cause_one_finding(void)
{
    static const struct {
        const char *stages;
        const char *facts;
        const char *id;
        MpOwner owner;
    } cases[] = {
        {"resolve silent", "{}", "name-unresolved", MP_OWNER_SITE_NETWORK},
        {"resolve answered, connect answered, tls intercepted",
         "{\"tls\": {\"flaw\": \"untrusted\", \"chain\": [{\"issuer\": \"CN=Gate\"}]}}",
         "tls-intercepted", MP_OWNER_SITE_NETWORK},
        {"resolve answered, connect answered, tls intercepted",
         "{\"tls\": {\"flaw\": \"expired\"}}", "tls-certificate-expired",
         MP_OWNER_SERVICE_OPERATOR},
        {MET ", websocket reset", "{}", "websocket-blocked", MP_OWNER_SITE_NETWORK},
        {"proxy_connect refused", "{}", "proxy-down", MP_OWNER_SITE_NETWORK},
        {"proxy_connect answered, proxy auth_failed",
         "{\"proxy\": {\"code\": 407, \"schemes\": \"NTLM, Negotiate\"}}",
         "proxy-login-unsupported", MP_OWNER_SITE_NETWORK},
        {"proxy_connect answered, proxy auth_failed",
         "{\"proxy\": {\"code\": 407, \"schemes\": \"Negotiate, Basic\"}}", "proxy-login-wanted",
         MP_OWNER_CREDENTIALS},
        {"proxy_connect answered, proxy refused", "{\"proxy\": {\"code\": 403}}", "proxy-refuses",
         MP_OWNER_SITE_NETWORK},
        {"resolve answered, connect silent",
         "{\"name_answers\": \"private\", \"server_address\": \"10.1.1.1:443\"}",
         "name-misdirected", MP_OWNER_SITE_NETWORK},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].id);
        MpResult *built = built_result(&(BuiltCase){0});
        built_facts(built_web(built, "user.bell-face.com", cases[i].stages), cases[i].facts);
        g_autoptr(MpResult) result = judged(built);
        const MpFinding *finding = built_only(result, cases[i].id);
        g_assert_cmpuint(finding->owner, ==, cases[i].owner);
        g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    }
}

static void a_chosen_name_that_does_not_exist_is_no_finding(void)
{
    g_autoptr(MpResult) result = visited("user.bell-face.com", "resolve refused");
    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void only_one_that_kept_a_host_makes_other_addresses_a_finding(void)
{
#define SECOND "\"dns\": [{\"second\": true, \"addresses\": [\"192.0.2.9\"]}]"
    MpResult *built = built_result(&(BuiltCase){0});
    built_facts(built_web(built, "s3.example", MET),
                "{\"name_answers\": \"different\", " SECOND "}");
    built_facts(built_web(built, "go.example", "resolve refused"),
                "{\"name_answers\": \"missing\", " SECOND "}");
    g_autoptr(MpResult) result = judged(built);
    g_assert_cmpuint(result->findings->len, ==, 2);
    const MpFinding *differ = result->findings->pdata[1];
    g_assert_cmpstr(differ->id, ==, "name-answers-differ");
    g_assert_cmpuint(differ->evidence->len, ==, 1);
    g_assert_cmpstr(differ->evidence->pdata[0], ==, "web:go.example");
}

static void silent_hosts_belong_to_nothing_answers(void)
{
    const char *const silent = "binding silent";
    MpResult *built = built_result(&(BuiltCase){.stun = silent,
                                                .turn_udp = silent,
                                                .turn_tcp = "connect silent",
                                                .turn_tls = "connect silent",
                                                .media_udp = "whip silent"});
    built_web(built, "s3.example", "resolve answered, connect silent");
    g_autoptr(MpResult) result = judged(built);
    const MpFinding *finding = built_only(result, "nothing-answered");
    g_assert_cmpfloat(built_number(finding, "count"), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/web/https", a_row_stands_as_its_host_answered);
    g_test_add_func("/web/wss", a_websocket_row_needs_an_answer_to_the_upgrade);
    g_test_add_func("/web/proxy", what_the_proxy_brought_says_so);
    g_test_add_func("/web/support", support_rows_do_not_fail_the_check);
    g_test_add_func("/web/blocked", blocked_hosts_are_one_finding_with_the_shortest_rule);
    g_test_add_func("/web/causes", one_cause_one_finding);
    g_test_add_func("/web/chosen", a_chosen_name_that_does_not_exist_is_no_finding);
    g_test_add_func("/web/answers", only_one_that_kept_a_host_makes_other_addresses_a_finding);
    g_test_add_func("/web/nothing", silent_hosts_belong_to_nothing_answers);
    return g_test_run();
}
