/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our sending half of AES-GCM by the vectors of the RFCs, and against libsrtp, which opens it.
 */
#include "session/srtp_gcm.h"

#include <string.h>

#include "session/srtp_session.h"

#define SSRC 7
#define PAYLOAD 20

/* RFC 3711 appendix B.3. */
static void test_keys_are_derived_as_the_rfc_says(void)
{
    static const guint8 key[] = {0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0,
                                 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39};
    static const guint8 salt[] = {0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe,
                                  0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6};
    static const guint8 session_key[] = {0xc6, 0x1e, 0x7a, 0x93, 0x74, 0x4f, 0x39, 0xee,
                                         0x10, 0x73, 0x4a, 0xfe, 0x3f, 0xf7, 0xa0, 0x87};
    static const guint8 session_salt[] = {0x30, 0xcb, 0xbc, 0x08, 0x86, 0x3d, 0x8c,
                                          0x85, 0xd4, 0x9d, 0xb3, 0x4a, 0x9a, 0xe1};
    guint8 derived[sizeof session_key];
    g_assert_true(mp_srtp_derive(key, sizeof key, salt, sizeof salt, MP_SRTP_LABEL_KEY, derived,
                                 sizeof session_key));
    g_assert_cmpmem(derived, sizeof session_key, session_key, sizeof session_key);
    g_assert_true(mp_srtp_derive(key, sizeof key, salt, sizeof salt, MP_SRTP_LABEL_SALT, derived,
                                 sizeof session_salt));
    g_assert_cmpmem(derived, sizeof session_salt, session_salt, sizeof session_salt);
}

/* RFC 7714 section 16.1.1. */
static void test_a_packet_is_protected_as_the_rfc_says(void)
{
    static const guint8 key[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const guint8 salt[] = "Quid pro quo";
    static const guint8 expected[] = {
        0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2, 0xf2, 0x4d,
        0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e, 0x4b, 0xca,
        0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4, 0x7a, 0x51, 0xc7,
        0xd1, 0x9b, 0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, 0x89, 0x9d, 0x7f, 0x27, 0xbe, 0xb1,
        0x6a, 0x91, 0x52, 0xcf, 0x76, 0x5e, 0xe4, 0x39, 0x0c, 0xce};
    guint8 packet[sizeof expected];
    gsize length = sizeof expected - MP_SRTP_GCM_TAG;
    memcpy(packet, expected, 12);
    memcpy(packet + 12, "Gallia est omnis divisa in partes tres", length - 12);
    g_autoptr(MpSrtpGcm) gcm = mp_srtp_gcm_new(key, sizeof key, salt);
    g_assert_true(mp_srtp_gcm_protect(gcm, packet, &length));
    g_assert_cmpmem(packet, length, expected, sizeof expected);
}

typedef struct {
    MpSrtpSession *sender;
    MpSrtpSession *receiver;
} Ends;

static Ends make_ends(const char *profile)
{
    static const guint8 keys[MP_DTLS_MAX_KEYING] = "as many bytes as any profile needs, and more";
    return (Ends){mp_srtp_session_new_from_keys(profile, keys, TRUE),
                  mp_srtp_session_new_from_keys(profile, keys, FALSE)};
}

static void free_ends(Ends *ends)
{
    mp_srtp_session_free(ends->sender);
    mp_srtp_session_free(ends->receiver);
}

/* `header` and a payload that says which packet it is. FALSE: it was not protected. */
static gboolean passes(const Ends *ends, const guint8 *header, gsize header_size, guint16 sequence)
{
    guint8 packet[64 + MP_SRTP_MAX_GROWTH] = {0};
    guint8 original[64];
    gsize length = header_size + PAYLOAD;
    memcpy(packet, header, header_size);
    packet[2] = (guint8)(sequence >> 8);
    packet[3] = (guint8)sequence;
    memset(packet + header_size, sequence & 0xff, PAYLOAD);
    memcpy(original, packet, length);
    if (!mp_srtp_session_protect(ends->sender, packet, &length))
        return FALSE;
    g_assert_cmpuint(length, ==, header_size + PAYLOAD + mp_srtp_session_growth(ends->sender));
    g_assert_true(mp_srtp_session_unprotect(ends->receiver, packet, &length));
    g_assert_cmpmem(packet, length, original, header_size + PAYLOAD);
    return TRUE;
}

static const guint8 plain[] = {0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, SSRC};

static const char *const profiles[] = {"SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM"};

static void test_libsrtp_opens_it_over_rollovers(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(profiles); i++) {
        Ends ends = make_ends(profiles[i]);
        for (guint32 number = 0x7ff0; number < 0x30010; number++)
            g_assert_true(passes(&ends, plain, sizeof plain, (guint16)number));
        free_ends(&ends);
    }
}

static void test_sources_and_extensions_stay_readable(void)
{
    /* One CSRC; an extension of two words. */
    static const guint8 header[] = {0x91, 96, 0,    0,    0, 0, 0,    0, 0, 0, 0, SSRC, 0, 0,
                                    0,    9,  0xbe, 0xde, 0, 2, 0x11, 1, 2, 3, 0, 0,    0, 0};
    Ends ends = make_ends(profiles[0]);
    g_assert_true(passes(&ends, header, sizeof header, 1));
    free_ends(&ends);
}

/* A number that was used would give away what both packets say. */
static void test_no_number_is_used_twice(void)
{
    static const guint16 fresh[] = {65534, 65535, 1, 0, 700};
    Ends ends = make_ends(profiles[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(fresh); i++)
        g_assert_true(passes(&ends, plain, sizeof plain, fresh[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(fresh); i++)
        g_assert_false(passes(&ends, plain, sizeof plain, fresh[i]));
    /* 1,024 back it is not known any more. */
    g_assert_true(passes(&ends, plain, sizeof plain, 1100));
    g_assert_false(passes(&ends, plain, sizeof plain, 76));
    g_assert_true(passes(&ends, plain, sizeof plain, 77));
    g_assert_false(passes(&ends, plain, sizeof plain, 77));
    free_ends(&ends);
}

static void test_nothing_before_the_first_number(void)
{
    Ends ends = make_ends(profiles[0]);
    g_assert_true(passes(&ends, plain, sizeof plain, 3));
    g_assert_true(passes(&ends, plain, sizeof plain, 0));
    g_assert_false(passes(&ends, plain, sizeof plain, 65535));
    free_ends(&ends);
}

static void test_what_is_no_rtp_is_left_alone(void)
{
    static const struct {
        guint8 bytes[20];
        gsize length;
    } wrong[] = {
        {{0x80, 96}, 11},                                           /* too short */
        {{0x40, 96}, 20},                                           /* version 1 */
        {{0x83, 96}, 20},                                           /* three sources are longer */
        {{0x90, 96}, 14},                                           /* half an extension */
        {{0x90, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, 20}, /* nine words are longer */
    };
    Ends ends = make_ends(profiles[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        guint8 packet[20 + MP_SRTP_MAX_GROWTH] = {0};
        gsize length = wrong[i].length;
        memcpy(packet, wrong[i].bytes, length);
        g_assert_false(mp_srtp_session_protect(ends.sender, packet, &length));
        g_assert_cmpuint(length, ==, wrong[i].length);
        g_assert_cmpmem(packet, length, wrong[i].bytes, length);
    }
    free_ends(&ends);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/srtp_gcm/keys_are_derived_as_the_rfc_says",
                    test_keys_are_derived_as_the_rfc_says);
    g_test_add_func("/srtp_gcm/a_packet_is_protected_as_the_rfc_says",
                    test_a_packet_is_protected_as_the_rfc_says);
    g_test_add_func("/srtp_gcm/libsrtp_opens_it_over_rollovers",
                    test_libsrtp_opens_it_over_rollovers);
    g_test_add_func("/srtp_gcm/sources_and_extensions_stay_readable",
                    test_sources_and_extensions_stay_readable);
    g_test_add_func("/srtp_gcm/no_number_is_used_twice", test_no_number_is_used_twice);
    g_test_add_func("/srtp_gcm/nothing_before_the_first_number",
                    test_nothing_before_the_first_number);
    g_test_add_func("/srtp_gcm/what_is_no_rtp_is_left_alone", test_what_is_no_rtp_is_left_alone);
    return g_test_run();
}
