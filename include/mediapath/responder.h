/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end on a machine of yours: answers STUN and is the media peer of a check, by WHIP.
 */
#pragma once

#include <gio/gio.h>
#include <mediapath/export.h>

G_BEGIN_DECLS

/* All strings are lent for the time of the call. */
typedef struct {
    const char *listen;     /* "IP:PORT" of the WHIP endpoint; media uses the same IP */
    const char *cert_file;  /* PEM chain for HTTPS; NULL with a NULL key_file: plain HTTP */
    const char *key_file;   /* PEM key */
    const char *token_file; /* bearer token that clients must show; NULL: none is asked for */
    guint16 first_port;     /* UDP ports for media, 1025..65535 */
    guint16 last_port;
    guint16 stun_port;   /* UDP port that answers STUN Binding; 0: none */
    guint most_sessions; /* at the same time; 0: 64 */
    guint greatest_kbps; /* video that one session may ask for; 0: 10000 */
} MpResponderConfig;

/* Called once, when the responder serves. `url` is lent. */
typedef void (*MpResponderReady)(const char *url, gpointer user_data);

/* Serves until `cancellable` is cancelled; then TRUE. FALSE with MP_ERROR_INPUT for a wrong
 * setting, or MP_ERROR_UNAVAILABLE when an address cannot be had. */
MP_PUBLIC gboolean mp_responder_run(const MpResponderConfig *config, MpResponderReady ready,
                                    gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
