/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The Binding answer.
 */
#include "session/stun_answer.h"

#include "wire/stun_builder.h"

/* The first attribute number that a receiver may ignore. */
#define FIRST_OPTIONAL 0x8000
/* More are not listed, so that the answer stays small. */
#define MAX_UNKNOWN 8

/* A Binding request of ICE or with credentials carries these; a plain server needs none of them. */
static gboolean is_understood(guint type)
{
    static const guint understood[] = {
        MP_STUN_ATTRIBUTE_USERNAME,       MP_STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
        MP_STUN_ATTRIBUTE_REALM,          MP_STUN_ATTRIBUTE_NONCE,
        MP_STUN_ATTRIBUTE_PRIORITY,       MP_STUN_ATTRIBUTE_USE_CANDIDATE,
        MP_STUN_ATTRIBUTE_MAPPED_ADDRESS, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(understood); i++)
        if (understood[i] == type)
            return TRUE;
    return FALSE;
}

static gsize list_unknown(const MpStunMessage *request, guint16 unknown[MAX_UNKNOWN])
{
    gsize count = 0;
    MpStunIterator iterator = mp_stun_attributes(request);
    MpStunAttribute attribute;
    while (count < MAX_UNKNOWN && mp_stun_next(&iterator, &attribute))
        if (attribute.type < FIRST_OPTIONAL && !attribute.follows_integrity &&
            !is_understood(attribute.type))
            unknown[count++] = (guint16)attribute.type;
    return count;
}

gsize mp_stun_answer_binding(const guint8 *request, gsize length, const MpAddress *from,
                             guint8 *out, gsize capacity)
{
    MpStunMessage message;
    if (!mp_stun_parse(&message, request, length) || message.class != MP_STUN_REQUEST ||
        message.method != MP_STUN_METHOD_BINDING || message.fingerprint == MP_STUN_CHECK_WRONG)
        return 0;

    guint16 unknown[MAX_UNKNOWN];
    gsize n_unknown = list_unknown(&message, unknown);
    MpStunBuilder answer = mp_stun_builder_init(out, capacity,
                                                n_unknown > 0 ? MP_STUN_ERROR : MP_STUN_SUCCESS,
                                                MP_STUN_METHOD_BINDING, &message.id);
    if (n_unknown > 0) {
        mp_stun_add_error(&answer, MP_STUN_ERROR_UNKNOWN_ATTRIBUTE);
        mp_stun_add_unknown(&answer, unknown, n_unknown);
    } else {
        mp_stun_add_address(&answer, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, from);
    }
    mp_stun_add_text(&answer, MP_STUN_ATTRIBUTE_SOFTWARE, "mediapath");
    if (message.fingerprint == MP_STUN_CHECK_MATCHES)
        mp_stun_add_fingerprint(&answer);
    return mp_stun_builder_end(&answer);
}
