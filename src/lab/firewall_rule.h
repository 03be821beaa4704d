/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One firewall rule as a value.
 */
#pragma once

#include <glib.h>

typedef enum { MP_FIREWALL_DROP, MP_FIREWALL_REJECT } MpFirewallAction;
typedef enum {
    MP_FIREWALL_UDP,
    MP_FIREWALL_TCP,
    MP_FIREWALL_ICMP,
    MP_FIREWALL_ANY
} MpFirewallProtocol;
typedef enum { MP_FIREWALL_OUT, MP_FIREWALL_IN } MpFirewallDirection;

/* What a look into UDP packets takes them for, by their first byte: RFC 7983 section 7; and the two
 * forms of a relay's data, RFC 8656 sections 11 and 12. */
typedef enum {
    MP_FIREWALL_ANYTHING,
    MP_FIREWALL_DTLS,
    MP_FIREWALL_SRTP,
    MP_FIREWALL_TURN_INDICATION,
    MP_FIREWALL_TURN_CHANNEL,
} MpFirewallContent;

/* How a refusal is told; RFC 792, RFC 1812 section 5.2.7.1. */
typedef enum {
    MP_REJECT_ADMIN_PROHIBITED,
    MP_REJECT_PORT_UNREACHABLE,
    MP_REJECT_HOST_UNREACHABLE,
    MP_REJECT_NET_UNREACHABLE,
    MP_REJECT_PROTOCOL_UNREACHABLE,
    MP_REJECT_HOST_PROHIBITED,
    MP_REJECT_NET_PROHIBITED,
} MpRejectCode;

typedef struct {
    guint16 first;
    guint16 last;
} MpFirewallPorts;

/* What a router does with traffic between its inside and its outside. Ports and ranges are always
 * those of the far side, whichever way the packet goes. */
typedef struct {
    MpFirewallAction action;
    MpRejectCode code; /* of a refusal of what is not TCP, which is reset */
    MpFirewallProtocol protocol;
    MpFirewallDirection direction; /* out: what leaves. In: also replies to what was let out */
    GArray *ports;                 /* MpFirewallPorts of the far side; empty: every port */
    gboolean spares;               /* the rule is for every port but `ports` */
    char **to;                     /* far ranges, "168.100.64.0/18"; NULL: everywhere */
    gboolean spares_to;            /* the rule is for every range but `to` */
    /* What makes it look at each packet, also of flows that were let through; 0: does not. */
    MpFirewallContent content;
    guint larger_than; /* bytes of the IP packet */
    guint64 above_bps; /* only what exceeds this rate, all matching packets together */
    guint above_pps;
    guint after_packets; /* per flow, both ways counted together */
    guint after_s;       /* per flow, after its first packet */
} MpFirewallRule;

MpFirewallRule *mp_firewall_rule_new(void);
void mp_firewall_rule_free(MpFirewallRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpFirewallRule, mp_firewall_rule_free)

/* No MpFirewallRule* yet; it frees its rules. */
GPtrArray *mp_firewall_rules_new(void);
