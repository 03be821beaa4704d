/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A certificate authority that lives for one lab, and the server certificates that it signs.
 */
#pragma once

#include <glib.h>

typedef struct _MpAuthority MpAuthority;

/* Makes a key pair and a self-signed certificate. NULL with MP_ERROR_UNAVAILABLE. */
MpAuthority *mp_authority_new(const char *name, GError **error);
void mp_authority_free(MpAuthority *authority);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpAuthority, mp_authority_free)

/* Its own certificate as PEM: what clients trust. */
gboolean mp_authority_write_certificate(const MpAuthority *authority, const char *path,
                                        GError **error);

/* Its key, readable by the owner only: for a server that signs in its name. */
gboolean mp_authority_write_key(const MpAuthority *authority, const char *path, GError **error);

typedef enum {
    MP_VALIDITY_NOW,
    MP_VALIDITY_ENDED_YESTERDAY,
    MP_VALIDITY_BEGINS_TOMORROW
} MpValidity;

/* Writes a certificate for every name of `names` (NULL-terminated; IP literals become IP
 * addresses, RFC 5280 section 4.2.1.6) and its key, readable by the owner only. */
gboolean mp_authority_issue(const MpAuthority *authority, const char *const *names,
                            MpValidity validity, const char *certificate_path, const char *key_path,
                            GError **error);
