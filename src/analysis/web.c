/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The measurements of the allow-list's hosts.
 */
#include "analysis/web.h"

#include <string.h>

#include "model/site_rule.h"

/* In a sentence; the evidence has them all. */
#define MOST_NAMES 6
#define NXDOMAIN 3

gboolean mp_web_is(const MpMeasurement *measurement)
{
    return g_str_equal(measurement->kind, "web");
}

gboolean mp_web_is_answered(const MpMeasurement *measurement)
{
    return mp_web_is(measurement) &&
           mp_stage_reach(mp_measurement_stage(measurement, "https")) == MP_REACH_ANSWERED;
}

gboolean mp_web_any_answered(const MpDiagnosis *diagnosis)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++)
        if (mp_web_is_answered(measurements->pdata[i]))
            return TRUE;
    return FALSE;
}

const char *mp_web_host(const MpMeasurement *measurement)
{
    return measurement->id + strlen("web:");
}

/* Does the pattern speak for the host, by its own name or by one that stands for it? */
static gboolean names(const MpHostPattern *pattern, const char *host)
{
    return (!pattern->is_wildcard && g_str_equal(pattern->name, host)) ||
           g_ptr_array_find_with_equal_func(pattern->probe_names, host, g_str_equal, NULL);
}

/* The pattern of a row that speaks for the host; NULL: none. */
static const MpHostPattern *pattern_in(const MpRequirementRow *row, const char *host)
{
    for (guint i = 0; i < row->hosts->len; i++)
        if (names(row->hosts->pdata[i], host))
            return row->hosts->pdata[i];
    return NULL;
}

/* Chosen wherever it is named. */
static gboolean is_chosen(const MpProfile *profile, const char *host)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpHostPattern *pattern = pattern_in(profile->rows->pdata[i], host);
        if (pattern && !pattern->is_chosen)
            return FALSE;
    }
    return TRUE;
}

/* RFC 9110 sections 15.6.3 to 15.6.5: the proxy's own words for a server that it cannot reach. */
static gboolean is_gateway_code(const MpMeasurement *measurement)
{
    double code;
    return mp_facts_number(measurement->facts, "proxy.code", &code) && code >= 502 && code <= 504;
}

/* RFC 1035 section 4.1.1: any other code than 3 is about the name server. */
static gboolean says_no_such_name(JsonObject *stage)
{
    double code = NXDOMAIN;
    mp_facts_number(stage, "code", &code);
    return mp_stage_has_name(stage, "resolve") && mp_stage_has_outcome(stage, MP_OUTCOME_REFUSED) &&
           code == NXDOMAIN;
}

gboolean mp_web_may_not_exist(const MpProfile *profile, const MpMeasurement *measurement)
{
    JsonObject *stage = mp_measurement_broken_stage(measurement);
    if (!stage || !mp_web_is(measurement) || !is_chosen(profile, mp_web_host(measurement)))
        return FALSE;
    return says_no_such_name(stage) ||
           (mp_stage_has_name(stage, "proxy") && is_gateway_code(measurement));
}

static gboolean is_required(const MpDiagnosis *diagnosis, const char *host)
{
    const gboolean is_guest = g_strcmp0(diagnosis->result->role, "guest") == 0;
    const GPtrArray *rows = diagnosis->profile->rows;
    for (guint i = 0; i < rows->len; i++) {
        const MpRequirementRow *row = rows->pdata[i];
        if (row->is_required && (is_guest ? row->for_guest : row->for_host) &&
            pattern_in(row, host))
            return TRUE;
    }
    return FALSE;
}

GPtrArray *mp_web_cases_of_all(const MpDiagnosis *diagnosis, MpIsCase is_case)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    GPtrArray *cases = g_ptr_array_new();
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        JsonObject *stage = mp_diagnosis_open_stage(diagnosis, measurement);
        if (stage && !mp_web_may_not_exist(diagnosis->profile, measurement) &&
            is_case(measurement, stage))
            g_ptr_array_add(cases, measurement);
    }
    return cases;
}

GPtrArray *mp_web_cases(const MpDiagnosis *diagnosis, MpIsCase is_case)
{
    GPtrArray *cases = mp_web_cases_of_all(diagnosis, is_case);
    for (guint i = cases->len; i > 0; i--)
        if (!mp_web_is(cases->pdata[i - 1]))
            g_ptr_array_remove_index(cases, i - 1);
    return cases;
}

static void add_once(GPtrArray *texts, const char *text)
{
    if (!g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL))
        g_ptr_array_add(texts, (gpointer)text);
}

/* The document's names for a host: what a firewall is to be told. */
static void add_patterns(const MpProfile *profile, const char *host, GPtrArray *texts)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpHostPattern *pattern = pattern_in(profile->rows->pdata[i], host);
        if (pattern)
            add_once(texts, pattern->name);
    }
}

/* A name below another's star needs no words of its own. */
static gboolean is_covered(const GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++) {
        const char *other = texts->pdata[i];
        g_autoptr(MpHostPattern) pattern = mp_host_pattern_new(other);
        const char *name = g_str_has_prefix(text, "*.") ? text + strlen("*.") : text;
        if (pattern->is_wildcard && !g_str_equal(other, text) &&
            mp_host_pattern_covers(pattern, name))
            return TRUE;
    }
    return FALSE;
}

/* `most` 0: all of them. Free with g_free(). */
static char *join(const GPtrArray *texts, guint most)
{
    const guint n = most ? MIN(texts->len, most) : texts->len;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)texts->pdata[i]);
    if (n < texts->len)
        g_string_append_printf(text, ", ... (%u)", texts->len);
    return g_string_free(text, FALSE);
}

static void add_rule(const MpDiagnosis *diagnosis, MpFinding *finding, const GPtrArray *hosts)
{
    g_autoptr(GPtrArray) patterns = g_ptr_array_new();
    g_autoptr(GPtrArray) shortest = g_ptr_array_new();
    for (guint i = 0; i < hosts->len; i++)
        add_patterns(diagnosis->profile, hosts->pdata[i], patterns);
    for (guint i = 0; i < patterns->len; i++)
        if (!is_covered(patterns, patterns->pdata[i]))
            g_ptr_array_add(shortest, patterns->pdata[i]);
    g_autofree char *names = join(shortest, 0);
    g_autofree char *rule = mp_site_rule(FALSE, shortest, "443");
    json_object_set_string_member(finding->numbers, "hosts", names);
    json_object_set_string_member(finding->numbers, "rule", rule);
}

/* Servers by their targets, which weigh more, and then hosts. */
static char *join_names(const GPtrArray *evidence)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < evidence->len; i++) {
        const MpMeasurement *measurement = evidence->pdata[i];
        if (!mp_web_is(measurement))
            add_once(names, measurement->target ? measurement->target : "?");
    }
    for (guint i = 0; i < evidence->len; i++)
        if (mp_web_is(evidence->pdata[i]))
            add_once(names, mp_web_host(evidence->pdata[i]));
    return join(names, MOST_NAMES);
}

void mp_web_describe(const MpDiagnosis *diagnosis, MpFinding *finding, const GPtrArray *evidence)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();
    gboolean hurts = FALSE;
    for (guint i = 0; i < evidence->len; i++) {
        const MpMeasurement *measurement = evidence->pdata[i];
        hurts = hurts || !mp_web_is(measurement) ||
                is_required(diagnosis, mp_web_host(measurement));
        if (mp_web_is(measurement))
            g_ptr_array_add(hosts, (gpointer)mp_web_host(measurement));
    }
    if (!hurts && finding->severity == MP_SEVERITY_ERROR)
        finding->severity = MP_SEVERITY_WARNING;
    if (hosts->len == 0)
        return;
    guint n_asked = 0;
    for (guint i = 0; i < diagnosis->result->measurements->len; i++)
        n_asked += mp_web_is(diagnosis->result->measurements->pdata[i]);
    json_object_set_int_member(finding->numbers, "count", hosts->len);
    json_object_set_int_member(finding->numbers, "asked", n_asked);
    add_rule(diagnosis, finding, hosts);
    g_autofree char *servers = join_names(evidence);
    json_object_set_string_member(finding->numbers, "server", servers);
}

gboolean mp_web_hurts(const MpDiagnosis *diagnosis, const MpFinding *finding)
{
    for (guint i = 0; i < finding->evidence->len; i++) {
        const char *id = finding->evidence->pdata[i];
        if (g_str_has_prefix(id, "web:") && is_required(diagnosis, id + strlen("web:")))
            return TRUE;
    }
    return FALSE;
}

/* "example.co" of "www.a.example.co": hosts of one company are not told from each other. */
static const char *company_of(const char *host)
{
    guint dots = 0;
    for (const char *at = host + strlen(host); at > host; at--)
        if (*at == '.' && ++dots == 2)
            return at + 1;
    return host;
}

gboolean mp_web_spans_companies(const MpFinding *finding)
{
    const char *first = NULL;
    for (guint i = 0; i < finding->evidence->len; i++) {
        const char *id = finding->evidence->pdata[i];
        if (!g_str_has_prefix(id, "web:"))
            continue;
        const char *company = company_of(id + strlen("web:"));
        if (first && !g_str_equal(first, company))
            return TRUE;
        first = company;
    }
    return FALSE;
}

void mp_web_add(MpDiagnosis *diagnosis, MpFinding *finding, const GPtrArray *hosts)
{
    for (guint i = 0; i < hosts->len; i++) {
        g_hash_table_add(diagnosis->explained, hosts->pdata[i]);
        g_ptr_array_add(finding->evidence, g_strdup(((const MpMeasurement *)hosts->pdata[i])->id));
    }
    if (hosts->len > 0)
        json_object_set_int_member(finding->numbers, "count", hosts->len);
}

const char *mp_web_issuer(const MpMeasurement *measurement)
{
    JsonArray *chain = mp_facts_array(measurement->facts, "tls.chain");
    return chain && json_array_get_length(chain) > 0
               ? mp_facts_string(mp_facts_object_at(chain, 0), "issuer")
               : NULL;
}

/* Takes those of the first one's issuer out of `cases`. */
static GPtrArray *take_issuer(GPtrArray *cases)
{
    GPtrArray *group = g_ptr_array_new();
    const char *issuer = mp_web_issuer(cases->pdata[0]);
    for (guint i = 0; i < cases->len;)
        if (g_strcmp0(mp_web_issuer(cases->pdata[i]), issuer) == 0)
            g_ptr_array_add(group, g_ptr_array_remove_index(cases, i));
        else
            i++;
    return group;
}

void mp_web_report(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                   MpDescribeCase describe)
{
    g_autoptr(GPtrArray) cases = mp_web_cases(diagnosis, is_case);
    while (cases->len > 0) {
        g_autoptr(GPtrArray) group = take_issuer(cases);
        MpFinding *finding = mp_diagnosis_report(diagnosis, rule, group);
        if (describe)
            describe(finding, group->pdata[0]);
        mp_web_describe(diagnosis, finding, group);
    }
}
