/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an HTTP server of ours takes, and in how large pieces it answers.
 */
#pragma once

#include <libsoup/soup.h>

#define MP_LARGEST_BODY ((goffset)64 * 1024)

/* After it listens. */
void mp_http_limits_set(SoupServer *server);
