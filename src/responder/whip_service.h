/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The WHIP endpoint, RFC 9725, on libsoup. Two additions of our own, described in
 * docs/RESPONDER.md: sessions send media back, and POST to SESSION/record ends the media and
 * returns the responder's record of every packet.
 */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"
#include "responder/peer.h"

typedef struct _MpWhipService MpWhipService;

typedef struct {
    MpAddress listen;
    GTlsCertificate *certificate; /* NULL: plain HTTP */
    const MpSecret *token;        /* NULL: none is asked for */
    guint most_sessions;
    MpPeerConfig peer; /* its crew is the service's own */
} MpWhipConfig;

/* Serves in the thread's default context. */
MpWhipService *mp_whip_service_new(const MpWhipConfig *config, GError **error);
void mp_whip_service_free(MpWhipService *service);
