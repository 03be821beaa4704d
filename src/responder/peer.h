/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The responder's end of one call, in a context of its own that one thread of the crew turns:
 * libnice is used from one thread only.
 */
#pragma once

#include "responder/crew.h"
#include "session/media_session.h"

typedef struct _MpPeer MpPeer;

typedef struct {
    MpAddress local; /* where media is bound */
    guint16 first_port;
    guint16 last_port;
    guint greatest_kbps;
    MpCapacityLimits capacity;
    MpCrew *crew; /* lent for good */
} MpPeerConfig;

/* Every callback comes in the context that was the default of the thread that called. */

/* `sdp` is the answer, lent; NULL with `error` when there is none. */
typedef void (*MpPeerAnswered)(const char *sdp, const GError *error, gpointer user_data);
/* `fragment` answers an ICE restart, lent; NULL with `error` when there is none. */
typedef void (*MpPeerRestarted)(const char *fragment, const GError *error, gpointer user_data);
/* `record` is lent; NULL: there is none. */
typedef void (*MpPeerRecorded)(GBytes *record, gpointer user_data);
/* The call is over by itself: BYE, no media for 10 s, or no connection in 15 s. */
typedef void (*MpPeerEnded)(MpPeer *peer, gpointer user_data);

/* Takes the offer. */
MpPeer *mp_peer_new(const MpPeerConfig *config, MpSdp *offer, MpPeerAnswered answered,
                    MpPeerEnded ended, gpointer user_data);
/* An ICE restart that the far end asks for; takes its fragment. One that is still being answered is
 * forgotten. */
void mp_peer_restart(MpPeer *peer, MpIceFragment *fragment, MpPeerRestarted restarted,
                     gpointer user_data);
/* Stops sending and hands the record over: the same each time. */
void mp_peer_take_record(MpPeer *peer, MpPeerRecorded recorded, gpointer user_data);
/* Hands over what this end counted until now, as JSON; NULL where nothing goes back. */
void mp_peer_take_counters(MpPeer *peer, MpPeerRecorded recorded, gpointer user_data);
/* Ends the call. No callback comes any more. */
void mp_peer_free(MpPeer *peer);
