/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long the NAT or firewall on the way keeps an idle flow, against one STUN server. A few small
 * packets in all, so that it may run beside everything else.
 */
#include "session/nat_lifetime.h"

#include "base/clock.h"
#include "probe/dial.h"
#include "probe/nat_question.h"

typedef struct {
    MpAddress server;
    GPtrArray *sockets; /* MpDatagram* */
    MpNatLifetime *lifetime;
} Search;

static void search_clear(Search *search)
{
    g_clear_pointer(&search->sockets, g_ptr_array_unref);
    mp_nat_lifetime_free(search->lifetime);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static gboolean open_sockets(Search *search, MpTime longest, MpTime limit, MpNetStatus *status)
{
    MpAddress locals[MP_NAT_LIFETIME_MAX_SOCKETS];
    search->sockets = mp_nat_question_sockets(&search->server, mp_nat_lifetime_sockets(longest),
                                              locals, status);
    if (!search->sockets)
        return FALSE;
    search->lifetime = mp_nat_lifetime_new(locals, longest, mp_clock_now(), limit);
    return TRUE;
}

/* What cannot be sent is not answered either. */
static void send_due(Search *search)
{
    guint socket;
    MpBytes message;
    MpNetStatus status = {0};
    while (mp_nat_lifetime_advance(search->lifetime, mp_clock_now(), &socket, &message))
        (void)mp_datagram_send(search->sockets->pdata[socket], &search->server, message, &status);
}

static void take_all(Search *search)
{
    for (guint i = 0; i < search->sockets->len; i++) {
        MpAddress from;
        MpBytes message;
        while (mp_datagram_take(search->sockets->pdata[i], &from, &message))
            if (mp_address_equal(&from, &search->server))
                mp_nat_lifetime_receive(search->lifetime, i, message, mp_clock_now());
    }
}

static void search_on(Search *search, GCancellable *cancellable)
{
    MpTime next;
    while (send_due(search), (next = mp_nat_lifetime_deadline(search->lifetime)) != MP_NEVER) {
        if (g_cancellable_is_cancelled(cancellable))
            return;
        mp_nat_question_wait(search->sockets, next);
        take_all(search);
    }
}

static void set_facts(const MpNatLifetimeFacts *found, JsonObject *facts)
{
    if (found->is_answered)
        json_object_set_boolean_member(facts, "response_port", found->has_response_port);
    JsonObject *lifetime = json_object_new();
    if (found->kept_for > 0)
        json_object_set_double_member(lifetime, "more_than", mp_time_to_ms(found->kept_for) / 1e3);
    if (found->lost_after != MP_NEVER)
        json_object_set_double_member(lifetime, "at_most", mp_time_to_ms(found->lost_after) / 1e3);
    json_object_set_object_member(facts, "lifetime_s", lifetime);
    json_object_set_int_member(facts, "requests_sent", found->requests_sent);
}

static void search_for(MpMeasurement *measurement, const MpStep *step, const MpAddress *server,
                       const MpNetLimit *limit, GError **error)
{
    MpNetStatus status = {0};
    g_auto(Search) search = {.server = *server};
    MpTime began = mp_clock_now();
    if (!open_sockets(&search, step->longest_idle, limit->deadline, &status)) {
        mp_dial_add_failure(measurement, "binding", 0, &status, error);
        return;
    }
    search_on(&search, limit->cancellable);
    MpNatLifetimeFacts found = mp_nat_lifetime_facts(search.lifetime);
    set_facts(&found, measurement->facts);
    mp_measurement_add_stage(measurement, "binding",
                             found.is_answered ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT,
                             mp_clock_now() - began, 0, NULL);
}

MpMeasurement *mp_probe_nat_lifetime(const MpStep *step, const MpProbeContext *context,
                                     GError **error)
{
    return mp_nat_question_ask(step, context, search_for, error);
}
