/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A packet socket with a receive ring, Linux' networking/packet_mmap.
 *
 * Version 2 of the ring, because it wakes its reader for every frame; version 3 does so for blocks
 * of frames, up to a millisecond late.
 */
#include "lab/frame_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

/* 4096 frames: what comes at full speed (150,000 a second) in 27 ms. */
#define SLOT_BYTES 2048
#define BLOCK_BYTES (32 * SLOT_BYTES)
#define N_BLOCKS 128
#define RING_BYTES ((gsize)BLOCK_BYTES * N_BLOCKS)
#define N_SLOTS (RING_BYTES / SLOT_BYTES)

#define SEND_BUFFER (4 * 1024 * 1024)

struct _MpFrameSocket {
    int fd;
    guint8 *ring; /* NULL: none yet */
    guint slot;
    guint64 overflows;
};

static gboolean set_up_ring(MpFrameSocket *socket)
{
    const int version = TPACKET_V2;
    const int on = 1;
    const int send_buffer = SEND_BUFFER;
    const struct tpacket_req request = {.tp_block_size = BLOCK_BYTES,
                                        .tp_block_nr = N_BLOCKS,
                                        .tp_frame_size = SLOT_BYTES,
                                        .tp_frame_nr = N_SLOTS};
    /* Smaller or slower is no failure. */
    (void)setsockopt(socket->fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    (void)setsockopt(socket->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    if (setsockopt(socket->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
        setsockopt(socket->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
        setsockopt(socket->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
        return FALSE;
    void *ring = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, socket->fd, 0);
    socket->ring = ring == MAP_FAILED ? NULL : ring;
    return socket->ring != NULL;
}

/* Only now does it see frames, and those of its own interface only. */
static gboolean attach(const MpFrameSocket *socket, const char *interface)
{
    const struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                        .sll_protocol = htons(ETH_P_ALL),
                                        .sll_ifindex = (int)if_nametoindex(interface)};
    const struct packet_mreq promiscuous = {.mr_ifindex = address.sll_ifindex,
                                            .mr_type = PACKET_MR_PROMISC};
    return address.sll_ifindex > 0 &&
           bind(socket->fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
           setsockopt(socket->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
                      sizeof promiscuous) == 0;
}

MpFrameSocket *mp_frame_socket_new(const char *interface, GError **error)
{
    MpFrameSocket *frames = g_new0(MpFrameSocket, 1);
    frames->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (frames->fd >= 0 && set_up_ring(frames) && attach(frames, interface))
        return frames;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                "the link emulator cannot use the interface %s: %s", interface, g_strerror(errno));
    mp_frame_socket_free(frames);
    return NULL;
}

void mp_frame_socket_free(MpFrameSocket *socket)
{
    if (!socket)
        return;
    if (socket->ring)
        (void)munmap(socket->ring, RING_BYTES);
    if (socket->fd >= 0)
        close(socket->fd);
    g_free(socket);
}

int mp_frame_socket_fd(const MpFrameSocket *socket)
{
    return socket->fd;
}

static struct tpacket2_hdr *current_slot(const MpFrameSocket *socket)
{
    return (struct tpacket2_hdr *)(gpointer)(socket->ring + (gsize)socket->slot * SLOT_BYTES);
}

gboolean mp_frame_socket_peek(const MpFrameSocket *socket, MpBytes *frame, MpTime *stamp)
{
    const struct tpacket2_hdr *slot = current_slot(socket);
    if (!(__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
        return FALSE;
    *frame = (MpBytes){.data = (const guint8 *)slot + slot->tp_mac, .length = slot->tp_snaplen};
    *stamp = MP_SEC(slot->tp_sec) + slot->tp_nsec;
    return TRUE;
}

void mp_frame_socket_release(MpFrameSocket *socket)
{
    struct tpacket2_hdr *slot = current_slot(socket);
    if (slot->tp_snaplen < slot->tp_len)
        socket->overflows++;
    __atomic_store_n(&slot->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    socket->slot = (socket->slot + 1) % N_SLOTS;
}

guint mp_frame_socket_send(const MpFrameSocket *socket, const MpBytes *frames, guint n_frames)
{
    struct iovec parts[MP_FRAME_BATCH];
    struct mmsghdr messages[MP_FRAME_BATCH] = {0};
    g_assert(n_frames <= MP_FRAME_BATCH);
    for (guint i = 0; i < n_frames; i++) {
        parts[i] = (struct iovec){.iov_base = (void *)frames[i].data, .iov_len = frames[i].length};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    guint failed = 0;
    for (guint done = 0; done < n_frames;) {
        int sent = sendmmsg(socket->fd, messages + done, n_frames - done, MSG_DONTWAIT);
        failed += sent <= 0;
        done += (guint)MAX(sent, 1);
    }
    return failed;
}

guint64 mp_frame_socket_overflows(MpFrameSocket *socket)
{
    struct tpacket_stats counts = {0};
    socklen_t length = sizeof counts;
    /* Reading them clears the kernel's. */
    if (getsockopt(socket->fd, SOL_PACKET, PACKET_STATISTICS, &counts, &length) == 0)
        socket->overflows += counts.tp_drops;
    return socket->overflows;
}
