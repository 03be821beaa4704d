/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The proxy that this computer's settings name.
 */
#pragma once

#include <gio/gio.h>

/* For `url`, as a browser of this desktop would choose: "http://..." or "socks5://..."; NULL: none,
 * or one of a kind that is not known here. Free with g_free(). */
char *mp_system_proxy(const char *url, GCancellable *cancellable);
