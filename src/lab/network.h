/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network as its YAML file describes it: the site, the provider, and what a check must find.
 */
#pragma once

#include <glib.h>

#include "model/verdict.h"

typedef enum { MP_FIREWALL_DROP, MP_FIREWALL_REJECT } MpFirewallAction;
typedef enum { MP_FIREWALL_UDP, MP_FIREWALL_TCP, MP_FIREWALL_ANY } MpFirewallProtocol;

typedef struct {
    guint16 first;
    guint16 last;
} MpFirewallPorts;

/* What the site's router does with traffic from inside to outside. */
typedef struct {
    MpFirewallAction action;
    MpFirewallProtocol protocol;
    GArray *ports;   /* MpFirewallPorts of the destination; empty: every port */
    gboolean spares; /* the rule is for every port but `ports` */
    char *to;        /* "168.100.64.0/18"; NULL: everywhere */
} MpFirewallRule;

MpFirewallRule *mp_firewall_rule_new(void);
void mp_firewall_rule_free(MpFirewallRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpFirewallRule, mp_firewall_rule_free)

typedef struct {
    gboolean is_running;
    gboolean rejects_password;        /* it knows another password than its users */
    gboolean has_foreign_certificate; /* signed by an authority that nobody trusts */
} MpLabTurn;

typedef struct {
    char *name;
    char *sentence_en;
    char *sentence_ja;
    gboolean has_nat;
    GPtrArray *firewall; /* MpFirewallRule*, in order */
    MpLabTurn turn;
    gboolean responder_is_running;
    char **expected_findings; /* NULL: the file expects nothing */
    MpVerdict expected_verdict;
    int expected_exit;
} MpNetwork;

/* A built-in name ("clean") or the path of a YAML file. NULL with MP_ERROR_INPUT
 * "FILE:LINE:COLUMN: what was found, what was expected". */
MpNetwork *mp_network_load(const char *name_or_path, GError **error);

/* Without name, rules or servers. */
MpNetwork *mp_network_new(void);
void mp_network_free(MpNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpNetwork, mp_network_free)

/* Nothing in the way and every server well: what a machine without namespaces can stand in for. */
gboolean mp_network_is_open(const MpNetwork *network);
