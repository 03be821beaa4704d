/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one direction of an emulated link did, in total. packets = the sum of fates + inside.
 */
#pragma once

#include "lab/delay_histogram.h"
#include "link/link_line.h"

typedef struct {
    guint64 packets;
    guint64 bytes;
    guint64 fates[MP_N_FATES]; /* of packets, without second copies */
    guint64 copies;            /* second copies, delivered ones only */
    guint64 corrupted;
    guint64 passed;     /* frames that are no traffic of the link */
    guint64 inside;     /* not yet decided or delivered */
    gsize most_packets; /* inside at once */
    gsize most_bytes;
    MpTime longest_queue;
    MpDelayHistogram delay; /* what the link imposed on what it delivered */
} MpLaneTally;
