/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DTLS 1.0 and 1.2 records. The short headers of DTLS 1.3 (RFC 9147 section 4) are no records here.
 */
#include "wire/dtls.h"

#define FIRST_CONTENT 20
#define LAST_CONTENT 23
/* "The version number is the ones' complement of 1.x." */
#define MAJOR_VERSION 0xfe
#define LATER_EPOCH 0x80000000u

gboolean mp_dtls_read_record(MpReader *datagram, MpDtlsRecord *record)
{
    record->content = mp_reader_u8(datagram);
    const guint8 major = mp_reader_u8(datagram);
    mp_reader_u8(datagram);
    record->epoch = mp_reader_u16(datagram);
    record->number = (guint64)mp_reader_u16(datagram) << 32;
    record->number |= mp_reader_u32(datagram);
    record->payload = mp_reader_bytes(datagram, mp_reader_u16(datagram));
    return !datagram->is_bad && major == MAJOR_VERSION && record->content >= FIRST_CONTENT &&
           record->content <= LAST_CONTENT;
}

gboolean mp_dtls_read_fragment(MpReader *payload, MpDtlsFragment *fragment)
{
    fragment->type = mp_reader_u8(payload);
    const guint32 length = mp_reader_u24(payload);
    fragment->sequence = mp_reader_u16(payload);
    fragment->offset = mp_reader_u24(payload);
    const guint32 fragment_length = mp_reader_u24(payload);
    mp_reader_bytes(payload, fragment_length);
    return !payload->is_bad && fragment->offset <= length &&
           fragment_length <= length - fragment->offset;
}

const char *mp_dtls_message_name(guint8 type)
{
    static const char *const names[] = {
        [0] = "HelloRequest",       [1] = "ClientHello",         [2] = "ServerHello",
        [3] = "HelloVerifyRequest", [4] = "NewSessionTicket",    [11] = "Certificate",
        [12] = "ServerKeyExchange", [13] = "CertificateRequest", [14] = "ServerHelloDone",
        [15] = "CertificateVerify", [16] = "ClientKeyExchange",  [20] = "Finished",
        [22] = "CertificateStatus",
    };
    return type < G_N_ELEMENTS(names) ? names[type] : NULL;
}

gboolean mp_dtls_datagram_number(const guint8 *data, gsize length, guint32 *number)
{
    MpReader reader = mp_reader_init(data, length);
    MpDtlsRecord record;
    if (!mp_dtls_read_record(&reader, &record))
        return FALSE;
    *number = ((guint32)record.number & ~LATER_EPOCH) | (record.epoch > 0 ? LATER_EPOCH : 0);
    return TRUE;
}
