/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IP, UDP and TCP headers for a payload.
 */
#include "wire/ip_header.h"

#include <netinet/in.h>

#define HOP_LIMIT 64
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER 8
#define TCP_HEADER 20
/* RFC 9293 section 3.1: five words of header, PSH and ACK. */
#define TCP_FLAGS 0x5018
#define TCP_WINDOW 65535

/* RFC 1071, folded at the end. */
static guint64 add_up(guint64 sum, const guint8 *data, gsize length)
{
    gsize i = 0;
    for (; i + 1 < length; i += 2)
        sum += (guint64)data[i] << 8 | data[i + 1];
    return i < length ? sum + ((guint64)data[i] << 8) : sum;
}

static guint16 fold(guint64 sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (guint16)~sum;
}

static gsize address_size(const MpIpHeader *header)
{
    return header->from.family == MP_FAMILY_IPV4 ? 4 : 16;
}

static void write_ipv4(MpWriter *writer, const MpIpHeader *header, gsize length)
{
    const gsize start = writer->position;
    mp_writer_u16(writer, 0x4500);
    mp_writer_u16(writer, (guint16)(IPV4_HEADER + length));
    mp_writer_u32(writer, 0x4000); /* identification 0, do not fragment */
    mp_writer_u8(writer, HOP_LIMIT);
    mp_writer_u8(writer, header->is_tcp ? IPPROTO_TCP : IPPROTO_UDP);
    const gsize checksum = writer->position;
    mp_writer_u16(writer, 0);
    mp_writer_bytes(writer, header->from.bytes, 4);
    mp_writer_bytes(writer, header->to.bytes, 4);
    mp_writer_patch_u16(writer, checksum, fold(add_up(0, writer->data + start, IPV4_HEADER)));
}

static void write_ipv6(MpWriter *writer, const MpIpHeader *header, gsize length)
{
    mp_writer_u32(writer, 0x60000000);
    mp_writer_u16(writer, (guint16)length);
    mp_writer_u8(writer, header->is_tcp ? IPPROTO_TCP : IPPROTO_UDP);
    mp_writer_u8(writer, HOP_LIMIT);
    mp_writer_bytes(writer, header->from.bytes, 16);
    mp_writer_bytes(writer, header->to.bytes, 16);
}

/* Returns where the checksum stands. */
static gsize write_udp(MpWriter *writer, const MpIpHeader *header, gsize payload)
{
    mp_writer_u16(writer, header->from.port);
    mp_writer_u16(writer, header->to.port);
    mp_writer_u16(writer, (guint16)(UDP_HEADER + payload));
    mp_writer_u16(writer, 0);
    return writer->position - 2;
}

static gsize write_tcp(MpWriter *writer, const MpIpHeader *header)
{
    mp_writer_u16(writer, header->from.port);
    mp_writer_u16(writer, header->to.port);
    mp_writer_u32(writer, header->sequence);
    mp_writer_u32(writer, header->acknowledged);
    mp_writer_u16(writer, TCP_FLAGS);
    mp_writer_u16(writer, TCP_WINDOW);
    mp_writer_u16(writer, 0);
    mp_writer_u16(writer, 0);
    return writer->position - 4;
}

/* Over the pseudo-header too, RFC 768 and RFC 8200 section 8.1. */
static guint16 checksum_of(const MpIpHeader *header, const guint8 *transport, gsize header_length,
                           MpBytes payload)
{
    guint64 sum = header->is_tcp ? IPPROTO_TCP : IPPROTO_UDP;
    sum += header_length + payload.length;
    sum = add_up(sum, header->from.bytes, address_size(header));
    sum = add_up(sum, header->to.bytes, address_size(header));
    sum = add_up(sum, transport, header_length);
    const guint16 checksum = fold(add_up(sum, payload.data, payload.length));
    /* 0 would say that UDP has none. */
    return checksum == 0 && !header->is_tcp ? 0xFFFF : checksum;
}

gsize mp_ip_header_write(guint8 headers[MP_IP_HEADERS_MAX], const MpIpHeader *header,
                         MpBytes payload)
{
    MpWriter writer = mp_writer_init(headers, MP_IP_HEADERS_MAX);
    const gsize own = header->is_tcp ? TCP_HEADER : UDP_HEADER;
    if (header->from.family == MP_FAMILY_IPV4)
        write_ipv4(&writer, header, own + payload.length);
    else
        write_ipv6(&writer, header, own + payload.length);
    const gsize start = writer.position;
    const gsize checksum = header->is_tcp ? write_tcp(&writer, header)
                                          : write_udp(&writer, header, payload.length);
    mp_writer_patch_u16(&writer, checksum, checksum_of(header, headers + start, own, payload));
    return writer.position;
}
