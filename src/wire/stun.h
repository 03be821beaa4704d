/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads STUN messages, RFC 8489. Nothing is dropped: a message that is wrong is described, and
 * whether it is authentic is a field for the caller to judge.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "wire/stun_registry.h"

#define MP_STUN_HEADER_LENGTH 20
#define MP_STUN_ID_LENGTH 12
#define MP_STUN_COOKIE 0x2112A442U
/* The longest message that the length field can express. */
#define MP_STUN_MAX_LENGTH (MP_STUN_HEADER_LENGTH + 0xFFFC)

typedef struct {
    guint8 bytes[MP_STUN_ID_LENGTH];
} MpStunId;

/* The two class bits, RFC 8489 section 5. */
typedef enum {
    MP_STUN_REQUEST = 0,
    MP_STUN_INDICATION = 1,
    MP_STUN_SUCCESS = 2,
    MP_STUN_ERROR = 3,
} MpStunClass;

typedef enum {
    MP_STUN_FORM_GOOD,
    MP_STUN_FORM_NOT_STUN,     /* no room for a header, the first two bits are set, or no cookie */
    MP_STUN_FORM_WRONG_LENGTH, /* the header's length is not that of the bytes */
    MP_STUN_FORM_WRONG_ATTRIBUTE /* an attribute runs past the end of the message */
} MpStunForm;

typedef enum {
    MP_STUN_CHECK_ABSENT,  /* the attribute is not there */
    MP_STUN_CHECK_MATCHES, /* it is there and right */
    MP_STUN_CHECK_WRONG,   /* it is there and wrong */
} MpStunCheck;

/* Lends the bytes it was made from. With MP_STUN_FORM_NOT_STUN nothing else is set; with the other
 * faults the header is, and so are the attributes up to the fault. */
typedef struct {
    MpBytes bytes;
    MpStunForm form;
    MpStunClass class;
    guint method; /* MpStunMethod, or any other number of 12 bits */
    MpStunId id;
    MpBytes attributes;
    MpStunCheck fingerprint;
} MpStunMessage;

typedef struct {
    guint type; /* MpStunAttributeType, or any other number of 16 bits */
    MpBytes value;
    gsize offset;               /* of the attribute's header in the message */
    gboolean follows_integrity; /* stands behind MESSAGE-INTEGRITY, so nothing vouches for it */
} MpStunAttribute;

/* What is left to visit; start with mp_stun_attributes(). */
typedef struct {
    const MpStunMessage *message;
    MpReader reader;
    gboolean is_past_integrity;
} MpStunIterator;

/* TRUE when the form is good. `bytes` must outlive the message. */
gboolean mp_stun_parse(MpStunMessage *message, const void *bytes, gsize length);
/* A short text for a person: "the header's length is not that of the bytes". */
const char *mp_stun_form_text(MpStunForm form);

MpStunIterator mp_stun_attributes(const MpStunMessage *message);
/* FALSE at the end or where an attribute runs past it. */
gboolean mp_stun_next(MpStunIterator *iterator, MpStunAttribute *attribute);

/* The first attribute of that type. What follows MESSAGE-INTEGRITY is not found, except for
 * FINGERPRINT and MESSAGE-INTEGRITY-SHA256: RFC 8489 section 14.5. */
gboolean mp_stun_find(const MpStunMessage *message, guint type, MpBytes *value);
gboolean mp_stun_has(const MpStunMessage *message, guint type);

/* The readers below are FALSE (or NULL) where the attribute is absent or has a wrong form. */
gboolean mp_stun_get_u32(const MpStunMessage *message, guint type, guint32 *value);
/* Undoes the XOR where the type has one: the three XOR-*-ADDRESS. */
gboolean mp_stun_get_address(const MpStunMessage *message, guint type, MpAddress *address);
/* The first one of that family: an answer may hold a relay address of each, RFC 8656 section 7.2.
 */
gboolean mp_stun_get_address_of(const MpStunMessage *message, guint type, MpFamily family,
                                MpAddress *address);
/* Why there is no address of the other family: ADDRESS-ERROR-CODE, RFC 8656 section 18.12. */
gboolean mp_stun_get_address_error(const MpStunMessage *message, guint *code);
/* The code is 300 to 699; the reason is lent and may be anything: see mp_stun_dup_text(). */
gboolean mp_stun_get_error(const MpStunMessage *message, guint *code, MpBytes *reason);
/* The attribute as text that is safe to show: valid UTF-8, no control characters. g_free(). */
char *mp_stun_dup_text(const MpStunMessage *message, guint type);
/* The same for bytes from anywhere in a message. */
char *mp_stun_bytes_to_text(MpBytes bytes);

/* TRUE for the three XOR-*-ADDRESS. */
gboolean mp_stun_type_is_xored(guint type);
/* XORs the address in place, either way; `cookie` points at the cookie in the message, which the
 * transaction id follows. */
void mp_stun_xor_address(MpAddress *address, const guint8 *cookie);

/* Compares MESSAGE-INTEGRITY (HMAC-SHA1) with the key: mp_stun_long_term_key(), or the password
 * itself for short-term credentials. */
MpStunCheck mp_stun_check_integrity(const MpStunMessage *message, MpBytes key);
