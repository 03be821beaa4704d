/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many calls with one responder, in one thread and on one socket.
 *
 *   calls URL LOCAL_IP CALLS VIDEO_KBPS SECONDS
 *
 * Prints "steady" when all calls are up, after SECONDS "ending", and at last one line of JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/punctual.h"
#include "base/timer.h"
#include "call.h"
#include "stats/summary.h"

/* What is due within it leaves together; it is small against what is measured. */
#define TICK MP_USEC(250)
#define BATCH 64
#define RECEIVE_BUFFER (16 * 1024 * 1024)
#define SETTLE MP_SEC(2)
#define CONNECT_LIMIT MP_SEC(10)

typedef struct {
    int fd;
    guint n;
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage to[BATCH];
    guint8 data[BATCH][CALL_PACKET];
} Wire;

typedef struct {
    Wire out;
    Wire in;
    guint8 controls[BATCH][64];
    guint n_calls;
    Call *calls;
    Call *by_port[G_MAXUINT16 + 1];
    GSource *ticker;
    guint32 overflows;
} Load;

static Load load;

static void flush(void)
{
    guint sent = 0;
    while (sent < load.out.n) {
        int taken = sendmmsg(load.out.fd, load.out.messages + sent, load.out.n - sent, 0);
        /* One that is refused is lost: the counts will tell. */
        sent += taken > 0 ? (guint)taken : 1;
    }
    load.out.n = 0;
}

static void send_packet(const MpAddress *to, const guint8 *data, gsize length)
{
    Wire *wire = &load.out;
    guint i = wire->n++;
    memcpy(wire->data[i], data, length);
    wire->parts[i] = (struct iovec){wire->data[i], length};
    wire->messages[i].msg_hdr = (struct msghdr){
        .msg_name = &wire->to[i],
        .msg_namelen = mp_address_to_sockaddr(to, &wire->to[i]),
        .msg_iov = &wire->parts[i],
        .msg_iovlen = 1};
    if (wire->n == BATCH)
        flush();
}

static void note_overflows(struct msghdr *message)
{
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at))
        if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_RXQ_OVFL)
            memcpy(&load.overflows, CMSG_DATA(at), sizeof load.overflows);
}

static int receive_batch(MpTime now)
{
    Wire *wire = &load.in;
    for (guint i = 0; i < BATCH; i++) {
        wire->parts[i] = (struct iovec){wire->data[i], CALL_PACKET};
        wire->messages[i].msg_hdr = (struct msghdr){.msg_name = &wire->to[i],
                                                    .msg_namelen = sizeof wire->to[i],
                                                    .msg_iov = &wire->parts[i],
                                                    .msg_iovlen = 1,
                                                    .msg_control = load.controls[i],
                                                    .msg_controllen = sizeof load.controls[i]};
    }
    int got = recvmmsg(wire->fd, wire->messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        MpAddress from;
        mp_address_from_sockaddr(&from, (struct sockaddr *)&wire->to[i]);
        note_overflows(&wire->messages[i].msg_hdr);
        Call *call = load.by_port[from.port];
        if (call)
            call_take(call, wire->data[i], wire->messages[i].msg_len, &from, now);
    }
    return got;
}

/* What has come is taken at every tick, which saves a turn of the loop for each packet. */
static void on_tick(MpTime now, gpointer user_data)
{
    (void)user_data;
    while (receive_batch(now) == BATCH)
        continue;
    for (guint i = 0; i < load.n_calls; i++)
        call_advance(&load.calls[i], now);
    flush();
    mp_timer_arm(load.ticker, now + TICK);
}

static void run_until(MpTime end)
{
    while (mp_clock_now() < end)
        g_main_context_iteration(NULL, TRUE);
}

static gboolean open_socket(const char *ip, MpAddress *local)
{
    struct sockaddr_storage storage;
    const int size = RECEIVE_BUFFER;
    const int on = 1;
    if (!mp_address_parse(local, ip, 0))
        return FALSE;
    socklen_t length = mp_address_to_sockaddr(local, &storage);
    int fd = socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&storage, length) != 0)
        return FALSE;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    length = sizeof storage;
    getsockname(fd, (struct sockaddr *)&storage, &length);
    load.in.fd = load.out.fd = fd;
    return mp_address_from_sockaddr(local, (struct sockaddr *)&storage);
}

static gboolean begin_calls(const CallConfig *config, guint n)
{
    load.calls = g_new0(Call, n);
    for (guint i = 0; i < n; i++) {
        Call *call = &load.calls[i];
        gboolean has_begun = call_begin(call, config);
        load.n_calls++;
        if (!has_begun)
            return FALSE;
        load.by_port[call->remote.port] = call;
        MpTime end = mp_clock_now() + CONNECT_LIMIT;
        while (!call->is_sending && mp_clock_now() < end)
            g_main_context_iteration(NULL, TRUE);
        if (!call->is_sending) {
            g_printerr("call %u did not connect\n", i);
            return FALSE;
        }
    }
    return TRUE;
}

/* Kernel to kernel: from a request's arrival at the responder to its reply's leaving. */
static void add_delays(const Call *call, const MpMediaRecord *record, MpTime first, MpTime last,
                       GArray *delays)
{
    g_autoptr(GHashTable) arrivals = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < record->received->len; i++) {
        const MpRecordEntry *entry = &g_array_index(record->received, MpRecordEntry, i);
        if (entry->ssrc == call->streams[CALL_ECHO].ssrc && entry->is_kernel_stamped)
            g_hash_table_insert(arrivals, GUINT_TO_POINTER(entry->sequence + 1), (gpointer)entry);
    }
    for (guint i = 0; i < record->sent->len; i++) {
        const MpRecordEntry *reply = &g_array_index(record->sent, MpRecordEntry, i);
        const MpRecordEntry *request = g_hash_table_lookup(arrivals,
                                                           GUINT_TO_POINTER(reply->sequence + 1));
        if (reply->ssrc != call->echo_ssrc || !reply->is_kernel_stamped || !request ||
            request->time < first || request->time > last)
            continue;
        double delay = mp_time_to_ms(reply->time - request->time);
        g_array_append_val(delays, delay);
    }
}

static guint count_media(const GArray *entries)
{
    guint n = 0;
    for (guint i = 0; i < entries->len; i++)
        n += g_array_index(entries, MpRecordEntry, i).ssrc != MP_RECORD_DTLS;
    return n;
}

/* Every packet of every call from its beginning is counted; delays are of the time when all were
 * up. */
static gboolean end_calls(MpTime first, MpTime last)
{
    g_autoptr(GArray) delays = g_array_new(FALSE, FALSE, sizeof(double));
    guint64 sent = 0, arrived = 0, replied = 0, received = 0, refused = 0, dropped = 0;
    double late = 0;
    for (guint i = 0; i < load.n_calls; i++) {
        Call *call = &load.calls[i];
        g_autoptr(MpMediaRecord) record = call_end(call);
        if (!record)
            return FALSE;
        add_delays(call, record, first, last, delays);
        for (guint j = 0; j < CALL_STREAMS; j++)
            sent += call->streams[j].sent;
        arrived += count_media(record->received);
        replied += count_media(record->sent);
        dropped += record->receive_overflows;
        late = MAX(late, mp_time_to_ms(record->timer_late_p99));
    }
    for (guint i = 0; i < load.n_calls; i++) {
        received += load.calls[i].received;
        refused += load.calls[i].refused;
    }
    MpSummary delay = mp_summary((const void *)delays->data, delays->len);
    printf("{\"sent\": %" G_GUINT64_FORMAT ", \"arrived\": %" G_GUINT64_FORMAT
           ", \"responder_sent\": %" G_GUINT64_FORMAT ", \"received\": %" G_GUINT64_FORMAT
           ", \"refused\": %" G_GUINT64_FORMAT ", \"responder_dropped\": %" G_GUINT64_FORMAT
           ", \"dropped_here\": %u, \"echoes\": %u, \"delay_p50_ms\": %.4f, \"delay_p95_ms\": %.4f"
           ", \"delay_p99_ms\": %.4f, \"delay_max_ms\": %.4f, \"worst_late_p99_ms\": %.4f}\n",
           sent, arrived, replied, received, refused, dropped, load.overflows, delays->len,
           delay.p50, delay.p95, delay.p99, delay.max, late);
    return TRUE;
}

static void say(const char *word)
{
    printf("%s\n", word);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        g_printerr("usage: calls URL LOCAL_IP CALLS VIDEO_KBPS SECONDS\n");
        return 2;
    }
    MpDtlsIdentity *identity = mp_dtls_identity_new();
    CallConfig config = {.url = argv[1],
                         .identity = identity,
                         .video_kbps = (guint)atoi(argv[4]),
                         .send = send_packet};
    if (!open_socket(argv[2], &config.local)) {
        perror(argv[2]);
        return 3;
    }
    mp_thread_be_punctual();
    load.ticker = mp_timer_new(on_tick, NULL);
    g_source_attach(load.ticker, NULL);
    mp_timer_arm(load.ticker, mp_clock_now());
    gboolean is_done = begin_calls(&config, (guint)atoi(argv[3]));
    if (is_done) {
        for (guint i = 0; i < load.n_calls; i++)
            call_go_full(&load.calls[i], mp_clock_now());
        run_until(mp_clock_now() + SETTLE);
        say("steady");
        MpTime first = mp_clock_realtime();
        run_until(mp_clock_now() + MP_SEC(atoi(argv[5])));
        MpTime last = mp_clock_realtime();
        say("ending");
        is_done = end_calls(first, last);
    }
    g_source_destroy(load.ticker);
    g_source_unref(load.ticker);
    for (guint i = 0; i < load.n_calls; i++)
        call_clear(&load.calls[i]);
    g_free(load.calls);
    mp_dtls_identity_free(identity);
    return is_done ? 0 : 3;
}
