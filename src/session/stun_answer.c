/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The Binding answer.
 */
#include "session/stun_answer.h"

#include <string.h>

#include "wire/stun.h"
#include "wire/stun_builder.h"

/* The first attribute number that a receiver may ignore. */
#define FIRST_OPTIONAL 0x8000
/* More are not listed, so that the answer stays small. */
#define MAX_UNKNOWN 8
#define CLASSIC_HEADER 20

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

/* A client of RFC 3489 sends no magic cookie (libnice 0.1.21 is one) and reads MAPPED-ADDRESS only;
 * RFC 5389 section 12.2 says how to serve it. Only a request without attributes is answered. */
static gsize answer_classic(const guint8 *request, gsize length, const MpAddress *from, guint8 *out,
                            gsize capacity)
{
    static const guint8 binding_request[] = {0x00, 0x01, 0x00, 0x00};
    if (length != CLASSIC_HEADER || from->family != MP_FAMILY_IPV4 ||
        memcmp(request, binding_request, sizeof binding_request) != 0)
        return 0;
    MpWriter writer = mp_writer_init(out, capacity);
    mp_writer_u16(&writer, 0x0101);
    mp_writer_u16(&writer, 12);
    mp_writer_bytes(&writer, request + sizeof binding_request, 16);
    mp_writer_u16(&writer, MP_STUN_ATTRIBUTE_MAPPED_ADDRESS);
    mp_writer_u16(&writer, 8);
    mp_writer_u16(&writer, 1);
    mp_writer_u16(&writer, from->port);
    mp_writer_bytes(&writer, from->bytes, 4);
    return writer.is_bad ? 0 : writer.position;
}

gsize mp_stun_answer_binding(const guint8 *request, gsize length, const MpAddress *from,
                             guint8 *out, gsize capacity)
{
    static const guint8 cookie[] = {0x21, 0x12, 0xa4, 0x42};
    MpStunMessage message;
    gsize classic = answer_classic(request, length, from, out, capacity);
    if (classic > 0 && memcmp(request + 4, cookie, sizeof cookie) != 0)
        return classic;
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
