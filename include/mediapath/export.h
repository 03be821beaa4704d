/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the shared library shows; everything else is hidden.
 */
#pragma once

#include <glib.h>

#define MP_PUBLIC __attribute__((visibility("default")))
