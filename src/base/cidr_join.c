/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fewest prefixes that cover the same addresses.
 */
#include "base/cidr_join.h"

#include <string.h>

#include "base/bits.h"

static int compare(gconstpointer a, gconstpointer b)
{
    const MpCidr *one = a;
    const MpCidr *other = b;
    if (one->base.family != other->base.family)
        return one->base.family < other->base.family ? -1 : 1;
    const int order = memcmp(one->base.bytes, other->base.bytes, sizeof one->base.bytes);
    return order ? order : (int)one->prefix_length - (int)other->prefix_length;
}

/* RFC 4632 section 3.1: two halves of one prefix. */
static gboolean are_halves(const MpCidr *low, const MpCidr *high)
{
    MpCidr whole = *low;
    if (low->base.family != high->base.family || low->prefix_length != high->prefix_length ||
        low->prefix_length == 0)
        return FALSE;
    whole.prefix_length--;
    return !mp_bit_is_set(low->base.bytes, whole.prefix_length) &&
           mp_bit_is_set(high->base.bytes, whole.prefix_length) &&
           mp_cidr_contains(&whole, &high->base);
}

void mp_cidr_join(GArray *cidrs)
{
    g_array_sort(cidrs, compare);
    for (guint i = 1; i < cidrs->len;) {
        MpCidr *low = &g_array_index(cidrs, MpCidr, i - 1);
        const MpCidr *high = &g_array_index(cidrs, MpCidr, i);
        const gboolean is_inside = mp_cidr_contains(low, &high->base);
        if (!is_inside && !are_halves(low, high)) {
            i++;
            continue;
        }
        low->prefix_length -= !is_inside;
        g_array_remove_index(cidrs, i);
        i = MAX(i - 1, 1); /* it may be a half itself */
    }
}

char *mp_cidr_to_string(const MpCidr *cidr)
{
    g_autofree char *base = mp_address_to_ip_string(&cidr->base);
    return g_strdup_printf("%s/%u", base, cidr->prefix_length);
}
