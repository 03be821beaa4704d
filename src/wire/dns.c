/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DNS messages; libresolv does the parsing.
 */
#include "wire/dns.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

/* RFC 1035 section 4.1.1: recursion desired. */
#define FLAGS_QUERY 0x0100

void mp_dns_answer_clear(MpDnsAnswer *answer)
{
    g_clear_pointer(&answer->addresses, g_array_unref);
    g_clear_pointer(&answer->services, g_array_unref);
    g_clear_pointer(&answer->canonical_name, g_free);
}

const char *mp_dns_rcode_name(guint rcode)
{
    static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                        "NXDOMAIN", "NOTIMP",  "REFUSED"};
    return rcode < G_N_ELEMENTS(names) ? names[rcode] : NULL;
}

MpDnsType mp_dns_type_of_family(MpFamily family)
{
    return family == MP_FAMILY_IPV6 ? MP_DNS_AAAA : MP_DNS_A;
}

static guint16 number_of(MpDnsType type)
{
    static const guint16 numbers[] = {
        [MP_DNS_A] = ns_t_a, [MP_DNS_AAAA] = ns_t_aaaa, [MP_DNS_SRV] = ns_t_srv};
    return numbers[type];
}

gsize mp_dns_query_write(guint8 buffer[MP_DNS_LONGEST_QUERY], guint16 id, const char *name,
                         MpDnsType type)
{
    guint8 wire_name[NS_MAXCDNAME];
    if (ns_name_pton(name, wire_name, sizeof wire_name) < 0)
        return 0;
    gsize length = 0;
    while (wire_name[length] != 0)
        length += wire_name[length] + 1U;

    MpWriter writer = mp_writer_init(buffer, MP_DNS_LONGEST_QUERY);
    mp_writer_u16(&writer, id);
    mp_writer_u16(&writer, FLAGS_QUERY);
    mp_writer_u16(&writer, 1); /* questions */
    mp_writer_u16(&writer, 0);
    mp_writer_u16(&writer, 0);
    mp_writer_u16(&writer, 0);
    mp_writer_bytes(&writer, wire_name, length + 1);
    mp_writer_u16(&writer, number_of(type));
    mp_writer_u16(&writer, ns_c_in);
    return 12 + length + 1 + 4;
}

/* RFC 5452 section 9.1: an answer that repeats another question is not ours. */
static gboolean repeats_question(ns_msg *message, const char *name, MpDnsType type)
{
    ns_rr question;
    if (ns_msg_count(*message, ns_s_qd) != 1 || ns_parserr(message, ns_s_qd, 0, &question) != 0)
        return FALSE;
    g_autofree char *asked = g_strdup(name);
    gsize length = strlen(asked);
    if (length > 0 && asked[length - 1] == '.')
        asked[length - 1] = '\0';
    return ns_rr_type(question) == number_of(type) &&
           g_ascii_strcasecmp(ns_rr_name(question), asked) == 0;
}

static void take_address(MpDnsAnswer *answer, const ns_rr *record, MpFamily family)
{
    const gsize length = family == MP_FAMILY_IPV6 ? 16 : 4;
    if (ns_rr_rdlen(*record) != length)
        return;
    MpAddress address = {.family = family};
    memcpy(address.bytes, ns_rr_rdata(*record), length);
    guint ttl = ns_rr_ttl(*record);
    answer->least_ttl_s = answer->addresses->len ? MIN(answer->least_ttl_s, ttl) : ttl;
    g_array_append_val(answer->addresses, address);
}

static void take_canonical_name(MpDnsAnswer *answer, ns_msg *message, const ns_rr *record)
{
    char name[NS_MAXDNAME];
    if (ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*record), name,
                           sizeof name) < 0)
        return;
    g_free(answer->canonical_name);
    answer->canonical_name = g_utf8_make_valid(name, -1);
}

/* RFC 2782: priority, weight, port, target. */
static void take_service(MpDnsAnswer *answer, ns_msg *message, const ns_rr *record)
{
    char target[NS_MAXDNAME];
    MpReader reader = mp_reader_init(ns_rr_rdata(*record), ns_rr_rdlen(*record));
    MpDnsService service = {.priority = mp_reader_u16(&reader)};
    service.weight = mp_reader_u16(&reader);
    service.port = mp_reader_u16(&reader);
    if (reader.is_bad || ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message),
                                            ns_rr_rdata(*record) + 6, target, sizeof target) < 0)
        return;
    /* The root, which is written as nothing. */
    service.target = target[0] ? g_utf8_make_valid(target, -1) : g_strdup(".");
    g_array_append_val(answer->services, service);
}

static void service_clear(gpointer data)
{
    g_free(((MpDnsService *)data)->target);
}

static MpDnsAnswer new_answer(const ns_msg *parsed)
{
    MpDnsAnswer answer = {
        .rcode = (guint)ns_msg_getflag(*parsed, ns_f_rcode),
        .is_truncated = ns_msg_getflag(*parsed, ns_f_tc) != 0,
        .addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress)),
        .services = g_array_new(FALSE, FALSE, sizeof(MpDnsService)),
    };
    g_array_set_clear_func(answer.services, service_clear);
    return answer;
}

static void take_record(MpDnsAnswer *answer, ns_msg *message, const ns_rr *record, MpDnsType type)
{
    if (ns_rr_type(*record) == ns_t_cname)
        take_canonical_name(answer, message, record);
    else if (ns_rr_type(*record) != number_of(type))
        return;
    else if (type == MP_DNS_SRV)
        take_service(answer, message, record);
    else
        take_address(answer, record, type == MP_DNS_AAAA ? MP_FAMILY_IPV6 : MP_FAMILY_IPV4);
}

gboolean mp_dns_answer_parse(MpBytes message, guint16 id, const char *name, MpDnsType type,
                             MpDnsAnswer *answer)
{
    ns_msg parsed;
    if (message.length > NS_MAXMSG ||
        ns_initparse(message.data, (int)message.length, &parsed) != 0 || ns_msg_id(parsed) != id ||
        !ns_msg_getflag(parsed, ns_f_qr) || !repeats_question(&parsed, name, type))
        return FALSE;

    *answer = new_answer(&parsed);
    for (int i = 0; i < ns_msg_count(parsed, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(&parsed, ns_s_an, i, &record) != 0)
            break;
        take_record(answer, &parsed, &record, type);
    }
    return TRUE;
}

static gint compare_services(gconstpointer left, gconstpointer right)
{
    const MpDnsService *a = left;
    const MpDnsService *b = right;
    /* Those of weight 0 first: they are hardly ever drawn then, where others have a weight. */
    return a->priority != b->priority ? a->priority - b->priority
                                      : (a->weight != 0) - (b->weight != 0);
}

/* Of those from `first` on with the same priority: the first whose running sum of weights reaches
 * the number drawn. */
static guint draw_service(const GArray *services, guint first, guint32 (*draw)(void))
{
    const MpDnsService *all = (const MpDnsService *)services->data;
    guint64 sum = 0;
    guint end = first;
    for (; end < services->len && all[end].priority == all[first].priority; end++)
        sum += all[end].weight;
    const guint64 drawn = draw() % (sum + 1);
    guint64 reached = all[first].weight;
    guint at = first;
    while (reached < drawn && at + 1 < end)
        reached += all[++at].weight;
    return at;
}

void mp_dns_services_order(GArray *services, guint32 (*draw)(void))
{
    g_array_sort(services, compare_services);
    for (guint i = 0; i < services->len; i++) {
        MpDnsService *all = (MpDnsService *)services->data;
        const guint drawn = draw_service(services, i, draw);
        const MpDnsService next = all[drawn];
        memmove(&all[i + 1], &all[i], (drawn - i) * sizeof *all);
        all[i] = next;
    }
}
