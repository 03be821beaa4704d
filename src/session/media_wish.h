/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the end that asks for echoes wants the other to send: it stands in every echo request, so
 * that a lost one does not matter.
 */
#pragma once

#include "base/bytes.h"

typedef struct {
    guint set;    /* of the described streams */
    double scale; /* of the described rates of video, 0..1; 0: paused */
} MpMediaWish;

void mp_media_wish_write(MpWriter *writer, MpMediaWish wish);
/* FALSE: the payload has none, or one that nobody may ask for. */
gboolean mp_media_wish_read(MpBytes payload, MpMediaWish *wish);
