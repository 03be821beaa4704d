/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pseudonyms of addresses.
 */
#include "wire/address_mask.h"

#include <string.h>

#include "wire/rtp.h"
#include "wire/stun.h"
#include "wire/turn.h"

/* A message in a message: ChannelData or an indication, and the check that it relays. */
#define DEEPEST 2
#define COOKIE_OFFSET 4
#define ATTRIBUTE_HEADER 4

struct _MpAddressMask {
    GArray *kept;           /* MpCidr */
    GHashTable *pseudonyms; /* bytes of an address to its number */
    guint32 counts[2];      /* IPv4, IPv6 */
};

MpAddressMask *mp_address_mask_new(const GArray *kept)
{
    MpAddressMask *mask = g_new0(MpAddressMask, 1);
    mask->kept = g_array_new(FALSE, FALSE, sizeof(MpCidr));
    if (kept)
        g_array_append_vals(mask->kept, kept->data, kept->len);
    mask->pseudonyms = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                             (GDestroyNotify)g_bytes_unref, NULL);
    return mask;
}

void mp_address_mask_free(MpAddressMask *mask)
{
    if (!mask)
        return;
    g_array_unref(mask->kept);
    g_hash_table_unref(mask->pseudonyms);
    g_free(mask);
}

static gboolean is_kept(const MpAddressMask *mask, const MpAddress *address)
{
    const MpCidr loopback4 = {mp_address_literal("127.0.0.0", 0), 8};
    const MpCidr loopback6 = {mp_address_literal("::1", 0), 128};
    if (address->family == MP_FAMILY_NONE || mp_address_is_any(address) ||
        mp_cidr_contains(&loopback4, address) || mp_cidr_contains(&loopback6, address))
        return TRUE;
    for (guint i = 0; i < mask->kept->len; i++)
        if (mp_cidr_contains(&g_array_index(mask->kept, MpCidr, i), address))
            return TRUE;
    return FALSE;
}

static guint32 number_of(MpAddressMask *mask, const MpAddress *address)
{
    const gboolean is_ipv4 = address->family == MP_FAMILY_IPV4;
    g_autoptr(GBytes) key = g_bytes_new(address->bytes, is_ipv4 ? 4 : 16);
    guint32 number = GPOINTER_TO_UINT(g_hash_table_lookup(mask->pseudonyms, key));
    if (number == 0) {
        number = ++mask->counts[is_ipv4 ? 0 : 1];
        g_hash_table_insert(mask->pseudonyms, g_bytes_ref(key), GUINT_TO_POINTER(number));
    }
    return number;
}

MpAddress mp_address_mask_apply(MpAddressMask *mask, const MpAddress *address)
{
    if (is_kept(mask, address))
        return *address;
    const guint32 number = number_of(mask, address);
    const gboolean is_ipv4 = address->family == MP_FAMILY_IPV4;
    MpAddress pseudonym = mp_address_literal(is_ipv4 ? "198.18.0.0" : "2001:db8::", address->port);
    guint8 *last = pseudonym.bytes + (is_ipv4 ? 4 : 16);
    last[-1] = (guint8)number;
    last[-2] = (guint8)(number >> 8);
    last[-3] = (guint8)(last[-3] | (number >> 16 & 1));
    return pseudonym;
}

static gboolean tells_address(guint type)
{
    static const guint types[] = {
        MP_STUN_ATTRIBUTE_MAPPED_ADDRESS,   MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
        MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, MP_STUN_ATTRIBUTE_XOR_RELAYED_ADDRESS,
        MP_STUN_ATTRIBUTE_ALTERNATE_SERVER, MP_STUN_ATTRIBUTE_RESPONSE_ORIGIN,
        MP_STUN_ATTRIBUTE_OTHER_ADDRESS,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (types[i] == type)
            return TRUE;
    return FALSE;
}

/* RFC 8489 section 14.1: a zero, the family, the port and the address. */
static void mask_value(MpAddressMask *mask, guint8 *value, gsize length, const guint8 *cookie)
{
    const gsize size = length - 4;
    MpAddress address = {.family = value[1] == 1 ? MP_FAMILY_IPV4 : MP_FAMILY_IPV6};
    memcpy(address.bytes, value + 4, size);
    if (cookie)
        mp_stun_xor_address(&address, cookie);
    address = mp_address_mask_apply(mask, &address);
    if (cookie)
        mp_stun_xor_address(&address, cookie);
    memcpy(value + 4, address.bytes, size);
}

static gboolean has_address_form(const guint8 *value, gsize length)
{
    return (length == 8 && value[1] == 1) || (length == 20 && value[1] == 2);
}

static gboolean mask_message(MpAddressMask *mask, guint8 *message, gsize length, guint depth)
{
    if (depth > DEEPEST)
        return FALSE;
    if (mp_packet_kind(message, length) == MP_PACKET_TURN_CHANNEL &&
        length > MP_TURN_CHANNEL_HEADER_LENGTH)
        return mask_message(mask, message + MP_TURN_CHANNEL_HEADER_LENGTH,
                            length - MP_TURN_CHANNEL_HEADER_LENGTH, depth + 1);
    MpStunMessage stun;
    if (!mp_stun_parse(&stun, message, length))
        return FALSE;
    gboolean is_changed = FALSE;
    MpStunIterator iterator = mp_stun_attributes(&stun);
    MpStunAttribute attribute;
    while (mp_stun_next(&iterator, &attribute)) {
        guint8 *value = message + attribute.offset + ATTRIBUTE_HEADER;
        const gsize size = attribute.value.length;
        if (attribute.type == MP_STUN_ATTRIBUTE_DATA) {
            is_changed |= mask_message(mask, value, size, depth + 1);
        } else if (tells_address(attribute.type) && has_address_form(value, size)) {
            mask_value(mask, value, size,
                       mp_stun_type_is_xored(attribute.type) ? message + COOKIE_OFFSET : NULL);
            is_changed = TRUE;
        }
    }
    return is_changed;
}

gboolean mp_address_mask_message(MpAddressMask *mask, guint8 *message, gsize length)
{
    return mask_message(mask, message, length, 0);
}
