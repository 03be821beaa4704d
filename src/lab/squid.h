/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of the lab's HTTP proxy. Pure text.
 */
#pragma once

#include <glib.h>

/* Where it keeps shared memory, under names that two labs would share: as an empty directory. */
#define MP_SQUID_SCRATCH "/dev/shm"

/* It asks for a login (RFC 7617, Basic) where `asks_login`. Free with g_free(). */
char *mp_squid_config(const char *directory, gboolean asks_login);

/* The file of users that it then reads: no password but its digest. Free with g_free(). */
char *mp_squid_users(const char *user, const char *password);
