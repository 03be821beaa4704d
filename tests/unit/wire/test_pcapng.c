/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Blocks of a pcapng file, and the headers of the packets in them.
 */
#include <string.h>

#include "wire/ip_header.h"
#include "wire/pcapng.h"

static guint32 number_at(const GByteArray *file, guint position)
{
    guint32 number;
    g_assert_cmpuint(position + sizeof number, <=, file->len);
    memcpy(&number, file->data + position, sizeof number);
    return number;
}

/* Types of the blocks; each has its length at both ends. */
static GArray *block_types(const GByteArray *file)
{
    GArray *types = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint at = 0; at < file->len;) {
        const guint32 type = number_at(file, at);
        const guint32 length = number_at(file, at + 4);
        g_assert_cmpuint(length % 4, ==, 0);
        g_assert_cmpuint(number_at(file, at + length - 4), ==, length);
        g_array_append_val(types, type);
        at += length;
    }
    return types;
}

static void test_blocks(void)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    mp_pcapng_write_head(file, "mediapath", "a comment");
    mp_pcapng_write_keys(file, "CLIENT_RANDOM 00 11\n");
    const MpPcapngPacket packet = {.time = MP_SEC(5000000000) + 7,
                                   .is_outgoing = TRUE,
                                   .headers = {(const guint8 *)"head", 4},
                                   .payload = {(const guint8 *)"payload", 7},
                                   .comment = "why"};
    const guint start = file->len;
    mp_pcapng_write_packet(file, &packet);

    g_autoptr(GArray) types = block_types(file);
    const guint32 expected[] = {0x0A0D0D0A, 1, 10, 6};
    g_assert_cmpmem(types->data, types->len * sizeof(guint32), expected, sizeof expected);
    const guint64 time = (guint64)number_at(file, start + 12) << 32 | number_at(file, start + 16);
    g_assert_cmpuint(time, ==, 5000000000000000007);
    g_assert_cmpuint(number_at(file, start + 20), ==, 11);
    g_assert_cmpuint(number_at(file, start + 24), ==, 11);
    g_assert_cmpmem(file->data + start + 28, 11, "headpayload", 11);
    /* epb_flags: outbound */
    g_assert_cmpuint(number_at(file, start + 40), ==, 4 << 16 | 2);
    g_assert_cmpuint(number_at(file, start + 44), ==, 2);
    g_assert_cmpmem(file->data + start + 52, 3, "why", 3);
}

/* RFC 1071: the sum over what a checksum protects, itself included, is all ones. */
static guint16 sum(const guint8 *data, gsize length, guint32 start)
{
    guint32 total = start;
    for (gsize i = 0; i < length; i++)
        total += i % 2 ? data[i] : (guint32)data[i] << 8;
    while (total >> 16)
        total = (total & 0xFFFF) + (total >> 16);
    return (guint16)total;
}

static void expect_packet(const char *from, const char *to, gboolean is_tcp, gsize ip_size)
{
    const guint8 payload[] = {1, 2, 3, 4, 5};
    const MpIpHeader header = {.from = mp_address_literal(from, 4000),
                               .to = mp_address_literal(to, 3478),
                               .is_tcp = is_tcp,
                               .sequence = 9,
                               .acknowledged = 8};
    guint8 packet[MP_IP_HEADERS_MAX + sizeof payload];
    const gsize length = mp_ip_header_write(packet, &header, (MpBytes){payload, sizeof payload});
    const gsize own = is_tcp ? 20 : 8;
    g_assert_cmpuint(length, ==, ip_size + own);
    memcpy(packet + length, payload, sizeof payload);

    const gsize address = ip_size == 20 ? 4 : 16;
    const gsize addresses_at = ip_size == 20 ? 12 : 8;
    const guint32 pseudo = (is_tcp ? 6 : 17) + (guint32)(own + sizeof payload) +
                           sum(packet + addresses_at, 2 * address, 0);
    g_assert_cmphex(sum(packet + ip_size, own + sizeof payload, pseudo), ==, 0xFFFF);
    if (ip_size == 20)
        g_assert_cmphex(sum(packet, 20, 0), ==, 0xFFFF);
    g_assert_cmpuint(packet[ip_size] << 8 | packet[ip_size + 1], ==, 4000);
    g_assert_cmpuint(packet[ip_size + 2] << 8 | packet[ip_size + 3], ==, 3478);
}

static void test_headers_have_right_checksums(void)
{
    expect_packet("192.0.2.1", "168.100.64.10", FALSE, 20);
    expect_packet("192.0.2.1", "168.100.64.10", TRUE, 20);
    expect_packet("2001:db8::1", "2001:db8::2", FALSE, 40);
    expect_packet("2001:db8::1", "2001:db8::2", TRUE, 40);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pcapng/blocks", test_blocks);
    g_test_add_func("/pcapng/headers_have_right_checksums", test_headers_have_right_checksums);
    return g_test_run();
}
