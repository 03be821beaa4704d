/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A few addresses of each range.
 */
#include "probe/walk_targets.h"

#include <string.h>

#include "base/bits.h"
#include "net/resolver.h"

/* Addresses of a prefix: in its middle, then at its quarters. */
#define EACH 3
/* Not the first of a subnet, which may be the network itself. */
#define HOST_PART 1

static const guint eighths[EACH] = {4, 2, 6};

/* `eighth` eighths into the prefix: its next three bits. */
static MpAddress address_in(const MpCidr *cidr, guint eighth)
{
    MpAddress address = cidr->base;
    const guint bits = address.family == MP_FAMILY_IPV4 ? 32 : 128;
    for (guint i = 0; i < 3 && cidr->prefix_length + i < bits; i++)
        mp_bit_put(address.bytes, cidr->prefix_length + i, (eighth & 4U >> i) != 0);
    address.bytes[bits / 8 - 1] |= cidr->prefix_length < bits ? HOST_PART : 0;
    return address;
}

static void add(GArray *found, const MpAddress *address)
{
    if (found->len < MP_WALK_TARGETS)
        g_array_append_val(found, *address);
}

/* FALSE with a status: it cannot be resolved. */
static gboolean add_host(GArray *found, const char *host, MpFamily family, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    g_autoptr(GArray) addresses = mp_net_resolve(host, 1, limit, status);
    for (guint i = 0; addresses && i < addresses->len; i++) {
        const MpAddress *address = &g_array_index(addresses, MpAddress, i);
        if (family != MP_FAMILY_NONE && address->family != family)
            continue;
        add(found, address);
        break;
    }
    return addresses != NULL;
}

GArray *mp_walk_targets_find(const GPtrArray *texts, MpFamily family, const MpNetLimit *limit,
                             MpNetStatus *status)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(MpAddress));
    for (guint turn = 0; turn < EACH; turn++)
        for (guint i = 0; i < texts->len; i++) {
            MpCidr cidr;
            const char *text = g_ptr_array_index(texts, i);
            if (mp_cidr_parse(&cidr, text)) {
                const MpAddress address = address_in(&cidr, eighths[turn]);
                add(found, &address);
            } else if (turn == 0 && !add_host(found, text, family, limit, status)) {
                return NULL;
            }
        }
    return g_steal_pointer(&found);
}
