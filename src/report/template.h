/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sentences with gaps: "{server} answered[ after {ms} ms]." A gap takes its value by name; a part
 * in brackets is left out when one of its values is not known.
 */
#pragma once

#include <json-glib/json-glib.h>

/* Numbers are written as people do, arrays joined by commas. A gap outside brackets whose value is
 * not known reads "?". `values` may be NULL. Free with g_free(). */
char *mp_template_fill(const char *text, JsonObject *values);

/* The same with pairs of names and texts, ended by NULL; a NULL text is a value not known. */
char *mp_template_fill_pairs(const char *text, ...) G_GNUC_NULL_TERMINATED;

/* "12", "45.1", "0.05", "0.004": the fewer decimals the larger the number. */
char *mp_template_number(double value);
/* The same, but "<ERROR" for a value below the tester's own error: its digits would say nothing.
 * NAN is no error. */
char *mp_template_measured(double value, double error);
