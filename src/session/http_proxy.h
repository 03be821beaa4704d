/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The site's proxy for what libsoup does: as a browser with this setting would go.
 */
#pragma once

#include <libsoup/soup.h>

#include "base/secret.h"

/* `url` is http://HOST:PORT or socks5://HOST:PORT; `user` NULL: no login is offered. Everything is
 * copied. Without this call a session follows the system's settings. */
void mp_http_use_proxy(SoupSession *soup, const char *url, const char *user,
                       const MpSecret *password);
