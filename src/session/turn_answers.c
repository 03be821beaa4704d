/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a TURN client makes of an answer: whether it can be believed, and what an error asks for.
 */
#include "session/turn_client_state.h"

/* A server whose every nonce is stale at once must not keep us going round. */
#define MAX_STALE_RETRIES 2

static MpTurnEvent fail_with_code(MpTurnClient *client, guint code, MpBytes reason)
{
    return mp_turn_client_finish(client, MP_TURN_EVENT_ERROR, code, mp_stun_bytes_to_text(reason));
}

/* RFC 8489 section 9.2.5: the first 401 tells realm and nonce; one that follows credentials means
 * that they are wrong. */
static MpTurnEvent handle_unauthenticated(MpTurnClient *client, const MpStunMessage *answer,
                                          MpBytes reason, MpTime now)
{
    if (client->is_authenticated)
        return fail_with_code(client, MP_STUN_ERROR_UNAUTHENTICATED, reason);
    const gboolean has_realm = mp_turn_login_take_realm(&client->login, answer);
    client->facts.realm = client->login.realm;
    if (!has_realm || !mp_turn_login_take_nonce(&client->login, answer))
        return mp_turn_client_finish(client, MP_TURN_EVENT_MALFORMED, 0,
                                     g_strdup("a 401 answer without a valid REALM and NONCE"));
    client->facts.was_challenged = TRUE;
    if (!client->login.credentials)
        return fail_with_code(client, MP_STUN_ERROR_UNAUTHENTICATED, reason);

    client->is_authenticated = TRUE;
    mp_turn_client_start_transaction(client, now);
    return (MpTurnEvent){.type = MP_TURN_EVENT_NONE};
}

static MpTurnEvent handle_stale_nonce(MpTurnClient *client, const MpStunMessage *answer,
                                      MpBytes reason, MpTime now)
{
    if (!client->is_authenticated || client->stale_retries == MAX_STALE_RETRIES)
        return fail_with_code(client, MP_STUN_ERROR_STALE_NONCE, reason);
    if (!mp_turn_login_take_nonce(&client->login, answer))
        return mp_turn_client_finish(client, MP_TURN_EVENT_MALFORMED, 0,
                                     g_strdup("a 438 answer without a valid NONCE"));
    client->stale_retries++;
    mp_turn_client_start_transaction(client, now);
    return (MpTurnEvent){.type = MP_TURN_EVENT_NONE};
}

static MpTurnEvent handle_alternate(MpTurnClient *client, const MpStunMessage *answer,
                                    MpBytes reason, MpTime now)
{
    (void)now;
    client->facts.alternate = (MpAddress){.family = MP_FAMILY_NONE};
    mp_stun_get_address(answer, MP_STUN_ATTRIBUTE_ALTERNATE_SERVER, &client->facts.alternate);
    g_free(client->facts.alternate_domain);
    client->facts.alternate_domain = mp_stun_dup_text(answer, MP_STUN_ATTRIBUTE_ALTERNATE_DOMAIN);
    return fail_with_code(client, MP_STUN_ERROR_TRY_ALTERNATE, reason);
}

static MpTurnEvent handle_bad_request(MpTurnClient *client, const MpStunMessage *answer,
                                      MpBytes reason, MpTime now)
{
    (void)answer;
    (void)now;
    return fail_with_code(client, MP_STUN_ERROR_BAD_REQUEST, reason);
}

/* These the server may send before it knows who we are, so their MESSAGE-INTEGRITY proves nothing
 * either way: RFC 8489 sections 9.2.4 and 10. */
static const struct {
    guint code;
    MpTurnEvent (*handle)(MpTurnClient *client, const MpStunMessage *answer, MpBytes reason,
                          MpTime now);
} open_errors[] = {
    {MP_STUN_ERROR_TRY_ALTERNATE, handle_alternate},
    {MP_STUN_ERROR_BAD_REQUEST, handle_bad_request},
    {MP_STUN_ERROR_UNAUTHENTICATED, handle_unauthenticated},
    {MP_STUN_ERROR_STALE_NONCE, handle_stale_nonce},
};

static MpTurnEvent handle_error(MpTurnClient *client, const MpStunMessage *answer, MpTime now)
{
    guint code = 0;
    MpBytes reason = {NULL, 0};
    mp_stun_get_error(answer, &code, &reason);
    for (gsize i = 0; i < G_N_ELEMENTS(open_errors); i++)
        if (open_errors[i].code == code)
            return open_errors[i].handle(client, answer, reason, now);
    return fail_with_code(client, code, reason);
}

static MpTurnEvent handle_success(MpTurnClient *client, const MpStunMessage *answer)
{
    const char *problem = mp_turn_rules(client->request.operation)->read(client, answer);
    return problem ? mp_turn_client_finish(client, MP_TURN_EVENT_MALFORMED, 0, g_strdup(problem))
                   : mp_turn_client_finish(client, MP_TURN_EVENT_SUCCESS, 0, NULL);
}

static gboolean is_open_error(guint code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(open_errors); i++)
        if (open_errors[i].code == code)
            return TRUE;
    return FALSE;
}

/* Servers in use leave MESSAGE-INTEGRITY out of some errors (437), so there only a wrong one is
 * held against them. */
static const char *doubt_integrity(MpTurnClient *client, const MpStunMessage *answer, guint code)
{
    if (!client->is_authenticated || is_open_error(code))
        return NULL;
    MpStunCheck integrity = mp_stun_check_integrity(
        answer, (MpBytes){client->login.key, sizeof client->login.key});
    if (integrity == MP_STUN_CHECK_WRONG)
        return "an answer with a wrong MESSAGE-INTEGRITY";
    if (integrity == MP_STUN_CHECK_ABSENT && answer->class == MP_STUN_SUCCESS)
        return "a success answer without MESSAGE-INTEGRITY";
    if (integrity == MP_STUN_CHECK_MATCHES)
        client->facts.has_authenticated = TRUE;
    return NULL;
}

/* Why this answer cannot be believed; NULL when it can. */
static const char *doubt(MpTurnClient *client, const MpStunMessage *answer)
{
    guint code = 0;
    MpBytes reason;
    if (answer->form != MP_STUN_FORM_GOOD)
        return mp_stun_form_text(answer->form);
    if (answer->fingerprint == MP_STUN_CHECK_WRONG)
        return "an answer with a wrong FINGERPRINT";
    if (answer->method != mp_turn_rules(client->request.operation)->method)
        return "an answer to another method than was asked";
    if (answer->class == MP_STUN_ERROR && !mp_stun_get_error(answer, &code, &reason))
        return "an error answer without a valid ERROR-CODE";
    return doubt_integrity(client, answer, code);
}

static void keep_software(MpTurnClient *client, const MpStunMessage *answer)
{
    char *software = mp_stun_dup_text(answer, MP_STUN_ATTRIBUTE_SOFTWARE);
    if (!software)
        return;
    g_free(client->facts.software);
    client->facts.software = software;
}

MpTurnEvent mp_turn_client_take_answer(MpTurnClient *client, const MpStunMessage *answer,
                                       MpTime now)
{
    client->facts.responses_received++;
    const char *problem = doubt(client, answer);
    if (problem)
        return mp_turn_client_disbelieve(client, problem);

    MpTime round_trip = mp_stun_transaction_finish(&client->transaction, now);
    if (round_trip != MP_NEVER)
        g_array_append_val(client->facts.round_trips, round_trip);
    keep_software(client, answer);
    return answer->class == MP_STUN_SUCCESS ? handle_success(client, answer)
                                            : handle_error(client, answer, now);
}
