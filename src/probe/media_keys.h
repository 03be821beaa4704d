/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's keys and its first protected packet.
 */
#pragma once

#include "probe/media_call.h"

/* The stage "dtls". */
gboolean mp_media_keys_agree(MpMediaCall *call);
/* The stage "srtp". */
gboolean mp_media_keys_await_media(MpMediaCall *call);
