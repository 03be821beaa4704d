/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose fault a closed port is, and how sure that is.
 */
#include "analysis/blame.h"

#include "analysis/cases.h"

/* Where a question went. FALSE: not known. */
static gboolean find_address(const MpDiagnosis *diagnosis, const MpQuestion *question,
                             MpAddress *address)
{
    if (!g_str_equal(question->host, MP_RESPONDER))
        return mp_evidence_server(diagnosis->result, question->measurement, address) &&
               address->family != MP_FAMILY_NONE;
    return mp_evidence_media_peer(question->measurement, address);
}

/* RFC 1918 and RFC 4193: nobody but this site has such addresses on the way to a public server. A
 * carrier's own range, RFC 6598, is not this site's. */
static gboolean is_of_site(const MpAddress *hop)
{
    MpCidr carrier;
    const gboolean is_range = mp_cidr_parse(&carrier, "100.64.0.0/10");
    g_assert(is_range);
    return mp_address_is_private(hop) && !mp_cidr_contains(&carrier, hop);
}

static gboolean is_told_by_site(const MpDiagnosis *diagnosis, const MpQuestion *question)
{
    MpAddress hop;
    MpAddress server;
    return mp_evidence_hop(diagnosis->result, question->measurement, &hop) && is_of_site(&hop) &&
           find_address(diagnosis, question, &server) && !mp_address_is_private(&server);
}

/* Two names of one machine are one host. */
static gboolean is_another(const MpBlame *blame, const MpDiagnosis *diagnosis,
                           const MpQuestion *question)
{
    MpAddress address;
    if (g_str_equal(question->host, blame->first_alive))
        return FALSE;
    return blame->first_address.family == MP_FAMILY_NONE ||
           !find_address(diagnosis, question, &address) ||
           !mp_address_equal_ip(&address, &blame->first_address);
}

void mp_blame_add(MpBlame *blame, const MpDiagnosis *diagnosis, const MpQuestion *question,
                  gboolean lives)
{
    if (!is_told_by_site(diagnosis, question))
        blame->has_untold = TRUE;
    else if (!blame->first_told)
        blame->first_told = question;
    if (question->reach == MP_REACH_REFUSED)
        blame->has_refusal = TRUE;
    if (!lives)
        return;
    if (!blame->first_alive) {
        blame->first_alive = question->host;
        if (!find_address(diagnosis, question, &blame->first_address))
            blame->first_address = (MpAddress){.family = MP_FAMILY_NONE};
    } else if (is_another(blame, diagnosis, question))
        blame->has_several_alive = TRUE;
}

gboolean mp_blame_is_proved(const MpBlame *blame)
{
    if (blame->first_told && !blame->has_untold)
        return TRUE;
    return blame->has_several_alive && !blame->has_refusal;
}

void mp_blame_doubt(MpFinding *finding, gboolean is_proved)
{
    if (!is_proved)
        mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
}

/* NULL: outside of all. */
static const MpCidr *range_of(const MpProfile *profile, const MpAddress *address)
{
    for (guint i = 0; i < profile->rows->len; i++) {
        const GArray *ranges = ((const MpRequirementRow *)profile->rows->pdata[i])->ranges;
        for (guint j = 0; j < ranges->len; j++)
            if (mp_cidr_contains(&g_array_index(ranges, MpCidr, j), address))
                return &g_array_index(ranges, MpCidr, j);
    }
    return NULL;
}

static gboolean anybody_answers_in(const MpDiagnosis *diagnosis, const MpCidr *range)
{
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        MpAddress address;
        if (question->reach == MP_REACH_ANSWERED && !question->is_proxied &&
            find_address(diagnosis, question, &address) && mp_cidr_contains(range, &address))
            return TRUE;
    }
    return FALSE;
}

/* FALSE: it is not known. */
static gboolean address_of_host(const MpDiagnosis *diagnosis, const char *host, MpAddress *address)
{
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        if (g_str_equal(question->host, host) && find_address(diagnosis, question, address))
            return TRUE;
    }
    return FALSE;
}

/* Its step over IPv6 beside those over IPv4 was answered. */
static gboolean answers_over_ipv6(const MpDiagnosis *diagnosis, const char *host)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        const MpMeasurement *measurement = measurements->pdata[i];
        const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
        if (step && mp_step_is_ipv6_beside(step) && g_str_equal(step->server->host, host) &&
            mp_port_reach(measurement) == MP_REACH_ANSWERED)
            return TRUE;
    }
    return FALSE;
}

static void name_range(MpFinding *finding, const MpCidr *range)
{
    g_autofree char *base = mp_address_to_ip_string(&range->base);
    g_autofree char *text = g_strdup_printf("%s/%u", base, range->prefix_length);
    mp_finding_add_text(finding, "range", text);
}

void mp_blame_silent_host(const MpDiagnosis *diagnosis, const char *host, MpFinding *finding)
{
    MpAddress address;
    const gboolean has_address = address_of_host(diagnosis, host, &address);
    const MpCidr *range = has_address ? range_of(diagnosis->profile, &address) : NULL;
    const gboolean is_there = answers_over_ipv6(diagnosis, host);
    const gboolean is_sites = is_there || (range && !anybody_answers_in(diagnosis, range));
    finding->owner = is_sites ? MP_OWNER_SITE_NETWORK : MP_OWNER_SERVICE_OPERATOR;
    finding->is_likely = TRUE;
    if (range && is_sites)
        name_range(finding, range);
    if (is_there) {
        mp_finding_add_text(finding, "alive", "IPv6");
        return;
    }
    g_autofree char *text = has_address ? mp_address_to_ip_string(&address) : g_strdup(host);
    mp_finding_add_text(finding, "address", text);
    mp_finding_doubt(finding, is_sites ? MP_OWNER_SERVICE_OPERATOR : MP_OWNER_SITE_NETWORK);
}
