/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two tables.
 */
#include "probe/net_outcome.h"

#include "wire/stun_registry.h"

static const MpOutcome of_net[] = {
    [MP_NET_DONE] = MP_OUTCOME_ANSWERED,           [MP_NET_REFUSED] = MP_OUTCOME_REFUSED,
    [MP_NET_SILENT] = MP_OUTCOME_SILENT,           [MP_NET_RESET] = MP_OUTCOME_RESET,
    [MP_NET_UNREACHABLE] = MP_OUTCOME_UNREACHABLE, [MP_NET_PROHIBITED] = MP_OUTCOME_PROHIBITED,
    [MP_NET_INTERCEPTED] = MP_OUTCOME_INTERCEPTED, [MP_NET_MALFORMED] = MP_OUTCOME_MALFORMED,
    [MP_NET_CANCELLED] = MP_OUTCOME_NOT_RUN,       [MP_NET_UNAVAILABLE] = MP_OUTCOME_NOT_RUN,
};

static const struct {
    guint code;
    MpOutcome outcome;
} of_stun[] = {
    {MP_STUN_ERROR_TRY_ALTERNATE, MP_OUTCOME_REDIRECTED},
    {MP_STUN_ERROR_UNAUTHENTICATED, MP_OUTCOME_AUTH_FAILED},
    {MP_STUN_ERROR_WRONG_CREDENTIALS, MP_OUTCOME_AUTH_FAILED},
    {MP_STUN_ERROR_ALLOCATION_QUOTA_REACHED, MP_OUTCOME_QUOTA},
    {MP_STUN_ERROR_INSUFFICIENT_CAPACITY, MP_OUTCOME_QUOTA},
};

MpOutcome mp_outcome_of_net(MpNetOutcome outcome)
{
    g_assert(outcome < G_N_ELEMENTS(of_net));
    return of_net[outcome];
}

void mp_stage_set_icmp(MpMeasurement *measurement, const MpNetStatus *status)
{
    JsonArray *stages = mp_facts_array(measurement->facts, "stages");
    const guint count = json_array_get_length(stages);
    if (!status->is_icmp || count == 0)
        return;
    JsonObject *stage = json_array_get_object_element(stages, count - 1);
    json_object_set_int_member(stage, "icmp_type", status->icmp_type);
    json_object_set_int_member(stage, "icmp_code", status->icmp_code);
    if (status->icmp_from.family == MP_FAMILY_NONE)
        return;
    g_autofree char *from = mp_address_to_ip_string(&status->icmp_from);
    json_object_set_string_member(stage, "icmp_from", from);
}

MpOutcome mp_outcome_of_stun_error(guint code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(of_stun); i++)
        if (of_stun[i].code == code)
            return of_stun[i].outcome;
    return MP_OUTCOME_REFUSED;
}
