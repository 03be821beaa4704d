/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The relay of a media step, from what its TURN step has proven.
 */
#pragma once

#include "net/relay_bridge.h"
#include "probe/probe.h"
#include "session/ice_session.h"
#include "session/turn_credentials.h"

/* Zero: none. */
typedef struct {
    MpIceRelay ice;     /* lends from the members below */
    MpAddress local;    /* from which the relay is reached */
    MpAddress entrance; /* the server's address, or the proxy's that leads to it */
    MpTurnCredentials *credentials;
    MpRelayBridge *bridge; /* NULL: libnice goes there by itself */
} MpMediaRelay;

/* FALSE with an error when the TURN step left no addresses, or no bridge can be had. */
gboolean mp_media_relay_init(MpMediaRelay *relay, const MpStep *step, const MpProbeContext *context,
                             GError **error);
void mp_media_relay_clear(MpMediaRelay *relay);

/* There is a bridge, and nothing went over it: what ICE found is not this way. */
gboolean mp_media_relay_is_bypassed(const MpMediaRelay *relay);
