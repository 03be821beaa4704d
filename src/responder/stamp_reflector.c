/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From request to answer: verified without a lock, booked under it, signed without.
 */
#include "responder/stamp_reflector.h"

#include <errno.h>
#include <string.h>

/* A request that its key verified. */
typedef struct {
    const MpStampArrival *arrival;
    MpStampMode mode;
    MpStampKey *key;
    MpStampSession session;
    MpStampPacket packet;
    gboolean has_tlvs; /* others than padding: they are under an HMAC TLV */
} Request;

void mp_stamp_shared_init(MpStampShared *shared, guint per_second, guint burst)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    mp_rate_limit_init(&shared->limit, per_second, burst);
}

static void lock(MpStampShared *shared)
{
    /* A process that was killed inside leaves counters behind that are one off at most. */
    if (pthread_mutex_lock(&shared->lock) == EOWNERDEAD)
        pthread_mutex_consistent(&shared->lock);
}

static void unlock(MpStampShared *shared)
{
    pthread_mutex_unlock(&shared->lock);
}

/* KEY comes first: what begins otherwise costs no HMAC. Its U flag is set by senders only, so that
 * two reflectors never answer each other's answers. */
static gboolean read_session(Request *request)
{
    MpReader reader = mp_stamp_tlvs(request->arrival->bytes, request->mode);
    MpStampItem item;
    return mp_stamp_next(&reader, &item) && item.type == MP_STAMP_TLV_KEY &&
           item.flags == MP_STAMP_FLAG_UNRECOGNIZED &&
           mp_stamp_read_key(&request->session, item.value);
}

static gboolean verify_open(Request *request, const MpStampKeys *keys)
{
    request->mode = MP_STAMP_OPEN;
    if (!read_session(request))
        return FALSE;
    request->key = mp_stamp_keys_find(keys, request->session.key_id);
    request->has_tlvs = TRUE;
    return request->key &&
           mp_stamp_has_hmac(request->arrival->bytes, MP_STAMP_OPEN, request->key) &&
           mp_stamp_read(&request->packet, MP_STAMP_OPEN, MP_STAMP_REQUEST,
                         request->arrival->bytes);
}

/* Other tools name neither key nor session of ours: RFC 8972 section 3, SSID and where it came
 * from. FNV-1a, for numbers that differ; the key's owner alone could make two alike. */
static guint64 session_of(const Request *request)
{
    const MpAddress *source = &request->arrival->source;
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
    for (guint i = 0; i < sizeof source->bytes + 2; i++) {
        guint8 byte = i < sizeof source->bytes ? source->bytes[i]
                                               : (guint8)(source->port >> (i % 2 * 8));
        hash = (hash ^ byte) * G_GUINT64_CONSTANT(0x100000001b3);
    }
    return hash ^ request->packet.session_id;
}

/* RFC 8972 section 4.8: TLVs other than Extra Padding are authenticated by an HMAC TLV. */
static gboolean tlvs_are_good(Request *request)
{
    MpReader reader = mp_stamp_tlvs(request->arrival->bytes, MP_STAMP_AUTHENTICATED);
    MpStampItem item;
    while (mp_stamp_next(&reader, &item))
        request->has_tlvs = request->has_tlvs || item.type != MP_STAMP_TLV_PADDING;
    if (reader.is_bad)
        return FALSE;
    return !request->has_tlvs ||
           mp_stamp_has_hmac(request->arrival->bytes, MP_STAMP_AUTHENTICATED, request->key);
}

/* An answer has the receive time where a request must be zero. */
static gboolean is_answer(MpBytes bytes)
{
    static const guint8 zeros[8];
    return memcmp(bytes.data + 32, zeros, sizeof zeros) != 0;
}

static gboolean verify_authenticated(Request *request, const MpStampKeys *keys)
{
    request->mode = MP_STAMP_AUTHENTICATED;
    if (request->arrival->bytes.length < MP_STAMP_AUTH_SIZE || is_answer(request->arrival->bytes))
        return FALSE;
    gboolean is_named = read_session(request);
    request->key = is_named ? mp_stamp_keys_find(keys, request->session.key_id)
                            : mp_stamp_keys_first(keys, &request->session.key_id);
    if (!request->key || !mp_stamp_is_sealed(request->arrival->bytes, request->key) ||
        !tlvs_are_good(request))
        return FALSE;
    mp_stamp_read(&request->packet, MP_STAMP_AUTHENTICATED, MP_STAMP_REQUEST,
                  request->arrival->bytes);
    if (!is_named)
        request->session.session = session_of(request);
    return TRUE;
}

static gboolean verify(Request *request, const MpStampKeys *keys)
{
    return verify_open(request, keys) || verify_authenticated(request, keys);
}

/* An answer in the making: a copy of the request whose TLVs are filled in, each at its place. */
typedef struct {
    const Request *request;
    const MpStampShared *shared;
    const MpStampState *state;
    guint8 *bytes;
    guint8 tos;
} Answer;

static void fill_class(Answer *answer, const MpStampItem *item)
{
    MpStampClass class;
    if (!mp_stamp_read_class(&class, item->value))
        return;
    class.received_dscp = answer->request->arrival->tos >> 2;
    class.received_ecn = answer->request->arrival->tos & 3;
    class.reverse_path = 0;
    MpWriter writer = mp_writer_init(answer->bytes + item->offset,
                                     MP_STAMP_TLV_HEADER + item->value.length);
    mp_stamp_write_class(&writer, &class);
    /* The answer's ECN field is the request's, so that its way back can be seen too. */
    answer->tos = (guint8)(class.wanted_dscp << 2 | class.received_ecn);
}

static guint overflows(const MpStampShared *shared)
{
    return (guint)g_atomic_int_get(&shared->overflows);
}

static void fill_ports(Answer *answer, const MpStampItem *item, const guint8 *ports)
{
    MpStampPortsSeen seen;
    guint8 bits[(G_MAXUINT16 + 1) / 8];
    if (!mp_stamp_read_ports_seen(&seen, item->value))
        return;
    mp_stamp_copy_bits(bits, ports, seen.first_port, seen.n_ports);
    seen.received = answer->state->received;
    seen.unanswered = answer->state->unanswered;
    seen.largest = answer->state->largest;
    seen.overflows = (guint16)MIN(overflows(answer->shared) - answer->state->overflows_before,
                                  G_MAXUINT16);
    seen.ports = bits;
    mp_stamp_fill_ports_seen(answer->bytes + item->offset + MP_STAMP_TLV_HEADER, &seen);
}

static void fill_ports_seen(Answer *answer, const MpStampItem *item)
{
    fill_ports(answer, item, answer->state->ports);
}

static void fill_ports_served(Answer *answer, const MpStampItem *item)
{
    fill_ports(answer, item, answer->shared->served);
}

static void leave(Answer *answer, const MpStampItem *item)
{
    (void)answer;
    (void)item;
}

static const struct {
    MpStampTlv type;
    void (*fill)(Answer *answer, const MpStampItem *item);
} known_tlvs[] = {
    {MP_STAMP_TLV_PADDING, leave},
    {MP_STAMP_TLV_KEY, leave},
    {MP_STAMP_TLV_CLASS_OF_SERVICE, fill_class},
    {MP_STAMP_TLV_PORTS_SEEN, fill_ports_seen},
    {MP_STAMP_TLV_PORTS_SERVED, fill_ports_served},
    {MP_STAMP_TLV_HMAC, leave},
};

/* RFC 8972 section 4: the U flag is for what is not known here. */
static void fill_tlvs(Answer *answer)
{
    MpBytes bytes = {answer->bytes, answer->request->arrival->bytes.length};
    MpReader reader = mp_stamp_tlvs(bytes, answer->request->mode);
    MpStampItem item;
    while (mp_stamp_next(&reader, &item)) {
        guint8 flags = MP_STAMP_FLAG_UNRECOGNIZED;
        for (guint i = 0; i < G_N_ELEMENTS(known_tlvs); i++) {
            if (known_tlvs[i].type != item.type)
                continue;
            known_tlvs[i].fill(answer, &item);
            flags = 0;
        }
        answer->bytes[item.offset] = flags;
    }
}

static void sign(const Answer *answer)
{
    const Request *request = answer->request;
    MpBytes bytes = {answer->bytes, request->arrival->bytes.length};
    MpStampItem item;
    if (request->mode == MP_STAMP_AUTHENTICATED)
        mp_stamp_seal(answer->bytes, request->key);
    if (!request->has_tlvs || !mp_stamp_find(&item, bytes, request->mode, MP_STAMP_TLV_HMAC))
        return;
    MpWriter writer = mp_writer_init(answer->bytes, bytes.length);
    writer.position = item.offset;
    mp_stamp_write_hmac(&writer, request->mode, request->key);
    answer->bytes[item.offset] = 0;
}

/* What is remembered of a request. NULL where it gets no answer. */
static MpStampState *book(MpStampShared *shared, const Request *request, MpTime now)
{
    const MpStampArrival *arrival = request->arrival;
    MpStampState *state = mp_stamp_sessions_get(&shared->sessions, &request->session,
                                                &arrival->source, now);
    if (!state) {
        shared->counts.refused++;
        return NULL;
    }
    if (state->received == 0)
        state->overflows_before = overflows(shared);
    if (!mp_stamp_state_accept(state, request->packet.sequence)) {
        shared->counts.replayed++;
        return NULL;
    }
    mp_stamp_state_see_port(state, arrival->port);
    state->largest = (guint16)MAX(state->largest, arrival->bytes.length);
    if (!mp_rate_limit_take(&shared->limit, &arrival->source, now)) {
        state->unanswered++;
        shared->counts.limited++;
        return NULL;
    }
    shared->counts.answers++;
    return state;
}

static void write_base(MpStampState *state, const Request *request, MpTime realtime, guint8 *out)
{
    const MpStampPacket *asked = &request->packet;
    const MpStampPacket reply = {
        .sequence = state->next_reply++,
        .timestamp = mp_stamp_time_write(realtime),
        .error_estimate = MP_STAMP_ERROR_UNKNOWN,
        .session_id = asked->session_id,
        .receive_timestamp = mp_stamp_time_write(request->arrival->time),
        .sender_sequence = asked->sequence,
        .sender_timestamp = asked->timestamp,
        .sender_error_estimate = asked->error_estimate,
        .sender_ttl = request->arrival->ttl,
    };
    MpWriter writer = mp_writer_init(out, request->arrival->bytes.length);
    mp_stamp_write(&writer, request->mode, MP_STAMP_REPLY, &reply);
}

gsize mp_stamp_reflect(MpStampReflector *reflector, const MpStampArrival *arrival, MpTime now,
                       MpTime realtime, guint8 *out, guint8 *tos)
{
    MpStampShared *shared = reflector->shared;
    Request request = {.arrival = arrival};
    gboolean is_verified = verify(&request, reflector->keys);
    lock(shared);
    shared->counts.datagrams++;
    shared->counts.unverified += !is_verified;
    MpStampState *state = is_verified ? book(shared, &request, now) : NULL;
    Answer answer = {&request, shared, state, out, 0};
    if (state) {
        memcpy(out, arrival->bytes.data, arrival->bytes.length);
        write_base(state, &request, realtime, out);
        fill_tlvs(&answer);
    }
    unlock(shared);
    if (!state)
        return 0;
    sign(&answer);
    *tos = answer.tos;
    return arrival->bytes.length;
}
