/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What we ask through the sockets of an ICE session beside its agent.
 */
#include "session/ice_inquiry.h"

#include <string.h>

#include "base/clock.h"
#include "session/allocation_question.h"
#include "wire/stun.h"

#define LARGEST_QUESTION 1024

struct _MpIceInquiry {
    const MpIceConfig *config;
    MpAllocationQuestion *question; /* NULL: not relayed */
    void (*ask)(const guint8 *request, gsize length, gpointer user_data);
    gpointer user_data;
    char *their_ufrag; /* NULL: the far end is not known yet */
    char *our_ufrag;
    char *their_pwd;
    MpIceChecks *checks; /* NULL: none was sent */
    MpIceCounts counts;
    MpTime first_answer;
    MpTime last_consent; /* by an answer to the agent */
};

MpIceInquiry *mp_ice_inquiry_new(const MpIceConfig *config, const MpIceRelay *relay,
                                 void (*ask)(const guint8 *request, gsize length,
                                             gpointer user_data),
                                 gpointer user_data)
{
    MpIceInquiry *inquiry = g_new0(MpIceInquiry, 1);
    inquiry->config = config;
    inquiry->ask = ask;
    inquiry->user_data = user_data;
    if (relay)
        inquiry->question = mp_allocation_question_new(relay->user, relay->password);
    return inquiry;
}

void mp_ice_inquiry_free(MpIceInquiry *inquiry)
{
    if (!inquiry)
        return;
    mp_allocation_question_free(inquiry->question);
    mp_ice_checks_free(inquiry->checks);
    g_free(inquiry->their_ufrag);
    g_free(inquiry->our_ufrag);
    g_free(inquiry->their_pwd);
    g_free(inquiry);
}

void mp_ice_inquiry_set_keys(MpIceInquiry *inquiry, const char *their_ufrag, const char *our_ufrag,
                             const char *their_pwd)
{
    inquiry->their_ufrag = g_strdup(their_ufrag);
    inquiry->our_ufrag = g_strdup(our_ufrag);
    inquiry->their_pwd = g_strdup(their_pwd);
}

gsize mp_ice_inquiry_check(MpIceInquiry *inquiry, guint8 *buffer, gsize capacity)
{
    if (!inquiry->their_ufrag)
        return 0;
    if (!inquiry->checks)
        inquiry->checks = mp_ice_checks_new(inquiry->their_ufrag, inquiry->our_ufrag,
                                            inquiry->their_pwd);
    return mp_ice_checks_write(inquiry->checks, mp_clock_now(), buffer, capacity);
}

static void ask_refresh(MpIceInquiry *inquiry)
{
    guint8 request[LARGEST_QUESTION];
    gsize length = mp_allocation_question_refresh(inquiry->question, request, sizeof request);
    if (length > 0)
        inquiry->ask(request, length, inquiry->user_data);
}

void mp_ice_inquiry_ask_relay(MpIceInquiry *inquiry)
{
    guint8 request[LARGEST_QUESTION];
    if (!inquiry->question)
        return;
    gsize length = mp_allocation_question_binding(inquiry->question, request, sizeof request);
    if (length > 0)
        inquiry->ask(request, length, inquiry->user_data);
    ask_refresh(inquiry);
}

static gboolean take_from_relay(MpIceInquiry *inquiry, const guint8 *data, gsize length)
{
    const MpIceConfig *config = inquiry->config;
    MpAllocationAnswer answer;
    gboolean wants_refresh;
    if (!inquiry->question ||
        !mp_allocation_question_take(inquiry->question, data, length, &answer, &wants_refresh))
        return FALSE;
    if (answer.mapped.family != MP_FAMILY_NONE)
        config->callbacks.mapped(&answer.mapped, TRUE, config->user_data);
    if (wants_refresh)
        ask_refresh(inquiry);
    else if (answer.is_over)
        config->callbacks.relay_said(answer.code, config->user_data);
    return TRUE;
}

/* libnice does not tell of an answer until a pair is nominated. */
static void count_check(MpIceInquiry *inquiry, const guint8 *data, gsize length,
                        const MpAddress *from)
{
    MpStunMessage message;
    if (mp_address_equal(from, &inquiry->config->stun_server) ||
        !mp_stun_parse(&message, data, length) || message.method != MP_STUN_METHOD_BINDING)
        return;
    if (message.class == MP_STUN_REQUEST)
        inquiry->counts.checks_received++;
    if (message.class != MP_STUN_SUCCESS || !inquiry->their_ufrag)
        return;
    inquiry->counts.answers_received++;
    if (inquiry->first_answer == 0)
        inquiry->first_answer = mp_clock_now();
    const MpBytes key = {(const guint8 *)inquiry->their_pwd, strlen(inquiry->their_pwd)};
    if (mp_stun_check_integrity(&message, key) == MP_STUN_CHECK_MATCHES)
        inquiry->last_consent = mp_clock_now();
}

gboolean mp_ice_inquiry_take(MpIceInquiry *inquiry, const guint8 *data, gsize length,
                             const MpAddress *from, gboolean is_from_relay)
{
    MpAddress mapped;
    if (is_from_relay)
        return take_from_relay(inquiry, data, length);
    if (!inquiry->checks ||
        !mp_ice_checks_take(inquiry->checks, data, length, mp_clock_now(), &mapped)) {
        count_check(inquiry, data, length, from);
        return FALSE;
    }
    if (mapped.family != MP_FAMILY_NONE)
        inquiry->config->callbacks.mapped(&mapped, FALSE, inquiry->config->user_data);
    return TRUE;
}

MpIceCounts mp_ice_inquiry_counts(const MpIceInquiry *inquiry)
{
    return inquiry->counts;
}

MpTime mp_ice_inquiry_first_answer(const MpIceInquiry *inquiry)
{
    return inquiry->first_answer;
}

MpTime mp_ice_inquiry_last_consent(const MpIceInquiry *inquiry)
{
    const MpIceCheckCounts ours = inquiry->checks
                                      ? mp_ice_checks_counts(inquiry->checks, mp_clock_now())
                                      : (MpIceCheckCounts){0};
    return MAX(inquiry->last_consent, ours.last_answer);
}

const MpIceChecks *mp_ice_inquiry_checks(const MpIceInquiry *inquiry)
{
    return inquiry->checks;
}
