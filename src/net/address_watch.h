/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells when an IP address comes to this computer or leaves it, by rtnetlink.
 */
#pragma once

#include "base/address.h"

typedef struct _MpAddressWatch MpAddressWatch;

/* The port is 0. */
typedef void (*MpAddressWatchCallback)(const MpAddress *address, gboolean is_new,
                                       gpointer user_data);

/* In the thread's default context. NULL where the kernel gives no such socket. */
MpAddressWatch *mp_address_watch_new(MpAddressWatchCallback callback, gpointer user_data);
void mp_address_watch_free(MpAddressWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpAddressWatch, mp_address_watch_free)
