/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ICE sessions of one call, one after the other.
 */
#include "session/ice_succession.h"

#include "session/media_description.h"

/* What the far end sent before it changed over itself comes by the old pair for about a round trip:
 * so long as over two satellites. */
#define LINGER_MS 1500

typedef struct {
    MpIceSuccession *succession;
    MpIceSession *ice;
    GSource *end;       /* of its lingering; NULL: it does not linger */
    gboolean is_closed; /* its allocations are freed */
} Member;

struct _MpIceSuccession {
    MpIceSuccessionCallbacks callbacks;
    gpointer user_data;
    Member *present;
    Member *next;         /* NULL: no restart is under way */
    GPtrArray *lingering; /* Member*: once present, and still listened to */
    GPtrArray *retired;   /* Member*: closing, or closed and not yet swept */
    GSource *sweep;       /* NULL: nothing is to be swept */
    guint32 past_overflows;
    void (*closed)(gpointer user_data); /* NULL: not closing */
    gpointer closed_data;
};

static void end_lingering(Member *member)
{
    if (member->end)
        g_source_destroy(member->end);
    g_clear_pointer(&member->end, g_source_unref);
}

static void free_member(gpointer data)
{
    Member *member = data;
    end_lingering(member);
    mp_ice_session_free(member->ice);
    g_free(member);
}

/* Not within libnice's own callback. */
static gboolean sweep(gpointer user_data)
{
    MpIceSuccession *succession = user_data;
    for (guint i = succession->retired->len; i > 0; i--)
        if (((const Member *)succession->retired->pdata[i - 1])->is_closed)
            g_ptr_array_remove_index(succession->retired, i - 1);
    g_clear_pointer(&succession->sweep, g_source_unref);
    if (succession->closed && succession->retired->len == 0)
        succession->closed(succession->closed_data);
    return G_SOURCE_REMOVE;
}

static void on_closed(gpointer user_data)
{
    Member *member = user_data;
    MpIceSuccession *succession = member->succession;
    member->is_closed = TRUE;
    if (succession->sweep)
        return;
    succession->sweep = g_idle_source_new();
    g_source_set_priority(succession->sweep, G_PRIORITY_DEFAULT);
    g_source_set_callback(succession->sweep, sweep, succession, NULL);
    g_source_attach(succession->sweep, g_main_context_get_thread_default());
}

static void retire(MpIceSuccession *succession, Member *member)
{
    succession->past_overflows += mp_ice_session_overflows(member->ice);
    g_ptr_array_add(succession->retired, member);
    mp_ice_session_close(member->ice, on_closed, member);
}

static gboolean on_lingered(gpointer user_data)
{
    Member *member = user_data;
    MpIceSuccession *succession = member->succession;
    guint index;
    g_clear_pointer(&member->end, g_source_unref);
    if (g_ptr_array_find(succession->lingering, member, &index))
        retire(succession, g_ptr_array_steal_index(succession->lingering, index));
    return G_SOURCE_REMOVE;
}

static void linger(MpIceSuccession *succession, Member *member)
{
    g_ptr_array_add(succession->lingering, member);
    member->end = g_timeout_source_new(LINGER_MS);
    g_source_set_callback(member->end, on_lingered, member, NULL);
    g_source_attach(member->end, g_main_context_get_thread_default());
}

static void succeed(MpIceSuccession *succession)
{
    linger(succession, succession->present);
    succession->present = g_steal_pointer(&succession->next);
    succession->callbacks.succeeded(succession->user_data);
}

static void on_changed(gpointer user_data)
{
    const Member *member = user_data;
    MpIceSuccession *succession = member->succession;
    if (member == succession->present)
        succession->callbacks.changed(succession->user_data);
    else if (member == succession->next && mp_ice_session_state(member->ice) == MP_ICE_CONNECTED)
        succeed(succession);
    else if (member == succession->next)
        succession->callbacks.next_changed(succession->user_data);
}

static void on_packet(const guint8 *data, gsize length, MpTime arrival, gboolean is_kernel_stamped,
                      gpointer user_data)
{
    const MpIceSuccession *succession = ((const Member *)user_data)->succession;
    succession->callbacks.packet(data, length, arrival, is_kernel_stamped, succession->user_data);
}

static void on_sent(guint32 tag, MpTime left, gpointer user_data)
{
    const MpIceSuccession *succession = ((const Member *)user_data)->succession;
    succession->callbacks.sent(tag, left, succession->user_data);
}

static void on_mapped(const MpAddress *mapped, gboolean is_by_relay, gpointer user_data)
{
    const Member *member = user_data;
    const MpIceSuccession *succession = member->succession;
    if (member == succession->present)
        succession->callbacks.mapped(mapped, is_by_relay, succession->user_data);
}

static void on_relay_said(guint code, gpointer user_data)
{
    const Member *member = user_data;
    const MpIceSuccession *succession = member->succession;
    if (member == succession->present)
        succession->callbacks.relay_said(code, succession->user_data);
}

static Member *make_member(MpIceSuccession *succession, const MpIceConfig *config)
{
    Member *member = g_new0(Member, 1);
    MpIceConfig mine = *config;
    mine.callbacks = (MpIceCallbacks){on_changed, on_packet, on_sent, on_mapped, on_relay_said};
    mine.user_data = member;
    member->succession = succession;
    member->ice = mp_ice_session_new(&mine);
    return member;
}

MpIceSuccession *mp_ice_succession_new(const MpIceConfig *config,
                                       const MpIceSuccessionCallbacks *callbacks,
                                       gpointer user_data)
{
    MpIceSuccession *succession = g_new0(MpIceSuccession, 1);
    succession->callbacks = *callbacks;
    succession->user_data = user_data;
    succession->lingering = g_ptr_array_new_with_free_func(free_member);
    succession->retired = g_ptr_array_new_with_free_func(free_member);
    succession->present = make_member(succession, config);
    return succession;
}

void mp_ice_succession_free(MpIceSuccession *succession)
{
    if (!succession)
        return;
    if (succession->sweep) {
        g_source_destroy(succession->sweep);
        g_source_unref(succession->sweep);
    }
    g_clear_pointer(&succession->present, free_member);
    g_clear_pointer(&succession->next, free_member);
    g_ptr_array_unref(succession->lingering);
    g_ptr_array_unref(succession->retired);
    g_free(succession);
}

MpIceSession *mp_ice_succession_present(const MpIceSuccession *succession)
{
    return succession->present ? succession->present->ice : NULL;
}

MpIceSession *mp_ice_succession_next(const MpIceSuccession *succession)
{
    return succession->next ? succession->next->ice : NULL;
}

gboolean mp_ice_succession_restart(MpIceSuccession *succession, const MpIceConfig *config)
{
    mp_ice_succession_abandon(succession);
    succession->next = make_member(succession, config);
    return mp_ice_session_gather(succession->next->ice);
}

char *mp_ice_succession_fragment(const MpIceSuccession *succession)
{
    g_autoptr(MpIceFragment) fragment = mp_ice_fragment_new();
    mp_ice_session_local(succession->next->ice, &fragment->ufrag, &fragment->pwd,
                         fragment->candidates);
    return mp_ice_fragment_write(fragment, MP_MEDIA_FIRST_MID);
}

gboolean mp_ice_succession_accept(MpIceSuccession *succession, const MpIceFragment *far_end)
{
    return mp_ice_session_set_remote(succession->next->ice, far_end->ufrag, far_end->pwd,
                                     far_end->candidates);
}

void mp_ice_succession_abandon(MpIceSuccession *succession)
{
    if (succession->next)
        retire(succession, g_steal_pointer(&succession->next));
}

guint32 mp_ice_succession_overflows(const MpIceSuccession *succession)
{
    const MpIceSession *ice = mp_ice_succession_present(succession);
    guint32 overflows = succession->past_overflows + (ice ? mp_ice_session_overflows(ice) : 0);
    for (guint i = 0; i < succession->lingering->len; i++)
        overflows += mp_ice_session_overflows(
            ((const Member *)succession->lingering->pdata[i])->ice);
    return overflows;
}

void mp_ice_succession_close(MpIceSuccession *succession, void (*closed)(gpointer user_data),
                             gpointer user_data)
{
    succession->closed = closed;
    succession->closed_data = user_data;
    mp_ice_succession_abandon(succession);
    while (succession->lingering->len > 0) {
        Member *member = g_ptr_array_steal_index(succession->lingering, 0);
        end_lingering(member);
        retire(succession, member);
    }
    retire(succession, succession->present);
    succession->present = NULL;
}
