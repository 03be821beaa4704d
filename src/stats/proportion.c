/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wilson's score interval.
 */
#include "stats/proportion.h"

#include <math.h>

/* The normal distribution's 97.5 % quantile. */
#define Z 1.959964

MpProportion mp_proportion(guint hits, guint count)
{
    if (count == 0)
        return (MpProportion){NAN, NAN, NAN};
    const double n = count;
    const double share = hits / n;
    const double center = share + Z * Z / (2 * n);
    const double half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
    const double scale = 1 + Z * Z / n;
    return (MpProportion){.share = share,
                          .low = hits == 0 ? 0 : fmax((center - half) / scale, 0),
                          .high = hits == count ? 1 : fmin((center + half) / scale, 1)};
}
