/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A result as text for people and for programs.
 */
#pragma once

#include <mediapath/result.h>

G_BEGIN_DECLS

typedef struct {
    const char *lang;   /* "en" or "ja"; NULL: the result's own */
    gboolean use_color; /* ANSI colours */
    guint columns;      /* width of the terminal; 0: 80 */
} MpTextOptions;

/* A summary a person understands, ending in a newline. Free with g_free(). */
MP_PUBLIC char *mp_report_text(const MpResult *result, const MpTextOptions *options);

/* JSON valid against scenarios/schema/result.schema.json, ending in a newline. Times in ms, rates
 * in kbps, loss in percent. Free with g_free(). */
MP_PUBLIC char *mp_report_json(const MpResult *result);

/* The same for a browser and for paper: one page of HTML that needs nothing else. `lang` as in
 * MpTextOptions. Free with g_free(). */
MP_PUBLIC char *mp_report_html(const MpResult *result, const char *lang);

/* Every packet of every call that was measured, a line each: docs/RESULT.md. Free with g_free(). */
MP_PUBLIC char *mp_report_packets(const MpResult *result);

G_END_DECLS
