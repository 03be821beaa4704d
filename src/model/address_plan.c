/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which addresses of large ranges to ask, so that every part of them is asked at least once.
 */
#include "model/address_plan.h"

#include "base/bits.h"

#define IPV4_STRATUM 24
#define IPV6_STRATUM_BITS 8

static guint address_bits(const MpCidr *range)
{
    return range->base.family == MP_FAMILY_IPV4 ? 32 : 128;
}

/* Bits that tell the strata of a range apart, when `coarser` bits are given up. */
static guint stratum_bits(const MpCidr *range, guint coarser)
{
    const guint finest = range->base.family == MP_FAMILY_IPV4
                             ? MAX(IPV4_STRATUM, range->prefix_length) - range->prefix_length
                             : MIN(IPV6_STRATUM_BITS, 128 - range->prefix_length);
    return finest > coarser ? finest - coarser : 0;
}

static guint64 count_strata(const MpCidr *ranges, guint n_ranges, guint coarser)
{
    guint64 count = 0;
    for (guint i = 0; i < n_ranges; i++)
        count += (guint64)1 << stratum_bits(&ranges[i], coarser);
    return count;
}

/* Marsaglia's xorshift (2003): arithmetic, not secrecy. */
static guint32 next_random(guint32 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* The first and the last of a whole /24 are mostly nobody's. */
static void keep_off_the_edges(MpAddress *address)
{
    if (address->bytes[3] == 0)
        address->bytes[3] = 1;
    else if (address->bytes[3] == G_MAXUINT8)
        address->bytes[3] = G_MAXUINT8 - 1;
}

/* The bits of `index` from the lowest on choose halves, quarters, eighths: the first few lie far
 * apart. */
static MpAddressSample sample(const MpCidr *range, guint bits, guint32 index, guint32 *random)
{
    MpAddressSample sample = {.stratum = *range};
    sample.stratum.prefix_length += bits;
    for (guint i = 0; i < bits; i++)
        mp_bit_put(sample.stratum.base.bytes, range->prefix_length + i, (index >> i & 1) != 0);
    sample.address = sample.stratum.base;
    for (guint bit = sample.stratum.prefix_length; bit < address_bits(range); bit++)
        mp_bit_put(sample.address.bytes, bit, (next_random(random) & 1) != 0);
    if (range->base.family == MP_FAMILY_IPV4 && sample.stratum.prefix_length <= IPV4_STRATUM)
        keep_off_the_edges(&sample.address);
    return sample;
}

GArray *mp_address_plan(const MpCidr *ranges, guint n_ranges, guint most, guint32 seed)
{
    GArray *plan = g_array_new(FALSE, FALSE, sizeof(MpAddressSample));
    guint32 random = seed ? seed : 1; /* zero would stay zero */
    guint coarser = 0;
    while (count_strata(ranges, n_ranges, coarser) > MAX(most, n_ranges))
        coarser++;
    gboolean has_more = TRUE;
    for (guint32 index = 0; has_more; index++) {
        has_more = FALSE;
        for (guint i = 0; i < n_ranges; i++) {
            const guint bits = stratum_bits(&ranges[i], coarser);
            if (index >> bits)
                continue;
            const MpAddressSample next = sample(&ranges[i], bits, index, &random);
            g_array_append_val(plan, next);
            has_more = TRUE;
        }
    }
    return plan;
}
