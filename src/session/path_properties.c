/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a path does to packets.
 */
#include "session/path_properties.h"

/* Ethernet's 1500 down to the 1228 of a media packet of 1200 bytes; 1492 is PPPoE's, 1480 and 1420
 * are common tunnels', 1280 is IPv6's least. */
static const guint sizes[] = {1228, 1280, 1380, 1420, 1452, 1480, 1492, 1500};
/* EF for audio, AF41 for video and CS1 for the rest: RFC 8837 section 5. */
static const guint8 marks[] = {46, 34, 8};
#define ECT_0 2 /* RFC 3168 section 5 */
#define FRAGMENTED 2900

#define IPV4_HEADERS 28
#define IPV6_HEADERS 48
#define LARGEST_PAYLOAD 4096

#define N_QUESTIONS (G_N_ELEMENTS(sizes) + G_N_ELEMENTS(marks) + 2)
/* The last question; it is put alone, because what the reflector saw is told by size. */
#define FRAGMENTS (N_QUESTIONS - 1)
/* The exchanges beside the questions: is anybody there, and what was seen before the fragments and
 * after them. */
#define HELLO N_QUESTIONS
#define SEEN_WHOLE (N_QUESTIONS + 1)
#define SEEN_FRAGMENTS (N_QUESTIONS + 2)
#define N_EXCHANGES (N_QUESTIONS + 3)

/* At 10 % of loss each way one question in 700 loses all four. */
#define MOST_SENDS 4
#define HELLO_SENDS 8
#define SPACING MP_MSEC(4)
#define LEAST_WAIT MP_MSEC(120)
#define FIRST_WAIT MP_MSEC(500)
#define MOST_DATAGRAMS (N_EXCHANGES * HELLO_SENDS)

typedef struct {
    guint sends;
    gboolean is_over;
    MpTime due; /* of the next send, or of giving up */
} Exchange;

struct _MpPathProperties {
    MpStampKey *key;
    MpStampSession session;
    guint headers; /* of IP and UDP */
    MpTime limit;
    MpTime round_trip; /* MP_NEVER: not known */
    MpTime next_send;
    MpTime first_sent;
    Exchange exchanges[N_EXCHANGES];
    MpPathQuestion questions[N_QUESTIONS];
    guint n_sent;                       /* the next sequence number */
    guint8 exchange_of[MOST_DATAGRAMS]; /* by sequence number */
    gboolean is_finished;
    guint8 buffer[LARGEST_PAYLOAD];
};

static void make_questions(MpPathProperties *properties)
{
    guint n = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
        properties->questions[n++] = (MpPathQuestion){.aspect = MP_PATH_SIZE,
                                                      .packet_bytes = sizes[i]};
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
        properties->questions[n++] = (MpPathQuestion){
            .aspect = MP_PATH_DSCP, .packet_bytes = sizes[0], .dscp = marks[i]};
    properties->questions[n++] = (MpPathQuestion){
        .aspect = MP_PATH_ECN, .packet_bytes = sizes[0], .ecn = ECT_0};
    properties->questions[n++] = (MpPathQuestion){.aspect = MP_PATH_FRAGMENTS,
                                                  .packet_bytes = FRAGMENTED};
}

MpPathProperties *mp_path_properties_new(MpStampKey *key, const MpStampSession *session,
                                         gboolean is_ipv6, MpTime limit)
{
    MpPathProperties *properties = g_new0(MpPathProperties, 1);
    properties->key = key;
    properties->session = *session;
    properties->headers = is_ipv6 ? IPV6_HEADERS : IPV4_HEADERS;
    properties->limit = limit;
    properties->round_trip = MP_NEVER;
    make_questions(properties);
    return properties;
}

void mp_path_properties_free(MpPathProperties *properties)
{
    g_free(properties);
}

static guint most_sends(guint exchange)
{
    return exchange == HELLO ? HELLO_SENDS : MOST_SENDS;
}

/* RFC 6298's reasoning, with the one round trip that is known. */
static MpTime wait_of(const MpPathProperties *properties)
{
    const MpTime round_trip = properties->round_trip;
    return round_trip == MP_NEVER ? FIRST_WAIT : round_trip + MAX(LEAST_WAIT, round_trip / 2);
}

/* The parts follow one another; the exchanges of one go side by side. */
static const struct {
    guint first;
    guint end;
} parts[] = {
    {HELLO, HELLO + 1},
    {0, FRAGMENTS},
    {SEEN_WHOLE, SEEN_WHOLE + 1},
    {FRAGMENTS, FRAGMENTS + 1},
    {SEEN_FRAGMENTS, SEEN_FRAGMENTS + 1},
};

/* The first part with an exchange that is not over; one past the last: there is none. */
static guint present(const MpPathProperties *properties)
{
    for (guint part = 0; part < G_N_ELEMENTS(parts); part++)
        for (guint i = parts[part].first; i < parts[part].end; i++)
            if (!properties->exchanges[i].is_over)
                return part;
    return G_N_ELEMENTS(parts);
}

static gboolean has_ended(const MpPathProperties *properties)
{
    const gboolean is_mute = properties->exchanges[HELLO].is_over &&
                             properties->round_trip == MP_NEVER;
    return properties->is_finished || is_mute || present(properties) == G_N_ELEMENTS(parts);
}

static void write_request(MpPathProperties *properties, guint exchange, MpTime now,
                          MpPathDatagram *datagram)
{
    const MpPathQuestion *question = exchange < N_QUESTIONS ? &properties->questions[exchange]
                                                            : NULL;
    const MpStampPacket packet = {.sequence = properties->n_sent,
                                  .timestamp = mp_stamp_time_write(now),
                                  .error_estimate = MP_STAMP_ERROR_UNKNOWN};
    const MpStampClass class = {.wanted_dscp = question ? question->dscp : 0};
    MpWriter writer = mp_writer_init(properties->buffer, sizeof properties->buffer);
    mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REQUEST, &packet);
    mp_stamp_write_key(&writer, &properties->session);
    if (exchange == SEEN_WHOLE || exchange == SEEN_FRAGMENTS)
        mp_stamp_ask_ports_seen(&writer, 0, 0);
    else
        mp_stamp_write_class(&writer, &class);
    mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, properties->key);
    if (question) {
        const gsize payload = question->packet_bytes - properties->headers;
        mp_stamp_write_padding(&writer, payload - writer.position);
    }
    g_assert(!writer.is_bad);
    *datagram = (MpPathDatagram){.message = {properties->buffer, writer.position},
                                 .dscp = question ? question->dscp : 0,
                                 .ecn = question ? question->ecn : 0,
                                 .may_fragment = question && question->aspect == MP_PATH_FRAGMENTS};
}

static void send(MpPathProperties *properties, guint index, MpTime now, MpPathDatagram *datagram)
{
    Exchange *exchange = &properties->exchanges[index];
    write_request(properties, index, now, datagram);
    exchange->sends++;
    exchange->due = now + wait_of(properties);
    properties->first_sent = properties->n_sent ? properties->first_sent : now;
    properties->next_send = now + SPACING;
    properties->exchange_of[properties->n_sent++] = (guint8)index;
    if (index < N_QUESTIONS)
        properties->questions[index].sends = exchange->sends;
}

/* Exchanges that were sent often enough and waited for are over. */
static void give_up(MpPathProperties *properties, MpTime now)
{
    for (guint i = 0; i < N_EXCHANGES; i++)
        if (properties->exchanges[i].sends == most_sends(i) && now >= properties->exchanges[i].due)
            properties->exchanges[i].is_over = TRUE;
}

gboolean mp_path_properties_advance(MpPathProperties *properties, MpTime now,
                                    MpPathDatagram *datagram)
{
    give_up(properties, now);
    properties->is_finished = properties->is_finished || now >= properties->limit;
    if (has_ended(properties) || now < properties->next_send)
        return FALSE;
    const guint part = present(properties);
    for (guint i = parts[part].first; i < parts[part].end; i++) {
        const Exchange *exchange = &properties->exchanges[i];
        if (exchange->is_over || now < exchange->due || exchange->sends == most_sends(i))
            continue;
        send(properties, i, now, datagram);
        return TRUE;
    }
    return FALSE;
}

MpTime mp_path_properties_deadline(const MpPathProperties *properties)
{
    if (has_ended(properties))
        return MP_NEVER;
    const guint part = present(properties);
    MpTime due = MP_NEVER;
    for (guint i = parts[part].first; i < parts[part].end; i++)
        if (!properties->exchanges[i].is_over)
            due = MIN(due, properties->exchanges[i].due);
    return MIN(properties->limit, MAX(due, properties->next_send));
}

void mp_path_properties_refuse(MpPathProperties *properties)
{
    const guint last = properties->exchange_of[properties->n_sent - 1];
    properties->exchanges[last].is_over = TRUE;
    if (last < N_QUESTIONS)
        properties->questions[last].is_too_large = TRUE;
}

static void note_answer(MpPathProperties *properties, guint exchange, MpBytes message, guint8 dscp,
                        guint8 ecn)
{
    MpStampItem item;
    MpPathQuestion *question = &properties->questions[exchange];
    question->is_answered = TRUE;
    question->arrival = MP_PATH_ARRIVED;
    question->reply_dscp = dscp;
    question->reply_ecn = ecn;
    question->has_class = mp_stamp_find(&item, message, MP_STAMP_OPEN,
                                        MP_STAMP_TLV_CLASS_OF_SERVICE) &&
                          !(item.flags & MP_STAMP_FLAG_UNRECOGNIZED) &&
                          mp_stamp_read_class(&question->class, item.value);
}

/* What passes, passes in smaller packets, too. */
static void note_seen(MpPathProperties *properties, guint first, guint end, MpBytes message)
{
    MpStampItem item;
    MpStampPortsSeen seen;
    if (!mp_stamp_find(&item, message, MP_STAMP_OPEN, MP_STAMP_TLV_PORTS_SEEN) ||
        (item.flags & MP_STAMP_FLAG_UNRECOGNIZED) || !mp_stamp_read_ports_seen(&seen, item.value))
        return;
    for (guint i = first; i < end; i++) {
        MpPathQuestion *question = &properties->questions[i];
        const gboolean has_arrived = seen.largest + properties->headers >= question->packet_bytes;
        if (question->sends > 0 && !question->is_too_large)
            question->arrival = has_arrived ? MP_PATH_ARRIVED : MP_PATH_LOST;
    }
}

/* Our own datagram sent back as it was would verify as well: only a reflector that knows our TLVs
 * clears their flag. */
static gboolean is_reply(const MpPathProperties *properties, MpBytes message)
{
    MpStampItem item;
    MpStampSession session;
    return mp_stamp_has_hmac(message, MP_STAMP_OPEN, properties->key) &&
           mp_stamp_find(&item, message, MP_STAMP_OPEN, MP_STAMP_TLV_KEY) &&
           !(item.flags & MP_STAMP_FLAG_UNRECOGNIZED) && mp_stamp_read_key(&session, item.value) &&
           session.session == properties->session.session;
}

void mp_path_properties_receive(MpPathProperties *properties, MpBytes message, guint8 dscp,
                                guint8 ecn, MpTime now)
{
    MpStampPacket packet;
    if (!is_reply(properties, message) ||
        !mp_stamp_read(&packet, MP_STAMP_OPEN, MP_STAMP_REPLY, message) ||
        packet.sender_sequence >= properties->n_sent)
        return;
    const guint exchange = properties->exchange_of[packet.sender_sequence];
    if (exchange == HELLO && properties->round_trip == MP_NEVER)
        properties->round_trip = now - properties->first_sent;
    if (exchange < N_QUESTIONS)
        note_answer(properties, exchange, message, dscp, ecn);
    else if (exchange == SEEN_WHOLE)
        note_seen(properties, 0, FRAGMENTS, message);
    else if (exchange == SEEN_FRAGMENTS)
        note_seen(properties, FRAGMENTS, FRAGMENTS + 1, message);
    properties->exchanges[exchange].is_over = TRUE;
}

gboolean mp_path_properties_is_answered(const MpPathProperties *properties)
{
    return properties->round_trip != MP_NEVER;
}

MpTime mp_path_properties_round_trip(const MpPathProperties *properties)
{
    return properties->round_trip;
}

guint mp_path_properties_count(const MpPathProperties *properties)
{
    (void)properties;
    return N_QUESTIONS;
}

const MpPathQuestion *mp_path_properties_question(const MpPathProperties *properties, guint index)
{
    g_return_val_if_fail(index < N_QUESTIONS, NULL);
    return &properties->questions[index];
}
