/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STAMP reader on arbitrary bytes, in both modes. TLVs never leave the packet; what verifies
 * was sealed with the key, and sealing any packet makes it verify.
 */
#include <string.h>

#include "wire/stamp.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void read_value(const MpStampItem *item)
{
    MpStampSession session;
    MpStampClass class;
    MpStampPortsSeen seen;
    mp_stamp_read_key(&session, item->value);
    if (mp_stamp_read_class(&class, item->value))
        g_assert_true(class.wanted_dscp < 64 && class.received_dscp < 64);
    if (!mp_stamp_read_ports_seen(&seen, item->value))
        return;
    for (guint32 port = 0; port <= G_MAXUINT16; port += 7)
        mp_stamp_port_is_seen(&seen, (guint16)port);
    g_autofree guint8 *copy = g_memdup2(item->value.data, item->value.length);
    mp_stamp_fill_ports_seen(copy, &seen);
}

static void read_everything(MpBytes packet, MpStampMode mode, MpStampKey *key)
{
    MpStampPacket base;
    mp_stamp_read(&base, mode, MP_STAMP_REQUEST, packet);
    mp_stamp_read(&base, mode, MP_STAMP_REPLY, packet);
    MpReader reader = mp_stamp_tlvs(packet, mode);
    MpStampItem item;
    while (mp_stamp_next(&reader, &item)) {
        g_assert_true(item.value.data + item.value.length <= packet.data + packet.length);
        read_value(&item);
    }
    mp_stamp_has_hmac(packet, mode, key);
    mp_stamp_is_sealed(packet, key);
}

static void sign_again(MpBytes packet, MpStampKey *key)
{
    MpStampItem item;
    if (packet.length < MP_STAMP_BASE_SIZE ||
        mp_stamp_find(&item, packet, MP_STAMP_OPEN, MP_STAMP_TLV_HMAC))
        return;
    MpReader reader = mp_stamp_tlvs(packet, MP_STAMP_OPEN);
    while (mp_stamp_next(&reader, &item))
        ;
    if (reader.is_bad)
        return;
    gsize capacity = packet.length + MP_STAMP_TLV_HEADER + MP_STAMP_HMAC_SIZE;
    g_autofree guint8 *bytes = g_malloc(capacity);
    MpWriter writer = mp_writer_init(bytes, capacity);
    mp_writer_bytes(&writer, packet.data, packet.length);
    mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, key);
    g_assert_true(mp_stamp_has_hmac((MpBytes){bytes, writer.position}, MP_STAMP_OPEN, key));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static MpStampKey *key;
    if (!key)
        key = mp_stamp_key_new("a key of the site 7, long enough", NULL);
    MpBytes packet = {data, size};
    read_everything(packet, MP_STAMP_OPEN, key);
    read_everything(packet, MP_STAMP_AUTHENTICATED, key);
    sign_again(packet, key);
    return 0;
}
