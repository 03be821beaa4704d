/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of mediapath.
 */
#include "base/error.h"

G_DEFINE_QUARK(mp - error - quark, mp_error)
