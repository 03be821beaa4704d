/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of an Ethernet frame is traffic of a link, and how a packet is told from others.
 */
#include "lab/frame.h"

#include <string.h>

#define ETHERNET "\x02\0\0\0\0\x02\x02\0\0\0\0\x01"

/* An IPv4 header with identification 0x1234, from 10.0.0.1 to 10.0.0.2. */
#define IPV4(flags, protocol)                                                                      \
    ETHERNET "\x08\x00"                                                                            \
             "\x45\x00\x00\x28\x12\x34" flags "\x40" protocol "\0\0\x0a\0\0\x01\x0a\0\0\x02"
#define PORTS "\x13\x88\x00\x35"

#define IPV6(protocol, destination)                                                                \
    ETHERNET "\x86\xdd"                                                                            \
             "\x60\0\0\0\0\x08" protocol "\xff"                                                    \
             "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01" destination
#define HOST6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"
#define ALL_NODES "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"

#define FRAME(text) ((MpBytes){(const guint8 *)(text), sizeof(text) - 1})

static void assert_flow(MpBytes frame, const char *expected)
{
    g_assert_true(mp_frame_is_carried(frame));
    MpPacketMark mark = mp_frame_mark(frame);
    g_autofree char *flow = mp_flow_to_text(&mark.flow);
    g_assert_cmpstr(flow, ==, expected);
}

static void udp_is_known_by_addresses_and_ports(void)
{
    assert_flow(FRAME(IPV4("\x40\x00", "\x11") PORTS "\0\x14\0\0twelve bytes"),
                "udp 10.0.0.1:5000 > 10.0.0.2:53");
    assert_flow(FRAME(IPV6("\x11", HOST6) PORTS "\0\x08\0\0"),
                "udp [2001:db8::1]:5000 > [2001:db8::2]:53");
}

static void what_has_no_ports_is_known_by_addresses(void)
{
    assert_flow(FRAME(IPV4("\x40\x00", "\x01") "\x08\0\0\0"), "icmp 10.0.0.1 > 10.0.0.2");
    assert_flow(FRAME(IPV4("\x40\x00", "\x2f") "\0\0\0\0"), "protocol-47 10.0.0.1 > 10.0.0.2");
}

/* Only the first fragment has ports (RFC 791 section 3.2). */
static void a_later_fragment_has_no_ports(void)
{
    assert_flow(FRAME(IPV4("\x00\xb9", "\x11") PORTS "\0\x14\0\0"), "udp 10.0.0.1 > 10.0.0.2");
}

static void a_packet_is_marked_by_what_follows_the_headers(void)
{
    MpPacketMark udp = mp_frame_mark(
        FRAME(IPV4("\x40\x00", "\x11") PORTS "\0\x14\0\0twelve bytes and more"));
    g_assert_cmpuint(udp.identification, ==, 0x1234);
    g_assert_cmpmem(udp.head, udp.head_length, "twelve bytes", 12);
    MpPacketMark tcp = mp_frame_mark(FRAME(IPV4("\x40\x00", "\x06") PORTS "\0\0\0\x01\0\0"));
    g_assert_cmpmem(tcp.head, tcp.head_length, "\0\0\0\x01\0\0", 6);
}

/* Flows are compared byte by byte. */
static void the_same_flow_has_the_same_bytes(void)
{
    MpPacketMark first = mp_frame_mark(FRAME(IPV4("\x40\x00", "\x11") PORTS "\0\x0a\0\0ab"));
    MpPacketMark second = mp_frame_mark(FRAME(IPV4("\x00\x00", "\x11") PORTS "\0\x0a\0\0cd"));
    g_assert_cmpmem(&first.flow, sizeof first.flow, &second.flow, sizeof second.flow);
}

static void what_never_leaves_its_wire_is_not_carried(void)
{
    g_assert_false(mp_frame_is_carried(FRAME(ETHERNET "\x08\x06\0\x01\x08\0")));
    /* Neighbour solicitation, and one that is none. */
    g_assert_false(mp_frame_is_carried(FRAME(IPV6("\x3a", HOST6) "\x87\0\0\0")));
    g_assert_true(mp_frame_is_carried(FRAME(IPV6("\x3a", HOST6) "\x80\0\0\0")));
    /* Multicast listener reports. */
    g_assert_false(mp_frame_is_carried(FRAME(IPV6("\x00", ALL_NODES) "\x3a\0\0\0")));
    g_assert_false(mp_frame_is_carried(FRAME(
        ETHERNET "\x08\x00\x46\0\0\x20\0\0\0\0\x01\x02\0\0\x0a\0\0\x01\xe0\0\0\x16\0\0\0\0")));
}

static void a_frame_that_ends_early_is_not_carried(void)
{
    const MpBytes whole = FRAME(IPV4("\x40\x00", "\x11"));
    g_assert_true(mp_frame_is_carried(whole));
    for (gsize length = 0; length < whole.length; length++)
        g_assert_false(mp_frame_is_carried((MpBytes){whole.data, length}));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/frame/udp", udp_is_known_by_addresses_and_ports);
    g_test_add_func("/lab/frame/no-ports", what_has_no_ports_is_known_by_addresses);
    g_test_add_func("/lab/frame/fragment", a_later_fragment_has_no_ports);
    g_test_add_func("/lab/frame/mark", a_packet_is_marked_by_what_follows_the_headers);
    g_test_add_func("/lab/frame/same-flow", the_same_flow_has_the_same_bytes);
    g_test_add_func("/lab/frame/wire", what_never_leaves_its_wire_is_not_carried);
    g_test_add_func("/lab/frame/short", a_frame_that_ends_early_is_not_carried);
    return g_test_run();
}
