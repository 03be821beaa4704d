/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers of a lab as values: where they are, what clients call them, and their credentials.
 */
#pragma once

#include "base/address.h"
#include "base/secret.h"
#include "lab/network.h"

/* RFC 2606 section 2: .test is nobody's. */
/* A name of services: its SRV records lead to the TURN server (RFC 5928). */
#define MP_SERVICE_HOST "services.lab.mediapath.test"
#define MP_TURN_HOST "turn.lab.mediapath.test"
#define MP_RESPONDER_HOST "responder.lab.mediapath.test"
#define MP_PORTAL_HOST "portal.lab.mediapath.test"

typedef struct {
    char *network_name;
    char *directory; /* the lab's own files, which vanish with it */

    char *turn_host;       /* what clients are told: a name, or an address in loopback */
    MpAddress turn;        /* UDP and TCP */
    MpAddress turn_tls;    /* TLS; the same IP */
    MpAddress turn_ipv6;   /* beside them; MP_FAMILY_NONE: none */
    MpAddress turn_second; /* RFC 5780's other address; MP_FAMILY_NONE: none */
    guint16 relay_first;
    guint16 relay_last;
    char *turn_user;
    MpSecret *turn_password;      /* what the server knows */
    MpSecret *told_turn_password; /* what clients are told; another one if it must be rejected */

    char *responder_host;
    MpAddress responder; /* HTTPS over TCP; media on the UDP ports of the same IP */
    guint16 media_first;
    guint16 media_last;
    MpSecret *responder_token;
    MpSecret *stamp_key; /* NULL: it reflects no STAMP */
    guint32 stamp_key_id;
    guint16 stamp_first; /* UDP ports that do */
    guint16 stamp_last;

    gboolean serves_web; /* every host name of the profile */

    char *proxy_url; /* of the client's site; NULL: it has none */
    char *proxy_user;
    MpSecret *proxy_password; /* NULL: the proxy asks for no login */

    GPtrArray *limits; /* char*: what this lab cannot show */
} MpFarEnds;

/* At the internet's side of the namespaces. */
MpFarEnds *mp_far_ends_new(const MpNetwork *network, const char *directory);

/* On 127.0.0.1, at TCP ports that are free now. NULL with MP_ERROR_UNAVAILABLE. */
MpFarEnds *mp_far_ends_new_loopback(const MpNetwork *network, const char *directory,
                                    GError **error);
void mp_far_ends_free(MpFarEnds *far_ends);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpFarEnds, mp_far_ends_free)

gboolean mp_far_ends_is_loopback(const MpFarEnds *far_ends);

/* The path of a file of the lab. Free with g_free(). */
char *mp_far_ends_path(const MpFarEnds *far_ends, const char *name);

/* The text of the JSON file that MEDIAPATH_LAB names, with the credentials. */
MpSecret *mp_far_ends_to_json(const MpFarEnds *far_ends);

/* The same with "***" for every credential. Free with g_free(). */
char *mp_far_ends_describe(const MpFarEnds *far_ends);
