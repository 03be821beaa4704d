/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The questions of RFC 5780 and what their answers mean.
 */
#include "session/nat_discovery.h"

#include <string.h>

#include "base/random.h"
#include "session/stun_transaction.h"
#include "wire/stun_builder.h"

/* RFC 5780 section 7.2: the flags of CHANGE-REQUEST. */
#define CHANGE_IP 0x4
#define CHANGE_PORT 0x2
/* Sent at 0, 0.5 and 1.5 s; by then a server that answered before has had time enough. */
#define WAIT MP_MSEC(2500)
/* With its header more than an Ethernet frame holds: the request leaves in fragments, and RFC 5780
 * section 7.6 has the answer come in fragments too. */
#define PADDING_LENGTH 1600

typedef enum { FIRST_ADDRESS, OTHER_IP, OTHER_IP_AND_PORT, OWN_MAPPED } Destination;

typedef enum {
    ASK_FIRST,
    ASK_OTHER_IP,
    ASK_OTHER_BOTH,
    ASK_OPEN_FILTER, /* makes the filtering socket's mapping */
    ASK_CHANGE_BOTH,
    ASK_CHANGE_PORT,
    ASK_HAIRPIN,
    ASK_PADDED,
    N_QUESTIONS,
} Ask;

static const struct {
    MpNatSocket socket;
    Destination to;
    guint32 change;
    gboolean is_padded;
    Ask after; /* asked once that one is answered; itself: at once */
} questions[N_QUESTIONS] = {
    [ASK_FIRST] = {.socket = MP_NAT_SOCKET_MAPPING, .after = ASK_FIRST},
    [ASK_OTHER_IP] = {.socket = MP_NAT_SOCKET_MAPPING, .to = OTHER_IP, .after = ASK_FIRST},
    [ASK_OTHER_BOTH] = {.socket = MP_NAT_SOCKET_MAPPING,
                        .to = OTHER_IP_AND_PORT,
                        .after = ASK_FIRST},
    [ASK_OPEN_FILTER] = {.socket = MP_NAT_SOCKET_FILTERING, .after = ASK_FIRST},
    [ASK_CHANGE_BOTH] = {.socket = MP_NAT_SOCKET_FILTERING,
                         .change = CHANGE_IP | CHANGE_PORT,
                         .after = ASK_OPEN_FILTER},
    [ASK_CHANGE_PORT] = {.socket = MP_NAT_SOCKET_FILTERING,
                         .change = CHANGE_PORT,
                         .after = ASK_OPEN_FILTER},
    [ASK_HAIRPIN] = {.socket = MP_NAT_SOCKET_HAIRPIN, .to = OWN_MAPPED, .after = ASK_FIRST},
    [ASK_PADDED] = {.socket = MP_NAT_SOCKET_HAIRPIN, .is_padded = TRUE, .after = ASK_FIRST},
};

typedef enum { WAITING, ASKED, ANSWERED, SILENT, REFUSED } State;

typedef struct {
    State state;
    MpStunTransaction transaction;
    MpAddress mapped;
    MpAddress origin;
} Question;

struct _MpNatDiscovery {
    MpAddress server;
    MpAddress locals[MP_NAT_N_SOCKETS];
    MpTime limit;
    Question questions[N_QUESTIONS];
    MpAddress other;
    MpAddress plain; /* MAPPED-ADDRESS of the first answer */
    guint requests_sent;
    guint8 buffer[MP_STUN_HEADER_LENGTH + PADDING_LENGTH + 32];
};

const char *mp_nat_kind_name(MpNatKind kind)
{
    static const char *const names[] = {
        [MP_NAT_IS_UNKNOWN] = "unknown",
        [MP_NAT_IS_NONE] = "none",
        [MP_NAT_IS_ENDPOINT_INDEPENDENT] = "endpoint-independent",
        [MP_NAT_IS_ADDRESS_DEPENDENT] = "address-dependent",
        [MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
    };
    return names[kind];
}

const char *mp_nat_answer_name(MpNatAnswer answer)
{
    static const char *const names[] = {
        [MP_NAT_UNKNOWN] = "unknown", [MP_NAT_NO] = "no", [MP_NAT_YES] = "yes"};
    return names[answer];
}

static void begin(MpNatDiscovery *discovery, Ask ask, MpTime now)
{
    Question *question = &discovery->questions[ask];
    MpStunId id;
    mp_random_bytes(id.bytes, sizeof id.bytes);
    question->state = ASKED;
    question->transaction = mp_stun_transaction_init(&id, FALSE, now,
                                                     MIN(now + WAIT, discovery->limit));
}

MpNatDiscovery *mp_nat_discovery_new(const MpAddress *server,
                                     const MpAddress locals[MP_NAT_N_SOCKETS], MpTime now,
                                     MpTime limit)
{
    MpNatDiscovery *discovery = g_new0(MpNatDiscovery, 1);
    discovery->server = *server;
    discovery->limit = limit;
    for (guint i = 0; i < MP_NAT_N_SOCKETS; i++)
        discovery->locals[i] = locals[i];
    begin(discovery, ASK_FIRST, now);
    return discovery;
}

void mp_nat_discovery_free(MpNatDiscovery *discovery)
{
    g_free(discovery);
}

static MpAddress destination_of(const MpNatDiscovery *discovery, Ask ask)
{
    MpAddress address = discovery->server;
    switch (questions[ask].to) {
    case FIRST_ADDRESS:
        return address;
    case OTHER_IP:
        address = discovery->other;
        address.port = discovery->server.port;
        return address;
    case OTHER_IP_AND_PORT:
        return discovery->other;
    case OWN_MAPPED:
        return discovery->questions[ASK_FIRST].mapped;
    }
    g_assert_not_reached();
}

static MpBytes write_request(MpNatDiscovery *discovery, Ask ask)
{
    static const guint8 padding[PADDING_LENGTH];
    MpStunBuilder builder = mp_stun_builder_init(discovery->buffer, sizeof discovery->buffer,
                                                 MP_STUN_REQUEST, MP_STUN_METHOD_BINDING,
                                                 &discovery->questions[ask].transaction.id);
    if (questions[ask].change)
        mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_CHANGE_REQUEST, questions[ask].change);
    if (questions[ask].is_padded)
        mp_stun_add(&builder, MP_STUN_ATTRIBUTE_PADDING, padding, sizeof padding);
    return (MpBytes){discovery->buffer, mp_stun_builder_end(&builder)};
}

gboolean mp_nat_discovery_advance(MpNatDiscovery *discovery, MpTime now, MpNatSend *send)
{
    for (Ask ask = 0; ask < N_QUESTIONS; ask++) {
        Question *question = &discovery->questions[ask];
        if (question->state != ASKED)
            continue;
        MpStunStep step = mp_stun_transaction_advance(&question->transaction, now);
        if (step == MP_STUN_STEP_TIMED_OUT)
            question->state = SILENT;
        if (step != MP_STUN_STEP_SEND)
            continue;
        discovery->requests_sent++;
        *send = (MpNatSend){.socket = questions[ask].socket,
                            .to = destination_of(discovery, ask),
                            .message = write_request(discovery, ask)};
        return TRUE;
    }
    return FALSE;
}

MpTime mp_nat_discovery_deadline(const MpNatDiscovery *discovery)
{
    MpTime deadline = MP_NEVER;
    for (Ask ask = 0; ask < N_QUESTIONS; ask++) {
        const Question *question = &discovery->questions[ask];
        if (question->state == ASKED)
            deadline = MIN(deadline, mp_stun_transaction_deadline(&question->transaction));
    }
    return deadline;
}

static gboolean needs_two_addresses(Ask ask)
{
    return questions[ask].change || questions[ask].to == OTHER_IP ||
           questions[ask].to == OTHER_IP_AND_PORT || ask == ASK_OPEN_FILTER;
}

static void begin_followers(MpNatDiscovery *discovery, Ask answered, MpTime now)
{
    gboolean has_two = discovery->other.family != MP_FAMILY_NONE;
    for (Ask ask = 0; ask < N_QUESTIONS; ask++)
        if (ask != answered && questions[ask].after == answered &&
            discovery->questions[ask].state == WAITING && (has_two || !needs_two_addresses(ask)))
            begin(discovery, ask, now);
}

/* RFC 5780 section 7.4. An "other" address with our server's IP cannot tell anything apart. */
static void read_first_answer(MpNatDiscovery *discovery, const MpStunMessage *message)
{
    MpAddress other;
    if (mp_stun_get_address(message, MP_STUN_ATTRIBUTE_OTHER_ADDRESS, &other) &&
        other.family == discovery->server.family &&
        !mp_address_equal_ip(&other, &discovery->server) && other.port != discovery->server.port)
        discovery->other = other;
    (void)mp_stun_get_address(message, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, &discovery->plain);
}

static void take_answer(MpNatDiscovery *discovery, Ask ask, const MpStunMessage *message,
                        const MpAddress *from, MpTime now)
{
    Question *question = &discovery->questions[ask];
    if (message->class == MP_STUN_ERROR ||
        !mp_stun_get_address(message, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &question->mapped)) {
        question->state = REFUSED;
        return;
    }
    (void)mp_stun_transaction_finish(&question->transaction, now);
    question->state = ANSWERED;
    question->origin = *from;
    if (ask == ASK_FIRST)
        read_first_answer(discovery, message);
    begin_followers(discovery, ask, now);
}

static gboolean has_id(const Question *question, const MpStunMessage *message)
{
    return memcmp(question->transaction.id.bytes, message->id.bytes, MP_STUN_ID_LENGTH) == 0;
}

void mp_nat_discovery_receive(MpNatDiscovery *discovery, MpNatSocket socket, const MpAddress *from,
                              MpBytes message, MpTime now)
{
    MpStunMessage parsed;
    if (!mp_stun_parse(&parsed, message.data, message.length) ||
        parsed.method != MP_STUN_METHOD_BINDING)
        return;
    Question *hairpin = &discovery->questions[ASK_HAIRPIN];
    if (parsed.class == MP_STUN_REQUEST) {
        /* Our own question, come back to the socket whose mapping it was sent to. */
        if (socket == MP_NAT_SOCKET_MAPPING && hairpin->state == ASKED && has_id(hairpin, &parsed))
            hairpin->state = ANSWERED;
        return;
    }
    for (Ask ask = 0; ask < N_QUESTIONS; ask++)
        if (questions[ask].socket == socket && discovery->questions[ask].state == ASKED &&
            has_id(&discovery->questions[ask], &parsed))
            take_answer(discovery, ask, &parsed, from, now);
}

void mp_nat_discovery_fail(MpNatDiscovery *discovery, const MpNatSend *send)
{
    MpStunMessage parsed;
    if (!mp_stun_parse(&parsed, send->message.data, send->message.length))
        return;
    for (Ask ask = 0; ask < N_QUESTIONS; ask++)
        if (discovery->questions[ask].state == ASKED && has_id(&discovery->questions[ask], &parsed))
            discovery->questions[ask].state = SILENT;
}

static const Question *answer_to(const MpNatDiscovery *discovery, Ask ask)
{
    const Question *question = &discovery->questions[ask];
    return question->state == ANSWERED ? question : NULL;
}

/* RFC 5780 section 4.3. A missing answer settles nothing: it may have been lost. */
static MpNatKind judge_mapping(const MpNatDiscovery *discovery)
{
    const Question *first = answer_to(discovery, ASK_FIRST);
    const Question *other_ip = answer_to(discovery, ASK_OTHER_IP);
    const Question *other_both = answer_to(discovery, ASK_OTHER_BOTH);
    if (first && mp_address_equal(&first->mapped, &discovery->locals[MP_NAT_SOCKET_MAPPING]))
        return MP_NAT_IS_NONE;
    if (!first || !other_ip || !other_both)
        return MP_NAT_IS_UNKNOWN;
    if (mp_address_equal(&first->mapped, &other_ip->mapped))
        return MP_NAT_IS_ENDPOINT_INDEPENDENT;
    return mp_address_equal(&other_ip->mapped, &other_both->mapped)
               ? MP_NAT_IS_ADDRESS_DEPENDENT
               : MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT;
}

/* RFC 5780 section 4.4. The answer must come from where it was asked to come from: a server that
 * ignores CHANGE-REQUEST proves nothing. */
static MpNatKind judge_filtering(const MpNatDiscovery *discovery)
{
    const Question *open = &discovery->questions[ASK_OPEN_FILTER];
    const Question *both = &discovery->questions[ASK_CHANGE_BOTH];
    const Question *port = &discovery->questions[ASK_CHANGE_PORT];
    if (open->state != ANSWERED)
        return MP_NAT_IS_UNKNOWN;
    if (both->state == ANSWERED)
        return mp_address_equal(&both->origin, &discovery->other) ? MP_NAT_IS_ENDPOINT_INDEPENDENT
                                                                  : MP_NAT_IS_UNKNOWN;
    if (both->state != SILENT)
        return MP_NAT_IS_UNKNOWN;
    if (port->state == ANSWERED)
        return port->origin.port != discovery->server.port ? MP_NAT_IS_ADDRESS_DEPENDENT
                                                           : MP_NAT_IS_UNKNOWN;
    return port->state == SILENT ? MP_NAT_IS_ADDRESS_AND_PORT_DEPENDENT : MP_NAT_IS_UNKNOWN;
}

static MpNatAnswer yes_or_no(gboolean is_yes)
{
    return is_yes ? MP_NAT_YES : MP_NAT_NO;
}

static MpNatAnswer judge_passage(const Question *question)
{
    return question->state == ANSWERED ? MP_NAT_YES
           : question->state == SILENT ? MP_NAT_NO
                                       : MP_NAT_UNKNOWN;
}

static MpNatAnswer judge_tampering(const MpNatDiscovery *discovery, const Question *first)
{
    if (discovery->plain.family == MP_FAMILY_NONE)
        return MP_NAT_UNKNOWN;
    return yes_or_no(!mp_address_equal(&discovery->plain, &first->mapped));
}

MpNatFacts mp_nat_discovery_facts(const MpNatDiscovery *discovery)
{
    const Question *first = answer_to(discovery, ASK_FIRST);
    MpNatFacts facts = {.requests_sent = discovery->requests_sent};
    if (!first)
        return facts;
    const MpAddress *local = &discovery->locals[MP_NAT_SOCKET_MAPPING];
    facts.is_answered = TRUE;
    facts.has_two = discovery->other.family != MP_FAMILY_NONE;
    facts.mapped = first->mapped;
    facts.other = discovery->other;
    facts.mapping = judge_mapping(discovery);
    facts.filtering = judge_filtering(discovery);
    if (facts.mapping != MP_NAT_IS_NONE) {
        facts.hairpins = judge_passage(&discovery->questions[ASK_HAIRPIN]);
        facts.keeps_port = yes_or_no(first->mapped.port == local->port);
    }
    facts.is_tampered = judge_tampering(discovery, first);
    /* Silence of a server that may not know PADDING proves nothing. */
    MpNatAnswer padded = judge_passage(&discovery->questions[ASK_PADDED]);
    facts.passes_fragments = padded == MP_NAT_NO && !facts.has_two ? MP_NAT_UNKNOWN : padded;
    return facts;
}
