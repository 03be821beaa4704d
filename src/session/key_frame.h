/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether an RTP payload begins a frame that a decoder can start from.
 */
#pragma once

#include "base/bytes.h"

/* `encoding` as SDP names it. FALSE for one that is not known. */
gboolean mp_key_frame_is_known(const char *encoding);
gboolean mp_key_frame_begins(const char *encoding, MpBytes payload);
