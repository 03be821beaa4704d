/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SQLite with our errors. Values go in and out as text; the columns' affinity makes numbers.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* MP_ERROR_INPUT when the file is something else, MP_ERROR_UNAVAILABLE when it cannot be had.
 * `flags` are those of sqlite3_open_v2(). Every commit is on the disk when it returns. */
sqlite3 *mp_database_open(const char *path, int flags, GError **error);

/* One statement with its values in the order of "?"; NULL is NULL. Rows are thrown away. */
gboolean mp_database_run(sqlite3 *database, const char *sql, const char *const *values,
                         guint n_values, GError **error);
/* The same, which must change exactly one row. */
gboolean mp_database_change(sqlite3 *database, const char *sql, const char *const *values,
                            guint n_values, GError **error);
/* Several statements without values. */
gboolean mp_database_script(sqlite3 *database, const char *sql, GError **error);

/* NULL with an error; ask with sqlite3_step(), then end it. */
sqlite3_stmt *mp_database_query(sqlite3 *database, const char *sql, GError **error);
/* Frees it. FALSE with an error: its rows broke off before the last. */
gboolean mp_database_query_end(sqlite3_stmt *statement, GError **error);

gboolean mp_database_begin(sqlite3 *database, GError **error);
/* Commits when `is_good`, else takes everything back and leaves the error as it is. TRUE: it is
 * committed. */
gboolean mp_database_end(sqlite3 *database, gboolean is_good, GError **error);
