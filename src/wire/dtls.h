/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of DTLS can be read from outside: records, RFC 6347 section 4.1, and the fragments of
 * handshake messages in them, section 4.2.2.
 */
#pragma once

#include "base/bytes.h"

#define MP_DTLS_CHANGE_CIPHER_SPEC 20
#define MP_DTLS_HANDSHAKE 22

typedef struct {
    guint8 content;
    guint16 epoch;   /* from 1 on the fragment is encrypted */
    guint64 number;  /* within the epoch, 48 bits */
    MpBytes payload; /* lent */
} MpDtlsRecord;

/* The next record of a datagram; FALSE: no whole one follows. */
gboolean mp_dtls_read_record(MpReader *datagram, MpDtlsRecord *record);

typedef struct {
    guint8 type;
    guint16 sequence;
    guint32 offset;
} MpDtlsFragment;

/* The next fragment of an unencrypted handshake record; FALSE: no whole one follows. */
gboolean mp_dtls_read_fragment(MpReader *payload, MpDtlsFragment *fragment);

/* RFC 5246's and RFC 6347's name of a handshake message; NULL: none. */
const char *mp_dtls_message_name(guint8 type);

/* The datagram's own number, by its first record: epoch 0 and the later ones do not meet. FALSE:
 * it begins with no record. */
gboolean mp_dtls_datagram_number(const guint8 *data, gsize length, guint32 *number);
