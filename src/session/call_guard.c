/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps a call's watch.
 */
#include "session/call_guard.h"

#include "base/clock.h"
#include "net/address_watch.h"

struct _MpCallGuard {
    MpCallWatch *watch;
    MpAddressWatch *addresses; /* NULL: the kernel gave none */
    MpIceSuccession *ice;
    void (*changed)(gpointer user_data);
    gpointer user_data;
};

static void on_address(const MpAddress *address, gboolean is_new, gpointer user_data)
{
    MpCallGuard *guard = user_data;
    const MpIceSession *ice = mp_ice_succession_present(guard->ice);
    mp_call_watch_note_address(guard->watch, mp_clock_now(), address, is_new,
                               ice && mp_ice_session_uses(ice, address));
    guard->changed(guard->user_data);
}

MpCallGuard *mp_call_guard_new(MpIceSuccession *ice, void (*changed)(gpointer user_data),
                               gpointer user_data)
{
    MpCallGuard *guard = g_new0(MpCallGuard, 1);
    guard->watch = mp_call_watch_new();
    guard->addresses = mp_address_watch_new(on_address, guard);
    guard->ice = ice;
    guard->changed = changed;
    guard->user_data = user_data;
    return guard;
}

void mp_call_guard_free(MpCallGuard *guard)
{
    if (!guard)
        return;
    mp_address_watch_free(guard->addresses);
    mp_call_watch_free(guard->watch);
    g_free(guard);
}

MpCallWatch *mp_call_guard_watch(const MpCallGuard *guard)
{
    return guard ? guard->watch : NULL;
}

MpTime mp_call_guard_deadline(const MpCallGuard *guard)
{
    return guard ? mp_call_watch_deadline(guard->watch) : MP_NEVER;
}

void mp_call_guard_advance(MpCallGuard *guard, MpTime now)
{
    MpIceSession *ice = guard ? mp_ice_succession_present(guard->ice) : NULL;
    if (!ice || !mp_call_watch_advance(guard->watch, now))
        return;
    mp_ice_session_check(ice);
    mp_ice_session_ask_relay(ice);
}

void mp_call_guard_note_lost(MpCallGuard *guard)
{
    const MpIceSession *ice = guard ? mp_ice_succession_present(guard->ice) : NULL;
    if (ice)
        mp_call_watch_note_failure(guard->watch, mp_clock_now(), mp_ice_session_was_closed(ice));
}

void mp_call_guard_note_succeeded(MpCallGuard *guard)
{
    MpIceCandidate local = {0};
    MpIceCandidate remote = {0};
    if (!guard)
        return;
    mp_ice_session_pair(mp_ice_succession_present(guard->ice), &local, &remote);
    mp_call_watch_note_restarted(guard->watch, mp_clock_now(), &local.address, &remote.address);
}

void mp_call_guard_note_mapped(MpCallGuard *guard, const MpAddress *mapped, gboolean is_by_relay)
{
    if (guard)
        mp_call_watch_note_mapping(guard->watch, mp_clock_now(), mapped, is_by_relay);
}

void mp_call_guard_note_relay(MpCallGuard *guard, guint code)
{
    if (guard)
        mp_call_watch_note_relay(guard->watch, mp_clock_now(), code);
}
