/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks first at a UDP socket that an ICE agent owns: takes media with the kernel's time of arrival
 * and leaves STUN to the agent. Sends through the same socket with the kernel's time of leaving.
 */
#pragma once

#include <glib.h>

#include "net/stamped_udp.h"

typedef struct _MpIceTap MpIceTap;

typedef struct {
    /* DTLS, RTP or RTCP, or a ChannelData message that holds one of them. */
    void (*media)(const guint8 *data, const MpStampedDatagram *datagram, gpointer user_data);
    /* A STUN message, or a ChannelData message that holds one. TRUE: it is taken, the agent never
     * sees it. A message that arrives together with others may go by unseen. */
    gboolean (*stun)(const guint8 *data, gsize length, const MpAddress *from, gpointer user_data);
    void (*sent)(guint32 tag, MpTime left, gpointer user_data);
} MpIceTapCallbacks;

/* In the thread's default context. NULL where the kernel refuses stamps. `callbacks` is lent for
 * good. */
MpIceTap *mp_ice_tap_new(int fd, const MpIceTapCallbacks *callbacks, gpointer user_data);
void mp_ice_tap_free(MpIceTap *tap);

/* FALSE when the socket did not take it. */
gboolean mp_ice_tap_send(MpIceTap *tap, const MpAddress *to, const guint8 *data, gsize length,
                         guint32 tag);
/* Where it is bound; family NONE: not known. */
MpAddress mp_ice_tap_local(const MpIceTap *tap);
/* Packets that the socket dropped for want of room. */
guint32 mp_ice_tap_overflows(const MpIceTap *tap);
