/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of the lab's web servers. Pure text.
 */
#pragma once

#include <glib.h>

/* What nginx wants as its own in /var, as an empty directory. */
#define MP_NGINX_SCRATCH "/var/lib/nginx"

/* HTTPS for every name with WebSocket (RFC 6455) at every path; plain HTTP leads there. Free with
 * g_free(). */
char *mp_nginx_web(const char *directory, gboolean drops_websockets);

/* A captive portal: whatever is asked for, the answer leads to its login page. Free with
 * g_free(). */
char *mp_nginx_portal(const char *directory);
