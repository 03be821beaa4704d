/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of the lab's HTTP proxy. Pure text.
 */
#pragma once

#include "lab/site.h"

/* Where it keeps shared memory, under names that two labs would share: as an empty directory. */
#define MP_SQUID_SCRATCH "/dev/shm"

/* Open to all, or with the login that `proxy` asks for. Free with g_free(). */
char *mp_squid_config(const char *directory, const MpSiteProxy *proxy);

/* The file of users that it then reads: no password but its digest. Free with g_free(). */
char *mp_squid_users(const char *user, const char *password);
