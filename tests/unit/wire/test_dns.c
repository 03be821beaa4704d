/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DNS questions and answers, byte by byte.
 */
#include <string.h>

#include "wire/dns.h"

#define HEAD "\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
#define QUESTION "\3www\7example\3com\0\0\1\0\1"

static const char answered[] = HEAD QUESTION
    /* www.example.com CNAME a.example.com, 60 s */
    "\300\14\0\5\0\1\0\0\0\74\0\4\1a\300\20"
    /* a.example.com A 192.0.2.1, 30 s */
    "\300\55\0\1\0\1\0\0\0\36\0\4\300\0\2\1";

static gboolean parse(const char *bytes, gsize length, const char *name, MpDnsType type,
                      MpDnsAnswer *answer)
{
    return mp_dns_answer_parse((MpBytes){(const guint8 *)bytes, length}, 0x1234, name, type,
                               answer);
}

static void test_a_question_is_that_of_rfc_1035(void)
{
    guint8 query[MP_DNS_LONGEST_QUERY];
    gsize length = mp_dns_query_write(query, 0x1234, "www.example.com", MP_DNS_A);
    static const char expected[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0" QUESTION;
    g_assert_cmpmem(query, length, expected, sizeof expected - 1);

    length = mp_dns_query_write(query, 1, "www.example.com", MP_DNS_AAAA);
    g_assert_cmpuint(query[length - 3], ==, 28); /* RFC 3596 section 2.1 */
}

static void test_what_is_no_name_is_not_asked(void)
{
    guint8 query[MP_DNS_LONGEST_QUERY];
    g_autofree char *label = g_strnfill(64, 'a');
    g_autofree char *name = g_strnfill(300, 'a');
    for (gsize i = 50; i < 300; i += 50)
        name[i] = '.';
    g_assert_cmpuint(mp_dns_query_write(query, 1, label, MP_DNS_A), ==, 0);
    g_assert_cmpuint(mp_dns_query_write(query, 1, name, MP_DNS_A), ==, 0);
    g_assert_cmpuint(mp_dns_query_write(query, 1, "a..b", MP_DNS_A), ==, 0);
    g_strlcpy(name + 240, "abc", 20);
    g_assert_cmpuint(mp_dns_query_write(query, 1, name, MP_DNS_A), >, 240);
}

static void test_an_answer_follows_the_canonical_name(void)
{
    g_auto(MpDnsAnswer) answer = {0};
    g_assert_true(parse(answered, sizeof answered - 1, "WWW.example.com.", MP_DNS_A, &answer));
    g_assert_cmpuint(answer.rcode, ==, 0);
    g_assert_false(answer.is_truncated);
    g_assert_cmpstr(answer.canonical_name, ==, "a.example.com");
    g_assert_cmpuint(answer.addresses->len, ==, 1);
    g_assert_cmpuint(answer.least_ttl_s, ==, 30);
    g_autofree char *text = mp_address_to_ip_string(&g_array_index(answer.addresses, MpAddress, 0));
    g_assert_cmpstr(text, ==, "192.0.2.1");
}

static void test_another_questions_answer_is_not_ours(void)
{
    g_auto(MpDnsAnswer) answer = {0};
    gsize length = sizeof answered - 1;
    g_assert_false(parse(answered, length, "example.com", MP_DNS_A, &answer));
    g_assert_false(parse(answered, length, "www.example.com", MP_DNS_AAAA, &answer));
    g_autofree char *other_id = g_memdup2(answered, length);
    other_id[0] = 0;
    g_assert_false(parse(other_id, length, "www.example.com", MP_DNS_A, &answer));
    g_autofree char *query = g_memdup2(answered, length);
    query[2] = 1;
    g_assert_false(parse(query, length, "www.example.com", MP_DNS_A, &answer));
    g_assert_null(answer.addresses);
}

static void test_a_refusal_and_a_cut_answer_are_told(void)
{
    static const char refused[] = "\x12\x34\x83\x85\0\1\0\0\0\0\0\0" QUESTION;
    g_auto(MpDnsAnswer) answer = {0};
    g_assert_true(parse(refused, sizeof refused - 1, "www.example.com", MP_DNS_A, &answer));
    g_assert_cmpstr(mp_dns_rcode_name(answer.rcode), ==, "REFUSED");
    g_assert_true(answer.is_truncated);
    g_assert_cmpuint(answer.addresses->len, ==, 0);
}

/* Nothing is drawn by chance here: the tests say what comes. */
static guint32 drawn;

static guint32 draw(void)
{
    return drawn;
}

static void add_service(GArray *services, guint16 priority, guint16 weight, const char *target)
{
    const MpDnsService service = {
        .priority = priority, .weight = weight, .port = 3478, .target = (char *)target};
    g_array_append_val(services, service);
}

static char *ordered(guint32 number)
{
    g_autoptr(GArray) services = g_array_new(FALSE, FALSE, sizeof(MpDnsService));
    g_autoptr(GString) text = g_string_new(NULL);
    add_service(services, 20, 100, "last");
    add_service(services, 10, 60, "a");
    add_service(services, 10, 0, "zero");
    add_service(services, 10, 40, "b");
    drawn = number;
    mp_dns_services_order(services, draw);
    for (guint i = 0; i < services->len; i++)
        g_string_append_printf(text, "%s ", g_array_index(services, MpDnsService, i).target);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* RFC 2782: the lowest priority first, then the running sum of weights that reaches the number. */
static void test_services_are_ordered_by_priority_and_weight(void)
{
    static const struct {
        guint32 number;
        const char *order;
    } cases[] = {
        {0, "zero a b last "},  {1, "a b zero last "},   {60, "a b zero last "},
        {61, "b zero a last "}, {100, "b a zero last "},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *order = ordered(cases[i].number);
        g_test_message("%u", cases[i].number);
        g_assert_cmpstr(order, ==, cases[i].order);
    }
}

static void test_a_service_has_port_and_target(void)
{
    static const char bytes[] = HEAD "\5_turn\4_udp\7example\3com\0\0\41\0\1"
                                     "\300\14\0\41\0\1\0\0\0\36\0\12\0\12\0\5\15\226\1a\300\27"
                                     "\300\14\0\41\0\1\0\0\0\36\0\7\0\0\0\0\0\0\0";
    g_auto(MpDnsAnswer) answer = {0};
    g_assert_true(parse(bytes, sizeof bytes - 1, "_turn._udp.example.com", MP_DNS_SRV, &answer));
    g_assert_cmpuint(answer.services->len, ==, 2);
    const MpDnsService *service = &g_array_index(answer.services, MpDnsService, 0);
    g_assert_cmpuint(service->priority, ==, 10);
    g_assert_cmpuint(service->weight, ==, 5);
    g_assert_cmpuint(service->port, ==, 3478);
    g_assert_cmpstr(service->target, ==, "a.example.com");
    g_assert_cmpstr(g_array_index(answer.services, MpDnsService, 1).target, ==, ".");
    for (gsize length = 0; length < sizeof bytes - 1; length++) {
        g_auto(MpDnsAnswer) cut = {0};
        g_autofree char *copy = g_memdup2(bytes, length ? length : 1);
        parse(copy, length, "_turn._udp.example.com", MP_DNS_SRV, &cut);
    }
}

static void test_no_cut_of_an_answer_is_read_past_its_end(void)
{
    for (gsize length = 0; length < sizeof answered - 1; length++) {
        g_autofree char *cut = g_memdup2(answered, length ? length : 1);
        g_auto(MpDnsAnswer) answer = {0};
        parse(cut, length, "www.example.com", MP_DNS_A, &answer);
        g_assert_true(!answer.addresses || answer.addresses->len == 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/dns/query", test_a_question_is_that_of_rfc_1035);
    g_test_add_func("/wire/dns/no-name", test_what_is_no_name_is_not_asked);
    g_test_add_func("/wire/dns/answer", test_an_answer_follows_the_canonical_name);
    g_test_add_func("/wire/dns/foreign", test_another_questions_answer_is_not_ours);
    g_test_add_func("/wire/dns/refused", test_a_refusal_and_a_cut_answer_are_told);
    g_test_add_func("/wire/dns/cut", test_no_cut_of_an_answer_is_read_past_its_end);
    g_test_add_func("/wire/dns/service", test_a_service_has_port_and_target);
    g_test_add_func("/wire/dns/order", test_services_are_ordered_by_priority_and_weight);
    return g_test_run();
}
