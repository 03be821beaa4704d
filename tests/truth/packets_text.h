/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `mediapath check --packets` wrote, as measurements.
 */
#pragma once

#include "model/measurement.h"

/* The packets of the lines of `text` that name this measurement, into its packets_up and
 * packets_down. FALSE: a line is not as it should be. */
gboolean packets_text_read(const char *text, MpMeasurement *measurement);
