/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an HTTP server of ours takes: bodies of this length, one request a connection.
 */
#pragma once

#include <libsoup/soup.h>

#define MP_LARGEST_BODY ((goffset)64 * 1024)

void mp_http_limits_set(SoupServer *server);
