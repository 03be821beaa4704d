/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a TURN server still knows an allocation: RFC 8656 section 7, by the codes it answers.
 */
#include <string.h>

#include "session/allocation_question.h"
#include "wire/stun_builder.h"
#include "wire/stun_check.h"

typedef struct {
    MpAllocationQuestion *question;
    guint8 request[512];
    gsize length;
    MpAllocationAnswer answer;
    gboolean wants_refresh;
} Talk;

/* What the server says to the request that was written last. */
static gboolean say(Talk *talk, guint code, const char *nonce)
{
    MpStunMessage request;
    guint8 reply[512];
    g_assert_true(mp_stun_parse(&request, talk->request, talk->length));
    MpStunBuilder builder = mp_stun_builder_init(
        reply, sizeof reply, code ? MP_STUN_ERROR : MP_STUN_SUCCESS, request.method, &request.id);
    if (code)
        mp_stun_add_error(&builder, (MpStunError)code);
    if (nonce) {
        mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_REALM, "example.org");
        mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_NONCE, nonce);
    }
    return mp_allocation_question_take(talk->question, reply, mp_stun_builder_end(&builder),
                                       &talk->answer, &talk->wants_refresh);
}

static void refresh(Talk *talk)
{
    talk->length = mp_allocation_question_refresh(talk->question, talk->request,
                                                  sizeof talk->request);
    g_assert_cmpuint(talk->length, >, 0);
}

static void a_login_is_given_when_it_is_asked_for(void)
{
    Talk talk = {.question = mp_allocation_question_new("user", "secret")};
    refresh(&talk);
    g_assert_true(say(&talk, MP_STUN_ERROR_UNAUTHENTICATED, "first"));
    g_assert_true(talk.wants_refresh && !talk.answer.is_over);

    refresh(&talk);
    MpStunMessage message;
    guint8 key[MP_STUN_KEY_LENGTH];
    mp_stun_long_term_key("user", "example.org", "secret", key);
    g_assert_true(mp_stun_parse(&message, talk.request, talk.length));
    g_assert_cmpuint(mp_stun_check_integrity(&message, (MpBytes){key, sizeof key}), ==,
                     MP_STUN_CHECK_MATCHES);
    g_assert_true(say(&talk, 0, NULL));
    g_assert_true(talk.answer.is_over);
    g_assert_cmpuint(talk.answer.code, ==, 0);
    mp_allocation_question_free(talk.question);
}

/* A server that has restarted has forgotten its nonces before it says 437. */
static void a_server_without_the_allocation_says_437(void)
{
    Talk talk = {.question = mp_allocation_question_new("user", "secret")};
    refresh(&talk);
    say(&talk, MP_STUN_ERROR_UNAUTHENTICATED, "first");
    refresh(&talk);
    g_assert_true(say(&talk, MP_STUN_ERROR_STALE_NONCE, "second"));
    g_assert_true(talk.wants_refresh);
    refresh(&talk);
    g_assert_true(say(&talk, MP_STUN_ERROR_ALLOCATION_MISMATCH, NULL));
    g_assert_true(talk.answer.is_over);
    g_assert_cmpuint(talk.answer.code, ==, 437);
    mp_allocation_question_free(talk.question);
}

static void a_server_that_never_likes_its_nonce_is_not_asked_for_ever(void)
{
    Talk talk = {.question = mp_allocation_question_new("user", "secret")};
    guint asked = 0;
    do {
        refresh(&talk);
        say(&talk, MP_STUN_ERROR_STALE_NONCE, "again");
        asked++;
    } while (talk.wants_refresh && asked < 100);
    g_assert_cmpuint(asked, <, 20);
    mp_allocation_question_free(talk.question);
}

static void a_binding_tells_our_address(void)
{
    g_autoptr(MpAllocationQuestion) question = mp_allocation_question_new("", "");
    guint8 request[64];
    guint8 reply[128];
    MpStunMessage message;
    MpAddress mapped;
    MpAllocationAnswer answer;
    gboolean wants_refresh;
    gsize length = mp_allocation_question_binding(question, request, sizeof request);
    g_assert_true(mp_stun_parse(&message, request, length));
    g_assert_true(mp_address_parse_with_port(&mapped, "192.0.2.1:5000"));
    MpStunBuilder builder = mp_stun_builder_init(reply, sizeof reply, MP_STUN_SUCCESS,
                                                 MP_STUN_METHOD_BINDING, &message.id);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &mapped);

    g_assert_true(mp_allocation_question_take(question, reply, mp_stun_builder_end(&builder),
                                              &answer, &wants_refresh));
    g_assert_true(mp_address_equal(&answer.mapped, &mapped));
    g_assert_false(answer.is_over);
    /* libnice's own transactions are its own. */
    reply[19] ^= 1;
    g_assert_false(mp_allocation_question_take(question, reply, mp_stun_builder_end(&builder),
                                               &answer, &wants_refresh));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/allocation-question/login", a_login_is_given_when_it_is_asked_for);
    g_test_add_func("/allocation-question/437", a_server_without_the_allocation_says_437);
    g_test_add_func("/allocation-question/nonces",
                    a_server_that_never_likes_its_nonce_is_not_asked_for_ever);
    g_test_add_func("/allocation-question/binding", a_binding_tells_our_address);
    return g_test_run();
}
