/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks first at a UDP socket that an ICE agent owns: takes media with the kernel's time of arrival
 * and leaves STUN to the agent. Sends through the same socket with the kernel's time of leaving.
 */
#pragma once

#include <glib.h>

#include "net/stamped_queue.h"

#define MP_ICE_UNTAGGED G_MAXUINT32

typedef struct _MpIceTap MpIceTap;

typedef struct {
    /* DTLS, RTP or RTCP, or a ChannelData message that holds one of them. */
    void (*media)(const MpStampedDatagram *datagram, gpointer user_data);
    /* A STUN message, or a ChannelData message that holds one. TRUE: it is taken, the agent never
     * sees it. A message that arrives together with others may go by unseen. */
    gboolean (*stun)(const MpStampedDatagram *datagram, gpointer user_data);
    void (*sent)(guint32 tag, MpTime left, gpointer user_data);
} MpIceTapCallbacks;

/* In the thread's default context. NULL where the kernel refuses stamps. `callbacks` is lent for
 * good. */
MpIceTap *mp_ice_tap_new(int fd, const MpIceTapCallbacks *callbacks, gpointer user_data);
void mp_ice_tap_free(MpIceTap *tap);

/* As many as the socket took. They come back in sent() as `first_tag` and what follows it;
 * MP_ICE_UNTAGGED: they do not. */
guint mp_ice_tap_send(MpIceTap *tap, const MpAddress *to, const MpBytes *datagrams, guint n,
                      guint32 first_tag);
/* Tells of the stamps that are there: most are as soon as a packet is sent. The loop, too, looks
 * for them, for the price of a turn. */
void mp_ice_tap_take_stamps(MpIceTap *tap);
/* Where it is bound; family NONE: not known. */
MpAddress mp_ice_tap_local(const MpIceTap *tap);
/* Packets that the socket dropped for want of room. */
guint32 mp_ice_tap_overflows(const MpIceTap *tap);
