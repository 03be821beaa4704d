/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A libnice agent with one stream of one component, set up as a call needs it.
 */
#pragma once

#include <nice/agent.h>

#include "session/ice_session.h"

#define MP_ICE_COMPONENT 1

/* In the thread's default context. Free with g_object_unref(). */
NiceAgent *mp_ice_agent_new(const MpIceConfig *config, guint *stream);
/* Credentials and "candidate:..." lines for the far end; the strings are the caller's. */
void mp_ice_agent_local(NiceAgent *agent, guint stream, char **ufrag, char **pwd,
                        GPtrArray *candidates);
