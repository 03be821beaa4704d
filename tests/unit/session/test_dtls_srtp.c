/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two DTLS ends in one process, joined by a wire that the test controls, and SRTP over them.
 */
#include <string.h>

#include "session/srtp_session.h"
#include "wire/dtls.h"

typedef struct {
    MpDtlsIdentity *identities[2];
    MpDtlsSession *ends[2]; /* 0: client, 1: server */
    GQueue queues[2];       /* GBytes on their way to that end */
    guint datagrams;
    guint largest;
    guint lost;        /* this many first datagrams vanish */
    guint greatest[2]; /* larger ones to that end vanish; 0: none do */
} Wire;

typedef struct {
    Wire *wire;
    guint to;
} Direction;

static void carry(const guint8 *data, gsize length, gpointer user_data)
{
    Direction *direction = user_data;
    Wire *wire = direction->wire;
    wire->largest = MAX(wire->largest, (guint)length);
    if (wire->datagrams++ < wire->lost ||
        (wire->greatest[direction->to] && length > wire->greatest[direction->to]))
        return;
    g_queue_push_tail(&wire->queues[direction->to], g_bytes_new(data, length));
}

static void deliver(Wire *wire)
{
    for (guint turn = 0; turn < 100; turn++) {
        for (guint to = 0; to < 2; to++) {
            g_autoptr(GBytes) bytes = g_queue_pop_head(&wire->queues[to]);
            if (bytes)
                mp_dtls_session_feed(wire->ends[to], g_bytes_get_data(bytes, NULL),
                                     g_bytes_get_size(bytes));
        }
    }
}

static Direction to_server = {NULL, 1};
static Direction to_client = {NULL, 0};

static void set_up(Wire *wire, const char *expected_by_client)
{
    for (guint i = 0; i < 2; i++) {
        wire->identities[i] = mp_dtls_identity_new();
        g_queue_init(&wire->queues[i]);
    }
    to_server.wire = to_client.wire = wire;
    const char *server = mp_dtls_identity_fingerprint(wire->identities[1]);
    const char *client = mp_dtls_identity_fingerprint(wire->identities[0]);
    wire->ends[0] = mp_dtls_session_new(wire->identities[0], TRUE,
                                        expected_by_client ? expected_by_client : server, carry,
                                        &to_server);
    wire->ends[1] = mp_dtls_session_new(wire->identities[1], FALSE, client, carry, &to_client);
}

static void connect_ends(Wire *wire)
{
    set_up(wire, NULL);
    mp_dtls_session_start(wire->ends[0]);
    deliver(wire);
}

static void tear_down(Wire *wire)
{
    for (guint i = 0; i < 2; i++) {
        mp_dtls_session_free(wire->ends[i]);
        mp_dtls_identity_free(wire->identities[i]);
        g_queue_clear_full(&wire->queues[i], (GDestroyNotify)g_bytes_unref);
    }
}

static void test_both_ends_agree_on_gcm(void)
{
    Wire wire = {0};
    connect_ends(&wire);
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(mp_dtls_session_state(wire.ends[i]), ==, MP_DTLS_CONNECTED);
        g_assert_cmpstr(mp_dtls_session_srtp_profile(wire.ends[i]), ==, "SRTP_AEAD_AES_128_GCM");
        g_assert_cmpstr(mp_dtls_session_version(wire.ends[i]), ==, "DTLSv1.2");
    }
    guint8 keys[2][MP_DTLS_MAX_KEYING];
    g_assert_true(mp_dtls_session_export_keys(wire.ends[0], keys[0], sizeof keys[0]));
    g_assert_true(mp_dtls_session_export_keys(wire.ends[1], keys[1], sizeof keys[1]));
    g_assert_cmpmem(keys[0], sizeof keys[0], keys[1], sizeof keys[1]);
    g_assert_cmpuint(wire.largest, <=, 1200);
    tear_down(&wire);
}

static void test_another_certificate_is_refused(void)
{
    Wire wire = {0};
    g_autofree char *other = g_strnfill(95, 'A');
    set_up(&wire, other);
    mp_dtls_session_start(wire.ends[0]);
    deliver(&wire);
    g_assert_cmpint(mp_dtls_session_state(wire.ends[0]), ==, MP_DTLS_FAILED);
    g_assert_cmpstr(mp_dtls_session_failure(wire.ends[0]), ==,
                    "the certificate's fingerprint is not the one in the SDP");
    guint8 keys[60];
    g_assert_false(mp_dtls_session_export_keys(wire.ends[0], keys, sizeof keys));
    g_assert_cmpint(mp_dtls_session_peer(wire.ends[0]), ==, MP_DTLS_PEER_MISMATCHED);
    g_assert_cmpstr(mp_dtls_session_found_fingerprint(wire.ends[0]), ==,
                    mp_dtls_identity_fingerprint(wire.identities[1]));
    /* RFC 5763 section 5: the other end learns why. */
    g_assert_cmpint(mp_dtls_session_state(wire.ends[1]), ==, MP_DTLS_FAILED);
    g_assert_cmpint(mp_dtls_session_peer(wire.ends[1]), ==, MP_DTLS_PEER_REFUSES);
    tear_down(&wire);
}

/* The flights of the client, as it saw them. */
static void test_four_flights_are_seen(void)
{
    static const char *const begins[] = {"ClientHello", "ServerHello", "Certificate",
                                         "NewSessionTicket"};
    Wire wire = {0};
    connect_ends(&wire);
    const MpDtlsFlights *flights = mp_dtls_session_flights(wire.ends[0]);
    g_assert_cmpuint(flights->n_flights, ==, G_N_ELEMENTS(begins));
    for (guint i = 0; i < flights->n_flights; i++) {
        g_assert_cmpint(flights->flights[i].is_ours, ==, i % 2 == 0);
        g_assert_cmpstr(mp_dtls_message_name(flights->flights[i].messages[0]), ==, begins[i]);
        g_assert_cmpuint(flights->flights[i].retransmissions, ==, 0);
        g_assert_cmpuint(flights->flights[i].largest, <=, wire.largest);
    }
    g_assert_cmpint(mp_dtls_session_peer(wire.ends[0]), ==, MP_DTLS_PEER_CONFIRMED);
    tear_down(&wire);
}

/* The ends from `first` on look at their timers. */
static void wait_for_retransmissions(Wire *wire, guint first)
{
    MpTime wait = MP_NEVER;
    for (guint i = first; i < 2; i++)
        wait = MIN(wait, mp_dtls_session_wait(wire->ends[i]));
    if (wait != MP_NEVER)
        g_usleep((gulong)(wait / MP_USEC(1)) + 1);
    for (guint i = first; i < 2; i++)
        if (mp_dtls_session_wait(wire->ends[i]) == 0)
            mp_dtls_session_advance(wire->ends[i]);
    deliver(wire);
}

/* RFC 6347 section 4.1.1.1. */
static void test_flights_that_vanish_come_in_small_pieces(void)
{
    Wire wire = {.greatest = {300, 300}};
    connect_ends(&wire);
    for (guint i = 0; i < 20 && mp_dtls_session_state(wire.ends[0]) == MP_DTLS_HANDSHAKING; i++)
        wait_for_retransmissions(&wire, 0);
    g_assert_cmpint(mp_dtls_session_state(wire.ends[0]), ==, MP_DTLS_CONNECTED);
    const MpDtlsFlight *server = &mp_dtls_session_flights(wire.ends[0])->flights[1];
    g_assert_false(server->is_ours);
    g_assert_cmpuint(server->largest, <=, 256);
    g_assert_cmpuint(server->datagrams, >, 2);
    g_assert_cmpuint(wire.largest, >, 300);
    tear_down(&wire);
}

/* The server's flight comes again when the client's timer is about to end: OpenSSL repeats the
 * client's at once, and that counts. */
static void test_a_flight_that_is_repeated_while_one_comes_counts(void)
{
    Wire wire = {.greatest = {0, 300}};
    connect_ends(&wire);
    for (guint i = 0; i < 6 && mp_dtls_session_state(wire.ends[0]) == MP_DTLS_HANDSHAKING; i++)
        wait_for_retransmissions(&wire, 1);
    g_assert_cmpint(mp_dtls_session_state(wire.ends[0]), ==, MP_DTLS_CONNECTED);
    g_assert_cmpuint(mp_dtls_session_flights(wire.ends[0])->flights[2].retransmissions, ==, 3);
    tear_down(&wire);
}

static void test_a_lost_first_flight_waits_100_ms(void)
{
    Wire wire = {.lost = 1};
    connect_ends(&wire);
    g_assert_cmpint(mp_dtls_session_state(wire.ends[0]), ==, MP_DTLS_HANDSHAKING);
    g_assert_cmpint(mp_dtls_session_wait(wire.ends[0]), <=, MP_MSEC(100));
    tear_down(&wire);
}

static void test_garbage_leaves_the_handshake_alone(void)
{
    Wire wire = {0};
    set_up(&wire, NULL);
    guint8 garbage[200];
    memset(garbage, 22, sizeof garbage);
    mp_dtls_session_feed(wire.ends[1], garbage, sizeof garbage);
    mp_dtls_session_start(wire.ends[0]);
    deliver(&wire);
    g_assert_cmpint(mp_dtls_session_state(wire.ends[1]), ==, MP_DTLS_CONNECTED);
    tear_down(&wire);
}

static void test_close_notify_is_seen(void)
{
    Wire wire = {0};
    connect_ends(&wire);
    mp_dtls_session_close(wire.ends[0]);
    deliver(&wire);
    g_assert_cmpint(mp_dtls_session_state(wire.ends[1]), ==, MP_DTLS_CLOSED);
    tear_down(&wire);
}

static void test_srtp_protects_and_refuses_forgery_and_repetition(void)
{
    Wire wire = {0};
    connect_ends(&wire);
    MpSrtpSession *client = mp_srtp_session_new(wire.ends[0], TRUE);
    MpSrtpSession *server = mp_srtp_session_new(wire.ends[1], FALSE);
    g_assert_true(client && server);

    guint8 packet[100 + MP_SRTP_MAX_GROWTH] = {0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7};
    guint8 original[100];
    memcpy(original, packet, sizeof original);
    gsize length = sizeof original;
    g_assert_true(mp_srtp_session_protect(client, packet, &length));
    g_assert_cmpuint(length, ==, 116);
    guint8 copy[sizeof packet];
    guint8 forged[sizeof packet];
    memcpy(copy, packet, sizeof packet);
    memcpy(forged, packet, sizeof packet);
    forged[50] ^= 1;

    gsize size = length;
    g_assert_false(mp_srtp_session_unprotect(server, forged, &size));
    size = length;
    g_assert_true(mp_srtp_session_unprotect(server, packet, &size));
    g_assert_cmpmem(packet, size, original, sizeof original);
    size = length;
    g_assert_false(mp_srtp_session_unprotect(server, copy, &size));
    mp_srtp_session_free(client);
    mp_srtp_session_free(server);
    tear_down(&wire);
}

/* Each new SSRC would cost a replay window: a far end cannot make us grow. */
static void test_one_source_too_many_is_not_let_in(void)
{
    Wire wire = {0};
    connect_ends(&wire);
    /* One alone would send no more than are let in. */
    MpSrtpSession *clients[] = {mp_srtp_session_new(wire.ends[0], TRUE),
                                mp_srtp_session_new(wire.ends[0], TRUE)};
    MpSrtpSession *server = mp_srtp_session_new(wire.ends[1], FALSE);
    for (guint8 ssrc = 1; ssrc <= MP_SRTP_MOST_SOURCES + 1; ssrc++) {
        guint8 packet[20 + MP_SRTP_MAX_GROWTH] = {0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, ssrc};
        gsize length = 20;
        g_assert_true(mp_srtp_session_protect(clients[ssrc % 2], packet, &length));
        g_assert_cmpint(mp_srtp_session_unprotect(server, packet, &length), ==,
                        ssrc <= MP_SRTP_MOST_SOURCES);
    }
    mp_srtp_session_free(clients[0]);
    mp_srtp_session_free(clients[1]);
    mp_srtp_session_free(server);
    tear_down(&wire);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dtls/agree", test_both_ends_agree_on_gcm);
    g_test_add_func("/dtls/fingerprint", test_another_certificate_is_refused);
    g_test_add_func("/dtls/flights", test_four_flights_are_seen);
    g_test_add_func("/dtls/small-pieces", test_flights_that_vanish_come_in_small_pieces);
    g_test_add_func("/dtls/repeated-at-once",
                    test_a_flight_that_is_repeated_while_one_comes_counts);
    g_test_add_func("/dtls/retransmission", test_a_lost_first_flight_waits_100_ms);
    g_test_add_func("/dtls/garbage", test_garbage_leaves_the_handshake_alone);
    g_test_add_func("/dtls/close", test_close_notify_is_seen);
    g_test_add_func("/srtp/protect", test_srtp_protects_and_refuses_forgery_and_repetition);
    g_test_add_func("/srtp/too-many-sources", test_one_source_too_many_is_not_let_in);
    return g_test_run();
}
