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
    g_clear_pointer(&answer->canonical_name, g_free);
}

const char *mp_dns_rcode_name(guint rcode)
{
    static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                        "NXDOMAIN", "NOTIMP",  "REFUSED"};
    return rcode < G_N_ELEMENTS(names) ? names[rcode] : NULL;
}

static guint16 type_of(MpFamily family)
{
    return family == MP_FAMILY_IPV6 ? ns_t_aaaa : ns_t_a;
}

gsize mp_dns_query_write(guint8 buffer[MP_DNS_LONGEST_QUERY], guint16 id, const char *name,
                         MpFamily family)
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
    mp_writer_u16(&writer, type_of(family));
    mp_writer_u16(&writer, ns_c_in);
    return 12 + length + 1 + 4;
}

/* RFC 5452 section 9.1: an answer that repeats another question is not ours. */
static gboolean repeats_question(ns_msg *message, const char *name, MpFamily family)
{
    ns_rr question;
    if (ns_msg_count(*message, ns_s_qd) != 1 || ns_parserr(message, ns_s_qd, 0, &question) != 0)
        return FALSE;
    g_autofree char *asked = g_strdup(name);
    gsize length = strlen(asked);
    if (length > 0 && asked[length - 1] == '.')
        asked[length - 1] = '\0';
    return ns_rr_type(question) == type_of(family) &&
           g_ascii_strcasecmp(ns_rr_name(question), asked) == 0;
}

static void take_address(MpDnsAnswer *answer, const ns_rr *record, MpFamily family)
{
    gsize length = family == MP_FAMILY_IPV6 ? 16 : 4;
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

gboolean mp_dns_answer_parse(MpBytes message, guint16 id, const char *name, MpFamily family,
                             MpDnsAnswer *answer)
{
    ns_msg parsed;
    if (message.length > NS_MAXMSG ||
        ns_initparse(message.data, (int)message.length, &parsed) != 0 || ns_msg_id(parsed) != id ||
        !ns_msg_getflag(parsed, ns_f_qr) || !repeats_question(&parsed, name, family))
        return FALSE;

    *answer = (MpDnsAnswer){
        .rcode = (guint)ns_msg_getflag(parsed, ns_f_rcode),
        .is_truncated = ns_msg_getflag(parsed, ns_f_tc) != 0,
        .addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress)),
    };
    for (int i = 0; i < ns_msg_count(parsed, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(&parsed, ns_s_an, i, &record) != 0)
            break;
        if (ns_rr_type(record) == type_of(family))
            take_address(answer, &record, family);
        else if (ns_rr_type(record) == ns_t_cname)
            take_canonical_name(answer, &parsed, &record);
    }
    return TRUE;
}
