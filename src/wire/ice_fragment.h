/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * application/trickle-ice-sdpfrag, RFC 8840 section 9, as an ICE restart over WHIP needs it
 * (RFC 9725 section 4.3.3): new credentials and candidates of one bundled session.
 */
#pragma once

#include <glib.h>

#define MP_ICE_FRAGMENT_TYPE "application/trickle-ice-sdpfrag"

typedef struct {
    char *ufrag;
    char *pwd;
    GPtrArray *candidates; /* char*: "candidate:...", RFC 8839 section 5.1 */
} MpIceFragment;

MpIceFragment *mp_ice_fragment_new(void);
void mp_ice_fragment_free(MpIceFragment *fragment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpIceFragment, mp_ice_fragment_free)

/* For the bundle whose first section is audio with that mid. Free with g_free(). */
char *mp_ice_fragment_write(const MpIceFragment *fragment, const char *mid);

/* NULL with MP_ERROR_MALFORMED "SDP fragment line N: what was found, what was expected". It must
 * have credentials of RFC 8839 section 5.4; at most 64 KiB and 64 candidates. */
MpIceFragment *mp_ice_fragment_parse(const char *text, gsize length, GError **error);
