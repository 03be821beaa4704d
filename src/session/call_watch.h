/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changes under a call: notices that media stopped, keeps the events in order, and says when
 * to check the path and when to restart ICE. Opens no socket and reads no clock.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"

typedef enum {
    MP_CALL_ADDRESS_GONE,    /* `address` left this computer */
    MP_CALL_ADDRESS_NEW,     /* it came */
    MP_CALL_MAPPING_CHANGED, /* a NAT shows us as `address`, no longer as `before` */
    MP_CALL_RELAY_FORGOT,    /* the TURN server does not know the allocation: `code` 437 */
    MP_CALL_RELAY_CLOSED,    /* its TCP connection ended */
    MP_CALL_MEDIA_STOPPED,
    MP_CALL_MEDIA_RESUMED, /* after `span` */
    MP_CALL_CONSENT_LOST,
    MP_CALL_RESTART_BEGUN,
    MP_CALL_RESTARTED,      /* a new pair is nominated; took `span` */
    MP_CALL_RESTART_FAILED, /* `code` of HTTP, or 0, and `detail` */
    MP_CALL_SESSION_GONE,   /* the far end does not know the call: HTTP `code` */
} MpCallEventKind;

typedef struct {
    MpCallEventKind kind;
    MpTime when;         /* mp_clock_now() */
    MpAddress address;   /* MP_CALL_RESTARTED: the new pair's local one */
    MpAddress before;    /* MP_CALL_RESTARTED: its remote one */
    gboolean is_ours;    /* the call's own local address, or the pair's */
    gboolean is_relayed; /* the TURN server saw it, not the far end */
    MpTime span;
    guint code;
    const char *detail; /* a literal; NULL: none */
} MpCallEvent;

/* "address-gone", "media-stopped", ... */
const char *mp_call_event_name(MpCallEventKind kind);

typedef struct _MpCallWatch MpCallWatch;

MpCallWatch *mp_call_watch_new(void);
void mp_call_watch_free(MpCallWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCallWatch, mp_call_watch_free)

/* A packet of media came. The first one begins the watch; before it nothing is noted. */
void mp_call_watch_note_media(MpCallWatch *watch, MpTime now);
/* The call rests, or no longer does: then its packets come every 100 ms. */
void mp_call_watch_note_rest(MpCallWatch *watch, MpTime now, gboolean is_resting);
/* Whether the far end's last report counts anything of ours as new: where it does not, the path is
 * checked often, though its own media may go on coming. */
void mp_call_watch_note_heard(MpCallWatch *watch, gboolean is_heard);
/* Our own sending has ended: what does not come any more is no outage. */
void mp_call_watch_end(MpCallWatch *watch, MpTime now);
void mp_call_watch_note_address(MpCallWatch *watch, MpTime now, const MpAddress *address,
                                gboolean is_new, gboolean is_ours);
/* Our address as the far end, or the TURN server, sees it. */
void mp_call_watch_note_mapping(MpCallWatch *watch, MpTime now, const MpAddress *mapped,
                                gboolean is_by_relay);
/* What the TURN server says of the allocation. */
void mp_call_watch_note_relay(MpCallWatch *watch, MpTime now, guint code);
/* The agent gave the pair up: consent is lost, or the connection to the relay ended. */
void mp_call_watch_note_failure(MpCallWatch *watch, MpTime now, gboolean is_connection_closed);

void mp_call_watch_note_restart_begun(MpCallWatch *watch, MpTime now);
void mp_call_watch_note_restarted(MpCallWatch *watch, MpTime now, const MpAddress *local,
                                  const MpAddress *remote);
/* `is_gone`: there is no call to restart any more. */
void mp_call_watch_note_restart_failed(MpCallWatch *watch, MpTime now, guint code,
                                       const char *detail, gboolean is_gone);

/* When to call advance again. */
MpTime mp_call_watch_deadline(const MpCallWatch *watch);
/* TRUE: check the path now. */
gboolean mp_call_watch_advance(MpCallWatch *watch, MpTime now);
gboolean mp_call_watch_wants_restart(const MpCallWatch *watch, MpTime now);
/* Nothing came for a moment: it may be nothing, or the beginning of an outage. */
gboolean mp_call_watch_is_quiet(const MpCallWatch *watch, MpTime now);
/* Media is out, or a cause was seen that will stop it. */
gboolean mp_call_watch_is_troubled(const MpCallWatch *watch);
/* Media is out and will not come back. */
gboolean mp_call_watch_has_given_up(const MpCallWatch *watch, MpTime now);

/* Restarts connect, and whatever cuts media cuts it again. */
gboolean mp_call_watch_is_relapsing(const MpCallWatch *watch);
/* The far end said that there is no such call. */
gboolean mp_call_watch_is_gone(const MpCallWatch *watch);

/* Events in the order of their time, MpCallEvent; lent. */
const GArray *mp_call_watch_events(MpCallWatch *watch);
/* All time without media. */
MpTime mp_call_watch_outage(const MpCallWatch *watch, MpTime now);
/* FALSE: nothing came at all. */
gboolean mp_call_watch_has_begun(const MpCallWatch *watch);
guint mp_call_watch_restarts(const MpCallWatch *watch);
