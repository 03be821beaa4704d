/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each name server says about a host.
 */
#include "probe/web_answers.h"

#include "base/clock.h"
#include "model/outcome.h"
#include "net/dns.h"
#include "probe/net_outcome.h"

/* A question is sent at 0 and 1 s; a server that is silent then is not asked for more. */
#define ONE_QUESTION MP_MSEC(2500)

struct _MpWebAnswers {
    char *host;
    const GArray *resolvers;
    MpNetLimit limit;
    GThread *thread;
    JsonArray *dns;
    /* MpAddress, IPv4: servers of one network may well translate IPv6, RFC 6147. */
    GArray *system;
    GArray *second;
    JsonArray *addresses;
};

static gboolean contains(const GArray *addresses, const MpAddress *address)
{
    for (guint i = 0; i < addresses->len; i++)
        if (mp_address_equal_ip(&g_array_index(addresses, MpAddress, i), address))
            return TRUE;
    return FALSE;
}

static gboolean is_inside(const MpAddress *address)
{
    return mp_address_is_any(address) || mp_address_is_private(address);
}

/* Everything a name server says leads inside. */
static gboolean all_inside(const GArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++)
        if (!is_inside(&g_array_index(addresses, MpAddress, i)))
            return FALSE;
    return addresses->len > 0;
}

const char *mp_web_answers_compare(const GArray *system, const GArray *second)
{
    guint n_common = 0;
    for (guint i = 0; i < system->len; i++)
        n_common += contains(second, &g_array_index(system, MpAddress, i));
    if (all_inside(system))
        return "private";
    if (second->len == 0)
        return NULL;
    if (system->len == 0)
        return "missing";
    if (n_common == 0)
        return "different";
    return n_common == system->len && n_common == second->len ? "same" : "overlapping";
}

static void add_addresses(MpWebAnswers *answers, const MpDnsAnswer *answer, gboolean is_second,
                          JsonArray *texts)
{
    GArray *known = is_second ? answers->second : answers->system;
    for (guint i = 0; i < answer->addresses->len; i++) {
        const MpAddress *address = &g_array_index(answer->addresses, MpAddress, i);
        g_autofree char *text = mp_address_to_ip_string(address);
        json_array_add_string_element(texts, text);
        if (!is_second)
            json_array_add_string_element(answers->addresses, text);
        if (address->family == MP_FAMILY_IPV4 && !contains(known, address))
            g_array_append_val(known, *address);
    }
}

static void describe_answer(MpWebAnswers *answers, const MpDnsAnswer *answer, gboolean is_second,
                            JsonObject *entry)
{
    const char *name = mp_dns_rcode_name(answer->rcode);
    JsonArray *texts = json_array_new();
    json_object_set_int_member(entry, "code", (gint64)answer->rcode);
    if (name)
        json_object_set_string_member(entry, "rcode", name);
    if (answer->canonical_name)
        json_object_set_string_member(entry, "canonical_name", answer->canonical_name);
    add_addresses(answers, answer, is_second, texts);
    json_object_set_array_member(entry, "addresses", texts);
}

/* FALSE: no answer came. */
static gboolean ask(MpWebAnswers *answers, const MpAddress *server, MpFamily family,
                    gboolean is_second)
{
    MpNetStatus status = {0};
    MpTime took = 0;
    g_auto(MpDnsAnswer) answer = {0};
    const MpNetLimit limit = {MIN(answers->limit.deadline, mp_clock_now() + ONE_QUESTION),
                              answers->limit.cancellable};
    const gboolean is_answered = mp_net_dns_ask(
        server, answers->host, mp_dns_type_of_family(family), &limit, &answer, &took, &status);
    if (!is_answered && status.outcome == MP_NET_UNAVAILABLE)
        return FALSE;
    g_autofree char *text = mp_address_to_ip_string(server);
    JsonObject *entry = json_object_new();
    json_object_set_string_member(entry, "server", text);
    if (is_second)
        json_object_set_boolean_member(entry, "second", TRUE);
    json_object_set_string_member(entry, "type", family == MP_FAMILY_IPV4 ? "A" : "AAAA");
    json_object_set_string_member(entry, "outcome",
                                  mp_outcome_name(mp_outcome_of_net(status.outcome)));
    if (is_answered) {
        json_object_set_double_member(entry, "ms", mp_time_to_ms(took));
        describe_answer(answers, &answer, is_second, entry);
    }
    json_array_add_object_element(answers->dns, entry);
    return is_answered;
}

static void ask_all(MpWebAnswers *answers, const GArray *servers, gboolean is_second)
{
    for (guint i = 0; servers && i < servers->len; i++) {
        const MpAddress *server = &g_array_index(servers, MpAddress, i);
        if (mp_clock_now() >= answers->limit.deadline ||
            g_cancellable_is_cancelled(answers->limit.cancellable))
            return;
        if (!ask(answers, server, MP_FAMILY_IPV4, is_second))
            continue;
        ask(answers, server, MP_FAMILY_IPV6, is_second);
    }
}

static gpointer run(gpointer data)
{
    MpWebAnswers *answers = data;
    g_autoptr(GArray) servers = mp_net_dns_servers();
    ask_all(answers, servers, FALSE);
    ask_all(answers, answers->resolvers, TRUE);
    return NULL;
}

static void answers_free(MpWebAnswers *answers)
{
    g_free(answers->host);
    json_array_unref(answers->dns);
    json_array_unref(answers->addresses);
    g_array_unref(answers->system);
    g_array_unref(answers->second);
    g_free(answers);
}

MpWebAnswers *mp_web_answers_start(const char *host, const GArray *resolvers,
                                   const MpNetLimit *limit)
{
    MpWebAnswers *answers = g_new0(MpWebAnswers, 1);
    answers->host = g_strdup(host);
    answers->resolvers = resolvers;
    answers->limit = *limit;
    answers->dns = json_array_new();
    answers->addresses = json_array_new();
    answers->system = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    answers->second = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    answers->thread = g_thread_try_new("name servers", run, answers, NULL);
    if (answers->thread)
        return answers;
    answers_free(answers);
    return NULL;
}

void mp_web_answers_finish(MpWebAnswers *answers, JsonObject *facts)
{
    if (!answers)
        return;
    g_thread_join(answers->thread);
    const char *compared = mp_web_answers_compare(answers->system, answers->second);
    json_object_set_array_member(facts, "dns", json_array_ref(answers->dns));
    json_object_set_array_member(facts, "addresses", json_array_ref(answers->addresses));
    if (compared)
        json_object_set_string_member(facts, "name_answers", compared);
    answers_free(answers);
}
