/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers STUN Binding requests on one UDP port, so many a second: an answer is larger than the
 * request, and its receiver may not have sent it.
 */
#pragma once

#include <gio/gio.h>

#include "base/address.h"

typedef struct _MpStunService MpStunService;

/* Serves in the thread's default context. NULL with MP_ERROR_UNAVAILABLE when the address cannot be
 * had. */
MpStunService *mp_stun_service_new(const MpAddress *address, GError **error);
void mp_stun_service_free(MpStunService *service);
