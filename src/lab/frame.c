/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ethernet, IPv4 and IPv6 headers as far as the link emulator looks into them.
 */
#include "lab/frame.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"

/* RFC 4861 section 4: router solicitation to redirect. */
#define FIRST_NEIGHBOUR_DISCOVERY 133
#define LAST_NEIGHBOUR_DISCOVERY 137

#define ADDRESSES ((gsize)2 * ETH_ALEN)
#define FRAGMENT_OFFSET 0x1fff

G_STATIC_ASSERT(sizeof(MpFlow) == 38);

static guint16 ethernet_type(MpBytes frame)
{
    MpReader reader = mp_reader_init(frame.data, frame.length);
    mp_reader_bytes(&reader, ADDRESSES);
    return mp_reader_u16(&reader);
}

static MpReader packet_reader(MpBytes frame)
{
    return mp_reader_init(frame.data + MP_FRAME_HEADER, frame.length - MP_FRAME_HEADER);
}

static gboolean is_carried_ipv4(MpReader packet)
{
    mp_reader_bytes(&packet, 16);
    guint32 destination = mp_reader_u32(&packet);
    return !packet.is_bad && (destination & 0xffffff00) != 0xe0000000;
}

static gboolean is_carried_ipv6(MpReader packet)
{
    mp_reader_bytes(&packet, 6);
    guint8 protocol = mp_reader_u8(&packet);
    mp_reader_bytes(&packet, 17);
    MpBytes destination = mp_reader_bytes(&packet, 16);
    if (packet.is_bad || (destination.data[0] == 0xff && (destination.data[1] & 0x0f) <= 2))
        return FALSE;
    guint8 type = mp_reader_u8(&packet);
    return protocol != IPPROTO_ICMPV6 || type < FIRST_NEIGHBOUR_DISCOVERY ||
           type > LAST_NEIGHBOUR_DISCOVERY;
}

gboolean mp_frame_is_carried(MpBytes frame)
{
    switch (ethernet_type(frame)) {
    case ETHERTYPE_IP:
        return is_carried_ipv4(packet_reader(frame));
    case ETHERTYPE_IPV6:
        return is_carried_ipv6(packet_reader(frame));
    default:
        return FALSE;
    }
}

static void read_address(MpReader *reader, guint8 *address, gsize length)
{
    MpBytes bytes = mp_reader_bytes(reader, length);
    if (bytes.data)
        memcpy(address, bytes.data, length);
}

static void read_head(MpReader *reader, MpPacketMark *mark)
{
    mark->head_length = (guint8)MIN(mp_reader_left(reader), MP_FRAME_HEAD);
    MpBytes head = mp_reader_bytes(reader, mark->head_length);
    if (head.length > 0)
        memcpy(mark->head, head.data, head.length);
}

static void read_transport(MpReader *reader, MpPacketMark *mark)
{
    gboolean is_udp = mark->flow.protocol == IPPROTO_UDP;
    if ((is_udp || mark->flow.protocol == IPPROTO_TCP) && mp_reader_left(reader) >= 8) {
        mark->flow.source_port = mp_reader_u16(reader);
        mark->flow.destination_port = mp_reader_u16(reader);
        if (is_udp)
            mp_reader_u32(reader);
    }
    read_head(reader, mark);
}

static void read_ipv4(MpReader *reader, MpPacketMark *mark)
{
    guint8 header_length = (guint8)((mp_reader_u8(reader) & 0x0f) * 4);
    mp_reader_bytes(reader, 3);
    mark->identification = mp_reader_u16(reader);
    guint16 fragment = mp_reader_u16(reader);
    mp_reader_u8(reader);
    mark->flow.protocol = mp_reader_u8(reader);
    mp_reader_u16(reader);
    read_address(reader, mark->flow.source, 4);
    read_address(reader, mark->flow.destination, 4);
    mp_reader_bytes(reader, MAX(header_length, 20) - 20);
    if (fragment & FRAGMENT_OFFSET)
        read_head(reader, mark);
    else
        read_transport(reader, mark);
}

static void read_ipv6(MpReader *reader, MpPacketMark *mark)
{
    mp_reader_bytes(reader, 6);
    mark->flow.protocol = mp_reader_u8(reader);
    mp_reader_u8(reader);
    read_address(reader, mark->flow.source, 16);
    read_address(reader, mark->flow.destination, 16);
    read_transport(reader, mark);
}

MpPacketMark mp_frame_mark(MpBytes frame)
{
    MpPacketMark mark = {0};
    MpReader reader = packet_reader(frame);
    gboolean is_ipv4 = ethernet_type(frame) == ETHERTYPE_IP;
    mark.flow.family = is_ipv4 ? MP_FAMILY_IPV4 : MP_FAMILY_IPV6;
    if (is_ipv4)
        read_ipv4(&reader, &mark);
    else
        read_ipv6(&reader, &mark);
    return mark;
}

static char *end_to_text(const MpFlow *flow, const guint8 *bytes, guint16 port)
{
    MpAddress address = {.family = flow->family, .port = port};
    memcpy(address.bytes, bytes, sizeof address.bytes);
    return port ? mp_address_to_string(&address) : mp_address_to_ip_string(&address);
}

static char *protocol_to_text(guint8 protocol)
{
    static const struct {
        guint8 number;
        const char *name;
    } known[] = {
        {IPPROTO_ICMP, "icmp"},
        {IPPROTO_TCP, "tcp"},
        {IPPROTO_UDP, "udp"},
        {IPPROTO_ICMPV6, "icmpv6"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].number == protocol)
            return g_strdup(known[i].name);
    return g_strdup_printf("protocol-%u", protocol);
}

char *mp_flow_to_text(const MpFlow *flow)
{
    g_autofree char *protocol = protocol_to_text(flow->protocol);
    g_autofree char *source = end_to_text(flow, flow->source, flow->source_port);
    g_autofree char *destination = end_to_text(flow, flow->destination, flow->destination_port);
    return g_strdup_printf("%s %s > %s", protocol, source, destination);
}
