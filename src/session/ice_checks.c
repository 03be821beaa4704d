/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our own checks of a nominated pair.
 */
#include "session/ice_checks.h"

#include <string.h>

#include "base/random.h"
#include "wire/stun_builder.h"

/* An answer that takes longer is no use to a call. */
#define ANSWER_LIMIT MP_SEC(2)
/* RFC 8445 section 5.1.2.1, a peer-reflexive candidate of one component. */
#define PRIORITY ((110U << 24) | (65535U << 8) | 255U)
#define MOST_OPEN 64

typedef struct {
    MpStunId id;
    MpTime sent;
} Request;

struct _MpIceChecks {
    char *user; /* RFC 8445 section 7.2.2: theirs:ours */
    char *key;
    guint8 tie_breaker[8];
    GArray *open; /* Request, oldest first */
    guint sent;
    guint answered;
    guint lost;
    guint lost_before; /* the last answer */
    MpTime first_sent;
    MpTime last_answer;
    MpTime longest_gap;
};

MpIceChecks *mp_ice_checks_new(const char *their_ufrag, const char *our_ufrag,
                               const char *their_pwd)
{
    MpIceChecks *checks = g_new0(MpIceChecks, 1);
    checks->user = g_strconcat(their_ufrag, ":", our_ufrag, NULL);
    checks->key = g_strdup(their_pwd);
    checks->open = g_array_new(FALSE, FALSE, sizeof(Request));
    mp_random_bytes(checks->tie_breaker, sizeof checks->tie_breaker);
    return checks;
}

void mp_ice_checks_free(MpIceChecks *checks)
{
    if (!checks)
        return;
    g_free(checks->user);
    g_free(checks->key);
    g_array_unref(checks->open);
    g_free(checks);
}

/* Requests that are too old to be answered any more. */
static guint overdue(const MpIceChecks *checks, MpTime now)
{
    guint count = 0;
    while (count < checks->open->len &&
           now - g_array_index(checks->open, Request, count).sent > ANSWER_LIMIT)
        count++;
    return count;
}

static MpBytes key_of(const MpIceChecks *checks)
{
    return (MpBytes){(const guint8 *)checks->key, strlen(checks->key)};
}

gsize mp_ice_checks_write(MpIceChecks *checks, MpTime now, guint8 *buffer, gsize capacity)
{
    guint old = MAX(overdue(checks, now), checks->open->len >= MOST_OPEN ? 1 : 0);
    g_array_remove_range(checks->open, 0, old);
    checks->lost += old;

    Request request = {.sent = now};
    mp_random_bytes(request.id.bytes, sizeof request.id.bytes);
    MpStunBuilder builder = mp_stun_builder_init(buffer, capacity, MP_STUN_REQUEST,
                                                 MP_STUN_METHOD_BINDING, &request.id);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_USERNAME, checks->user);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_PRIORITY, PRIORITY);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_ICE_CONTROLLING, checks->tie_breaker,
                sizeof checks->tie_breaker);
    mp_stun_add_integrity(&builder, key_of(checks));
    mp_stun_add_fingerprint(&builder);
    gsize length = mp_stun_builder_end(&builder);
    if (length == 0)
        return 0;
    if (checks->sent == 0)
        checks->first_sent = now;
    g_array_append_val(checks->open, request);
    checks->sent++;
    return length;
}

static void note_answer(MpIceChecks *checks, MpTime now)
{
    MpTime before = checks->last_answer ? checks->last_answer : checks->first_sent;
    checks->longest_gap = MAX(checks->longest_gap, now - before);
    checks->last_answer = now;
    checks->lost_before = checks->lost + overdue(checks, now);
    checks->answered++;
}

gboolean mp_ice_checks_take(MpIceChecks *checks, const guint8 *data, gsize length, MpTime now,
                            MpAddress *mapped)
{
    MpStunMessage message;
    *mapped = (MpAddress){0};
    if (!mp_stun_parse(&message, data, length) || message.method != MP_STUN_METHOD_BINDING ||
        (message.class != MP_STUN_SUCCESS && message.class != MP_STUN_ERROR))
        return FALSE;
    for (guint i = 0; i < checks->open->len; i++) {
        const Request *request = &g_array_index(checks->open, Request, i);
        if (memcmp(&request->id, &message.id, sizeof message.id) != 0)
            continue;
        /* RFC 7675 section 5.1: only an authentic success renews consent. */
        if (message.class != MP_STUN_SUCCESS ||
            mp_stun_check_integrity(&message, key_of(checks)) != MP_STUN_CHECK_MATCHES)
            return TRUE;
        g_array_remove_index(checks->open, i);
        note_answer(checks, now);
        mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, mapped);
        return TRUE;
    }
    return FALSE;
}

MpIceCheckCounts mp_ice_checks_counts(const MpIceChecks *checks, MpTime now)
{
    /* What is still to be answered says how long nothing came. */
    MpTime waiting = checks->last_answer && checks->open->len > 0 ? now - checks->last_answer : 0;
    const guint lost = checks->lost + overdue(checks, now);
    return (MpIceCheckCounts){
        .sent = checks->sent,
        .answered = checks->answered,
        .lost = lost,
        .lost_in_row = lost - checks->lost_before,
        .longest_gap = MAX(checks->longest_gap, waiting),
        .last_answer = checks->last_answer,
    };
}
