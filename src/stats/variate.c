/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values drawn from the usual distributions, from SplitMix64.
 */
#include "stats/variate.h"

#include <math.h>

#include "base/splitmix.h"

double mp_variate_unit(MpVariate *variate)
{
    return ((double)(mp_splitmix_next(&variate->state) >> 12) + 0.5) * 0x1p-52;
}

/* Box and Muller's first value of a pair. */
double mp_variate_normal(MpVariate *variate)
{
    const double radius = sqrt(-2 * log(mp_variate_unit(variate)));
    return radius * cos(2 * G_PI * mp_variate_unit(variate));
}

double mp_variate_exponential(MpVariate *variate)
{
    return -log(mp_variate_unit(variate));
}

/* Marsaglia and Tsang, ACM Transactions on Mathematical Software 26 (2000): a cube of a normal
 * value, refused now and then. For shapes of 1 and more. */
static double gamma_from_cube(MpVariate *variate, double shape)
{
    const double d = shape - 1.0 / 3;
    const double c = 1 / sqrt(9 * d);
    for (;;) {
        const double normal = mp_variate_normal(variate);
        const double root = 1 + c * normal;
        const double cube = root * root * root;
        if (root > 0 &&
            log(mp_variate_unit(variate)) < normal * normal / 2 + d - d * cube + d * log(cube))
            return d * cube;
    }
}

/* The same paper's section 6: a shape below 1 is one above it, made smaller. */
double mp_variate_gamma(MpVariate *variate, double shape)
{
    g_return_val_if_fail(shape > 0, 0);

    if (shape >= 1)
        return gamma_from_cube(variate, shape);
    const double smaller = pow(mp_variate_unit(variate), 1 / shape);
    return gamma_from_cube(variate, shape + 1) * smaller;
}

double mp_variate_beta(MpVariate *variate, double yes, double no)
{
    const double a = mp_variate_gamma(variate, yes);
    const double b = mp_variate_gamma(variate, no);
    return a + b > 0 ? a / (a + b) : yes / (yes + no);
}
