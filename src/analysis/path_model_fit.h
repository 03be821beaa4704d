/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From what became of each packet of a call to what the path does to packets: the posterior that
 * simulated calls draw their links from.
 */
#pragma once

#include "model/measurement.h"
#include "model/path_model.h"

/* Of a measurement of kind "media", by its packets and its facts "capacity". NULL: it has no
 * packets, or too few to say anything. */
MpPathModel *mp_path_model_fit(const MpMeasurement *media);
