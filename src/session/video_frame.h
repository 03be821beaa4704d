/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One encoded picture on its way from its stream to the pacer.
 */
#pragma once

#include "base/time.h"

/* Of the RTP clock of video: RFC 3551 section 4.3 and the payload formats. */
#define MP_VIDEO_CLOCK 90000

typedef struct {
    guint stream;      /* whose it is: for whoever asked the stream */
    guint32 bytes;     /* 0: nothing is to be sent */
    guint32 timestamp; /* RTP, 90 kHz from 0 */
    MpTime captured;
} MpVideoFrame;
