/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pseudonyms in arbitrary messages: lengths and types stay, and no told address is a real one.
 */
#include <string.h>

#include "wire/address_mask.h"
#include "wire/stun.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean is_pseudonym(const MpAddress *address)
{
    MpCidr shown[4];
    g_assert_true(mp_cidr_parse(&shown[0], "198.18.0.0/15"));
    g_assert_true(mp_cidr_parse(&shown[1], "2001:db8::/32"));
    g_assert_true(mp_cidr_parse(&shown[2], "127.0.0.0/8"));
    g_assert_true(mp_cidr_parse(&shown[3], "::1/128"));
    for (gsize i = 0; i < G_N_ELEMENTS(shown); i++)
        if (mp_cidr_contains(&shown[i], address))
            return TRUE;
    return mp_address_is_any(address);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(MpAddressMask) mask = mp_address_mask_new(NULL);
    g_autofree guint8 *masked = g_memdup2(data, size);
    const gboolean is_changed = mp_address_mask_message(mask, masked, size);
    if (!is_changed)
        g_assert_true(size == 0 || memcmp(masked, data, size) == 0);
    MpStunMessage message;
    MpAddress address;
    if (mp_stun_parse(&message, masked, size) &&
        mp_stun_get_address(&message, MP_STUN_ATTRIBUTE_XOR_PEER_ADDRESS, &address))
        g_assert_true(is_pseudonym(&address));
    return 0;
}
