/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two ends of a call on loopback restart ICE: what is under way on the old pair still arrives.
 */
#include "session/ice_succession.h"

#include <string.h>

#define TIMEOUT_MS 10000

typedef struct {
    MpIceSuccession *ice;
    MpIceConfig config;
    gboolean has_succeeded;
    guint n_packets;
    char last[16];
} End;

static void on_nothing(gpointer data)
{
    (void)data;
}

static void on_succeeded(gpointer data)
{
    ((End *)data)->has_succeeded = TRUE;
}

static void on_packet(const guint8 *data, gsize length, MpTime arrival, gboolean is_kernel_stamped,
                      gpointer user_data)
{
    End *end = user_data;
    (void)arrival;
    (void)is_kernel_stamped;
    end->n_packets++;
    g_strlcpy(end->last, (const char *)data, MIN(length + 1, sizeof end->last));
}

static void on_sent(guint32 tag, MpTime left, gpointer data)
{
    (void)tag;
    (void)left;
    (void)data;
}

static void on_mapped(const MpAddress *mapped, gboolean is_by_relay, gpointer data)
{
    (void)mapped;
    (void)is_by_relay;
    (void)data;
}

static void on_relay_said(guint code, gpointer data)
{
    (void)code;
    (void)data;
}

static const MpIceSuccessionCallbacks callbacks = {on_nothing, on_nothing, on_succeeded, on_packet,
                                                   on_sent,    on_mapped,  on_relay_said};

static gboolean on_timeout(gpointer data)
{
    (void)data;
    g_error("nothing came within %u ms", TIMEOUT_MS);
    return G_SOURCE_REMOVE;
}

static void run_until(gboolean (*is_reached)(const End *a, const End *b), const End *a,
                      const End *b)
{
    const guint timeout = g_timeout_add(TIMEOUT_MS, on_timeout, NULL);
    while (!is_reached(a, b))
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timeout);
}

static MpIceSession *newest(const End *end)
{
    MpIceSession *next = mp_ice_succession_next(end->ice);
    return next ? next : mp_ice_succession_present(end->ice);
}

static gboolean have_gathered(const End *a, const End *b)
{
    return mp_ice_session_state(newest(a)) >= MP_ICE_GATHERED &&
           mp_ice_session_state(newest(b)) >= MP_ICE_GATHERED;
}

static gboolean are_connected(const End *a, const End *b)
{
    return mp_ice_session_state(newest(a)) == MP_ICE_CONNECTED &&
           mp_ice_session_state(newest(b)) == MP_ICE_CONNECTED;
}

static gboolean have_succeeded(const End *a, const End *b)
{
    return a->has_succeeded && b->has_succeeded;
}

static gboolean has_come(const End *a, const End *b)
{
    (void)b;
    return a->n_packets > 0;
}

static void tell(const End *from, const End *to)
{
    g_autofree char *ufrag = NULL;
    g_autofree char *pwd = NULL;
    g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(g_free);
    mp_ice_session_local(newest(from), &ufrag, &pwd, candidates);
    g_assert_true(mp_ice_session_set_remote(newest(to), ufrag, pwd, candidates));
}

static void connect_newest(const End *a, const End *b)
{
    run_until(have_gathered, a, b);
    tell(a, b);
    tell(b, a);
}

static void begin(End *end, gboolean is_controlling)
{
    end->config = (MpIceConfig){.is_controlling = is_controlling,
                                .local = mp_address_literal("127.0.0.1", 0)};
    end->ice = mp_ice_succession_new(&end->config, &callbacks, end);
    g_assert_true(mp_ice_session_gather(mp_ice_succession_present(end->ice)));
}

static void on_closed(gpointer data)
{
    *(gboolean *)data = TRUE;
}

static void finish(End *end)
{
    gboolean is_closed = FALSE;
    mp_ice_succession_close(end->ice, on_closed, &is_closed);
    while (!is_closed)
        g_main_context_iteration(NULL, TRUE);
    mp_ice_succession_free(end->ice);
}

/* The far end changes over a round trip later: until then it sends as before. */
static void what_comes_by_the_old_pair_after_a_restart_is_taken(void)
{
    End ours = {0};
    End theirs = {0};
    begin(&ours, TRUE);
    begin(&theirs, FALSE);
    connect_newest(&ours, &theirs);
    run_until(are_connected, &ours, &theirs);
    MpIceSession *before = mp_ice_succession_present(theirs.ice);

    g_assert_true(mp_ice_succession_restart(ours.ice, &ours.config));
    g_assert_true(mp_ice_succession_restart(theirs.ice, &theirs.config));
    connect_newest(&ours, &theirs);
    run_until(have_succeeded, &ours, &theirs);
    g_assert_true(mp_ice_succession_present(theirs.ice) != before);

    /* 0x80: RTP, RFC 7983. */
    static const guint8 packet[] = "\x80 by the old";
    g_assert_cmpuint(mp_ice_session_send(before, &(MpBytes){packet, sizeof packet}, 1, 0), ==, 1);
    run_until(has_come, &ours, &theirs);
    g_assert_cmpuint(ours.n_packets, ==, 1);
    g_assert_cmpstr(ours.last, ==, (const char *)packet);
    finish(&ours);
    finish(&theirs);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/ice-succession/old-pair",
                    what_comes_by_the_old_pair_after_a_restart_is_taken);
    return g_test_run();
}
