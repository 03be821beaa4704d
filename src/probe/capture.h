/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes what this process sends and receives on its sockets into a pcapng file: for people with
 * Wireshark. IP, UDP and TCP headers are made anew; a connection's opening and end are not there.
 * What libnice sends by itself (its checks) and HTTPS do not pass through sockets of ours.
 */
#pragma once

#include <gio/gio.h>

#include "base/address.h"

typedef struct _MpCapture MpCapture;

typedef struct {
    const char *file;       /* written beside it first, and renamed at the end */
    gboolean masks;         /* puts pseudonyms in the place of addresses */
    const GArray *unmasked; /* MpCidr that keep theirs; may be NULL; copied */
    gboolean has_keys; /* the keys of TLS and DTLS, too: whoever has the file reads what passed */
} MpCaptureConfig;

/* Only one at a time. NULL with MP_ERROR_INPUT where the file cannot be written. */
MpCapture *mp_capture_open(const MpCaptureConfig *config, GError **error);
/* What the calling thread does from now on, for the first packet of each flow; lent until it says
 * otherwise, and NULL at the end. */
void mp_capture_name(const char *purpose);
/* Ends and frees. FALSE with MP_ERROR_UNAVAILABLE when not all could be written: then there is no
 * file. `n_packets`: how many are in it. */
gboolean mp_capture_finish(MpCapture *capture, guint64 *n_packets, GError **error);
