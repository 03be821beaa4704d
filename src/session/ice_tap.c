/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source of higher priority than the agent's own looks at the head of the socket's queue.
 */
#include "session/ice_tap.h"

#include <string.h>

#include "base/loop.h"
#include "net/packet_tap.h"
#include "net/stamped_udp.h"
#include "wire/rtp.h"
#include "wire/stun.h"
#include "wire/turn.h"

/* A flood must not starve timers: this many looks a turn of the loop. */
#define BATCHES 2

/* The kernel numbers stamped sends by socket. */
struct _MpIceTap {
    GSource source;
    const MpIceTapCallbacks *callbacks;
    gpointer user_data;
    GArray *tags; /* guint32 by number of the stamped send */
    MpStampedQueue *queue;
    const MpStampedDatagram *head; /* where the media found by look() begins */
    guint n_media;
    gboolean is_whole; /* more may lie behind what was looked at */
    gboolean has_rest; /* something for the agent lies behind the media */
    GPollFD poll;      /* not g_source_add_unix_fd(): that fires whatever check() says */
    guint8 seen[MP_STUN_HEADER_LENGTH]; /* the STUN message looked at last: it may lie there yet */
};

/* What is inside a ChannelData message; 0: it is none, or another thing lies in it. */
static gsize prefix_of(const guint8 *start, gsize length)
{
    return mp_packet_kind(start, length) == MP_PACKET_TURN_CHANNEL &&
                   length > MP_TURN_CHANNEL_HEADER_LENGTH
               ? MP_TURN_CHANNEL_HEADER_LENGTH
               : 0;
}

static gboolean is_media(MpBytes bytes)
{
    gsize prefix = prefix_of(bytes.data, bytes.length);
    MpPacketKind kind = mp_packet_kind(bytes.data + prefix, bytes.length - prefix);
    return kind == MP_PACKET_DTLS || kind == MP_PACKET_RTP || kind == MP_PACKET_RTCP;
}

/* TRUE when the message is to be taken. */
static gboolean show_stun(MpIceTap *tap, const MpStampedDatagram *datagram)
{
    const MpBytes bytes = datagram->bytes;
    gsize prefix = prefix_of(bytes.data, bytes.length);
    if (mp_packet_kind(bytes.data + prefix, bytes.length - prefix) != MP_PACKET_STUN ||
        bytes.length - prefix < sizeof tap->seen ||
        memcmp(tap->seen, bytes.data + prefix, sizeof tap->seen) == 0 ||
        datagram->from.family == MP_FAMILY_NONE)
        return FALSE;
    memcpy(tap->seen, bytes.data + prefix, sizeof tap->seen);
    mp_packet_tap_received(tap->poll.fd, &datagram->from, bytes, datagram->stamp);
    return tap->callbacks->stun(datagram, tap->user_data);
}

/* Finds the media at the head of the queue; what is in front of it is shown or left to the agent.
 */
static gboolean look(MpIceTap *tap)
{
    guint n = mp_stamped_queue_look(tap->queue, &tap->head);
    while (n > 0 && show_stun(tap, tap->head)) {
        mp_stamped_queue_take(tap->queue, 1);
        tap->head++;
        n--;
    }
    tap->n_media = 0;
    while (tap->n_media < n && is_media(tap->head[tap->n_media].bytes))
        tap->n_media++;
    tap->is_whole = n == MP_STAMPED_QUEUE_LOOK;
    tap->has_rest = tap->n_media < n;
    return tap->n_media > 0;
}

static gboolean tap_check(GSource *source)
{
    MpIceTap *tap = (MpIceTap *)source;
    gboolean has_media = (tap->poll.revents & G_IO_IN) && look(tap);
    return has_media || tap->poll.revents & G_IO_ERR;
}

void mp_ice_tap_take_stamps(MpIceTap *tap)
{
    MpSendStamp stamps[MP_SEND_STAMPS];
    gboolean more = TRUE;
    while (more) {
        guint n = mp_stamped_udp_take_stamps(tap->poll.fd, stamps, &more);
        for (guint i = 0; i < n; i++)
            if (stamps[i].number < tap->tags->len)
                tap->callbacks->sent(g_array_index(tap->tags, guint32, stamps[i].number),
                                     stamps[i].left, tap->user_data);
    }
}

static void deliver(GSource *source)
{
    MpIceTap *tap = (MpIceTap *)source;
    gboolean goes_on = tap->n_media > 0;
    for (guint batch = 0; goes_on && batch < BATCHES; batch++) {
        /* Before anybody is told: who is told may read the socket. */
        mp_stamped_queue_take(tap->queue, tap->n_media);
        for (guint i = 0; i < tap->n_media && !g_source_is_destroyed(source); i++) {
            mp_packet_tap_received(tap->poll.fd, &tap->head[i].from, tap->head[i].bytes,
                                   tap->head[i].stamp);
            tap->callbacks->media(&tap->head[i], tap->user_data);
        }
        goes_on = !g_source_is_destroyed(source) && tap->is_whole && look(tap);
    }
    tap->n_media = 0;
    if (!g_source_is_destroyed(source))
        mp_ice_tap_take_stamps(tap);
}

static gboolean tap_dispatch(GSource *source, GSourceFunc unused, gpointer also_unused)
{
    (void)unused;
    (void)also_unused;
    deliver(source);
    return G_SOURCE_CONTINUE;
}

static gboolean deliver_in_loop(GSource *source)
{
    MpIceTap *tap = (MpIceTap *)source;
    look(tap);
    deliver(source);
    return !tap->has_rest;
}

static void tap_finalize(GSource *source)
{
    MpIceTap *tap = (MpIceTap *)source;
    mp_loop_disclaim(tap->poll.fd, source);
    g_array_unref(tap->tags);
    mp_stamped_queue_free(tap->queue);
}

static GSourceFuncs tap_functions = {
    .check = tap_check, .dispatch = tap_dispatch, .finalize = tap_finalize};

MpIceTap *mp_ice_tap_new(int fd, const MpIceTapCallbacks *callbacks, gpointer user_data)
{
    if (!mp_stamped_udp_enable(fd))
        return NULL;
    GSource *source = g_source_new(&tap_functions, sizeof(MpIceTap));
    MpIceTap *tap = (MpIceTap *)source;
    tap->callbacks = callbacks;
    tap->user_data = user_data;
    tap->tags = g_array_new(FALSE, FALSE, sizeof(guint32));
    tap->queue = mp_stamped_queue_new(fd);
    tap->poll = (GPollFD){.fd = fd, .events = G_IO_IN | G_IO_ERR};
    g_source_add_poll(source, &tap->poll);
    g_source_set_priority(source, G_PRIORITY_HIGH);
    g_source_attach(source, g_main_context_get_thread_default());
    mp_loop_claim(fd, source, deliver_in_loop);
    return tap;
}

void mp_ice_tap_free(MpIceTap *tap)
{
    if (!tap)
        return;
    g_source_destroy(&tap->source);
    g_source_unref(&tap->source);
}

guint mp_ice_tap_send(MpIceTap *tap, const MpAddress *to, const MpBytes *datagrams, guint n,
                      guint32 first_tag)
{
    if (first_tag == MP_ICE_UNTAGGED)
        return mp_stamped_udp_send_unstamped(tap->poll.fd, to, datagrams, n);
    guint taken = mp_stamped_udp_send(tap->poll.fd, to, datagrams, n);
    for (guint i = 0; i < taken; i++) {
        guint32 tag = first_tag + i;
        g_array_append_val(tap->tags, tag);
    }
    return taken;
}

MpAddress mp_ice_tap_local(const MpIceTap *tap)
{
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    MpAddress local = {0};
    if (getsockname(tap->poll.fd, (struct sockaddr *)&storage, &size) == 0)
        mp_address_from_sockaddr(&local, (struct sockaddr *)&storage);
    return local;
}

guint32 mp_ice_tap_overflows(const MpIceTap *tap)
{
    return mp_stamped_queue_overflows(tap->queue);
}
