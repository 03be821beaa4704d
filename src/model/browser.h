/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The browser of a call and the system under it, as a User-Agent text or a person names them. Names
 * are the table's own; what is not recognised stays unknown.
 */
#pragma once

#include <glib.h>

typedef struct {
    const char *name;   /* "Chrome", "Edge", "Firefox", "Safari", or another one; NULL: not known */
    guint version;      /* major; 0: not known */
    const char *system; /* "Windows", "macOS", "iOS", "iPadOS", "Android", ...; NULL: not known */
    guint system_major; /* 0: not known */
    guint system_minor;
} MpBrowser;

/* Reads a User-Agent header, RFC 9110 section 10.1.5. Never fails. Browsers freeze parts of it:
 * Windows 11 says 10, macOS 11 and later say 10.15, Chrome's "Android 10; K" is any Android, and an
 * iPad may say that it is a Mac. */
MpBrowser mp_browser_from_user_agent(const char *text);

/* Reads "chrome", "Edge/131": FALSE with MP_ERROR_INPUT for a name that is not in the table. The
 * system stays unknown. */
gboolean mp_browser_parse(MpBrowser *browser, const char *text, GError **error);

/* The table's own name for a browser or a system that is called `text`; NULL: it has none. */
const char *mp_browser_known_name(const char *text);
const char *mp_browser_known_system(const char *text);

/* Runs on a phone or a tablet. */
gboolean mp_browser_is_mobile(const MpBrowser *browser);
