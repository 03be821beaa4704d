/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end on a machine of yours: answers STUN, is the media peer of a check, by WHIP, and
 * reflects STAMP (RFC 8762) on every UDP port of a range.
 */
#pragma once

#include <gio/gio.h>
#include <mediapath/export.h>

G_BEGIN_DECLS

/* How a range of ports is had. */
typedef enum {
    MP_REFLECT_AUTO,    /* raw sockets where they are allowed, else bound ones */
    MP_REFLECT_LEAN,    /* one raw socket a family: CAP_NET_RAW; takes no port from anybody */
    MP_REFLECT_SOCKETS, /* one bound socket a port, in several processes; no privilege */
} MpReflectWay;

/* Something that whoever runs the responder should know. `text` is lent. */
typedef void (*MpResponderNote)(const char *text, gpointer user_data);

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
    guint capacity_kbps; /* of trains that measure capacity; 0: it takes no part in that */
    /* STAMP keys, lines of "ID KEY", mode 600; NULL: nothing is reflected. */
    const char *stamp_key_file;
    guint16 reflect_first; /* UDP ports that answer STAMP, on every address of the machine; */
    guint16 reflect_last;  /* 0 and 0: 1025..65535 */
    MpReflectWay reflect_way;
    /* When everything is bound, root becomes nobody and capabilities are given up: the whole
     * process, for good. The reflector's processes may then make no other system calls either. */
    gboolean is_confined;
    MpResponderNote note; /* NULL: nobody listens */
} MpResponderConfig;

/* Called once, when the responder serves. `url` is lent. */
typedef void (*MpResponderReady)(const char *url, gpointer user_data);

/* Serves until `cancellable` is cancelled; then TRUE. FALSE with MP_ERROR_INPUT for a wrong
 * setting, or MP_ERROR_UNAVAILABLE when an address cannot be had or the reflector has ended. STAMP
 * is served by processes that are forked first: the caller has no other threads then. */
MP_PUBLIC gboolean mp_responder_run(const MpResponderConfig *config, MpResponderReady ready,
                                    gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
