/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A result on the terminal and in files.
 */
#pragma once

#include <mediapath/result.h>

typedef struct {
    const char *json;    /* file, or "-": standard output; NULL: none */
    const char *html;    /* file; NULL: none */
    const char *packets; /* file; NULL: none */
    gboolean is_quiet;   /* neither progress nor summary */
    gboolean is_colorless;
} MpResultShow;

/* With the JSON on standard output the summary goes to standard error. FALSE with an error where
 * something cannot be written. */
gboolean mp_result_show(const MpResult *result, const MpResultShow *show, GError **error);
