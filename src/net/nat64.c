/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The prefix of NAT64.
 */
#include "net/nat64.h"

#include <string.h>

#include "net/resolver.h"

#define WELL_KNOWN_NAME "ipv4only.arpa"
/* RFC 6052 section 2.2: bits 64 to 71 are zero and no part of the IPv4 address. */
#define RESERVED_BYTE 8
#define MAX_PREFIX_BYTES 12

static const guint lengths[] = {96, 64, 56, 48, 40, 32};

/* Where byte `i` of the IPv4 address stands behind a prefix of so many bits. */
static guint place_of(guint prefix_bits, guint i)
{
    guint at = prefix_bits / 8 + i;
    return prefix_bits < 96 && at >= RESERVED_BYTE ? at + 1 : at;
}

/* RFC 7050 section 8.2: 192.0.0.170 and 192.0.0.171. */
static gboolean holds_well_known(const MpAddress *address, guint prefix_bits)
{
    static const guint8 first[] = {192, 0, 0, 170};
    for (guint i = 0; i < 4; i++) {
        guint8 found = address->bytes[place_of(prefix_bits, i)];
        if (found != first[i] && !(i == 3 && found == first[3] + 1))
            return FALSE;
    }
    return TRUE;
}

gboolean mp_nat64_prefix_of(const MpAddress *address, MpNat64Prefix *prefix)
{
    if (address->family != MP_FAMILY_IPV6)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        if (!holds_well_known(address, lengths[i]))
            continue;
        *prefix = (MpNat64Prefix){.length = lengths[i]};
        memcpy(prefix->bytes, address->bytes, lengths[i] / 8);
        return TRUE;
    }
    return FALSE;
}

MpAddress mp_nat64_embed(const MpNat64Prefix *prefix, const MpAddress *ipv4)
{
    MpAddress address = {.family = MP_FAMILY_IPV6, .port = ipv4->port};
    memcpy(address.bytes, prefix->bytes, MIN(prefix->length / 8, MAX_PREFIX_BYTES));
    for (guint i = 0; i < 4; i++)
        address.bytes[place_of(prefix->length, i)] = ipv4->bytes[i];
    return address;
}

gboolean mp_net_nat64_discover(const MpNetLimit *limit, MpNat64Prefix *prefix, MpNetStatus *status)
{
    g_autoptr(GArray) addresses = mp_net_resolve(WELL_KNOWN_NAME, 0, limit, status);
    for (guint i = 0; addresses && i < addresses->len; i++)
        if (mp_nat64_prefix_of(&g_array_index(addresses, MpAddress, i), prefix))
            return TRUE;
    return addresses ? mp_net_fail(status, MP_NET_UNREACHABLE,
                                   "no IPv4 here, and no DNS64 tells the way to it")
                     : FALSE;
}
