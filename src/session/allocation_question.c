/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks a TURN server whether it still knows an allocation.
 */
#include "session/allocation_question.h"

#include <string.h>

#include "base/random.h"
#include "session/turn_login.h"

/* RFC 8656 section 7.1: the default lifetime, which libnice asks for, too. */
#define LIFETIME_SECONDS 600
/* A server that gives a new nonce to every request would keep us asking for ever. */
#define MOST_NONCES 8

struct _MpAllocationQuestion {
    MpTurnLogin login;
    MpStunId binding;
    MpStunId refresh;
    guint nonces;
};

MpAllocationQuestion *mp_allocation_question_new(const char *user, const char *password)
{
    MpAllocationQuestion *question = g_new0(MpAllocationQuestion, 1);
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_new(user, password);
    question->login = mp_turn_login_init(credentials);
    return question;
}

void mp_allocation_question_free(MpAllocationQuestion *question)
{
    if (!question)
        return;
    mp_turn_login_clear(&question->login);
    g_free(question);
}

gsize mp_allocation_question_binding(MpAllocationQuestion *question, guint8 *buffer, gsize capacity)
{
    mp_random_bytes(question->binding.bytes, sizeof question->binding.bytes);
    MpStunBuilder builder = mp_stun_builder_init(buffer, capacity, MP_STUN_REQUEST,
                                                 MP_STUN_METHOD_BINDING, &question->binding);
    mp_stun_add_fingerprint(&builder);
    return mp_stun_builder_end(&builder);
}

gsize mp_allocation_question_refresh(MpAllocationQuestion *question, guint8 *buffer, gsize capacity)
{
    mp_random_bytes(question->refresh.bytes, sizeof question->refresh.bytes);
    MpStunBuilder builder = mp_stun_builder_init(buffer, capacity, MP_STUN_REQUEST,
                                                 MP_STUN_METHOD_REFRESH, &question->refresh);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_LIFETIME, LIFETIME_SECONDS);
    if (question->login.nonce_length > 0)
        mp_turn_login_add(&question->login, &builder);
    mp_stun_add_fingerprint(&builder);
    return mp_stun_builder_end(&builder);
}

/* 401 and 438 come with what the next request must carry: RFC 8489 section 9.2.5. */
static gboolean takes_login(MpAllocationQuestion *question, const MpStunMessage *message,
                            guint code)
{
    gboolean is_asked = (code == MP_STUN_ERROR_UNAUTHENTICATED &&
                         question->login.nonce_length == 0) ||
                        code == MP_STUN_ERROR_STALE_NONCE;
    return is_asked && question->nonces++ < MOST_NONCES &&
           mp_turn_login_take_realm(&question->login, message) &&
           mp_turn_login_take_nonce(&question->login, message);
}

static gboolean is_answer(const MpStunMessage *message, const MpStunId *id, guint method)
{
    return message->method == method && memcmp(&message->id, id, sizeof *id) == 0;
}

gboolean mp_allocation_question_take(MpAllocationQuestion *question, const guint8 *data,
                                     gsize length, MpAllocationAnswer *answer,
                                     gboolean *wants_refresh)
{
    MpStunMessage message;
    MpBytes reason;
    *answer = (MpAllocationAnswer){0};
    *wants_refresh = FALSE;
    if (!mp_stun_parse(&message, data, length) ||
        (message.class != MP_STUN_SUCCESS && message.class != MP_STUN_ERROR))
        return FALSE;
    if (is_answer(&message, &question->binding, MP_STUN_METHOD_BINDING)) {
        mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &answer->mapped);
        return TRUE;
    }
    if (!is_answer(&message, &question->refresh, MP_STUN_METHOD_REFRESH))
        return FALSE;
    if (message.class == MP_STUN_ERROR)
        mp_stun_get_error(&message, &answer->code, &reason);
    *wants_refresh = takes_login(question, &message, answer->code);
    answer->is_over = !*wants_refresh;
    return TRUE;
}
