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

/* NULL: it is not known, or outside of all. */
static const MpCidr *range_of_host(const MpDiagnosis *diagnosis, const char *host)
{
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        MpAddress address;
        if (g_str_equal(question->host, host) && find_address(diagnosis, question, &address))
            return range_of(diagnosis->profile, &address);
    }
    return NULL;
}

void mp_blame_silent_host(const MpDiagnosis *diagnosis, const char *host, MpFinding *finding)
{
    const MpCidr *range = range_of_host(diagnosis, host);
    if (!range || anybody_answers_in(diagnosis, range)) {
        finding->owner = MP_OWNER_SERVICE_OPERATOR;
        mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
        return;
    }
    g_autofree char *base = mp_address_to_ip_string(&range->base);
    g_autofree char *text = g_strdup_printf("%s/%u", base, range->prefix_length);
    mp_finding_add_text(finding, "range", text);
    finding->owner = MP_OWNER_SITE_NETWORK;
    mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
}
