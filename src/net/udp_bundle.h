/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many UDP flows toward one server, each from a source port of its own that was not used lately,
 * watched together. One thread.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "net/wait.h"

typedef struct _MpUdpBundle MpUdpBundle;

/* NULL with a status where there is no descriptor. */
MpUdpBundle *mp_udp_bundle_new(const MpAddress *peer, MpNetStatus *status);
void mp_udp_bundle_free(MpUdpBundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpUdpBundle, mp_udp_bundle_free)

/* How many flows this process may have: half of the descriptors that it may open. */
guint mp_udp_bundle_room(void);

/* A flow's descriptor, or -1 with a status. `owner` is told when something has come. */
int mp_udp_bundle_open(MpUdpBundle *bundle, gpointer owner, MpNetStatus *status);
/* Another socket, which stays the caller's. */
gboolean mp_udp_bundle_watch(MpUdpBundle *bundle, int fd, gpointer owner, MpNetStatus *status);
void mp_udp_bundle_close(MpUdpBundle *bundle, int fd);

/* Waits until something comes or the limit is reached; how many `owners` were set. */
guint mp_udp_bundle_wait(MpUdpBundle *bundle, const MpNetLimit *limit, gpointer *owners,
                         guint capacity);

/* FALSE with a status when the kernel refuses it. What does not fit its buffer is lost, as on the
 * way. */
gboolean mp_udp_bundle_send(int fd, MpBytes message, MpNetStatus *status);
/* What has come already; never waits. FALSE: nothing, and where the status says so, the flow is
 * broken by an ICMP error. */
gboolean mp_udp_bundle_receive(int fd, guint8 *buffer, gsize capacity, MpBytes *message,
                               MpNetStatus *status);
