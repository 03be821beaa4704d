/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ICE sessions of one call, one after the other: a restart, RFC 8445 section 9, is a new agent
 * with sockets, candidates and credentials of its own. Media stays on the present one until the
 * next has a pair; the old one is listened to for a moment longer, frees its allocations and is
 * gone.
 */
#pragma once

#include "session/ice_session.h"
#include "wire/ice_fragment.h"

typedef struct _MpIceSuccession MpIceSuccession;

typedef struct {
    void (*changed)(gpointer user_data);      /* the state of the present one did */
    void (*next_changed)(gpointer user_data); /* that of the next one did */
    void (*succeeded)(gpointer user_data);    /* the next one has become the present one */
    /* Of every one of them, MpIceCallbacks. */
    void (*packet)(const guint8 *data, gsize length, MpTime arrival, gboolean is_kernel_stamped,
                   gpointer user_data);
    void (*sent)(guint32 tag, MpTime left, gpointer user_data);
    /* Of the present one. */
    void (*mapped)(const MpAddress *mapped, gboolean is_by_relay, gpointer user_data);
    void (*relay_said)(guint code, gpointer user_data);
} MpIceSuccessionCallbacks;

/* The first one, of which callbacks and user_data are set here. */
MpIceSuccession *mp_ice_succession_new(const MpIceConfig *config,
                                       const MpIceSuccessionCallbacks *callbacks,
                                       gpointer user_data);
/* After mp_ice_succession_close() has finished. */
void mp_ice_succession_free(MpIceSuccession *succession);

/* NULL once it is closing. */
MpIceSession *mp_ice_succession_present(const MpIceSuccession *succession);
/* NULL: no restart is under way. */
MpIceSession *mp_ice_succession_next(const MpIceSuccession *succession);

/* Begins a restart: the next one gathers. FALSE: no usable interface or port. */
gboolean mp_ice_succession_restart(MpIceSuccession *succession, const MpIceConfig *config);
/* After gathering: what the far end must know of the next one, application/trickle-ice-sdpfrag.
 * Free with g_free(). */
char *mp_ice_succession_fragment(const MpIceSuccession *succession);
/* Takes the far end's. FALSE when no candidate of it can be used. */
gboolean mp_ice_succession_accept(MpIceSuccession *succession, const MpIceFragment *far_end);
/* Ends a restart that came to nothing. */
void mp_ice_succession_abandon(MpIceSuccession *succession);

/* Packets that the sockets of all of them dropped for want of room. */
guint32 mp_ice_succession_overflows(const MpIceSuccession *succession);

/* Frees all allocations; `closed` is called when it is done. */
void mp_ice_succession_close(MpIceSuccession *succession, void (*closed)(gpointer user_data),
                             gpointer user_data);
