/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one sink for what passes through sockets.
 */
#include "net/packet_tap.h"

#include <errno.h>

#include "base/clock.h"
#include "net/socket.h"

static GRWLock lock;
static gint is_open; /* atomic: looked at without the lock */
static MpPacketTap present;
static _Thread_local gboolean withholds;
static _Thread_local const char *name;

void mp_packet_tap_open(const MpPacketTap *tap)
{
    g_rw_lock_writer_lock(&lock);
    present = *tap;
    g_atomic_int_set(&is_open, 1);
    g_rw_lock_writer_unlock(&lock);
}

void mp_packet_tap_close(void)
{
    g_rw_lock_writer_lock(&lock);
    g_atomic_int_set(&is_open, 0);
    present = (MpPacketTap){0};
    g_rw_lock_writer_unlock(&lock);
}

static gboolean is_stream(int fd)
{
    int type = SOCK_DGRAM;
    socklen_t length = sizeof type;
    (void)getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
    return type == SOCK_STREAM;
}

static MpAddress peer_of(int fd)
{
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    MpAddress peer = {0};
    if (getpeername(fd, (struct sockaddr *)&storage, &length) == 0)
        mp_address_from_sockaddr(&peer, (struct sockaddr *)&storage);
    return peer;
}

static void show(MpTappedPacket *packet)
{
    g_rw_lock_reader_lock(&lock);
    if (present.packet)
        present.packet(packet, present.user_data);
    g_rw_lock_reader_unlock(&lock);
}

static void note(int fd, gboolean is_outgoing, const MpAddress *remote, MpBytes payload,
                 MpTime time)
{
    const int error_number = errno;
    MpTappedPacket packet = {.time = time > 0 ? time : mp_clock_realtime(),
                             .is_outgoing = is_outgoing,
                             .is_stream = is_stream(fd),
                             .is_withheld = is_outgoing && withholds,
                             .purpose = name,
                             .local = mp_net_socket_local(fd),
                             .remote = remote ? *remote : peer_of(fd),
                             .payload = payload};
    g_autofree char *instead = packet.is_withheld ? g_strnfill(payload.length, '*') : NULL;
    if (instead)
        packet.payload.data = (const guint8 *)instead;
    show(&packet);
    errno = error_number;
}

void mp_packet_tap_sent(int fd, const MpAddress *remote, MpBytes payload)
{
    if (g_atomic_int_get(&is_open))
        note(fd, TRUE, remote, payload, 0);
}

void mp_packet_tap_received(int fd, const MpAddress *remote, MpBytes payload, MpTime time)
{
    if (g_atomic_int_get(&is_open))
        note(fd, FALSE, remote, payload, time);
}

void mp_packet_tap_name(const char *purpose)
{
    name = purpose;
}

void mp_packet_tap_withhold(gboolean is_secret)
{
    withholds = is_secret;
}

static void show_key(const SSL *ssl, const char *line)
{
    (void)ssl;
    g_rw_lock_reader_lock(&lock);
    if (present.key)
        present.key(line, present.user_data);
    g_rw_lock_reader_unlock(&lock);
}

void mp_packet_tap_log_keys(SSL_CTX *context)
{
    g_rw_lock_reader_lock(&lock);
    if (present.key)
        SSL_CTX_set_keylog_callback(context, show_key);
    g_rw_lock_reader_unlock(&lock);
}

/* What OpenSSL moved by itself through the socket. */
static long show_moved(BIO *bio, int operation, const char *bytes, size_t length, int unused,
                       long also_unused, int result, size_t *moved)
{
    (void)length;
    (void)unused;
    (void)also_unused;
    const gboolean is_read = operation == (BIO_CB_READ | BIO_CB_RETURN);
    if (result <= 0 || (!is_read && operation != (BIO_CB_WRITE | BIO_CB_RETURN)))
        return result;
    const MpBytes payload = {(const guint8 *)bytes, *moved};
    const int fd = (int)BIO_get_fd(bio, NULL);
    if (is_read)
        mp_packet_tap_received(fd, NULL, payload, 0);
    else
        mp_packet_tap_sent(fd, NULL, payload);
    return result;
}

void mp_packet_tap_watch(SSL *ssl)
{
    BIO_set_callback_ex(SSL_get_rbio(ssl), show_moved);
}
