/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A check that is seen: progress while it runs, then what it found.
 */
#pragma once

#include <mediapath/check.h>

typedef struct {
    const char *json;    /* file, or "-": standard output; NULL: none */
    const char *html;    /* file; NULL: none */
    const char *packets; /* file; NULL: none */
    gboolean is_quiet;   /* neither progress nor summary */
    gboolean is_colorless;
} MpCheckShow;

/* NULL with an error where the check could not be carried out or the result not be written. */
MpResult *mp_check_show(const MpCheckConfig *config, const MpCheckShow *show, GError **error);

/* Seconds of an option; `text` NULL leaves `seconds` as it is. */
gboolean mp_check_parse_seconds(double *seconds, const char *name, const char *text, double most,
                                GError **error);
