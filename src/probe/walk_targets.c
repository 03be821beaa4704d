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
    const MpAddress *first = found->len ? &g_array_index(found, MpAddress, 0) : NULL;
    if (found->len < MP_WALK_TARGETS && (!first || first->family == address->family))
        g_array_append_val(found, *address);
}

static void add_host(GArray *found, const char *host, const MpNetLimit *limit, MpNetStatus *status)
{
    MpAddress literal;
    if (mp_address_parse(&literal, host, 0)) {
        add(found, &literal);
        return;
    }
    g_autoptr(GArray) addresses = mp_net_resolve(host, 1, limit, status);
    if (addresses)
        add(found, &g_array_index(addresses, MpAddress, 0));
}

GArray *mp_walk_targets_find(const GPtrArray *texts, const MpNetLimit *limit, MpNetStatus *status)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(MpAddress));
    for (guint turn = 0; turn < EACH; turn++)
        for (guint i = 0; i < texts->len; i++) {
            MpCidr cidr;
            const char *text = g_ptr_array_index(texts, i);
            if (mp_cidr_parse(&cidr, text)) {
                const MpAddress address = address_in(&cidr, eighths[turn]);
                add(found, &address);
            } else if (turn == 0) {
                add_host(found, text, limit, status);
            }
        }
    return found->len > 0 ? g_steal_pointer(&found) : NULL;
}
