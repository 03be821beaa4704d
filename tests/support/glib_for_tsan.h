/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Functions that stand in front of GLib's in the programs of a build with the thread sanitizer.
 */
#pragma once

#include <glib-object.h>

/* In a function of GLib's name: `hidden` is the one behind it. */
#define HIDDEN(function)                                                                           \
    static GCallback known;                                                                        \
    __typeof__(function) *hidden = (__typeof__(function) *)mp_tsan_find_hidden(&known, #function)

GCallback mp_tsan_find_hidden(GCallback *known, const char *name);
