/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reflector in virtual time: what it answers, what it says nothing to, and what it remembers.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/random.h"
#include "responder/stamp_reflector.h"

#define KEY_TEXT "the key of site number seven"

typedef struct {
    MpStampKeys *keys;
    MpStampShared *shared;
    MpStampReflector reflector;
    MpTime now;
    MpAddress source;
    guint16 port;
    guint8 tos;
    guint8 answer[2048];
    guint8 answer_tos;
} Fixture;

static MpStampKeys *load_keys(const char *text)
{
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("stamp-keys-XXXXXX", &path, &error);
    g_assert_no_error(error);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    MpStampKeys *keys = mp_stamp_keys_read_file(path, &error);
    g_assert_no_error(error);
    (void)g_unlink(path);
    return keys;
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->keys = load_keys("# of this test\n7 " KEY_TEXT "\n8 hex:"
                              "000102030405060708090a0b0c0d0e0f\n");
    fixture->shared = g_new0(MpStampShared, 1);
    mp_stamp_shared_init(fixture->shared, 1000, 100);
    fixture->reflector = (MpStampReflector){fixture->keys, fixture->shared};
    fixture->now = MP_SEC(1000);
    fixture->source = mp_address_literal("192.0.2.1", 40000);
    fixture->port = 5000;
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    mp_stamp_keys_free(fixture->keys);
    g_free(fixture->shared);
}

static gsize ask(Fixture *fixture, const guint8 *bytes, gsize length)
{
    const MpStampArrival arrival = {
        .bytes = {bytes, length},
        .source = fixture->source,
        .port = fixture->port,
        .ttl = 61,
        .tos = fixture->tos,
        .time = MP_SEC(1700000000),
    };
    return mp_stamp_reflect(&fixture->reflector, &arrival, fixture->now,
                            MP_SEC(1700000000) + MP_USEC(50), fixture->answer,
                            &fixture->answer_tos);
}

/* What a probe holds besides the base packet. */
typedef struct {
    guint32 sequence;
    guint64 session;
    guint32 key_id; /* 0: 7 */
    const MpStampClass *class;
    guint16 n_ports;
    gsize padding;
} Probe;

static gsize write_probe(const Fixture *fixture, guint8 *out, gsize capacity, Probe probe)
{
    const MpStampPacket packet = {.sequence = probe.sequence, .timestamp = 99, .session_id = 3};
    const MpStampSession session = {probe.key_id ? probe.key_id : 7, probe.session};
    MpWriter writer = mp_writer_init(out, capacity);
    mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REQUEST, &packet);
    mp_stamp_write_key(&writer, &session);
    if (probe.class)
        mp_stamp_write_class(&writer, probe.class);
    if (probe.n_ports)
        mp_stamp_ask_ports_seen(&writer, 4999, probe.n_ports);
    mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, mp_stamp_keys_find(fixture->keys, 7));
    mp_stamp_write_padding(&writer, probe.padding);
    g_assert_false(writer.is_bad);
    return writer.position;
}

static gsize ask_probe(Fixture *fixture, Probe probe)
{
    guint8 bytes[2048];
    return ask(fixture, bytes, write_probe(fixture, bytes, sizeof bytes, probe));
}

/* RFC 8762 section 4.3.1. */
static void test_answer(Fixture *fixture, gconstpointer data)
{
    (void)data;
    gsize length = ask_probe(fixture, (Probe){.sequence = 42, .session = 1});
    g_assert_cmpuint(length, ==, MP_STAMP_PROBE_SIZE);
    MpBytes answer = {fixture->answer, length};
    g_assert_true(mp_stamp_has_hmac(answer, MP_STAMP_OPEN, mp_stamp_keys_find(fixture->keys, 7)));
    MpStampPacket packet;
    g_assert_true(mp_stamp_read(&packet, MP_STAMP_OPEN, MP_STAMP_REPLY, answer));
    g_assert_cmpuint(packet.sequence, ==, 0);
    g_assert_cmpuint(packet.sender_sequence, ==, 42);
    g_assert_cmpuint(packet.sender_timestamp, ==, 99);
    g_assert_cmpuint(packet.sender_ttl, ==, 61);
    g_assert_cmpuint(packet.session_id, ==, 3);
    g_assert_cmpint(mp_stamp_time_read(packet.receive_timestamp), ==, MP_SEC(1700000000));
    g_assert_cmpint(mp_stamp_time_read(packet.timestamp), ==, MP_SEC(1700000000) + MP_USEC(50));

    ask_probe(fixture, (Probe){.sequence = 50, .session = 1});
    g_assert_true(mp_stamp_read(&packet, MP_STAMP_OPEN, MP_STAMP_REPLY, answer));
    g_assert_cmpuint(packet.sequence, ==, 1); /* its own count: stateful */
}

static void test_silence(Fixture *fixture, gconstpointer data)
{
    (void)data;
    guint8 bytes[MP_STAMP_PROBE_SIZE];
    gsize length = write_probe(fixture, bytes, sizeof bytes, (Probe){.sequence = 1});
    for (gsize cut = 0; cut < length; cut++)
        g_assert_cmpuint(ask(fixture, bytes, cut), ==, 0);
    for (gsize i = 0; i < length; i++) {
        if ((i >= 4 && i < MP_STAMP_BASE_SIZE) ||
            i == length - MP_STAMP_HMAC_SIZE - MP_STAMP_TLV_HEADER)
            continue; /* not under the HMAC */
        bytes[i] ^= 1;
        g_assert_cmpuint(ask(fixture, bytes, length), ==, 0);
        bytes[i] ^= 1;
    }
    guint8 noise[1500];
    for (guint i = 0; i < 1000; i++) {
        mp_random_bytes(noise, sizeof noise);
        g_assert_cmpuint(ask(fixture, noise, i), ==, 0);
    }
    /* A key that is another site's, and one that nobody has. */
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 1, .key_id = 8}), ==, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 1, .key_id = 9}), ==, 0);
    g_assert_cmpuint(fixture->shared->sessions.n_sessions, ==, 0);
    g_assert_cmpuint(fixture->shared->counts.answers, ==, 0);
    g_assert_cmpuint(fixture->shared->counts.unverified, ==, fixture->shared->counts.datagrams);
}

static void test_replay(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000}), ==, 0);
    /* From a spoofed source too: the session's name is under the HMAC, its source is not. */
    fixture->source = mp_address_literal("198.51.100.9", 53);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000}), ==, 0);
    /* Late is good, once, within the window. */
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000 - 65535}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000 - 65535}), ==, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000 - 65536}), ==, 0);
    /* The window moves on, and what left it stays out. */
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100001}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000 - 65535}), ==, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 100000}), ==, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 300000}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 300000 - 1}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 300000 - 65538}), ==, 0);
    g_assert_cmpuint(fixture->shared->counts.replayed, ==, 7);
    /* Over the end of the numbers. */
    g_assert_cmpuint(ask_probe(fixture, (Probe){.session = 2, .sequence = G_MAXUINT32}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.session = 2, .sequence = 0}), >, 0);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.session = 2, .sequence = G_MAXUINT32}), ==, 0);
}

/* Whoever can send with the other's address would have two reflectors answer each other forever. */
static void test_answers_are_not_answered(Fixture *fixture, gconstpointer data)
{
    (void)data;
    guint8 answer[MP_STAMP_AUTH_SIZE];
    gsize length = ask_probe(fixture, (Probe){.sequence = 1000});
    memcpy(answer, fixture->answer, length);
    g_assert_cmpuint(ask(fixture, answer, length), ==, 0);

    MpStampPacket packet = {.sequence = 5};
    MpWriter writer = mp_writer_init(answer, sizeof answer);
    mp_stamp_write(&writer, MP_STAMP_AUTHENTICATED, MP_STAMP_REQUEST, &packet);
    mp_stamp_seal(answer, mp_stamp_keys_find(fixture->keys, 7));
    answer[95] ^= 1;
    g_assert_cmpuint(ask(fixture, answer, sizeof answer), ==, 0);
    answer[95] ^= 1;
    length = ask(fixture, answer, sizeof answer);
    g_assert_cmpuint(length, ==, MP_STAMP_AUTH_SIZE);
    memcpy(answer, fixture->answer, length);
    g_assert_true(
        mp_stamp_is_sealed((MpBytes){answer, length}, mp_stamp_keys_find(fixture->keys, 7)));
    g_assert_cmpuint(ask(fixture, answer, length), ==, 0);
}

static void test_class_of_service(Fixture *fixture, gconstpointer data)
{
    (void)data;
    const MpStampClass wanted = {.wanted_dscp = 46};
    fixture->tos = 34 << 2 | 2; /* AF41 with ECT(0) */
    gsize length = ask_probe(fixture, (Probe){.sequence = 1, .class = &wanted});
    MpStampItem item;
    MpStampClass class;
    g_assert_true(mp_stamp_find(&item, (MpBytes){fixture->answer, length}, MP_STAMP_OPEN,
                                MP_STAMP_TLV_CLASS_OF_SERVICE));
    g_assert_true(mp_stamp_read_class(&class, item.value));
    g_assert_cmpuint(item.flags, ==, 0);
    g_assert_cmpuint(class.received_dscp, ==, 34);
    g_assert_cmpuint(class.received_ecn, ==, 2);
    g_assert_cmpuint(fixture->answer_tos, ==, 46 << 2 | 2);
}

static void test_ports_seen(Fixture *fixture, gconstpointer data)
{
    (void)data;
    static const guint16 ports[] = {4999, 5001, 5010};
    fixture->shared->overflows = 5; /* before the session */
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++) {
        fixture->port = ports[i];
        ask_probe(fixture, (Probe){.sequence = i, .padding = i * 100});
    }
    fixture->shared->overflows = 12;
    gsize length = ask_probe(fixture, (Probe){.sequence = 9, .n_ports = 12});
    MpStampItem item;
    MpStampPortsSeen seen;
    MpBytes answer = {fixture->answer, length};
    g_assert_true(mp_stamp_find(&item, answer, MP_STAMP_OPEN, MP_STAMP_TLV_PORTS_SEEN));
    g_assert_true(mp_stamp_read_ports_seen(&seen, item.value));
    g_assert_cmpuint(seen.received, ==, 4);
    g_assert_cmpuint(seen.largest, ==, MP_STAMP_PROBE_SIZE + 200);
    g_assert_cmpuint(seen.overflows, ==, 7);
    for (guint16 port = 4990; port < 5020; port++)
        g_assert_cmpint(mp_stamp_port_is_seen(&seen, port), ==,
                        port == 4999 || port == 5001 || port == 5010);
    /* Another session has seen nothing but its own question. */
    ask_probe(fixture, (Probe){.sequence = 1, .session = 5, .n_ports = 12});
    g_assert_true(mp_stamp_find(&item, answer, MP_STAMP_OPEN, MP_STAMP_TLV_PORTS_SEEN));
    g_assert_true(mp_stamp_read_ports_seen(&seen, item.value));
    g_assert_false(mp_stamp_port_is_seen(&seen, 5001));
    g_assert_true(mp_stamp_port_is_seen(&seen, 5010));
}

static void test_rate(Fixture *fixture, gconstpointer data)
{
    (void)data;
    guint answered = 0;
    for (guint i = 0; i < 500; i++)
        answered += ask_probe(fixture, (Probe){.sequence = i}) > 0;
    g_assert_cmpuint(answered, ==, 100);
    fixture->now += MP_MSEC(10);
    for (guint i = 500; i < 1000; i++)
        answered += ask_probe(fixture, (Probe){.sequence = i}) > 0;
    g_assert_cmpuint(answered, ==, 110);
    g_assert_cmpuint(fixture->shared->sessions.states[0].received, ==, 1000);
    g_assert_cmpuint(fixture->shared->sessions.states[0].unanswered, ==, 890);
    fixture->source = mp_address_literal("192.0.2.2", 40000);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.sequence = 1000}), >, 0);
}

static void test_sessions_are_bounded(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 200; i++) {
        fixture->now += MP_MSEC(1);
        g_assert_cmpint(ask_probe(fixture, (Probe){.session = i}) > 0, ==,
                        i < MP_STAMP_SESSIONS_OF_A_SOURCE);
    }
    for (guint i = 0; i < 200; i++) {
        fixture->source.bytes[3] = (guint8)(i / 16 + 10);
        g_assert_cmpint(ask_probe(fixture, (Probe){.session = 1000 + i}) > 0, ==,
                        i < MP_STAMP_MOST_SESSIONS - MP_STAMP_SESSIONS_OF_A_SOURCE);
    }
    g_assert_cmpuint(fixture->shared->sessions.n_sessions, ==, MP_STAMP_MOST_SESSIONS);
    /* A source's own old session makes room soon, another's later. */
    fixture->now += MP_STAMP_SESSION_IDLE_OF_A_SOURCE;
    g_assert_cmpuint(ask_probe(fixture, (Probe){.session = 4999}), ==, 0);
    fixture->source = mp_address_literal("192.0.2.1", 40000);
    g_assert_cmpuint(ask_probe(fixture, (Probe){.session = 4999}), >, 0);
    fixture->source = mp_address_literal("192.0.2.200", 40000);
    fixture->now += MP_STAMP_SESSION_IDLE;
    g_assert_cmpuint(ask_probe(fixture, (Probe){.session = 5000}), >, 0);
    g_assert_cmpuint(fixture->shared->sessions.n_sessions, ==, MP_STAMP_MOST_SESSIONS);
}

static void test_unknown_tlv(Fixture *fixture, gconstpointer data)
{
    (void)data;
    guint8 bytes[256];
    const MpStampPacket packet = {.sequence = 1};
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REQUEST, &packet);
    mp_stamp_write_key(&writer, &(MpStampSession){7, 1});
    mp_stamp_write_tlv(&writer, 250, "what?", 5);
    mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, mp_stamp_keys_find(fixture->keys, 7));
    gsize length = ask(fixture, bytes, writer.position);
    g_assert_cmpuint(length, ==, writer.position);
    MpStampItem item;
    g_assert_true(mp_stamp_find(&item, (MpBytes){fixture->answer, length}, MP_STAMP_OPEN, 250));
    g_assert_cmpuint(item.flags, ==, MP_STAMP_FLAG_UNRECOGNIZED);
}

#define ADD(name, function)                                                                        \
    g_test_add("/responder/stamp-reflector/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("answer", test_answer);
    ADD("silence", test_silence);
    ADD("replay", test_replay);
    ADD("answers-are-not-answered", test_answers_are_not_answered);
    ADD("class-of-service", test_class_of_service);
    ADD("ports-seen", test_ports_seen);
    ADD("rate", test_rate);
    ADD("sessions-are-bounded", test_sessions_are_bounded);
    ADD("unknown-tlv", test_unknown_tlv);
    return g_test_run();
}
