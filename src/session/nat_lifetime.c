/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The search for the lifetime of an idle flow: all idle times side by side.
 */
#include "session/nat_lifetime.h"

#include <string.h>

#include "base/random.h"
#include "session/stun_transaction.h"
#include "wire/stun_builder.h"

/* Routers are set to round times (10, 15, 20, 30, 60, 120, 180, 300 s), so these lie between. */
static const guint idle_seconds[] = {2,  4,  7,  9,  12,  17,  22,  27,  33,  45,
                                     55, 65, 80, 95, 110, 130, 170, 190, 250, 310};
G_STATIC_ASSERT(G_N_ELEMENTS(idle_seconds) + 2 == MP_NAT_LIFETIME_MAX_SOCKETS);

/* Sent at 0, 0.5 and 1.5 s; by then a server that answered before has had time enough. */
#define WAIT MP_MSEC(2500)

#define ASKER 0
#define CONTROL 1
#define FIRST_IDLE 2

typedef enum {
    OPENING, /* the flow's first question is under way */
    IDLE,
    ASKED,
    KEPT,
    LOST,
    UNKNOWN, /* over without a proof */
} State;

typedef struct {
    State state;
    MpStunTransaction transaction;
    MpTime asked;
    MpTime last_packet; /* of the flow */
    MpAddress mapped;
} Flow;

struct _MpNatLifetime {
    MpTime limit;
    guint n_sockets;
    MpAddress locals[MP_NAT_LIFETIME_MAX_SOCKETS];
    Flow flows[MP_NAT_LIFETIME_MAX_SOCKETS]; /* none of the asker */
    guint requests_sent;
    guint8 buffer[128];
};

guint mp_nat_lifetime_sockets(MpTime longest)
{
    guint count = FIRST_IDLE;
    while (count < MP_NAT_LIFETIME_MAX_SOCKETS &&
           MP_SEC(idle_seconds[count - FIRST_IDLE]) <= longest)
        count++;
    return count;
}

static MpTime idle_time(guint socket)
{
    return socket == CONTROL ? 0 : MP_SEC(idle_seconds[socket - FIRST_IDLE]);
}

static void begin(MpNatLifetime *lifetime, Flow *flow, State state, MpTime now)
{
    MpStunId id;
    mp_random_bytes(id.bytes, sizeof id.bytes);
    flow->state = state;
    flow->asked = now;
    flow->transaction = mp_stun_transaction_init(&id, FALSE, now, MIN(now + WAIT, lifetime->limit));
}

MpNatLifetime *mp_nat_lifetime_new(const MpAddress *locals, MpTime longest, MpTime now,
                                   MpTime limit)
{
    MpNatLifetime *lifetime = g_new0(MpNatLifetime, 1);
    lifetime->limit = limit;
    lifetime->n_sockets = mp_nat_lifetime_sockets(longest);
    for (guint i = 0; i < lifetime->n_sockets; i++)
        lifetime->locals[i] = locals[i];
    for (guint i = CONTROL; i < lifetime->n_sockets; i++)
        begin(lifetime, &lifetime->flows[i], OPENING, now);
    return lifetime;
}

void mp_nat_lifetime_free(MpNatLifetime *lifetime)
{
    g_free(lifetime);
}

static gboolean is_settled(const Flow *flow)
{
    return flow->state == KEPT || flow->state == LOST || flow->state == UNKNOWN;
}

static gboolean has_response_port(const MpNatLifetime *lifetime)
{
    return lifetime->flows[CONTROL].state == KEPT;
}

/* A router that keeps our own port gives the same mapping again, gone or not. */
static gboolean can_tell(const MpNatLifetime *lifetime, guint socket)
{
    return has_response_port(lifetime) ||
           lifetime->flows[socket].mapped.port != lifetime->locals[socket].port;
}

/* Two neighbours that were lost: a longer time has no better chance. */
static gboolean is_found(const MpNatLifetime *lifetime)
{
    for (guint i = FIRST_IDLE; i + 1 < lifetime->n_sockets; i++)
        if (lifetime->flows[i].state == LOST && lifetime->flows[i + 1].state == LOST)
            return TRUE;
    return FALSE;
}

/* When the flow's question is due; MP_NEVER while it depends on something else. */
static MpTime due(const MpNatLifetime *lifetime, guint socket)
{
    const Flow *flow = &lifetime->flows[socket];
    if (flow->state != IDLE || (socket != CONTROL && !is_settled(&lifetime->flows[CONTROL])))
        return MP_NEVER;
    return flow->last_packet + idle_time(socket);
}

static void time_out(MpNatLifetime *lifetime, guint socket, MpTime now)
{
    Flow *flow = &lifetime->flows[socket];
    const gboolean had_time = now >= flow->asked + WAIT;
    const gboolean is_proof = flow->state == ASKED && socket != CONTROL && had_time &&
                              has_response_port(lifetime);
    flow->state = is_proof ? LOST : UNKNOWN;
}

static void begin_due(MpNatLifetime *lifetime, guint socket, MpTime now)
{
    Flow *flow = &lifetime->flows[socket];
    const MpTime when = due(lifetime, socket);
    if (when == MP_NEVER)
        return;
    if (is_found(lifetime) || when >= lifetime->limit ||
        (socket != CONTROL && !can_tell(lifetime, socket)))
        flow->state = UNKNOWN;
    else if (now >= when)
        begin(lifetime, flow, ASKED, now);
}

/* The question whether a flow is kept is the asker's, where the server can answer elsewhere. */
static gboolean is_askers(const MpNatLifetime *lifetime, guint socket)
{
    return lifetime->flows[socket].state == ASKED &&
           (socket == CONTROL || has_response_port(lifetime));
}

static MpBytes write_request(MpNatLifetime *lifetime, guint socket)
{
    const Flow *flow = &lifetime->flows[socket];
    MpStunBuilder builder = mp_stun_builder_init(lifetime->buffer, sizeof lifetime->buffer,
                                                 MP_STUN_REQUEST, MP_STUN_METHOD_BINDING,
                                                 &flow->transaction.id);
    /* RFC 5780 section 7.5: the port and 16 bits of nothing. */
    if (is_askers(lifetime, socket))
        mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_RESPONSE_PORT,
                        (guint32)flow->mapped.port << 16);
    return (MpBytes){lifetime->buffer, mp_stun_builder_end(&builder)};
}

gboolean mp_nat_lifetime_advance(MpNatLifetime *lifetime, MpTime now, guint *socket,
                                 MpBytes *message)
{
    for (guint i = CONTROL; i < lifetime->n_sockets; i++) {
        Flow *flow = &lifetime->flows[i];
        begin_due(lifetime, i, now);
        if (flow->state != OPENING && flow->state != ASKED)
            continue;
        const MpStunStep step = mp_stun_transaction_advance(&flow->transaction, now);
        if (step == MP_STUN_STEP_TIMED_OUT)
            time_out(lifetime, i, now);
        if (step != MP_STUN_STEP_SEND)
            continue;
        lifetime->requests_sent++;
        *message = write_request(lifetime, i);
        *socket = is_askers(lifetime, i) ? ASKER : i;
        return TRUE;
    }
    return FALSE;
}

MpTime mp_nat_lifetime_deadline(const MpNatLifetime *lifetime)
{
    MpTime deadline = MP_NEVER;
    for (guint i = CONTROL; i < lifetime->n_sockets; i++) {
        const Flow *flow = &lifetime->flows[i];
        if (flow->state == OPENING || flow->state == ASKED)
            deadline = MIN(deadline, mp_stun_transaction_deadline(&flow->transaction));
        deadline = MIN(deadline, due(lifetime, i));
    }
    return deadline;
}

static gboolean has_id(const Flow *flow, const MpStunMessage *message)
{
    return memcmp(flow->transaction.id.bytes, message->id.bytes, MP_STUN_ID_LENGTH) == 0;
}

static gboolean read_mapped(const MpStunMessage *message, MpAddress *mapped)
{
    return message->class == MP_STUN_SUCCESS &&
           mp_stun_get_address(message, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, mapped);
}

/* Where the answer arrived tells whether the flow was kept; on the idle socket itself, the mapping
 * tells whether it was not. */
static State judge(const MpNatLifetime *lifetime, guint asked, guint socket,
                   const MpStunMessage *message)
{
    MpAddress mapped;
    if (is_askers(lifetime, asked))
        return socket == asked && message->class == MP_STUN_SUCCESS ? KEPT : UNKNOWN;
    return read_mapped(message, &mapped) &&
                   !mp_address_equal(&mapped, &lifetime->flows[asked].mapped)
               ? LOST
               : UNKNOWN;
}

static void take_answer(MpNatLifetime *lifetime, guint asked, guint socket,
                        const MpStunMessage *message, MpTime now)
{
    Flow *flow = &lifetime->flows[asked];
    (void)mp_stun_transaction_finish(&flow->transaction, now);
    if (flow->state == ASKED) {
        flow->state = judge(lifetime, asked, socket, message);
        return;
    }
    flow->state = socket == asked && read_mapped(message, &flow->mapped) ? IDLE : UNKNOWN;
}

void mp_nat_lifetime_receive(MpNatLifetime *lifetime, guint socket, MpBytes message, MpTime now)
{
    MpStunMessage parsed;
    lifetime->flows[socket].last_packet = now;
    if (!mp_stun_parse(&parsed, message.data, message.length) ||
        parsed.method != MP_STUN_METHOD_BINDING ||
        (parsed.class != MP_STUN_SUCCESS && parsed.class != MP_STUN_ERROR))
        return;
    for (guint i = CONTROL; i < lifetime->n_sockets; i++) {
        const Flow *flow = &lifetime->flows[i];
        if ((flow->state == OPENING || flow->state == ASKED) && flow->transaction.sends > 0 &&
            has_id(flow, &parsed)) {
            take_answer(lifetime, i, socket, &parsed, now);
            return;
        }
    }
}

MpNatLifetimeFacts mp_nat_lifetime_facts(const MpNatLifetime *lifetime)
{
    MpNatLifetimeFacts facts = {.lost_after = MP_NEVER,
                                .has_response_port = has_response_port(lifetime),
                                .requests_sent = lifetime->requests_sent};
    for (guint i = CONTROL; i < lifetime->n_sockets; i++) {
        if (lifetime->flows[i].mapped.family != MP_FAMILY_NONE)
            facts.is_answered = TRUE;
        if (i >= FIRST_IDLE && lifetime->flows[i].state == KEPT)
            facts.kept_for = MAX(facts.kept_for, idle_time(i));
    }
    /* One that was lost before a longer one was kept is a packet lost, no flow. */
    for (guint i = FIRST_IDLE; i < lifetime->n_sockets; i++)
        if (lifetime->flows[i].state == LOST && idle_time(i) > facts.kept_for)
            facts.lost_after = MIN(facts.lost_after, idle_time(i));
    return facts;
}
