/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packet delay variation, RFC 5481 section 4.2.
 */
#include "stats/pdv.h"

MpSummary mp_pdv_ms(const MpTime *delays, gsize n)
{
    MpTime least = MP_NEVER;
    for (gsize i = 0; i < n; i++)
        least = MIN(least, delays[i]);

    /* The difference is taken in whole nanoseconds: the clocks' offset would eat a double's bits.
     */
    g_autoptr(GArray) variation = g_array_sized_new(FALSE, FALSE, sizeof(double), (guint)n);
    for (gsize i = 0; i < n; i++) {
        const double ms = mp_time_to_ms(delays[i] - least);
        g_array_append_val(variation, ms);
    }
    return mp_summary((const double *)(gconstpointer)variation->data, n);
}
