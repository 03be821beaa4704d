/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A WHIP client, RFC 9725, on libsoup. Every call runs the thread's default context until the
 * answer is there, so that a media session of the same thread goes on meanwhile.
 */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"
#include "session/http_exchange.h"

typedef struct _MpWhipClient MpWhipClient;

/* NULL with MP_ERROR_INPUT for a URL that is not http(s) or a CA file that cannot be read. `token`
 * is lent. */
MpWhipClient *mp_whip_client_new(const char *url, const MpSecret *token, const char *ca_file,
                                 GError **error);
/* Before the first request: goes through the site's proxy; see session/http_proxy.h. */
void mp_whip_client_use_proxy(MpWhipClient *client, const char *url, const char *user,
                              const MpSecret *password);
void mp_whip_client_free(MpWhipClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpWhipClient, mp_whip_client_free)

/* POST of the offer; on 201 the session's URL is kept for the calls below. `deadline` is on
 * mp_clock_now(). */
MpHttpReply *mp_whip_client_offer(MpWhipClient *client, const char *sdp, MpTime deadline,
                                  GCancellable *cancellable);
/* ICE restart, RFC 9725 section 4.3.3: PATCH of application/trickle-ice-sdpfrag. On 200 the body is
 * the far end's fragment. From then on connections are new ones: the network may have changed. */
MpHttpReply *mp_whip_client_restart(MpWhipClient *client, const char *fragment, MpTime deadline,
                                    GCancellable *cancellable);
/* POST to SESSION/record. */
MpHttpReply *mp_whip_client_take_record(MpWhipClient *client, MpTime deadline,
                                        GCancellable *cancellable);
/* DELETE of the session. */
MpHttpReply *mp_whip_client_delete(MpWhipClient *client, MpTime deadline);
gboolean mp_whip_client_has_session(const MpWhipClient *client);
