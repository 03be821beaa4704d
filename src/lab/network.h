/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network as its YAML file describes it: sites, carrier, link, servers, and what a check finds.
 */
#pragma once

#include "lab/site.h"
#include "model/link.h"
#include "model/verdict.h"

/* Between the sites and the internet: their internet provider. */
typedef struct {
    gboolean has_nat; /* carrier-grade: a second translation, addresses of RFC 6598 before it */
    MpNat nat;
    GPtrArray *firewall; /* MpFirewallRule*, from the sites' side */
    MpMtu mtu;           /* of its line to the internet */
    int dscp;            /* what it rewrites every packet's DSCP to; -1: leaves it alone */
} MpCarrier;

typedef enum {
    MP_CERTIFICATE_TRUSTED,
    MP_CERTIFICATE_UNTRUSTED, /* signed by an authority that nobody trusts */
    MP_CERTIFICATE_EXPIRED,
    MP_CERTIFICATE_FUTURE,     /* what a client whose clock is slow sees */
    MP_CERTIFICATE_OTHER_NAME, /* for another host */
} MpLabCertificate;

typedef struct {
    gboolean is_running;
    gboolean rejects_password; /* it knows another password than its users */
    MpLabCertificate certificate;
    guint quota;      /* allocations a user may have; 0: any number */
    char **forbidden; /* ranges of peers that it refuses (403), "216.147.0.0/18"; NULL: none */
    gboolean has_other_relay_address; /* relays from an address outside of the 3-1 ranges */
} MpLabTurn;

typedef struct {
    char *name;
    char *sentence_en;
    char *sentence_ja;
    MpSite *site;        /* the client's */
    MpSite *second_site; /* another one for a second command or a peer; NULL: none */
    MpCarrier carrier;
    MpLink *link; /* between each site's router and the carrier; NULL: a plain wire */
    MpLabTurn turn;
    gboolean responder_is_running;
    gboolean web_is_running; /* HTTPS and WebSocket for every host name of the profile */
    gboolean web_drops_websockets;
    char **expected_findings; /* NULL: the file expects nothing */
    MpVerdict expected_verdict;
    int expected_exit;
} MpNetwork;

/* A built-in name ("clean") or the path of a YAML file. NULL with MP_ERROR_INPUT
 * "FILE:LINE:COLUMN: what was found, what was expected". */
MpNetwork *mp_network_load(const char *name_or_path, GError **error);

/* One line a built-in network: its name and its sentence in "en" or "ja". NULL with MP_ERROR_INPUT;
 * free with g_free(). */
char *mp_network_list(const char *lang, GError **error);

/* A site without rules, no servers, no link. */
MpNetwork *mp_network_new(void);
void mp_network_free(MpNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpNetwork, mp_network_free)

/* Nothing in the way but NAT, and every server well: what a machine without namespaces can stand in
 * for. */
gboolean mp_network_is_open(const MpNetwork *network);
