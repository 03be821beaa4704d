/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of what opens TLS at a site's router and signs it again. Pure text.
 */
#pragma once

/* sslsplit's; `listen_address` is the router's. Free with g_free(). */
char *mp_interception_config(const char *directory, const char *listen_address);
