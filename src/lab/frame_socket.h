/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All frames that arrive at a network interface, with the kernel's time of their arrival, and a way
 * to send frames out of it. AF_PACKET, because /dev/net/tun is not for everybody.
 */
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#define MP_FRAME_BATCH 32

typedef struct _MpFrameSocket MpFrameSocket;

/* On an interface of the caller's network namespace. NULL with MP_ERROR_UNAVAILABLE. */
MpFrameSocket *mp_frame_socket_new(const char *interface, GError **error);
void mp_frame_socket_free(MpFrameSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpFrameSocket, mp_frame_socket_free)

/* To poll for reading. */
int mp_frame_socket_fd(const MpFrameSocket *socket);

/* The oldest frame that waits, lent until it is released; `stamp` is on mp_clock_realtime()'s
 * clock. FALSE: none waits. */
gboolean mp_frame_socket_peek(const MpFrameSocket *socket, MpBytes *frame, MpTime *stamp);
void mp_frame_socket_release(MpFrameSocket *socket);

/* Sends at most MP_FRAME_BATCH frames at once; the number that the kernel did not take. */
guint mp_frame_socket_send(const MpFrameSocket *socket, const MpBytes *frames, guint n_frames);

/* Frames that were lost since the socket was made because they were taken in too slowly, or were
 * too long for a wire (see interface_plain.h). */
guint64 mp_frame_socket_overflows(MpFrameSocket *socket);
