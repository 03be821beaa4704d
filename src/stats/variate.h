/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values drawn from the usual distributions. One seed is one sequence on every machine.
 */
#pragma once

#include <glib.h>

/* The state of a sequence; any seed is a good one. */
typedef struct {
    guint64 state;
} MpVariate;

/* Even in (0, 1): neither end is ever met. */
double mp_variate_unit(MpVariate *variate);
/* Mean 0, standard deviation 1. */
double mp_variate_normal(MpVariate *variate);
/* Mean 1. */
double mp_variate_exponential(MpVariate *variate);
/* `shape` above 0, scale 1: its mean is `shape`. */
double mp_variate_gamma(MpVariate *variate, double shape);
/* In [0, 1]; `yes` and `no` above 0: its mean is yes / (yes + no). */
double mp_variate_beta(MpVariate *variate, double yes, double no);
