/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far ends of a check and how to identify oneself to them.
 */
#pragma once

#include "base/address.h"
#include "base/secret.h"
#include "model/server_uri.h"

typedef struct {
    GPtrArray *servers;      /* MpServerUri: stun and turn, in the order given */
    char *turn_user;         /* NULL: none */
    MpSecret *turn_password; /* long-term credential; NULL: none */
    MpSecret *turn_secret;   /* REST scheme: user and password are made from it; NULL: none */
    char *responder_url;     /* WHIP endpoint, https://host[:port]/whip; NULL: no media peer */
    MpSecret *token;         /* bearer token of the responder; NULL: none */
    char *stamp_host;        /* a responder that answers STAMP on its UDP ports; NULL: none */
    MpSecret *stamp_key;     /* the site's key there; NULL: none */
    guint32 stamp_key_id;    /* which of the responder's keys it is */
    GPtrArray *walk_targets; /* char*: hosts and prefixes ("168.100.64.0/18") toward which routers
                              * are asked; may be empty */
    char *proxy_url;         /* of the site: "http://..." or "socks5://..."; NULL: none is told */
    char *proxy_user;        /* NULL: none */
    MpSecret *proxy_password;
    char *ca_file;        /* extra trust anchors (PEM) for TURN/TLS and HTTPS; NULL: system's */
    GArray *resolvers;    /* MpAddress, port 53: name servers to compare with; may be empty */
    gboolean lacks_web;   /* a lab without web servers: the profile's hosts are not asked */
    gboolean is_emulated; /* far ends of a lab: nothing is said about the network outside */
    char *label;          /* "embedded lab", "command line", a scenario's name */
} MpTargets;

MpTargets *mp_targets_new(void);
void mp_targets_free(MpTargets *targets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTargets, mp_targets_free)
