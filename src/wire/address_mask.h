/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts other addresses in the place of real ones, the same for the same, so that a capture can be
 * given away: 198.18.0.1 on (RFC 2544's range) and 2001:db8::1 on (RFC 3849). Ports stay.
 */
#pragma once

#include "base/address.h"

typedef struct _MpAddressMask MpAddressMask;

/* Addresses within `kept` (MpCidr, copied; may be NULL), loopback and "any" stay as they are. */
MpAddressMask *mp_address_mask_new(const GArray *kept);
void mp_address_mask_free(MpAddressMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpAddressMask, mp_address_mask_free)

MpAddress mp_address_mask_apply(MpAddressMask *mask, const MpAddress *address);

/* In place, every address that a STUN or TURN message tells, also inside ChannelData, Send and Data
 * indications; other payloads have none. FALSE: nothing was there to change. MESSAGE-INTEGRITY and
 * FINGERPRINT no longer match then. */
gboolean mp_address_mask_message(MpAddressMask *mask, guint8 *message, gsize length);
