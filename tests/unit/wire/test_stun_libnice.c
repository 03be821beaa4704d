/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Differential test: libnice's STUN library reads what we write, and we read what it writes, over
 * hundreds of random messages.
 */
#include <glib.h>
#include <string.h>
#include <stun/stunagent.h>

#include "wire/stun_builder.h"
#include "wire/stun_check.h"

#define MESSAGES 400
#define SEED 0x5354554E

/* What one random message holds; both libraries write it and both must read it back. */
typedef struct {
    MpStunId id;
    guint method;
    gboolean is_long_term;
    gboolean has_fingerprint;
    char *user;
    char *realm;
    char *nonce;
    char *password;
    char *software;
    guint32 priority;
    guint32 lifetime;
    MpAddress mapped;
    MpAddress peer;
    guint8 data[64];
    gsize data_length;
} Content;

static char *random_text(GRand *rand, guint longest)
{
    guint length = (guint)g_rand_int_range(rand, 1, (gint32)longest);
    char *text = g_malloc(length + 1);
    for (guint i = 0; i < length; i++)
        text[i] = (char)g_rand_int_range(rand, 'a', 'z');
    text[length] = '\0';
    return text;
}

static MpAddress random_address(GRand *rand)
{
    MpAddress address = {.family = g_rand_boolean(rand) ? MP_FAMILY_IPV4 : MP_FAMILY_IPV6,
                         .port = (guint16)g_rand_int(rand)};
    for (gsize i = 0; i < (address.family == MP_FAMILY_IPV4 ? 4 : 16); i++)
        address.bytes[i] = (guint8)g_rand_int(rand);
    return address;
}

static Content random_content(GRand *rand)
{
    static const guint methods[] = {MP_STUN_METHOD_BINDING, MP_STUN_METHOD_ALLOCATE,
                                    MP_STUN_METHOD_REFRESH, MP_STUN_METHOD_CREATE_PERMISSION,
                                    MP_STUN_METHOD_CHANNEL_BIND};
    Content content = {
        .method = methods[g_rand_int_range(rand, 0, G_N_ELEMENTS(methods))],
        .is_long_term = g_rand_boolean(rand),
        .has_fingerprint = g_rand_boolean(rand),
        .user = random_text(rand, 60),
        .realm = random_text(rand, 60),
        .nonce = random_text(rand, 60),
        .password = random_text(rand, 60),
        .software = random_text(rand, 60),
        .priority = g_rand_int(rand),
        .lifetime = g_rand_int(rand),
        .mapped = random_address(rand),
        .peer = random_address(rand),
        .data_length = (gsize)g_rand_int_range(rand, 0, 64),
    };
    for (gsize i = 0; i < sizeof content.id.bytes; i++)
        content.id.bytes[i] = (guint8)g_rand_int(rand);
    for (gsize i = 0; i < content.data_length; i++)
        content.data[i] = (guint8)g_rand_int(rand);
    return content;
}

static void content_clear(Content *content)
{
    g_free(content->user);
    g_free(content->realm);
    g_free(content->nonce);
    g_free(content->password);
    g_free(content->software);
}

static MpBytes key_of(const Content *content, guint8 buffer[MP_STUN_KEY_LENGTH])
{
    if (!content->is_long_term)
        return (MpBytes){(const guint8 *)content->password, strlen(content->password)};
    mp_stun_long_term_key(content->user, content->realm, content->password, buffer);
    return (MpBytes){buffer, MP_STUN_KEY_LENGTH};
}

static void init_agent(StunAgent *agent, const Content *content)
{
    StunAgentUsageFlags flags = content->is_long_term ? STUN_AGENT_USAGE_LONG_TERM_CREDENTIALS
                                                      : STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS;
    if (content->has_fingerprint)
        flags |= STUN_AGENT_USAGE_USE_FINGERPRINT;
    stun_agent_init(agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389, flags);
}

static gsize write_ours(const Content *content, guint8 *buffer, gsize capacity)
{
    guint8 key[MP_STUN_KEY_LENGTH];
    MpStunBuilder builder = mp_stun_builder_init(buffer, capacity, MP_STUN_REQUEST, content->method,
                                                 &content->id);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, content->software);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_USERNAME, content->user);
    if (content->is_long_term) {
        mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_REALM, content->realm);
        mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_NONCE, content->nonce);
    }
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_PRIORITY, content->priority);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_LIFETIME, content->lifetime);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_USE_CANDIDATE, NULL, 0);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, &content->mapped);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &content->peer);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_DATA, content->data, content->data_length);
    mp_stun_add_integrity(&builder, key_of(content, key));
    if (content->has_fingerprint)
        mp_stun_add_fingerprint(&builder);
    return mp_stun_builder_end(&builder);
}

static gsize write_theirs(const Content *content, guint8 *buffer, gsize capacity)
{
    StunAgent agent;
    StunMessage message;
    struct sockaddr_storage mapped;
    struct sockaddr_storage peer;
    socklen_t mapped_length = mp_address_to_sockaddr(&content->mapped, &mapped);
    socklen_t peer_length = mp_address_to_sockaddr(&content->peer, &peer);
    init_agent(&agent, content);
    g_assert_true(stun_agent_init_request(&agent, &message, buffer, capacity, content->method));
    stun_message_append_string(&message, STUN_ATTRIBUTE_SOFTWARE, content->software);
    stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, content->user);
    if (content->is_long_term) {
        stun_message_append_string(&message, STUN_ATTRIBUTE_REALM, content->realm);
        stun_message_append_string(&message, STUN_ATTRIBUTE_NONCE, content->nonce);
    }
    stun_message_append32(&message, STUN_ATTRIBUTE_PRIORITY, content->priority);
    stun_message_append32(&message, STUN_ATTRIBUTE_LIFETIME, content->lifetime);
    stun_message_append_flag(&message, STUN_ATTRIBUTE_USE_CANDIDATE);
    stun_message_append_addr(&message, STUN_ATTRIBUTE_MAPPED_ADDRESS, (struct sockaddr *)&mapped,
                             mapped_length);
    stun_message_append_xor_addr(&message, STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &peer, peer_length);
    stun_message_append_bytes(&message, STUN_ATTRIBUTE_DATA, content->data, content->data_length);
    return stun_agent_finish_message(&agent, &message, (const guint8 *)content->password,
                                     strlen(content->password));
}

static void assert_ours_text(const MpStunMessage *message, guint type, const char *expected)
{
    g_autofree char *text = mp_stun_dup_text(message, type);
    g_assert_cmpstr(text, ==, expected);
}

static void assert_ours_u32(const MpStunMessage *message, guint type, guint32 expected)
{
    guint32 value;
    g_assert_true(mp_stun_get_u32(message, type, &value));
    g_assert_cmpuint(value, ==, expected);
}

static void assert_ours_address(const MpStunMessage *message, guint type, const MpAddress *expected)
{
    MpAddress address;
    g_assert_true(mp_stun_get_address(message, type, &address));
    g_assert_true(mp_address_equal(&address, expected));
}

static void read_with_ours(const Content *content, const guint8 *bytes, gsize length)
{
    MpStunMessage message;
    guint8 key[MP_STUN_KEY_LENGTH];
    g_assert_true(mp_stun_parse(&message, bytes, length));
    g_assert_cmpint(message.class, ==, MP_STUN_REQUEST);
    g_assert_cmpuint(message.method, ==, content->method);
    g_assert_cmpint(mp_stun_check_integrity(&message, key_of(content, key)), ==,
                    MP_STUN_CHECK_MATCHES);
    g_assert_cmpint(message.fingerprint, ==,
                    content->has_fingerprint ? MP_STUN_CHECK_MATCHES : MP_STUN_CHECK_ABSENT);
    assert_ours_text(&message, MP_STUN_ATTRIBUTE_SOFTWARE, content->software);
    assert_ours_text(&message, MP_STUN_ATTRIBUTE_USERNAME, content->user);
    assert_ours_text(&message, MP_STUN_ATTRIBUTE_REALM,
                     content->is_long_term ? content->realm : NULL);
    assert_ours_u32(&message, MP_STUN_ATTRIBUTE_PRIORITY, content->priority);
    assert_ours_u32(&message, MP_STUN_ATTRIBUTE_LIFETIME, content->lifetime);
    g_assert_true(mp_stun_has(&message, MP_STUN_ATTRIBUTE_USE_CANDIDATE));
    assert_ours_address(&message, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, &content->mapped);
    assert_ours_address(&message, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &content->peer);
    MpBytes data;
    g_assert_true(mp_stun_find(&message, MP_STUN_ATTRIBUTE_DATA, &data));
    g_assert_cmpmem(data.data, data.length, content->data, content->data_length);
}

/* The message keeps a pointer to the agent. */
static StunValidationStatus validate_with_theirs(const Content *content, StunAgent *agent,
                                                 StunMessage *message, guint8 *bytes, gsize length)
{
    StunDefaultValidaterData users[] = {
        {(guint8 *)content->user, strlen(content->user), (guint8 *)content->password,
         strlen(content->password)},
        {NULL, 0, NULL, 0},
    };
    init_agent(agent, content);
    return stun_agent_validate(agent, message, bytes, length, stun_agent_default_validater, users);
}

static void assert_their_address(StunMessage *message, StunAttribute type, gboolean is_xored,
                                 const MpAddress *expected)
{
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    StunMessageReturn found = is_xored
                                  ? stun_message_find_xor_addr(message, type, &storage, &length)
                                  : stun_message_find_addr(message, type, &storage, &length);
    g_assert_cmpint(found, ==, STUN_MESSAGE_RETURN_SUCCESS);
    MpAddress address;
    g_assert_true(mp_address_from_sockaddr(&address, (struct sockaddr *)&storage));
    g_assert_true(mp_address_equal(&address, expected));
}

static void assert_their_u32(StunMessage *message, StunAttribute type, guint32 expected)
{
    guint32 value;
    g_assert_cmpint(stun_message_find32(message, type, &value), ==, STUN_MESSAGE_RETURN_SUCCESS);
    g_assert_cmpuint(value, ==, expected);
}

static void read_with_theirs(const Content *content, guint8 *bytes, gsize length)
{
    StunAgent agent;
    StunMessage message;
    g_assert_cmpint(validate_with_theirs(content, &agent, &message, bytes, length), ==,
                    STUN_VALIDATION_SUCCESS);
    g_assert_cmpint(stun_message_get_class(&message), ==, STUN_REQUEST);
    g_assert_cmpuint(stun_message_get_method(&message), ==, content->method);
    char software[128];
    g_assert_cmpint(
        stun_message_find_string(&message, STUN_ATTRIBUTE_SOFTWARE, software, sizeof software), ==,
        STUN_MESSAGE_RETURN_SUCCESS);
    g_assert_cmpstr(software, ==, content->software);
    assert_their_u32(&message, STUN_ATTRIBUTE_PRIORITY, content->priority);
    assert_their_u32(&message, STUN_ATTRIBUTE_LIFETIME, content->lifetime);
    g_assert_cmpint(stun_message_find_flag(&message, STUN_ATTRIBUTE_USE_CANDIDATE), ==,
                    STUN_MESSAGE_RETURN_SUCCESS);
    assert_their_address(&message, STUN_ATTRIBUTE_MAPPED_ADDRESS, FALSE, &content->mapped);
    assert_their_address(&message, STUN_ATTRIBUTE_XOR_PEER_ADDRESS, TRUE, &content->peer);
    guint16 data_length;
    const void *data = stun_message_find(&message, STUN_ATTRIBUTE_DATA, &data_length);
    g_assert_nonnull(data);
    g_assert_cmpmem(data, data_length, content->data, content->data_length);
}

typedef void (*Check)(const Content *content, GRand *rand);

static void for_random_messages(Check check)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);
    for (guint i = 0; i < MESSAGES; i++) {
        Content content = random_content(rand);
        check(&content, rand);
        content_clear(&content);
    }
}

static void they_read_ours(const Content *content, GRand *rand)
{
    (void)rand;
    guint8 buffer[1024];
    gsize length = write_ours(content, buffer, sizeof buffer);
    g_assert_cmpuint(length, >, 0);
    read_with_theirs(content, buffer, length);
    read_with_ours(content, buffer, length);
}

static void we_read_theirs(const Content *content, GRand *rand)
{
    (void)rand;
    guint8 buffer[1024];
    gsize length = write_theirs(content, buffer, sizeof buffer);
    g_assert_cmpuint(length, >, 0);
    read_with_ours(content, buffer, length);
}

/* A changed byte under the integrity: neither side may take the message for genuine. */
static void both_refuse_a_changed_message(const Content *content, GRand *rand)
{
    guint8 buffer[1024];
    gsize length = write_ours(content, buffer, sizeof buffer);
    gsize covered = length - (content->has_fingerprint ? 8 : 0) - 24;
    buffer[g_rand_int_range(rand, 20, (gint32)covered)] ^= (guint8)(1 << g_rand_int_range(rand, 0,
                                                                                          8));

    MpStunMessage ours;
    guint8 key[MP_STUN_KEY_LENGTH];
    gboolean accepted = mp_stun_parse(&ours, buffer, length) &&
                        mp_stun_check_integrity(&ours, key_of(content, key)) ==
                            MP_STUN_CHECK_MATCHES;
    g_assert_false(accepted);
    StunAgent agent;
    StunMessage theirs;
    g_assert_cmpint(validate_with_theirs(content, &agent, &theirs, buffer, length), !=,
                    STUN_VALIDATION_SUCCESS);
}

static void test_they_read_ours(void)
{
    for_random_messages(they_read_ours);
}

static void test_we_read_theirs(void)
{
    for_random_messages(we_read_theirs);
}

static void test_both_refuse_a_changed_message(void)
{
    for_random_messages(both_refuse_a_changed_message);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/libnice/they_read_ours", test_they_read_ours);
    g_test_add_func("/libnice/we_read_theirs", test_we_read_theirs);
    g_test_add_func("/libnice/both_refuse_a_changed_message", test_both_refuse_a_changed_message);
    return g_test_run();
}
