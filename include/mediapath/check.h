/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The main job: plan, probe, judge.
 */
#pragma once

#include <gio/gio.h>
#include <mediapath/result.h>

G_BEGIN_DECLS

/* All strings are lent for the time of the call. Zero and NULL mean the default. What an option
 * says replaces what the scenario says, and that what the lab says. Secrets that none of them gives
 * are read from the environment: MEDIAPATH_TURN_PASSWORD, MEDIAPATH_TURN_SECRET, MEDIAPATH_TOKEN,
 * MEDIAPATH_PROXY_PASSWORD.
 */
typedef struct {
    const char *scenario_file;    /* YAML */
    const char *lab_file;         /* the JSON file that MEDIAPATH_LAB names: far ends of a lab */
    const char *profile;          /* name of a built-in one or path of a YAML file; "bellface" */
    const char *role;             /* "host" (default) or "guest" */
    const char *const *stun_uris; /* NULL-terminated, RFC 7064 */
    const char *const *turn_uris; /* NULL-terminated, RFC 7065 */
    const char *turn_user;
    const char *turn_password_file; /* long-term credential, RFC 8489 section 9.2 */
    const char *turn_secret_file;   /* shared secret of the REST scheme: time-limited credentials */
    const char *responder_url;      /* WHIP endpoint of a `mediapath responder`, RFC 9725 */
    const char *token_file;         /* its bearer token */
    const char *proxy; /* http://HOST:PORT or socks5://HOST:PORT; NULL: the system's settings */
    const char *proxy_user; /* NULL: no login is offered */
    const char *proxy_password_file;
    const char *ca_file;          /* PEM trust anchors instead of the system's */
    const char *const *resolvers; /* NULL-terminated IP addresses of name servers whose answers are
                                   * compared with those of the system's */
    const char *const *only; /* NULL-terminated probe kinds to run: "stun", "nat", "turn", "web",
                              * "computer", "path", "ports", "ports-relay",
                              * "ports-walk", "media" */
    const char *const *skip; /* NULL-terminated probe kinds to leave out */
    const char *const *transports; /* NULL-terminated ways to go: "udp", "turn-udp", "turn-tcp",
                                    * "turn-tls" */
    const char *stamp_host; /* a responder that answers STAMP (RFC 8762) on its UDP ports; NULL: the
                             * host of responder_url */
    const char *stamp_key_file;  /* "ID KEY": the site's key there */
    const char *const *walk;     /* NULL-terminated hosts and prefixes ("168.100.64.0/18") toward
                                  * which routers are asked for the map of ports */
    guint16 first_port;          /* of the map of UDP ports; 0: 1025 */
    guint16 last_port;           /* 0: 65535 */
    guint port_rate;             /* datagrams or allocations per second, 1..1000000; 0: gentle */
    const char *const *sessions; /* NULL-terminated kinds of session that are measured: "live_video"
                                  * (always is), "screen_share", "virtual_background" */
    const char *codec;      /* the video that is offered: "vp8" (default), "vp9", "h264", "av1" */
    const char *user_agent; /* of the caller's browser, RFC 9110 section 10.1.5; NULL: not known */
    const char *browser;    /* the same by name: "chrome", "edge/131"; goes before user_agent */
    double deadline_s;      /* the whole run, seconds; 0: 60 */
    double media_s;         /* media on the preferred way, seconds, 1..600; 0: 4 */
    int capacity_kbps;      /* what is needed each way, 100..1000000: measured on every way; 0: what
                             * the profile asks for, on the way that a browser would take; -1: not
                             * measured */
    double nat_lifetime_s;  /* idle UDP flows are watched so long, seconds, 1..310; 0: 12 at most,
                             * and no longer than the rest of the check takes */
    const char *lang;       /* "en" (default) or "ja" */
    const char *pcapng_file; /* what is sent and received is written to; NULL: nowhere */
    gboolean pcapng_masks;   /* pseudonyms for addresses outside the profile's ranges */
    gboolean pcapng_keys;    /* with the keys of TLS and DTLS sessions */
} MpCheckConfig;

typedef enum {
    MP_CHECK_PLANNED,
    MP_CHECK_STARTED,
    MP_CHECK_FINISHED,
    MP_CHECK_CAPTURED /* after the last step, where pcapng_file is given */
} MpCheckEventType;

/* Lent for the time of the callback. */
typedef struct {
    MpCheckEventType type;
    guint n_steps;       /* of the plan */
    guint step;          /* 0-based */
    const char *id;      /* of the step; NULL for MP_CHECK_PLANNED */
    const char *title;   /* in the run's language: "TURN over TLS to turn.example:443" */
    const char *outcome; /* MP_CHECK_FINISHED: "answered", "silent", ... */
    const char *detail;  /* MP_CHECK_FINISHED: one line of what was seen; may be NULL.
                          * MP_CHECK_CAPTURED: why there is no file; NULL: it is written */
    guint64 n_packets;   /* MP_CHECK_CAPTURED */
    double duration_ms;  /* MP_CHECK_FINISHED */
} MpCheckEvent;

/* Called in the thread that called mp_check_run(). */
typedef void (*MpCheckProgress)(const MpCheckEvent *event, gpointer user_data);

/* Reads and verifies everything that `config` names, without asking the network; far ends may still
 * be missing. FALSE with MP_ERROR_INPUT. */
MP_PUBLIC gboolean mp_check_validate(const MpCheckConfig *config, GError **error);

/* Runs the whole check and blocks until it is over or `cancellable` is cancelled; then what was
 * measured until then is the result. NULL with MP_ERROR_INPUT (exit code 2) for wrong input, or
 * another error (exit code 3) where the check could not be carried out. The caller owns what is
 * returned: mp_result_free(). */
MP_PUBLIC MpResult *mp_check_run(const MpCheckConfig *config, MpCheckProgress progress,
                                 gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
