/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers of a lab: their files, their start, and when they answer.
 */
#pragma once

#include "lab/far_ends.h"
#include "lab/keeper.h"

/* Certificates, configurations, credentials and what MEDIAPATH_LAB names, into the lab's directory.
 * The path of the latter; NULL with an error. Free with g_free(). */
char *mp_services_write_files(const MpFarEnds *far_ends, const MpNetwork *network, GError **error);

/* Starts what the network's provider runs and returns when all of it answers. FALSE with
 * MP_ERROR_UNAVAILABLE and the last lines of the log of the one that does not. */
gboolean mp_services_start(const MpFarEnds *far_ends, const MpNetwork *network,
                           const MpKeeper *keeper, GError **error);

/* The servers' command lines and configurations, with placeholders for secrets. */
char *mp_services_plan(const MpFarEnds *far_ends, const MpNetwork *network);
