/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How punctual a link emulator was, and whether that was good enough.
 */
#pragma once

#include "lab/delay_histogram.h"

/* What the emulator counts while it works, in memory that outlives it. All zero at first. */
typedef struct {
    MpDelayHistogram late; /* of every packet that it let go */
    guint64 overflows;
    gboolean truth_is_incomplete; /* it could not be written, or not as fast as packets came */
    gboolean is_finished;         /* it passed packets until it was asked to end */
} MpEmulatorCounts;

/* How much later than it should the emulator let packets go, and what it could not take in. */
typedef struct {
    guint64 packets;
    double late_p50_ms;
    double late_p99_ms;
    double late_max_ms;
    guint64 overflows; /* packets that the link should have carried and this machine dropped */
    gboolean truth_is_incomplete;
    gboolean is_spoiled;  /* too much of that to believe what was measured over the link */
    double late_limit_ms; /* which of the limits was passed; 0: none */
} MpEmulatorReport;

/* Spoiled: any overflow; or more than 1 % of the packets over 2 ms late, or 0.1 % over 5 ms. */
MpEmulatorReport mp_emulator_report(const MpEmulatorCounts *counts);

/* What people should be told; NULL: nothing. Free with g_free(). */
char *mp_emulator_report_warning(const MpEmulatorReport *report);
