/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sending half of SRTP with AES-GCM, RFC 7714, by OpenSSL: libsrtp is often built on another
 * library that takes twice as long for a packet. What it protects any SRTP opens.
 */
#pragma once

#include <glib.h>

#define MP_SRTP_MOST_KEY 32
#define MP_SRTP_GCM_SALT 12
#define MP_SRTP_GCM_TAG 16
/* Streams that may be sent. */
#define MP_SRTP_GCM_STREAMS 128

/* RFC 3711 section 4.3.1, packet index 0: `size` bytes of a session key or salt from the master's;
 * `key_size` is 16 or 32, `salt_size` at most 14. FALSE when OpenSSL refuses. */
gboolean mp_srtp_derive(const guint8 *master_key, gsize key_size, const guint8 *master_salt,
                        gsize salt_size, guint8 label, guint8 *derived, gsize size);
#define MP_SRTP_LABEL_KEY 0
#define MP_SRTP_LABEL_SALT 2

typedef struct _MpSrtpGcm MpSrtpGcm;

/* By the session's key and salt; `key_size` is 16 or 32. NULL when OpenSSL refuses. */
MpSrtpGcm *mp_srtp_gcm_new(const guint8 *key, gsize key_size, const guint8 *salt);
void mp_srtp_gcm_free(MpSrtpGcm *gcm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSrtpGcm, mp_srtp_gcm_free)

/* In place; `length` grows by MP_SRTP_GCM_TAG. FALSE, and nothing is changed: it is no RTP packet,
 * or its number was used before or is too old to know, for GCM must use no number twice; or there
 * are too many streams. */
gboolean mp_srtp_gcm_protect(MpSrtpGcm *gcm, guint8 *packet, gsize *length);
