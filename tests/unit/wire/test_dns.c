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

static gboolean parse(const char *bytes, gsize length, const char *name, MpFamily family,
                      MpDnsAnswer *answer)
{
    return mp_dns_answer_parse((MpBytes){(const guint8 *)bytes, length}, 0x1234, name, family,
                               answer);
}

static void test_a_question_is_that_of_rfc_1035(void)
{
    guint8 query[MP_DNS_LONGEST_QUERY];
    gsize length = mp_dns_query_write(query, 0x1234, "www.example.com", MP_FAMILY_IPV4);
    static const char expected[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0" QUESTION;
    g_assert_cmpmem(query, length, expected, sizeof expected - 1);

    length = mp_dns_query_write(query, 1, "www.example.com", MP_FAMILY_IPV6);
    g_assert_cmpuint(query[length - 3], ==, 28); /* RFC 3596 section 2.1 */
}

static void test_what_is_no_name_is_not_asked(void)
{
    guint8 query[MP_DNS_LONGEST_QUERY];
    g_autofree char *label = g_strnfill(64, 'a');
    g_autofree char *name = g_strnfill(300, 'a');
    for (gsize i = 50; i < 300; i += 50)
        name[i] = '.';
    g_assert_cmpuint(mp_dns_query_write(query, 1, label, MP_FAMILY_IPV4), ==, 0);
    g_assert_cmpuint(mp_dns_query_write(query, 1, name, MP_FAMILY_IPV4), ==, 0);
    g_assert_cmpuint(mp_dns_query_write(query, 1, "a..b", MP_FAMILY_IPV4), ==, 0);
    g_strlcpy(name + 240, "abc", 20);
    g_assert_cmpuint(mp_dns_query_write(query, 1, name, MP_FAMILY_IPV4), >, 240);
}

static void test_an_answer_follows_the_canonical_name(void)
{
    g_auto(MpDnsAnswer) answer = {0};
    g_assert_true(
        parse(answered, sizeof answered - 1, "WWW.example.com.", MP_FAMILY_IPV4, &answer));
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
    g_assert_false(parse(answered, length, "example.com", MP_FAMILY_IPV4, &answer));
    g_assert_false(parse(answered, length, "www.example.com", MP_FAMILY_IPV6, &answer));
    g_autofree char *other_id = g_memdup2(answered, length);
    other_id[0] = 0;
    g_assert_false(parse(other_id, length, "www.example.com", MP_FAMILY_IPV4, &answer));
    g_autofree char *query = g_memdup2(answered, length);
    query[2] = 1;
    g_assert_false(parse(query, length, "www.example.com", MP_FAMILY_IPV4, &answer));
    g_assert_null(answer.addresses);
}

static void test_a_refusal_and_a_cut_answer_are_told(void)
{
    static const char refused[] = "\x12\x34\x83\x85\0\1\0\0\0\0\0\0" QUESTION;
    g_auto(MpDnsAnswer) answer = {0};
    g_assert_true(parse(refused, sizeof refused - 1, "www.example.com", MP_FAMILY_IPV4, &answer));
    g_assert_cmpstr(mp_dns_rcode_name(answer.rcode), ==, "REFUSED");
    g_assert_true(answer.is_truncated);
    g_assert_cmpuint(answer.addresses->len, ==, 0);
}

static void test_no_cut_of_an_answer_is_read_past_its_end(void)
{
    for (gsize length = 0; length < sizeof answered - 1; length++) {
        g_autofree char *cut = g_memdup2(answered, length ? length : 1);
        g_auto(MpDnsAnswer) answer = {0};
        parse(cut, length, "www.example.com", MP_FAMILY_IPV4, &answer);
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
    return g_test_run();
}
