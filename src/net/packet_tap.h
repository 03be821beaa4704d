/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the sockets of this folder show what passes through them, while somebody looks: one sink
 * for the process, as a log is. Nobody looking costs one load.
 */
#pragma once

#include <openssl/ssl.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

/* Lent for the time of the call. */
typedef struct {
    MpTime time; /* CLOCK_REALTIME: the kernel's stamp where the socket has one */
    gboolean is_outgoing;
    gboolean is_stream;   /* bytes of TCP; else one datagram of UDP */
    gboolean is_withheld; /* held a secret: as many bytes, but others */
    const char *purpose;  /* what the thread does, mp_packet_tap_name(); NULL: nobody said */
    MpAddress local;
    MpAddress remote;
    MpBytes payload;
} MpTappedPacket;

typedef struct {
    /* From any thread, several at a time. */
    void (*packet)(const MpTappedPacket *packet, gpointer user_data);
    /* A line of the NSS key log format; NULL: keys are not wanted. */
    void (*key)(const char *line, gpointer user_data);
    gpointer user_data;
} MpPacketTap;

/* `tap` is copied. There may be one at a time. */
void mp_packet_tap_open(const MpPacketTap *tap);
/* When it returns nothing is shown any more. */
void mp_packet_tap_close(void);

/* What a socket sent or received. `remote` NULL: the peer it is connected to; `time` 0: now. */
void mp_packet_tap_sent(int fd, const MpAddress *remote, MpBytes payload);
void mp_packet_tap_received(int fd, const MpAddress *remote, MpBytes payload, MpTime time);
/* What this thread does from now on; lent until it says otherwise, and NULL at the end. */
void mp_packet_tap_name(const char *purpose);
/* What this thread sends from now on holds a secret. */
void mp_packet_tap_withhold(gboolean is_secret);

/* The keys of its sessions are shown where keys are wanted. */
void mp_packet_tap_log_keys(SSL_CTX *context);
/* What OpenSSL itself moves through the socket of SSL_set_fd(). */
void mp_packet_tap_watch(SSL *ssl);
