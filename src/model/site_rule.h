/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A firewall rule as a generic line, in the form of pf.conf(5): for people, and easy to translate.
 */
#pragma once

#include <glib.h>

/* "allow out udp to { 192.0.2.0/24, 198.51.100.7 } port { 3478, 5000-5010 }", without the braces
 * where there is one of a kind. `to`: char*, at least one. Free with g_free(). */
char *mp_site_rule(gboolean is_udp, const GPtrArray *to, const char *ports);
