/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host names of the product's requirements, which a lab's web server stands in for.
 */
#pragma once

#include <glib.h>

typedef struct {
    char **domains;  /* for a name server: each with all below it; NULL-terminated */
    char **patterns; /* for a certificate: "*.example.com" and names; NULL-terminated */
} MpWebNames;

/* Those of the built-in profile "bellface". */
MpWebNames *mp_web_names_new(void);
void mp_web_names_free(MpWebNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpWebNames, mp_web_names_free)
