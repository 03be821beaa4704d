/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The responder's end of a call that nobody connects to.
 */
#include "responder/peer.h"

#include <string.h>

#define OFFER                                                                                      \
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\n"                      \
    "a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 "                                   \
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:"   \
    "1E:"                                                                                          \
    "1F\r\na=setup:actpass\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"                      \
    "a=rtpmap:111 opus/48000/2\r\na=candidate:1 1 udp 2122260223 127.0.0.1 9 typ host\r\n"
#define GIVE_UP_S 20

typedef struct {
    GMainLoop *loop;
    guint n_wanted;
    GPtrArray *records; /* GBytes */
} Owner;

static void on_answered(const char *sdp, const GError *error, gpointer user_data)
{
    (void)sdp;
    (void)error;
    (void)user_data;
}

static void on_ended(MpPeer *peer, gpointer user_data)
{
    (void)peer;
    (void)user_data;
}

static void on_recorded(GBytes *record, gpointer user_data)
{
    Owner *owner = user_data;
    g_ptr_array_add(owner->records, g_bytes_ref(record));
    if (owner->records->len == owner->n_wanted)
        g_main_loop_quit(owner->loop);
}

static gboolean give_up(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

/* Writing it keeps other calls of the thread waiting. */
static void test_a_record_is_written_once(void)
{
    Owner owner = {g_main_loop_new(NULL, FALSE), 3,
                   g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref)};
    MpCrew *crew = mp_crew_new();
    const MpPeerConfig config = {.local = mp_address_literal("127.0.0.1", 0), .crew = crew};
    MpSdp *offer = mp_sdp_parse(OFFER, strlen(OFFER), NULL);
    g_assert_nonnull(offer);
    MpPeer *peer = mp_peer_new(&config, offer, on_answered, on_ended, &owner);
    const guint alarm = g_timeout_add_seconds(GIVE_UP_S, give_up, owner.loop);
    for (guint i = 0; i < owner.n_wanted; i++)
        mp_peer_take_record(peer, on_recorded, &owner);
    g_main_loop_run(owner.loop);

    g_assert_cmpuint(owner.records->len, ==, owner.n_wanted);
    for (guint i = 0; i < owner.n_wanted; i++)
        g_assert_true(owner.records->pdata[i] == owner.records->pdata[0]);
    g_source_remove(alarm);
    mp_peer_free(peer);
    mp_crew_free(crew);
    g_ptr_array_unref(owner.records);
    g_main_loop_unref(owner.loop);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer/a-record-is-written-once", test_a_record_is_written_once);
    return g_test_run();
}
