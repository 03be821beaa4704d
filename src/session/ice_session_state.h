/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of an ICE session, shared by the files that make it up: the agent's life and what
 * libnice tells, and the packets that come.
 */
#pragma once

#include "session/ice_inquiry.h"
#include "session/ice_session.h"
#include "session/ice_sockets.h"

typedef struct _MpIceClosing MpIceClosing;

struct _MpIceSession {
    MpIceClosing *closing; /* NULL: none is under way */
    NiceAgent *agent;
    guint stream;
    MpIceConfig config;
    MpIceSockets sockets;
    MpIceState state;
    MpIceInstants instants;
    GArray *candidates; /* MpIceCandidate */
    MpIceInquiry *inquiry;
    MpTime last_packet; /* of the far end, no STUN message */
    gboolean was_closed;
    gboolean is_closing; /* nothing is told any more */
};

/* Packets that libnice read itself, NiceAgentRecvFunc. */
void mp_ice_session_on_packet(NiceAgent *agent, guint stream, guint component, guint length,
                              gchar *data, gpointer user_data);
/* Packets that come and leave by a UDP socket; the user data is the session. */
extern const MpIceTapCallbacks mp_ice_session_tap;
