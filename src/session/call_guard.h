/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps a call's watch: feeds it with what the computer's addresses and ICE do, and puts the checks
 * that it wants. Every call takes NULL for an end that keeps no watch.
 */
#pragma once

#include "session/call_watch.h"
#include "session/ice_succession.h"

typedef struct _MpCallGuard MpCallGuard;

/* `ice` is lent for good; `changed` is told when something was noted. */
MpCallGuard *mp_call_guard_new(MpIceSuccession *ice, void (*changed)(gpointer user_data),
                               gpointer user_data);
void mp_call_guard_free(MpCallGuard *guard);

/* Lent; NULL for NULL. */
MpCallWatch *mp_call_guard_watch(const MpCallGuard *guard);
MpTime mp_call_guard_deadline(const MpCallGuard *guard);
void mp_call_guard_advance(MpCallGuard *guard, MpTime now);

/* The present pair was given up. */
void mp_call_guard_note_lost(MpCallGuard *guard);
/* A restart has brought another one. */
void mp_call_guard_note_succeeded(MpCallGuard *guard);
void mp_call_guard_note_mapped(MpCallGuard *guard, const MpAddress *mapped, gboolean is_by_relay);
void mp_call_guard_note_relay(MpCallGuard *guard, guint code);
