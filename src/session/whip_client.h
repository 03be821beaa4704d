/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A WHIP client, RFC 9725, on libsoup. Every call runs the thread's default context until the
 * answer is there, so that a media session of the same thread goes on meanwhile.
 */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"
#include "base/time.h"

/* How far a request came. */
typedef enum {
    MP_WHIP_ANSWERED,   /* an HTTP status came */
    MP_WHIP_UNRESOLVED, /* the host name has no address */
    MP_WHIP_REFUSED,
    MP_WHIP_UNREACHABLE,
    MP_WHIP_SILENT,
    MP_WHIP_RESET,
    MP_WHIP_UNTRUSTED, /* the certificate does not verify */
    MP_WHIP_MALFORMED, /* something that is not HTTP, or is too long */
} MpWhipProgress;

typedef struct {
    MpWhipProgress progress;
    guint status; /* HTTP status; 0: none came */
    char *detail; /* reason phrase, or the error in one line */
    GBytes *body; /* NULL: none */
} MpWhipReply;

void mp_whip_reply_free(MpWhipReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpWhipReply, mp_whip_reply_free)

typedef struct _MpWhipClient MpWhipClient;

/* NULL with MP_ERROR_INPUT for a URL that is not http(s) or a CA file that cannot be read. `token`
 * is lent. */
MpWhipClient *mp_whip_client_new(const char *url, const MpSecret *token, const char *ca_file,
                                 GError **error);
void mp_whip_client_free(MpWhipClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpWhipClient, mp_whip_client_free)

/* POST of the offer; on 201 the session's URL is kept for the calls below. `deadline` is on
 * mp_clock_now(). */
MpWhipReply *mp_whip_client_offer(MpWhipClient *client, const char *sdp, MpTime deadline,
                                  GCancellable *cancellable);
/* POST to SESSION/record. */
MpWhipReply *mp_whip_client_take_record(MpWhipClient *client, MpTime deadline,
                                        GCancellable *cancellable);
/* DELETE of the session. */
MpWhipReply *mp_whip_client_delete(MpWhipClient *client, MpTime deadline);
gboolean mp_whip_client_has_session(const MpWhipClient *client);
