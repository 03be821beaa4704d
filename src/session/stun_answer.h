/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The answer of a plain STUN server, RFC 8489 section 6.3.1. Pure: keeps no state at all.
 */
#pragma once

#include "base/address.h"

/* Answers a Binding request that came from `from`; the answer's length, or 0 when the bytes are no
 * valid Binding request or the answer does not fit. The answer is a success with
 * XOR-MAPPED-ADDRESS, or 420 where the request holds a required attribute that is not known here;
 * with a FINGERPRINT if the request had one. 128 bytes of capacity are always enough. */
gsize mp_stun_answer_binding(const guint8 *request, gsize length, const MpAddress *from,
                             guint8 *out, gsize capacity);
