/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, with
 * Stafford's variant 13 as its finisher.
 */
#include "base/splitmix.h"

guint64 mp_splitmix_mix(guint64 counter)
{
    counter = (counter ^ (counter >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    counter = (counter ^ (counter >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return counter ^ (counter >> 31);
}

guint64 mp_splitmix_next(guint64 *state)
{
    return mp_splitmix_mix(*state += MP_SPLITMIX_STEP);
}
