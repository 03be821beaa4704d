/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SplitMix64: numbers that look random, by arithmetic alone. One seed is one sequence on every
 * machine; nothing that must not be guessed may come from it.
 */
#pragma once

#include <glib.h>

/* The counter's step: the golden ratio. */
#define MP_SPLITMIX_STEP G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

/* The value for a counter. */
guint64 mp_splitmix_mix(guint64 counter);

/* The next of the sequence that began with a seed; any seed is a good one. */
guint64 mp_splitmix_next(guint64 *state);
