/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the sockets' tap to a file. Threads that measure only append to a buffer; another writes.
 */
#include "probe/capture.h"

#include <string.h>

#include "base/error.h"
#include "config.h"
#include "net/packet_tap.h"
#include "wire/address_mask.h"
#include "wire/ip_header.h"
#include "wire/pcapng.h"

/* Written in parts of this size, and no more waits for a slow disk than this. */
#define PART (256 * 1024)
#define MOST_WAITING (64 * 1024 * 1024)

/* Packets between the same two ends. */
typedef struct {
    guint32 sent; /* bytes of TCP */
    guint32 received;
} Flow;

struct _MpCapture {
    char *file;
    GFile *target;
    GFileOutputStream *stream;
    MpAddressMask *mask; /* NULL: addresses stay */
    GMutex mutex;        /* of what follows */
    GCond grown;
    GByteArray *waiting;
    GHashTable *flows; /* both ends and the protocol to Flow */
    guint64 n_packets;
    gboolean has_overflown;
    gboolean is_over;
    GThread *writer;
    GError *failure; /* the writer's, until it is joined */
};

/* Writing. */

static GByteArray *take_waiting(MpCapture *capture, gboolean *is_over)
{
    g_mutex_lock(&capture->mutex);
    while (capture->waiting->len < PART && !capture->is_over)
        g_cond_wait(&capture->grown, &capture->mutex);
    GByteArray *part = capture->waiting;
    capture->waiting = g_byte_array_new();
    *is_over = capture->is_over;
    g_mutex_unlock(&capture->mutex);
    return part;
}

static gpointer write_all(gpointer data)
{
    MpCapture *capture = data;
    GOutputStream *stream = G_OUTPUT_STREAM(capture->stream);
    gboolean is_over = FALSE;
    while (!is_over) {
        g_autoptr(GByteArray) part = take_waiting(capture, &is_over);
        if (!capture->failure)
            g_output_stream_write_all(stream, part->data, part->len, NULL, NULL, &capture->failure);
    }
    return NULL;
}

/* What is shown. */

static Flow *flow_of(MpCapture *capture, const MpTappedPacket *packet, gboolean *is_new)
{
    struct {
        MpAddress local;
        MpAddress remote;
        gboolean is_stream;
    } ends;
    memset(&ends, 0, sizeof ends);
    ends.local = packet->local;
    ends.remote = packet->remote;
    ends.is_stream = packet->is_stream;
    g_autoptr(GBytes) key = g_bytes_new(&ends, sizeof ends);
    Flow *flow = g_hash_table_lookup(capture->flows, key);
    *is_new = !flow;
    if (!flow) {
        flow = g_new0(Flow, 1);
        g_hash_table_insert(capture->flows, g_bytes_ref(key), flow);
    }
    return flow;
}

static MpIpHeader header_of(MpCapture *capture, const MpTappedPacket *packet, Flow *flow)
{
    MpAddress local = packet->local;
    MpAddress remote = packet->remote;
    if (capture->mask) {
        local = mp_address_mask_apply(capture->mask, &local);
        remote = mp_address_mask_apply(capture->mask, &remote);
    }
    guint32 *own = packet->is_outgoing ? &flow->sent : &flow->received;
    const MpIpHeader header = {
        .from = packet->is_outgoing ? local : remote,
        .to = packet->is_outgoing ? remote : local,
        .is_tcp = packet->is_stream,
        .sequence = 1 + *own,
        .acknowledged = 1 + (packet->is_outgoing ? flow->received : flow->sent),
    };
    if (packet->is_stream)
        *own += (guint32)packet->payload.length;
    return header;
}

static char *comment_of(const MpTappedPacket *packet, gboolean is_new)
{
    const char *withheld = packet->is_withheld ? "the payload held a secret and is left out" : NULL;
    const char *purpose = is_new ? packet->purpose : NULL;
    if (!withheld && !purpose)
        return NULL;
    return g_strjoin(withheld && purpose ? ": " : "", purpose ? purpose : "",
                     withheld ? withheld : "", NULL);
}

static void append(MpCapture *capture, const MpTappedPacket *packet)
{
    gboolean is_new;
    Flow *flow = flow_of(capture, packet, &is_new);
    const MpIpHeader header = header_of(capture, packet, flow);
    g_autofree guint8 *masked = NULL;
    MpBytes payload = packet->payload;
    if (capture->mask) {
        masked = g_memdup2(payload.data, payload.length);
        mp_address_mask_message(capture->mask, masked, payload.length);
        payload.data = masked;
    }
    guint8 headers[MP_IP_HEADERS_MAX];
    g_autofree char *comment = comment_of(packet, is_new);
    const MpPcapngPacket block = {
        .time = packet->time,
        .is_outgoing = packet->is_outgoing,
        .headers = {headers, mp_ip_header_write(headers, &header, payload)},
        .payload = payload,
        .comment = comment,
    };
    mp_pcapng_write_packet(capture->waiting, &block);
    capture->n_packets++;
}

static gboolean has_room(MpCapture *capture)
{
    capture->has_overflown |= capture->waiting->len > MOST_WAITING;
    return !capture->has_overflown;
}

/* A packet of TCP as large as a read may be more than IP can say. */
static void on_packet(const MpTappedPacket *packet, gpointer user_data)
{
    MpCapture *capture = user_data;
    MpTappedPacket part = *packet;
    g_mutex_lock(&capture->mutex);
    for (gsize done = 0; done < packet->payload.length && has_room(capture);
         done += part.payload.length) {
        part.payload = (MpBytes){packet->payload.data + done,
                                 MIN(packet->payload.length - done, MP_IP_MOST_PAYLOAD)};
        append(capture, &part);
    }
    if (capture->waiting->len >= PART)
        g_cond_signal(&capture->grown);
    g_mutex_unlock(&capture->mutex);
}

static void on_key(const char *line, gpointer user_data)
{
    MpCapture *capture = user_data;
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    g_mutex_lock(&capture->mutex);
    if (has_room(capture))
        mp_pcapng_write_keys(capture->waiting, whole);
    g_mutex_unlock(&capture->mutex);
    memset(whole, 0, strlen(whole));
}

/* Opening and ending. */

static char *comment_of_file(const MpCaptureConfig *config)
{
    return g_strconcat("IP, UDP and TCP headers are made anew from what sockets say. Checks that "
                       "libnice sends by itself and HTTPS are not in this file.",
                       config->masks ? " Addresses are pseudonyms, so that MESSAGE-INTEGRITY and "
                                       "FINGERPRINT do not match."
                                     : "",
                       NULL);
}

MpCapture *mp_capture_open(const MpCaptureConfig *config, GError **error)
{
    g_autoptr(GFile) target = g_file_new_for_commandline_arg(config->file);
    g_autoptr(GError) cause = NULL;
    GFileOutputStream *stream = g_file_replace(target, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                               &cause);
    if (!stream) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: %s, expected a file to write packets to",
                    config->file, cause->message);
        return NULL;
    }
    MpCapture *capture = g_new0(MpCapture, 1);
    capture->file = g_strdup(config->file);
    capture->target = g_steal_pointer(&target);
    capture->stream = stream;
    capture->mask = config->masks ? mp_address_mask_new(config->unmasked) : NULL;
    g_mutex_init(&capture->mutex);
    g_cond_init(&capture->grown);
    capture->flows = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                           (GDestroyNotify)g_bytes_unref, g_free);
    capture->waiting = g_byte_array_new();
    g_autofree char *comment = comment_of_file(config);
    mp_pcapng_write_head(capture->waiting, "mediapath " MP_VERSION, comment);
    capture->writer = g_thread_new("capture", write_all, capture);
    const MpPacketTap tap = {
        .packet = on_packet, .key = config->has_keys ? on_key : NULL, .user_data = capture};
    mp_packet_tap_open(&tap);
    return capture;
}

void mp_capture_name(const char *purpose)
{
    mp_packet_tap_name(purpose);
}

static void free_capture(MpCapture *capture)
{
    g_clear_error(&capture->failure);
    mp_address_mask_free(capture->mask);
    g_byte_array_unref(capture->waiting);
    g_hash_table_unref(capture->flows);
    g_mutex_clear(&capture->mutex);
    g_cond_clear(&capture->grown);
    g_object_unref(capture->stream);
    g_object_unref(capture->target);
    g_free(capture->file);
    g_free(capture);
}

gboolean mp_capture_finish(MpCapture *capture, guint64 *n_packets, GError **error)
{
    mp_packet_tap_close();
    g_mutex_lock(&capture->mutex);
    capture->is_over = TRUE;
    g_cond_signal(&capture->grown);
    g_mutex_unlock(&capture->mutex);
    g_thread_join(capture->writer);
    if (capture->has_overflown && !capture->failure)
        g_set_error(&capture->failure, MP_ERROR, MP_ERROR_UNAVAILABLE,
                    "packets came faster than they could be written");

    /* Closed by a cancelled operation, the file that was there before stays. */
    g_autoptr(GCancellable) undone = g_cancellable_new();
    if (capture->failure)
        g_cancellable_cancel(undone);
    g_autoptr(GError) cause = NULL;
    const gboolean is_closed = g_output_stream_close(G_OUTPUT_STREAM(capture->stream), undone,
                                                     &cause);
    const GError *reason = capture->failure ? capture->failure : cause;
    if (reason)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", capture->file,
                    reason->message);
    *n_packets = capture->n_packets;
    const gboolean is_whole = is_closed && !reason;
    free_capture(capture);
    return is_whole;
}
