/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that are still there, whole, after the power has failed.
 */
#pragma once

#include <glib.h>

/* Brings `from` to the disk and then gives it the name `to` in one step. MP_ERROR_UNAVAILABLE. */
gboolean mp_durable_rename(const char *from, const char *to, GError **error);

/* Writes `text` to `path`, whole or not at all. MP_ERROR_UNAVAILABLE. */
gboolean mp_durable_write(const char *path, const char *text, GError **error);
