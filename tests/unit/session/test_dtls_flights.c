/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flights told apart by what passes, datagram by datagram, in virtual time.
 */
#include <string.h>

#include "session/dtls_flights.h"
#include "wire/dtls.h"

enum {
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    CERTIFICATE = 11,
    SERVER_HELLO_DONE = 14,
    CLIENT_KEY_EXCHANGE = 16,
    FINISHED = 20
};

typedef struct {
    guint8 data[1500];
    MpWriter writer;
} Datagram;

static void begin(Datagram *datagram)
{
    datagram->writer = mp_writer_init(datagram->data, sizeof datagram->data);
}

static void add_record(Datagram *datagram, guint8 content, guint16 epoch, guint32 number,
                       guint16 length)
{
    mp_writer_u8(&datagram->writer, content);
    mp_writer_u16(&datagram->writer, 0xfefd);
    mp_writer_u16(&datagram->writer, epoch);
    mp_writer_u16(&datagram->writer, 0);
    mp_writer_u32(&datagram->writer, number);
    mp_writer_u16(&datagram->writer, length);
}

/* A record with the whole of a message of `length` bytes. */
static void add_message(Datagram *datagram, guint32 number, guint8 type, guint16 message,
                        guint16 length)
{
    add_record(datagram, MP_DTLS_HANDSHAKE, 0, number, length + 12);
    mp_writer_u8(&datagram->writer, type);
    mp_writer_u24(&datagram->writer, length);
    mp_writer_u16(&datagram->writer, message);
    mp_writer_u24(&datagram->writer, 0);
    mp_writer_u24(&datagram->writer, length);
    mp_writer_zeros(&datagram->writer, length);
}

static void add_finished(Datagram *datagram, guint32 number)
{
    add_record(datagram, MP_DTLS_CHANGE_CIPHER_SPEC, 0, number, 1);
    mp_writer_u8(&datagram->writer, 1);
    add_record(datagram, MP_DTLS_HANDSHAKE, 1, 0, 40);
    mp_writer_zeros(&datagram->writer, 40);
}

static void pass(MpDtlsFlights *flights, gboolean is_ours, const Datagram *datagram, int ms)
{
    mp_dtls_flights_note(flights, is_ours, datagram->data, datagram->writer.position,
                         MP_SEC(1000) + MP_MSEC(ms));
}

static void pass_hello(MpDtlsFlights *flights, guint32 number, int ms)
{
    Datagram datagram;
    begin(&datagram);
    add_message(&datagram, number, CLIENT_HELLO, 0, 150);
    pass(flights, TRUE, &datagram, ms);
}

/* ServerHello and Certificate in one datagram, ServerHelloDone in another. */
static void pass_server(MpDtlsFlights *flights, guint32 number, int ms, gboolean has_first)
{
    Datagram datagram;
    begin(&datagram);
    add_message(&datagram, number, SERVER_HELLO, 0, 80);
    add_message(&datagram, number + 1, CERTIFICATE, 1, 900);
    if (has_first)
        pass(flights, FALSE, &datagram, ms);
    begin(&datagram);
    add_message(&datagram, number + 2, SERVER_HELLO_DONE, 2, 0);
    pass(flights, FALSE, &datagram, ms);
}

static void pass_keys(MpDtlsFlights *flights, guint32 number, int ms)
{
    Datagram datagram;
    begin(&datagram);
    add_message(&datagram, number, CLIENT_KEY_EXCHANGE, 1, 60);
    add_finished(&datagram, number + 1);
    pass(flights, TRUE, &datagram, ms);
}

static void a_handshake_has_four_flights(void)
{
    MpDtlsFlights flights = {0};
    pass_hello(&flights, 0, 0);
    pass_server(&flights, 0, 20, TRUE);
    pass_keys(&flights, 1, 21);
    Datagram datagram;
    begin(&datagram);
    add_finished(&datagram, 3);
    pass(&flights, FALSE, &datagram, 41);

    g_assert_cmpuint(flights.n_flights, ==, 4);
    const MpDtlsFlight *server = &flights.flights[1];
    g_assert_false(server->is_ours);
    g_assert_cmpuint(server->n_messages, ==, 3);
    g_assert_cmpuint(server->messages[2], ==, SERVER_HELLO_DONE);
    g_assert_cmpuint(server->datagrams, ==, 2);
    g_assert_cmpuint(server->records, ==, 3);
    g_assert_cmpuint(server->largest, ==, 2 * (13 + 12) + 80 + 900);
    g_assert_cmpuint(server->bytes, ==, 3 * (13 + 12) + 80 + 900);
    g_assert_cmpint(server->first, ==, MP_MSEC(20));
    const MpDtlsFlight *keys = &flights.flights[2];
    g_assert_true(keys->is_ours);
    g_assert_cmpuint(keys->records, ==, 3);
    g_assert_cmpuint(keys->messages[1], ==, FINISHED);
    g_assert_cmpuint(flights.flights[3].n_messages, ==, 1);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpuint(flights.flights[i].retransmissions, ==, 0);
}

static void a_hello_that_nobody_answers_says_so(void)
{
    MpDtlsFlights flights = {0};
    for (guint i = 0; i < 4; i++)
        pass_hello(&flights, i, (int)(100 * i));
    g_assert_cmpuint(flights.n_flights, ==, 1);
    g_assert_cmpuint(flights.flights[0].retransmissions, ==, 3);
    g_assert_cmpint(flights.flights[0].last, ==, MP_MSEC(300));
    g_autofree char *missing = mp_dtls_flights_missing(&flights);
    g_assert_cmpstr(missing, ==, "ClientHello of 175 bytes, sent 4 times, was not answered");
}

static void a_flight_in_part_says_so(void)
{
    MpDtlsFlights flights = {0};
    pass_hello(&flights, 0, 0);
    pass_server(&flights, 0, 20, FALSE);
    pass_hello(&flights, 1, 100);
    pass_server(&flights, 3, 120, FALSE);
    g_assert_cmpuint(flights.n_flights, ==, 2);
    g_assert_cmpuint(flights.flights[1].retransmissions, ==, 1);
    g_autofree char *missing = mp_dtls_flights_missing(&flights);
    g_assert_cmpstr(missing, ==, "the flight that ServerHelloDone begins did not come whole");
    /* What was missing comes at last: the same flight. */
    pass_server(&flights, 6, 320, TRUE);
    g_assert_cmpuint(flights.n_flights, ==, 2);
    g_assert_cmpuint(flights.flights[1].n_messages, ==, 3);
    g_assert_cmpuint(flights.flights[1].retransmissions, ==, 2);
}

static void keys_that_nobody_answers_say_so(void)
{
    MpDtlsFlights flights = {0};
    pass_hello(&flights, 0, 0);
    pass_server(&flights, 0, 20, TRUE);
    pass_keys(&flights, 1, 21);
    pass_keys(&flights, 3, 121);
    g_autofree char *missing = mp_dtls_flights_missing(&flights);
    g_assert_cmpstr(missing, ==,
                    "ClientKeyExchange to Finished, in datagrams of up to 152 bytes, sent 2 times, "
                    "were not answered");
}

/* A network that doubles packets is no end that repeats itself. */
static void a_doubled_datagram_is_no_retransmission(void)
{
    MpDtlsFlights flights = {0};
    pass_hello(&flights, 0, 0);
    pass_server(&flights, 0, 20, TRUE);
    pass_server(&flights, 0, 21, TRUE);
    g_assert_cmpuint(flights.flights[1].datagrams, ==, 4);
    g_assert_cmpuint(flights.flights[1].retransmissions, ==, 0);
}

/* RFC 6347 section 4.2.1: HelloVerifyRequest makes six flights of four. */
static void a_cookie_makes_two_flights_more(void)
{
    MpDtlsFlights flights = {0};
    Datagram datagram;
    pass_hello(&flights, 0, 0);
    begin(&datagram);
    add_message(&datagram, 0, 3, 0, 23);
    pass(&flights, FALSE, &datagram, 10);
    begin(&datagram);
    add_message(&datagram, 1, CLIENT_HELLO, 1, 170);
    pass(&flights, TRUE, &datagram, 11);
    begin(&datagram);
    add_message(&datagram, 1, SERVER_HELLO, 1, 80);
    pass(&flights, FALSE, &datagram, 20);
    g_assert_cmpuint(flights.n_flights, ==, 4);
    g_assert_cmpstr(mp_dtls_message_name(flights.flights[1].messages[0]), ==, "HelloVerifyRequest");
}

static void a_datagram_has_its_records_number(void)
{
    Datagram datagram;
    guint32 number = 1;
    begin(&datagram);
    add_message(&datagram, 7, CLIENT_HELLO, 0, 10);
    g_assert_true(mp_dtls_datagram_number(datagram.data, datagram.writer.position, &number));
    g_assert_cmpuint(number, ==, 7);
    begin(&datagram);
    add_record(&datagram, MP_DTLS_HANDSHAKE, 1, 7, 0);
    g_assert_true(mp_dtls_datagram_number(datagram.data, datagram.writer.position, &number));
    g_assert_cmpuint(number, ==, 0x80000007);
    g_assert_false(mp_dtls_datagram_number(datagram.data, 5, &number));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dtls-flights/four", a_handshake_has_four_flights);
    g_test_add_func("/dtls-flights/hello", a_hello_that_nobody_answers_says_so);
    g_test_add_func("/dtls-flights/part", a_flight_in_part_says_so);
    g_test_add_func("/dtls-flights/keys", keys_that_nobody_answers_say_so);
    g_test_add_func("/dtls-flights/doubled", a_doubled_datagram_is_no_retransmission);
    g_test_add_func("/dtls-flights/cookie", a_cookie_makes_two_flights_more);
    g_test_add_func("/dtls-flights/number", a_datagram_has_its_records_number);
    return g_test_run();
}
