/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One ICE agent with one component, RFC 8445, on libnice. It belongs to the thread that runs its
 * GMainContext: every call and every callback happens there. Packets of a plain UDP socket carry
 * the kernel's timestamps.
 */
#pragma once

#include <gio/gio.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "session/ice_checks.h"
#include "session/ice_tap.h"

typedef struct _MpIceSession MpIceSession;

typedef enum {
    MP_ICE_NEW,
    MP_ICE_GATHERING,
    MP_ICE_GATHERED,  /* all local candidates are known */
    MP_ICE_CHECKING,  /* the far end's candidates are known */
    MP_ICE_CONNECTED, /* a pair is nominated */
    MP_ICE_FAILED,    /* no pair works, or consent was lost */
} MpIceState;

/* When things happened, mp_clock_now(); 0: not yet. libnice selects the pair that it nominates. */
typedef struct {
    MpTime gathering_began;
    MpTime gathered;
    MpTime checks_began;
    MpTime first_answer; /* of a check of ours, as far as its socket is UDP */
    MpTime valid;        /* the first pair whose check succeeded */
    MpTime selected;     /* the pair that media uses first */
    MpTime nominated;    /* nomination is over */
} MpIceInstants;

/* Messages seen on UDP sockets. libnice tells neither how many checks it sends nor which fail. */
typedef struct {
    guint checks_received;
    guint answers_received;
} MpIceCounts;

typedef struct {
    MpAddress server; /* an IP literal that the TURN client has proven */
    gboolean is_tcp;
    const char *user; /* empty for a server without authentication */
    const char *password;
    guint16 bridge_port; /* net/relay_bridge.h, on loopback of the server's family; 0: none */
} MpIceRelay;

typedef struct {
    void (*changed)(gpointer user_data); /* the state did */
    /* A packet that is not STUN. `arrival` is CLOCK_REALTIME. */
    void (*packet)(const guint8 *data, gsize length, MpTime arrival, gboolean is_kernel_stamped,
                   gpointer user_data);
    /* The kernel's stamp of leaving for a packet sent with that tag. */
    void (*sent)(guint32 tag, MpTime left, gpointer user_data);
    /* NULL where neither mp_ice_session_check() nor mp_ice_session_ask_relay() is called. Our
     * address as the far end or the TURN server sees it now. */
    void (*mapped)(const MpAddress *mapped, gboolean is_by_relay, gpointer user_data);
    /* What the TURN server said of the allocation: 0 that it is alive, else the STUN error. */
    void (*relay_said)(guint code, gpointer user_data);
} MpIceCallbacks;

typedef struct {
    gboolean is_controlling;
    MpAddress local;    /* the only local address to use; family NONE: all interfaces */
    guint16 first_port; /* range of local UDP ports; 0: any */
    guint16 last_port;
    MpAddress stun_server;   /* family NONE: none */
    const MpIceRelay *relay; /* only relayed candidates through it; NULL: none */
    MpIceCallbacks callbacks;
    gpointer user_data;
} MpIceConfig;

typedef struct {
    gboolean is_remote;
    const char *type;      /* "host", "srflx", "prflx", "relay" */
    const char *transport; /* "udp", "tcp" */
    MpAddress address;
    MpAddress related; /* base, or family NONE */
    MpAddress server;  /* local: who told it, STUN or TURN server, or family NONE */
    MpTime found;      /* span since gathering began */
} MpIceCandidate;

/* For the context that is the thread's default. */
MpIceSession *mp_ice_session_new(const MpIceConfig *config);
/* After mp_ice_session_close() has finished, or allocations stay on the TURN server. */
void mp_ice_session_free(MpIceSession *session);

/* FALSE: no usable interface, or no free port in the range. */
gboolean mp_ice_session_gather(MpIceSession *session);
MpIceState mp_ice_session_state(const MpIceSession *session);

/* Local credentials and candidates for the SDP; the strings are the caller's. */
void mp_ice_session_local(MpIceSession *session, char **ufrag, char **pwd, GPtrArray *candidates);
/* The far end's. FALSE when no candidate of it can be used. */
gboolean mp_ice_session_set_remote(MpIceSession *session, const char *ufrag, const char *pwd,
                                   const GPtrArray *candidates);

/* Whether a check was answered: packets pass both ways, though no pair may be nominated yet. */
gboolean mp_ice_session_is_answered(const MpIceSession *session);

/* All candidates seen, MpIceCandidate, in order; lent. */
const GArray *mp_ice_session_candidates(const MpIceSession *session);
/* The nominated pair; FALSE when there is none. */
gboolean mp_ice_session_pair(MpIceSession *session, MpIceCandidate *local, MpIceCandidate *remote);

/* How many packets were taken, from the first one on; the others may be tried again. The tags,
 * `first_tag` and what follows it, come back in sent() where the kernel stamps this way's packets,
 * unless it is MP_ICE_UNTAGGED. */
guint mp_ice_session_send(MpIceSession *session, const MpBytes *packets, guint n,
                          guint32 first_tag);

/* Consent to send (RFC 7675): when to look at it next; MP_NEVER: there is no pair, or it goes
 * through a stream, where libnice alone sees answers and takes 50 s. */
MpTime mp_ice_session_consent_deadline(const MpIceSession *session, MpTime now);
/* Gives the pair up where consent has ended. */
void mp_ice_session_look_at_consent(MpIceSession *session, MpTime now);

/* Has sent() called for the stamps that are there already, which saves the loop a turn. Not from
 * within a callback. */
void mp_ice_session_take_stamps(MpIceSession *session);

MpIceInstants mp_ice_session_instants(const MpIceSession *session);
MpIceCounts mp_ice_session_counts(const MpIceSession *session);

/* Is it the address that media leaves this computer from? The port is not compared. */
gboolean mp_ice_session_uses(const MpIceSession *session, const MpAddress *address);
/* Failed at once, because the connection to the TURN server ended, not by silence. */
gboolean mp_ice_session_was_closed(const MpIceSession *session);

/* Puts a check of our own to the far end of the nominated pair. FALSE where its answer could not be
 * seen: there is no pair, or it has no UDP socket. */
gboolean mp_ice_session_check(MpIceSession *session);
/* FALSE when no check was ever sent. */
gboolean mp_ice_session_check_counts(const MpIceSession *session, MpIceCheckCounts *counts);
/* Asks the TURN server through the allocation's socket, where that is UDP. */
void mp_ice_session_ask_relay(MpIceSession *session);

/* Packets that our own socket dropped for want of room. */
guint32 mp_ice_session_overflows(const MpIceSession *session);

/* Frees the allocations on the server; `closed` is called when it is done. */
void mp_ice_session_close(MpIceSession *session, void (*closed)(gpointer user_data),
                          gpointer user_data);
