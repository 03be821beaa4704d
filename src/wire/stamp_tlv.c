/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The values of the TLVs of STAMP that we use.
 */
#include <string.h>

#include "base/bits.h"
#include "wire/stamp.h"

void mp_stamp_write_key(MpWriter *writer, const MpStampSession *session)
{
    guint8 value[MP_STAMP_KEY_SIZE];
    MpWriter inner = mp_writer_init(value, sizeof value);
    mp_writer_u32(&inner, session->key_id);
    mp_writer_u64(&inner, session->session);
    mp_stamp_write_tlv(writer, MP_STAMP_TLV_KEY, value, sizeof value);
}

gboolean mp_stamp_read_key(MpStampSession *session, MpBytes value)
{
    if (value.length != MP_STAMP_KEY_SIZE)
        return FALSE;
    MpReader reader = mp_reader_init(value.data, value.length);
    session->key_id = mp_reader_u32(&reader);
    session->session = mp_reader_u64(&reader);
    return TRUE;
}

/* DSCP1 6 bits, DSCP2 6 bits, ECN 2 bits, RP 2 bits, 16 bits reserved. */
void mp_stamp_write_class(MpWriter *writer, const MpStampClass *class)
{
    guint8 value[MP_STAMP_CLASS_SIZE];
    MpWriter inner = mp_writer_init(value, sizeof value);
    mp_writer_u16(&inner, (guint16)(class->wanted_dscp << 10 | (class->received_dscp & 63) << 4 |
                                    (class->received_ecn & 3) << 2 | (class->reverse_path & 3)));
    mp_writer_u16(&inner, 0);
    mp_stamp_write_tlv(writer, MP_STAMP_TLV_CLASS_OF_SERVICE, value, sizeof value);
}

gboolean mp_stamp_read_class(MpStampClass *class, MpBytes value)
{
    if (value.length != MP_STAMP_CLASS_SIZE)
        return FALSE;
    MpReader reader = mp_reader_init(value.data, value.length);
    guint16 bits = mp_reader_u16(&reader);
    *class = (MpStampClass){
        .wanted_dscp = (guint8)(bits >> 10),
        .received_dscp = (guint8)(bits >> 4 & 63),
        .received_ecn = (guint8)(bits >> 2 & 3),
        .reverse_path = (guint8)(bits & 3),
    };
    return TRUE;
}

void mp_stamp_ask_ports(MpWriter *writer, MpStampTlv type, guint16 first_port, guint16 n_ports)
{
    gsize length = MP_STAMP_PORTS_SEEN_SIZE(n_ports);
    mp_stamp_write_tlv(writer, (guint8)type, NULL, 0);
    if (!writer->is_bad)
        mp_writer_patch_u16(writer, writer->position - 2, (guint16)length);
    mp_writer_u16(writer, first_port);
    mp_writer_u16(writer, n_ports);
    mp_writer_zeros(writer, length - 4);
}

gboolean mp_stamp_read_ports_seen(MpStampPortsSeen *seen, MpBytes value)
{
    MpReader reader = mp_reader_init(value.data, value.length);
    MpStampPortsSeen read = {.first_port = mp_reader_u16(&reader)};
    read.n_ports = mp_reader_u16(&reader);
    read.received = mp_reader_u32(&reader);
    read.unanswered = mp_reader_u32(&reader);
    read.largest = mp_reader_u16(&reader);
    read.overflows = mp_reader_u16(&reader);
    if (reader.is_bad || value.length != MP_STAMP_PORTS_SEEN_SIZE(read.n_ports) ||
        (guint)read.first_port + read.n_ports > G_MAXUINT16 + 1)
        return FALSE;
    read.ports = value.data + reader.position;
    *seen = read;
    return TRUE;
}

void mp_stamp_fill_ports_seen(guint8 *value, const MpStampPortsSeen *seen)
{
    MpWriter writer = mp_writer_init(value, MP_STAMP_PORTS_SEEN_SIZE(seen->n_ports));
    mp_writer_u16(&writer, seen->first_port);
    mp_writer_u16(&writer, seen->n_ports);
    mp_writer_u32(&writer, seen->received);
    mp_writer_u32(&writer, seen->unanswered);
    mp_writer_u16(&writer, seen->largest);
    mp_writer_u16(&writer, seen->overflows);
    mp_writer_bytes(&writer, seen->ports, ((gsize)seen->n_ports + 7) / 8);
}

gboolean mp_stamp_port_is_seen(const MpStampPortsSeen *seen, guint16 port)
{
    if (port < seen->first_port || port - seen->first_port >= seen->n_ports)
        return FALSE;
    return mp_bit_is_set(seen->ports, port - seen->first_port);
}
