/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * STAMP packets against bytes that were put together and authenticated elsewhere (python's struct,
 * `openssl dgst -sha256 -mac HMAC`), and the cost of an HMAC.
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "wire/stamp.h"

#define KEY "a key of the site 7, long enough"

static const MpStampPacket request = {
    .sequence = 0x01020304,
    .timestamp = 0xe9f6d9c080000000,
    .error_estimate = MP_STAMP_ERROR_UNKNOWN,
    .session_id = 0x1234,
};

static const MpStampPacket reply = {
    .sequence = 0x0a0b0c0d,
    .timestamp = 0xe9f6d9c180000000,
    .error_estimate = MP_STAMP_ERROR_UNKNOWN,
    .session_id = 0x1234,
    .receive_timestamp = 0xe9f6d9c140000000,
    .sender_sequence = 0x01020304,
    .sender_timestamp = 0xe9f6d9c080000000,
    .sender_error_estimate = 0x8102,
    .sender_ttl = 61,
};

static MpStampKey *new_key(const char *text)
{
    g_autoptr(GError) error = NULL;
    MpStampKey *key = mp_stamp_key_new(text, &error);
    g_assert_no_error(error);
    return key;
}

static void assert_hex(const guint8 *data, gsize length, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(text, "%02x", data[i]);
    g_assert_cmpstr(text->str, ==, expected);
}

static gsize write_probe(guint8 *out, gsize capacity, MpStampKey *key, gsize padding)
{
    MpWriter writer = mp_writer_init(out, capacity);
    mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REQUEST, &request);
    mp_stamp_write_key(&writer, &(MpStampSession){7, 0x1122334455667788});
    mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, key);
    mp_stamp_write_padding(&writer, padding);
    g_assert_false(writer.is_bad);
    return writer.position;
}

static void test_probe(void)
{
    g_autoptr(MpStampKey) key = new_key(KEY);
    guint8 bytes[MP_STAMP_PROBE_SIZE];
    g_assert_cmpuint(write_probe(bytes, sizeof bytes, key, 0), ==, 80);
    assert_hex(bytes, sizeof bytes,
               "01020304e9f6d9c0800000003f011234"
               "00000000000000000000000000000000000000000000000000000000"
               "80f0000c000000071122334455667788"
               "80080010432501165017a860c7e998ceac487162");

    MpBytes packet = {bytes, sizeof bytes};
    MpStampPacket read;
    MpStampItem item;
    MpStampSession session;
    g_assert_true(mp_stamp_read(&read, MP_STAMP_OPEN, MP_STAMP_REQUEST, packet));
    g_assert_cmpmem(&read, sizeof read, &request, sizeof request);
    g_assert_true(mp_stamp_find(&item, packet, MP_STAMP_OPEN, MP_STAMP_TLV_KEY));
    g_assert_true(mp_stamp_read_key(&session, item.value));
    g_assert_cmpuint(session.key_id, ==, 7);
    g_assert_cmphex(session.session, ==, 0x1122334455667788);
    g_assert_true(mp_stamp_has_hmac(packet, MP_STAMP_OPEN, key));
}

/* RFC 8762 sections 4.3.1, 4.2.2, 4.3.2. */
static void test_other_layouts(void)
{
    g_autoptr(MpStampKey) key = new_key(KEY);
    guint8 bytes[MP_STAMP_AUTH_SIZE + MP_STAMP_BASE_SIZE];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REPLY, &reply);
    assert_hex(bytes, writer.position,
               "0a0b0c0de9f6d9c1800000003f011234e9f6d9c140000000"
               "01020304e9f6d9c080000000810200003d000000");
    MpStampPacket read;
    g_assert_true(
        mp_stamp_read(&read, MP_STAMP_OPEN, MP_STAMP_REPLY, (MpBytes){bytes, writer.position}));
    g_assert_cmpmem(&read, sizeof read, &reply, sizeof reply);

    writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_write(&writer, MP_STAMP_AUTHENTICATED, MP_STAMP_REPLY, &reply);
    mp_stamp_seal(bytes, key);
    assert_hex(bytes, writer.position,
               "0a0b0c0d000000000000000000000000e9f6d9c1800000003f01123400000000"
               "e9f6d9c140000000000000000000000001020304000000000000000000000000"
               "e9f6d9c08000000081020000000000003d000000000000000000000000000000"
               "f482f5b479c3d44da8bc74fe8606a0a2");
    MpBytes packet = {bytes, writer.position};
    g_assert_true(mp_stamp_read(&read, MP_STAMP_AUTHENTICATED, MP_STAMP_REPLY, packet));
    g_assert_cmpmem(&read, sizeof read, &reply, sizeof reply);
    g_assert_true(mp_stamp_is_sealed(packet, key));

    writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_write(&writer, MP_STAMP_AUTHENTICATED, MP_STAMP_REQUEST, &request);
    mp_stamp_seal(bytes, key);
    assert_hex(bytes + 96, 16, "81b20bce038c74aa6f4633dc8ef2fd28");
}

/* RFC 4231 test case 1, truncated; a key in hexadecimal digits. */
static void test_keys(void)
{
    g_autoptr(MpStampKey) rfc4231 = new_key("hex:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    const MpBytes hi = {(const guint8 *)"Hi ", 3};
    const MpBytes there = {(const guint8 *)"There", 5};
    guint8 hmac[MP_STAMP_HMAC_SIZE];
    mp_stamp_key_sign(rfc4231, hi, there, hmac);
    assert_hex(hmac, sizeof hmac, "b0344c61d8db38535ca8afceaf0bf12b");
    mp_stamp_key_sign(rfc4231, hi, there, hmac);
    assert_hex(hmac, sizeof hmac, "b0344c61d8db38535ca8afceaf0bf12b");
    hmac[15] ^= 1;
    g_assert_false(mp_stamp_key_verify(rfc4231, hi, there, hmac));

    static const char *const bad[] = {"", "fifteen bytes..", "hex:0b0b", "hex:0g0b0b0b0b0b0b0b0b",
                                      "hex:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(mp_stamp_key_new(bad[i], &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_assert_true(bad[i][0] == '\0' || !strstr(error->message, bad[i]));
    }
}

static void test_every_byte_that_hmac_covers(void)
{
    g_autoptr(MpStampKey) key = new_key(KEY);
    g_autoptr(MpStampKey) other = new_key("another key, of the site number 8");
    guint8 bytes[200];
    gsize length = write_probe(bytes, sizeof bytes, key, 40);
    g_assert_cmpuint(length, ==, MP_STAMP_PROBE_SIZE + 40);
    MpBytes packet = {bytes, length};
    g_assert_true(mp_stamp_has_hmac(packet, MP_STAMP_OPEN, key));
    g_assert_false(mp_stamp_has_hmac(packet, MP_STAMP_OPEN, other));
    for (gsize i = 0; i < MP_STAMP_PROBE_SIZE; i++) {
        if (i >= 4 && i < MP_STAMP_BASE_SIZE)
            continue; /* RFC 8972 section 4.8: of the base packet only the sequence number */
        if (i == MP_STAMP_PROBE_SIZE - MP_STAMP_HMAC_SIZE - MP_STAMP_TLV_HEADER)
            continue; /* flags of the HMAC TLV itself */
        bytes[i] ^= 0x10;
        g_assert_false(mp_stamp_has_hmac(packet, MP_STAMP_OPEN, key));
        bytes[i] ^= 0x10;
    }
    bytes[MP_STAMP_PROBE_SIZE + 1] = MP_STAMP_TLV_LOCATION; /* an unprotected TLV behind it */
    g_assert_false(mp_stamp_has_hmac(packet, MP_STAMP_OPEN, key));
}

static void test_lengths_that_lie(void)
{
    g_autoptr(MpStampKey) key = new_key(KEY);
    guint8 bytes[MP_STAMP_PROBE_SIZE];
    gsize length = write_probe(bytes, sizeof bytes, key, 0);
    MpStampPacket packet;
    for (gsize cut = 0; cut < length; cut++) {
        MpBytes shorter = {bytes, cut};
        g_assert_cmpint(mp_stamp_read(&packet, MP_STAMP_OPEN, MP_STAMP_REQUEST, shorter), ==,
                        cut >= MP_STAMP_BASE_SIZE);
        g_assert_false(mp_stamp_has_hmac(shorter, MP_STAMP_OPEN, key));
        g_assert_false(mp_stamp_is_sealed(shorter, key));
    }
    bytes[MP_STAMP_BASE_SIZE + 2] = 0xff;
    MpStampItem item;
    MpReader reader = mp_stamp_tlvs((MpBytes){bytes, length}, MP_STAMP_OPEN);
    g_assert_false(mp_stamp_next(&reader, &item));
    g_assert_true(reader.is_bad);
}

/* RFC 8972 section 4.4: EF wanted, CS1 and congestion seen. */
static void test_class_of_service(void)
{
    guint8 bytes[8];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_write_class(&writer, &(MpStampClass){46, 8, 3, 1});
    assert_hex(bytes, writer.position, "80040004b88d0000");
    MpStampClass class;
    g_assert_true(mp_stamp_read_class(&class, (MpBytes){bytes + 4, 4}));
    g_assert_cmpuint(class.wanted_dscp, ==, 46);
    g_assert_cmpuint(class.received_dscp, ==, 8);
    g_assert_cmpuint(class.received_ecn, ==, 3);
    g_assert_cmpuint(class.reverse_path, ==, 1);
    g_assert_false(mp_stamp_read_class(&class, (MpBytes){bytes + 4, 3}));
}

static void test_ports_seen(void)
{
    guint8 bytes[64];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_ask_ports_seen(&writer, 65526, 10);
    g_assert_cmpuint(writer.position, ==, 4 + 16 + 2);
    MpStampItem item;
    MpReader reader = mp_reader_init(bytes, writer.position);
    g_assert_true(mp_stamp_next(&reader, &item));
    MpStampPortsSeen seen;
    g_assert_true(mp_stamp_read_ports_seen(&seen, item.value));

    const guint8 ports[] = {0x80, 0x40};
    seen = (MpStampPortsSeen){65526, 10, 7, 3, 1472, 259, ports};
    mp_stamp_fill_ports_seen(bytes + 4, &seen);
    assert_hex(bytes, writer.position, "80f10012fff6000a000000070000000305c001038040");
    g_assert_true(mp_stamp_read_ports_seen(&seen, item.value));
    g_assert_cmpuint(seen.received, ==, 7);
    g_assert_cmpuint(seen.unanswered, ==, 3);
    g_assert_cmpuint(seen.largest, ==, 1472);
    g_assert_cmpuint(seen.overflows, ==, 259);
    g_assert_true(mp_stamp_port_is_seen(&seen, 65526));
    g_assert_false(mp_stamp_port_is_seen(&seen, 65527));
    g_assert_true(mp_stamp_port_is_seen(&seen, 65535));
    g_assert_false(mp_stamp_port_is_seen(&seen, 65525));

    bytes[5]++; /* 65527 + 10 ends behind the last port */
    g_assert_false(mp_stamp_read_ports_seen(&seen, item.value));
}

static void test_times(void)
{
    /* 2024-05-21 08:28:48 UTC and a half */
    g_assert_cmphex(mp_stamp_time_write(1716280128 * MP_SEC(1) + MP_MSEC(500)), ==,
                    0xe9f6d9c080000000);
    g_assert_cmpint(mp_stamp_time_read(0xe9f6d9c080000000), ==,
                    1716280128 * MP_SEC(1) + MP_MSEC(500));
    static const MpTime times[] = {0, 1, 999999999, 1716280128123456789, 2085978496000000001};
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) /* the last is in NTP's era 1, 2036 */
        g_assert_cmpint(mp_stamp_time_read(mp_stamp_time_write(times[i])), ==, times[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/stamp/probe", test_probe);
    g_test_add_func("/wire/stamp/other-layouts", test_other_layouts);
    g_test_add_func("/wire/stamp/keys", test_keys);
    g_test_add_func("/wire/stamp/every-byte-that-hmac-covers", test_every_byte_that_hmac_covers);
    g_test_add_func("/wire/stamp/lengths-that-lie", test_lengths_that_lie);
    g_test_add_func("/wire/stamp/class-of-service", test_class_of_service);
    g_test_add_func("/wire/stamp/ports-seen", test_ports_seen);
    g_test_add_func("/wire/stamp/times", test_times);
    return g_test_run();
}
