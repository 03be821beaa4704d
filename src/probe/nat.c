/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the NAT on the way behaves: RFC 5780 against one STUN server.
 */
#include "base/clock.h"
#include "probe/dial.h"
#include "probe/nat_question.h"
#include "session/nat_discovery.h"

typedef struct {
    GPtrArray *sockets; /* MpDatagram*, by MpNatSocket */
    MpNatDiscovery *discovery;
} Talk;

static void talk_clear(Talk *talk)
{
    g_clear_pointer(&talk->sockets, g_ptr_array_unref);
    mp_nat_discovery_free(talk->discovery);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Talk, talk_clear)

static gboolean open_sockets(Talk *talk, const MpAddress *server, MpTime limit, MpNetStatus *status)
{
    MpAddress locals[MP_NAT_N_SOCKETS];
    talk->sockets = mp_nat_question_sockets(server, MP_NAT_N_SOCKETS, locals, status);
    if (!talk->sockets)
        return FALSE;
    talk->discovery = mp_nat_discovery_new(server, locals, mp_clock_now(), limit);
    return TRUE;
}

static void send_due(Talk *talk)
{
    MpNatSend send;
    MpNetStatus status = {0};
    while (mp_nat_discovery_advance(talk->discovery, mp_clock_now(), &send))
        if (!mp_datagram_send(talk->sockets->pdata[send.socket], &send.to, send.message, &status))
            mp_nat_discovery_fail(talk->discovery, &send);
}

static void take_all(Talk *talk)
{
    for (guint i = 0; i < MP_NAT_N_SOCKETS; i++) {
        MpAddress from;
        MpBytes message;
        while (mp_datagram_take(talk->sockets->pdata[i], &from, &message))
            mp_nat_discovery_receive(talk->discovery, (MpNatSocket)i, &from, message,
                                     mp_clock_now());
    }
}

static void converse(Talk *talk, GCancellable *cancellable)
{
    MpTime next;
    while (send_due(talk), (next = mp_nat_discovery_deadline(talk->discovery)) != MP_NEVER) {
        if (g_cancellable_is_cancelled(cancellable))
            return;
        mp_nat_question_wait(talk->sockets, next);
        take_all(talk);
    }
}

static void set_text(JsonObject *facts, const char *name, const char *text)
{
    json_object_set_string_member(facts, name, text);
}

static void set_address(JsonObject *facts, const char *name, const MpAddress *address)
{
    g_autofree char *text = address->family == MP_FAMILY_NONE ? NULL
                                                              : mp_address_to_string(address);
    if (text)
        set_text(facts, name, text);
}

/* What lies behind the first NAT is not visible from here, except that addresses of RFC 6598 are
 * given out behind a provider's NAT only. */
static const char *carrier_nat(const MpNatFacts *nat, const MpAddress *local)
{
    MpCidr shared;
    if (nat->mapping == MP_NAT_IS_NONE)
        return "no";
    const gboolean is_shared = mp_cidr_parse(&shared, "100.64.0.0/10") &&
                               mp_cidr_contains(&shared, local);
    return nat->is_answered && is_shared ? "yes" : "unknown";
}

static void set_facts(const Talk *talk, JsonObject *facts)
{
    MpNatFacts nat = mp_nat_discovery_facts(talk->discovery);
    MpAddress local = mp_datagram_local(talk->sockets->pdata[MP_NAT_SOCKET_MAPPING]);
    set_address(facts, "local_address", &local);
    set_address(facts, "mapped_address", &nat.mapped);
    set_address(facts, "other_address", &nat.other);
    if (nat.is_answered)
        json_object_set_boolean_member(facts, "rfc5780", nat.has_two);
    set_text(facts, "mapping", mp_nat_kind_name(nat.mapping));
    set_text(facts, "filtering", mp_nat_kind_name(nat.filtering));
    set_text(facts, "carrier_nat", carrier_nat(&nat, &local));
    set_text(facts, "hairpin", mp_nat_answer_name(nat.hairpins));
    set_text(facts, "port_preserved", mp_nat_answer_name(nat.keeps_port));
    set_text(facts, "address_tampered", mp_nat_answer_name(nat.is_tampered));
    set_text(facts, "fragments_pass", mp_nat_answer_name(nat.passes_fragments));
    json_object_set_int_member(facts, "requests_sent", nat.requests_sent);
}

static void discover(MpMeasurement *measurement, const MpStep *step, const MpAddress *server,
                     const MpNetLimit *limit, GError **error)
{
    (void)step;
    MpNetStatus status = {0};
    g_auto(Talk) talk = {0};
    MpTime began = mp_clock_now();
    if (!open_sockets(&talk, server, limit->deadline, &status)) {
        mp_dial_add_failure(measurement, "binding", 0, &status, error);
        return;
    }
    converse(&talk, limit->cancellable);
    MpTime took = mp_clock_now() - began;
    MpNatFacts nat = mp_nat_discovery_facts(talk.discovery);
    set_facts(&talk, measurement->facts);
    mp_measurement_add_stage(measurement, "binding",
                             nat.is_answered ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT, took, 0,
                             NULL);
}

MpMeasurement *mp_probe_nat(const MpStep *step, const MpProbeContext *context, GError **error)
{
    return mp_nat_question_ask(step, context, discover, error);
}
