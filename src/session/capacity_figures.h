/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of one train of a capacity measurement, as the arithmetic of trains takes it.
 */
#pragma once

#include "session/capacity_train.h"

/* Of a train that we sent: `departures` has a MpTime for each packet that left, by index. `size`:
 * bytes of each packet with all headers. Unknown where the receiver's own socket dropped any. */
MpTrainFigures mp_capacity_report_figures(const MpCapacityReport *report, const GArray *departures,
                                          guint size);
/* By how much one of those told of took longer than the quickest. */
MpTime mp_capacity_report_wait(const MpCapacityReport *report, const GArray *departures);

/* Of a train that came here, of which `sent` packets left. */
MpTrainFigures mp_capacity_arrivals_figures(const MpCapacityArrivals *arrivals, guint32 sent,
                                            guint size);
