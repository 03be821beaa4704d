/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A candidate address of ICE, RFC 8445 section 5.1.1, taken from libnice as a value.
 */
#pragma once

#include <nice/agent.h>

#include "session/ice_session.h"

MpAddress mp_ice_candidate_address(const NiceAddress *nice);
/* Without server and time. */
MpIceCandidate mp_ice_candidate_describe(const NiceCandidate *candidate, gboolean is_remote);
/* libnice's list of those that can be used; "candidate:..." lines of the SDP. Free with
 * g_slist_free_full() and nice_candidate_free(). */
GSList *mp_ice_candidate_parse(NiceAgent *agent, guint stream, guint component,
                               const GPtrArray *lines);
