/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN client against scripted answers, in virtual time: one behaviour a test.
 */
#include <glib.h>
#include <string.h>

#include "session/turn_client.h"
#include "wire/stun_builder.h"
#include "wire/stun_check.h"
#include "wire/turn.h"

#define START MP_SEC(100)
#define LIMIT (START + MP_SEC(10))
#define USER "user"
#define PASSWORD "correct"
#define REALM "test.lab"

static const char *const relay_text = "203.0.113.5:50000";
static const char *const mapped_text = "198.51.100.7:4000";

typedef struct {
    MpTurnClient *client;
    MpTime now;
    guint8 request_bytes[2048];
    MpStunMessage request; /* the last one that the client sent */
    guint8 answer_bytes[2048];
    MpStunBuilder answer;
} Script;

static MpAddress address_of(const char *text)
{
    MpAddress address;
    g_assert_true(mp_address_parse_with_port(&address, text));
    return address;
}

static Script *script_new(const char *password, gboolean is_stream)
{
    Script *script = g_new0(Script, 1);
    g_autoptr(MpTurnCredentials) credentials = password ? mp_turn_credentials_new(USER, password)
                                                        : NULL;
    script->client = mp_turn_client_new(credentials, is_stream);
    script->now = START;
    return script;
}

static void script_free(Script *script)
{
    mp_turn_client_free(script->client);
    g_free(script);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Script, script_free)

/* Takes the request that must be due now. */
static void expect_request(Script *script, guint method)
{
    MpBytes output;
    MpTurnEvent event = mp_turn_client_advance(script->client, script->now, &output);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_NONE);
    g_assert_cmpuint(output.length, >, 0);
    memcpy(script->request_bytes, output.data, output.length);
    g_assert_true(mp_stun_parse(&script->request, script->request_bytes, output.length));
    g_assert_cmpint(script->request.class, ==, MP_STUN_REQUEST);
    g_assert_cmpuint(script->request.method, ==, method);
}

static void begin(Script *script, const MpTurnRequest *request, guint method)
{
    mp_turn_client_begin(script->client, request, script->now, LIMIT);
    expect_request(script, method);
}

static void begin_allocate(Script *script)
{
    begin(script, &(MpTurnRequest){.operation = MP_TURN_ALLOCATE}, MP_STUN_METHOD_ALLOCATE);
}

static MpStunBuilder *start_answer(Script *script, MpStunClass class)
{
    script->answer = mp_stun_builder_init(script->answer_bytes, sizeof script->answer_bytes, class,
                                          script->request.method, &script->request.id);
    return &script->answer;
}

static MpTurnEvent deliver(Script *script)
{
    MpBytes bytes = {script->answer_bytes, mp_stun_builder_end(&script->answer)};
    return mp_turn_client_receive(script->client, bytes, script->now);
}

static void sign(Script *script, const char *password)
{
    guint8 key[MP_STUN_KEY_LENGTH];
    mp_stun_long_term_key(USER, REALM, password, key);
    mp_stun_add_integrity(&script->answer, (MpBytes){key, sizeof key});
}

static MpTurnEvent answer_error(Script *script, MpStunError code)
{
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), code);
    return deliver(script);
}

static void add_challenge(Script *script, const char *nonce)
{
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_REALM, REALM);
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_NONCE, nonce);
}

/* 401 with realm and nonce; the client asks again with credentials. */
static void challenge(Script *script)
{
    guint method = script->request.method;
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_UNAUTHENTICATED);
    add_challenge(script, "nonce-1");
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_NONE);
    expect_request(script, method);
}

static void start_allocation(Script *script)
{
    MpAddress relayed = address_of(relay_text);
    MpAddress mapped = address_of(mapped_text);
    MpStunBuilder *answer = start_answer(script, MP_STUN_SUCCESS);
    mp_stun_add_address(answer, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS, &relayed);
    mp_stun_add_address(answer, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &mapped);
    mp_stun_add_u32(answer, MP_STUN_ATTRIBUTE_LIFETIME, 600);
}

static Script *script_with_allocation(gboolean is_stream)
{
    Script *script = script_new(PASSWORD, is_stream);
    begin_allocate(script);
    challenge(script);
    start_allocation(script);
    sign(script, PASSWORD);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    return script;
}

/* Runs the clock from deadline to deadline until the operation ends. */
static MpTurnEvent run_out(Script *script, guint *sends)
{
    for (;;) {
        MpBytes output;
        script->now = mp_turn_client_deadline(script->client);
        g_assert_cmpint(script->now, !=, MP_NEVER);
        MpTurnEvent event = mp_turn_client_advance(script->client, script->now, &output);
        *sends += output.length > 0;
        if (event.type != MP_TURN_EVENT_NONE)
            return event;
    }
}

static void assert_text(const MpStunMessage *message, guint type, const char *expected)
{
    g_autofree char *text = mp_stun_dup_text(message, type);
    g_assert_cmpstr(text, ==, expected);
}

static void assert_address(const MpAddress *address, const char *expected)
{
    g_autofree char *text = mp_address_to_string(address);
    g_assert_cmpstr(text, ==, expected);
}

static void test_binding_tells_the_mapped_address(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin(script, &(MpTurnRequest){.operation = MP_TURN_BINDING}, MP_STUN_METHOD_BINDING);
    MpAddress mapped = address_of(mapped_text);
    mp_stun_add_address(start_answer(script, MP_STUN_SUCCESS), MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
                        &mapped);
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_SOFTWARE, "a server");
    script->now += MP_MSEC(30);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    const MpTurnFacts *facts = mp_turn_client_facts(script->client);
    assert_address(&facts->mapped, mapped_text);
    g_assert_cmpstr(facts->software, ==, "a server");
    g_assert_cmpuint(facts->round_trips->len, ==, 1);
    g_assert_cmpint(g_array_index(facts->round_trips, MpTime, 0), ==, MP_MSEC(30));
    g_assert_cmpint(mp_turn_client_deadline(script->client), ==, MP_NEVER);
}

static void test_requests_go_out_at_0_500_1500_3500_and_7500(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    guint sends = 1;
    begin(script, &(MpTurnRequest){.operation = MP_TURN_BINDING}, MP_STUN_METHOD_BINDING);
    g_assert_cmpint(mp_turn_client_deadline(script->client), ==, START + MP_MSEC(500));
    g_assert_cmpint(run_out(script, &sends).type, ==, MP_TURN_EVENT_SILENT);
    g_assert_cmpint(script->now, ==, LIMIT);
    g_assert_cmpuint(sends, ==, 5);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->requests_sent, ==, 5);
}

static void test_stream_request_goes_out_once(void)
{
    g_autoptr(Script) script = script_new(NULL, TRUE);
    guint sends = 1;
    begin_allocate(script);
    g_assert_cmpint(run_out(script, &sends).type, ==, MP_TURN_EVENT_SILENT);
    g_assert_cmpint(script->now, ==, LIMIT);
    g_assert_cmpuint(sends, ==, 1);
}

static void test_allocate_asks_for_udp(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    guint32 transport;
    g_assert_true(
        mp_stun_get_u32(&script->request, MP_STUN_ATTRIBUTE_REQUESTED_TRANSPORT, &transport));
    g_assert_cmphex(transport, ==, 0x11000000);
    g_assert_false(mp_stun_has(&script->request, MP_STUN_ATTRIBUTE_USERNAME));
}

static void test_first_401_is_answered_with_credentials(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    MpStunId first = script->request.id;
    challenge(script);
    g_assert_cmpint(memcmp(&first, &script->request.id, sizeof first), !=, 0);
    assert_text(&script->request, MP_STUN_ATTRIBUTE_USERNAME, USER);
    assert_text(&script->request, MP_STUN_ATTRIBUTE_REALM, REALM);
    assert_text(&script->request, MP_STUN_ATTRIBUTE_NONCE, "nonce-1");
    guint8 key[MP_STUN_KEY_LENGTH];
    mp_stun_long_term_key(USER, REALM, PASSWORD, key);
    g_assert_cmpint(mp_stun_check_integrity(&script->request, (MpBytes){key, sizeof key}), ==,
                    MP_STUN_CHECK_MATCHES);
}

static void test_allocation_is_told(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    const MpTurnFacts *facts = mp_turn_client_facts(script->client);
    assert_address(&facts->relayed, relay_text);
    assert_address(&facts->mapped, mapped_text);
    g_assert_cmpuint(facts->lifetime_s, ==, 600);
    g_assert_cmpstr(facts->realm, ==, REALM);
    g_assert_true(facts->was_challenged);
    g_assert_true(facts->has_authenticated);
}

static guint32 requested_family(Script *script, guint type)
{
    guint32 family = 0;
    mp_stun_get_u32(&script->request, type, &family);
    return family >> 24;
}

static void test_both_families_are_asked_for_and_told(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin(script, &(MpTurnRequest){.operation = MP_TURN_ALLOCATE, .wants_both = TRUE},
          MP_STUN_METHOD_ALLOCATE);
    g_assert_cmphex(requested_family(script, MP_STUN_ATTRIBUTE_ADDITIONAL_ADDRESS_FAMILY), ==, 2);
    start_allocation(script);
    MpAddress beside = address_of("[2001:db8::5]:50000");
    mp_stun_add_address(&script->answer, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS, &beside);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    assert_address(&mp_turn_client_facts(script->client)->relayed, relay_text);
    assert_address(&mp_turn_client_facts(script->client)->relayed_beside, "[2001:db8::5]:50000");
    g_assert_cmpuint(mp_turn_client_facts(script->client)->beside_code, ==, 0);
}

static void test_address_error_code_says_why_there_is_one_family_only(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin(script, &(MpTurnRequest){.operation = MP_TURN_ALLOCATE, .wants_both = TRUE},
          MP_STUN_METHOD_ALLOCATE);
    start_allocation(script);
    mp_stun_add_u32(&script->answer, MP_STUN_ATTRIBUTE_ADDRESS_ERROR_CODE, 0x02000428);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->beside_code, ==, 440);
    g_assert_cmpint(mp_turn_client_facts(script->client)->relayed_beside.family, ==,
                    MP_FAMILY_NONE);
}

static void test_a_relay_of_another_family_than_asked_for_is_malformed(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin(script, &(MpTurnRequest){.operation = MP_TURN_ALLOCATE, .family = MP_FAMILY_IPV6},
          MP_STUN_METHOD_ALLOCATE);
    g_assert_cmphex(requested_family(script, MP_STUN_ATTRIBUTE_REQUESTED_ADDRESS_FAMILY), ==, 2);
    start_allocation(script);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_MALFORMED);
}

/* RFC 8489 section 14.16. */
static void test_300_may_name_a_domain_for_tls(void)
{
    g_autoptr(Script) script = script_new(NULL, TRUE);
    begin_allocate(script);
    MpAddress alternate = address_of("192.0.2.9:5349");
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_TRY_ALTERNATE);
    mp_stun_add_address(&script->answer, MP_STUN_ATTRIBUTE_ALTERNATE_SERVER, &alternate);
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_ALTERNATE_DOMAIN, "other.example");
    g_assert_cmpuint(deliver(script).code, ==, 300);
    assert_address(&mp_turn_client_facts(script->client)->alternate, "192.0.2.9:5349");
    g_assert_cmpstr(mp_turn_client_facts(script->client)->alternate_domain, ==, "other.example");
}

static void test_second_401_means_wrong_credentials(void)
{
    g_autoptr(Script) script = script_new("wrong", FALSE);
    begin_allocate(script);
    challenge(script);
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_UNAUTHENTICATED);
    add_challenge(script, "nonce-2");
    MpTurnEvent event = deliver(script);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_ERROR);
    g_assert_cmpuint(event.code, ==, 401);
    g_assert_cmpstr(event.reason, ==, "Unauthenticated");
}

static void test_401_without_credentials_is_final(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin_allocate(script);
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_UNAUTHENTICATED);
    add_challenge(script, "nonce-1");
    MpTurnEvent event = deliver(script);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_ERROR);
    g_assert_cmpuint(event.code, ==, 401);
    /* The nonce is known now, but there is still nothing to sign with. */
    begin_allocate(script);
    g_assert_false(mp_stun_has(&script->request, MP_STUN_ATTRIBUTE_USERNAME));
}

static void test_401_without_nonce_is_malformed(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    g_assert_cmpint(answer_error(script, MP_STUN_ERROR_UNAUTHENTICATED).type, ==,
                    MP_TURN_EVENT_MALFORMED);
}

static void test_open_server_needs_no_integrity(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    start_allocation(script);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    g_assert_null(mp_turn_client_facts(script->client)->realm);
    begin(script,
          &(MpTurnRequest){.operation = MP_TURN_CREATE_PERMISSION, .peer = address_of(relay_text)},
          MP_STUN_METHOD_CREATE_PERMISSION);
    g_assert_false(mp_stun_has(&script->request, MP_STUN_ATTRIBUTE_MESSAGE_INTEGRITY));
}

static void test_later_requests_carry_credentials_at_once(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    begin(script,
          &(MpTurnRequest){.operation = MP_TURN_CREATE_PERMISSION, .peer = address_of(relay_text)},
          MP_STUN_METHOD_CREATE_PERMISSION);
    assert_text(&script->request, MP_STUN_ATTRIBUTE_NONCE, "nonce-1");
    MpAddress peer;
    g_assert_true(mp_stun_get_address(&script->request, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer));
    assert_address(&peer, relay_text);
}

static MpTurnEvent answer_stale(Script *script, const char *nonce)
{
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_STALE_NONCE);
    add_challenge(script, nonce);
    return deliver(script);
}

static void begin_refresh(Script *script, guint32 lifetime_s)
{
    begin(script, &(MpTurnRequest){.operation = MP_TURN_REFRESH, .lifetime_s = lifetime_s},
          MP_STUN_METHOD_REFRESH);
}

static void test_438_is_answered_with_the_new_nonce(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    begin_refresh(script, 600);
    g_assert_cmpint(answer_stale(script, "nonce-2").type, ==, MP_TURN_EVENT_NONE);
    expect_request(script, MP_STUN_METHOD_REFRESH);
    assert_text(&script->request, MP_STUN_ATTRIBUTE_NONCE, "nonce-2");
    mp_stun_add_u32(start_answer(script, MP_STUN_SUCCESS), MP_STUN_ATTRIBUTE_LIFETIME, 300);
    sign(script, PASSWORD);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->refreshed_s, ==, 300);
}

static void test_third_438_is_final(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    begin_refresh(script, 600);
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(answer_stale(script, "nonce-x").type, ==, MP_TURN_EVENT_NONE);
        expect_request(script, MP_STUN_METHOD_REFRESH);
    }
    MpTurnEvent event = answer_stale(script, "nonce-y");
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_ERROR);
    g_assert_cmpuint(event.code, ==, 438);
}

static void test_refusals_keep_their_code(void)
{
    static const MpStunError codes[] = {
        MP_STUN_ERROR_TRY_ALTERNATE,
        MP_STUN_ERROR_BAD_REQUEST,
        MP_STUN_ERROR_FORBIDDEN,
        MP_STUN_ERROR_ALLOCATION_MISMATCH,
        MP_STUN_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED,
        MP_STUN_ERROR_WRONG_CREDENTIALS,
        MP_STUN_ERROR_UNSUPPORTED_TRANSPORT_PROTOCOL,
        MP_STUN_ERROR_ALLOCATION_QUOTA_REACHED,
        MP_STUN_ERROR_SERVER_ERROR,
        MP_STUN_ERROR_INSUFFICIENT_CAPACITY,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autoptr(Script) script = script_new(PASSWORD, FALSE);
        begin_allocate(script);
        challenge(script);
        mp_stun_add_error(start_answer(script, MP_STUN_ERROR), codes[i]);
        sign(script, PASSWORD);
        MpTurnEvent event = deliver(script);
        g_assert_cmpint(event.type, ==, MP_TURN_EVENT_ERROR);
        g_assert_cmpuint(event.code, ==, codes[i]);
        g_assert_cmpstr(event.reason, ==, mp_stun_error_name(codes[i]));
    }
}

static void test_300_tells_the_other_server(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    MpAddress other = address_of("192.0.2.44:3478");
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_TRY_ALTERNATE);
    mp_stun_add_address(&script->answer, MP_STUN_ATTRIBUTE_ALTERNATE_SERVER, &other);
    g_assert_cmpuint(deliver(script).code, ==, 300);
    assert_address(&mp_turn_client_facts(script->client)->alternate, "192.0.2.44:3478");
}

static void test_refusal_without_integrity_is_believed(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    challenge(script);
    g_assert_cmpuint(answer_error(script, MP_STUN_ERROR_ALLOCATION_MISMATCH).code, ==, 437);
}

static void test_wrong_transaction_is_ignored_and_counted(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    guint sends = 1;
    begin_allocate(script);
    script->request.id.bytes[0] ^= 1;
    start_allocation(script);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_NONE);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->ignored, ==, 1);
    g_assert_cmpint(run_out(script, &sends).type, ==, MP_TURN_EVENT_MALFORMED);
}

/* RFC 8489 section 9.2.5: discarded, retransmissions go on, and in the end that is signalled. */
static void test_wrong_integrity_is_told_instead_of_silence(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    guint sends = 0;
    begin_allocate(script);
    challenge(script);
    start_allocation(script);
    sign(script, "another");
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_NONE);
    MpTurnEvent event = run_out(script, &sends);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_MALFORMED);
    g_assert_nonnull(strstr(event.reason, "MESSAGE-INTEGRITY"));
    g_assert_cmpuint(sends, ==, 4);
    g_assert_cmpint(script->now, ==, LIMIT);
    g_assert_cmpint(mp_turn_client_facts(script->client)->relayed.family, ==, MP_FAMILY_NONE);
}

static void test_right_answer_after_a_forged_one_counts(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    begin_allocate(script);
    challenge(script);
    start_allocation(script);
    sign(script, "another");
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_NONE);
    start_allocation(script);
    sign(script, PASSWORD);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->disbelieved, ==, 1);
}

static void test_forged_answer_on_a_stream_ends_it(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, TRUE);
    begin_allocate(script);
    challenge(script);
    start_allocation(script);
    sign(script, "another");
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_MALFORMED);
}

static void test_success_without_integrity_is_not_believed(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, TRUE);
    begin_allocate(script);
    challenge(script);
    start_allocation(script);
    MpTurnEvent event = deliver(script);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_MALFORMED);
    g_assert_cmpstr(event.reason, ==, "a success answer without MESSAGE-INTEGRITY");
}

static void test_truncated_answer_is_told(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    guint sends = 0;
    begin_allocate(script);
    start_allocation(script);
    MpBytes cut = {script->answer_bytes, mp_stun_builder_end(&script->answer) - 4};
    g_assert_cmpint(mp_turn_client_receive(script->client, cut, script->now).type, ==,
                    MP_TURN_EVENT_NONE);
    MpTurnEvent event = run_out(script, &sends);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_MALFORMED);
    g_assert_cmpstr(event.reason, ==, mp_stun_form_text(MP_STUN_FORM_WRONG_LENGTH));
}

static void test_garbage_is_told(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    guint sends = 0;
    begin_allocate(script);
    MpBytes garbage = {(const guint8 *)"\x80garbage", 8};
    mp_turn_client_receive(script->client, garbage, script->now);
    MpTurnEvent event = run_out(script, &sends);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_MALFORMED);
    g_assert_cmpstr(event.reason, ==, "not a STUN message");
}

static void test_allocation_without_relay_address_is_malformed(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin_allocate(script);
    mp_stun_add_u32(start_answer(script, MP_STUN_SUCCESS), MP_STUN_ATTRIBUTE_LIFETIME, 600);
    MpTurnEvent event = deliver(script);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_MALFORMED);
    g_assert_cmpstr(event.reason, ==, "an Allocate answer without XOR-RELAYED-ADDRESS");
}

static void test_round_trip_after_retransmission_is_not_counted(void)
{
    g_autoptr(Script) script = script_new(NULL, FALSE);
    begin_allocate(script);
    script->now = START + MP_MSEC(500);
    expect_request(script, MP_STUN_METHOD_ALLOCATE);
    start_allocation(script);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->round_trips->len, ==, 0);
}

static void bind_channel(Script *script, guint16 channel)
{
    begin(script,
          &(MpTurnRequest){.operation = MP_TURN_CHANNEL_BIND,
                           .channel = channel,
                           .peer = address_of("192.0.2.8:9000")},
          MP_STUN_METHOD_CHANNEL_BIND);
    guint32 number;
    g_assert_true(mp_stun_get_u32(&script->request, MP_STUN_ATTRIBUTE_CHANNEL_NUMBER, &number));
    g_assert_cmphex(number, ==, (guint32)channel << 16);
    start_answer(script, MP_STUN_SUCCESS);
    sign(script, PASSWORD);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
}

static void test_channel_data_goes_both_ways(void)
{
    g_autoptr(Script) script = script_with_allocation(TRUE);
    guint8 buffer[64];
    MpBytes payload = {(const guint8 *)"media", 5};
    g_assert_cmpuint(mp_turn_client_write_channel(script->client, 0x4000, payload, buffer, 64), ==,
                     0);
    bind_channel(script, 0x4000);
    gsize length = mp_turn_client_write_channel(script->client, 0x4000, payload, buffer, 64);
    g_assert_cmpuint(length, ==, 12); /* padded: it is a stream */
    MpTurnEvent event = mp_turn_client_receive(script->client, (MpBytes){buffer, length},
                                               script->now);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_DATA);
    g_assert_true(event.is_channel);
    assert_address(&event.peer, "192.0.2.8:9000");
    g_assert_cmpmem(event.payload.data, event.payload.length, "media", 5);
}

static void test_channel_nobody_bound_is_ignored(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    MpBytes message = {(const guint8 *)"\x40\x05\x00\x01x", 5};
    g_assert_cmpint(mp_turn_client_receive(script->client, message, script->now).type, ==,
                    MP_TURN_EVENT_NONE);
    g_assert_cmpuint(mp_turn_client_facts(script->client)->ignored, ==, 1);
}

static void test_data_indication_is_delivered(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    static const MpStunId id = {{5}};
    MpAddress peer = address_of("192.0.2.8:9000");
    script->answer = mp_stun_builder_init(script->answer_bytes, sizeof script->answer_bytes,
                                          MP_STUN_INDICATION, MP_STUN_METHOD_DATA, &id);
    mp_stun_add_address(&script->answer, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer);
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_DATA, "media");
    MpTurnEvent event = deliver(script);
    g_assert_cmpint(event.type, ==, MP_TURN_EVENT_DATA);
    g_assert_false(event.is_channel);
    assert_address(&event.peer, "192.0.2.8:9000");
    g_assert_cmpmem(event.payload.data, event.payload.length, "media", 5);
}

static void test_send_indication_holds_peer_and_data(void)
{
    guint8 buffer[128];
    MpAddress peer = address_of("192.0.2.8:9000");
    MpBytes payload = {(const guint8 *)"media", 5};
    gsize length = mp_turn_client_write_send(&peer, payload, buffer, sizeof buffer);
    MpStunMessage message;
    MpAddress sent;
    g_assert_true(mp_stun_parse(&message, buffer, length));
    g_assert_cmpint(message.class, ==, MP_STUN_INDICATION);
    g_assert_cmpuint(message.method, ==, MP_STUN_METHOD_SEND);
    g_assert_true(mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &sent));
    assert_address(&sent, "192.0.2.8:9000");
    assert_text(&message, MP_STUN_ATTRIBUTE_DATA, "media");
}

static void test_lifetime_0_gives_the_allocation_back(void)
{
    g_autoptr(Script) script = script_with_allocation(FALSE);
    begin_refresh(script, 0);
    guint32 lifetime;
    g_assert_true(mp_stun_get_u32(&script->request, MP_STUN_ATTRIBUTE_LIFETIME, &lifetime));
    g_assert_cmpuint(lifetime, ==, 0);
    mp_stun_add_u32(start_answer(script, MP_STUN_SUCCESS), MP_STUN_ATTRIBUTE_LIFETIME, 0);
    sign(script, PASSWORD);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_SUCCESS);
    g_assert_cmpint(mp_turn_client_facts(script->client)->relayed.family, ==, MP_FAMILY_NONE);
}

static void test_longest_realm_and_nonce_fit(void)
{
    g_autoptr(Script) script = script_new(PASSWORD, FALSE);
    g_autofree char *longest = g_strnfill(763, 'x');
    begin_allocate(script);
    mp_stun_add_error(start_answer(script, MP_STUN_ERROR), MP_STUN_ERROR_UNAUTHENTICATED);
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_REALM, longest);
    mp_stun_add_text(&script->answer, MP_STUN_ATTRIBUTE_NONCE, longest);
    g_assert_cmpint(deliver(script).type, ==, MP_TURN_EVENT_NONE);
    expect_request(script, MP_STUN_METHOD_ALLOCATE);
    assert_text(&script->request, MP_STUN_ATTRIBUTE_NONCE, longest);
}

#define TEST(name)                                                                                 \
    {                                                                                              \
        "/turn_client/" #name, test_##name                                                         \
    }

static const struct {
    const char *path;
    GTestFunc function;
} all[] = {
    TEST(binding_tells_the_mapped_address),
    TEST(requests_go_out_at_0_500_1500_3500_and_7500),
    TEST(stream_request_goes_out_once),
    TEST(allocate_asks_for_udp),
    TEST(first_401_is_answered_with_credentials),
    TEST(allocation_is_told),
    TEST(both_families_are_asked_for_and_told),
    TEST(address_error_code_says_why_there_is_one_family_only),
    TEST(a_relay_of_another_family_than_asked_for_is_malformed),
    TEST(300_may_name_a_domain_for_tls),
    TEST(second_401_means_wrong_credentials),
    TEST(401_without_credentials_is_final),
    TEST(401_without_nonce_is_malformed),
    TEST(open_server_needs_no_integrity),
    TEST(later_requests_carry_credentials_at_once),
    TEST(438_is_answered_with_the_new_nonce),
    TEST(third_438_is_final),
    TEST(refusals_keep_their_code),
    TEST(300_tells_the_other_server),
    TEST(refusal_without_integrity_is_believed),
    TEST(wrong_transaction_is_ignored_and_counted),
    TEST(wrong_integrity_is_told_instead_of_silence),
    TEST(right_answer_after_a_forged_one_counts),
    TEST(forged_answer_on_a_stream_ends_it),
    TEST(success_without_integrity_is_not_believed),
    TEST(truncated_answer_is_told),
    TEST(garbage_is_told),
    TEST(allocation_without_relay_address_is_malformed),
    TEST(round_trip_after_retransmission_is_not_counted),
    TEST(channel_data_goes_both_ways),
    TEST(channel_nobody_bound_is_ignored),
    TEST(data_indication_is_delivered),
    TEST(send_indication_holds_peer_and_data),
    TEST(lifetime_0_gives_the_allocation_back),
    TEST(longest_realm_and_nonce_fit),
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        g_test_add_func(all[i].path, all[i].function);
    return g_test_run();
}
