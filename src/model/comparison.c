/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of what a comparison of two ways can say.
 */
#include "model/comparison.h"

const char *mp_compared_name(MpCompared compared)
{
    static const char *const names[] = {
        [MP_COMPARED_ALIKE] = "alike",
        [MP_COMPARED_BETTER] = "better",
        [MP_COMPARED_WORSE] = "worse",
        [MP_COMPARED_MIXED] = "mixed",
    };
    return names[compared];
}
