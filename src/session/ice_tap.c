/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source of higher priority than the agent's own looks at the head of the socket's queue.
 */
#include "session/ice_tap.h"

#include <errno.h>
#include <string.h>

#include "wire/rtp.h"
#include "wire/stun.h"
#include "wire/turn.h"

#define LARGEST_DATAGRAM 2048
/* A flood must not starve timers: this many packets a turn of the loop. */
#define BATCH 64

/* The kernel numbers stamped sends and counts drops by socket. */
struct _MpIceTap {
    GSource source;
    const MpIceTapCallbacks *callbacks;
    gpointer user_data;
    GArray *tags; /* guint32 by number of the stamped send */
    guint32 overflows;
    GPollFD poll; /* not g_source_add_unix_fd(): that fires whatever check() says */
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

static gboolean is_media(const guint8 *data, gsize length)
{
    MpPacketKind kind = mp_packet_kind(data, length);
    return kind == MP_PACKET_DTLS || kind == MP_PACKET_RTP || kind == MP_PACKET_RTCP;
}

typedef enum { HEAD_NONE, HEAD_MEDIA, HEAD_STUN, HEAD_OTHER } Head;

static Head head_of(const MpIceTap *tap)
{
    guint8 start[MP_TURN_CHANNEL_HEADER_LENGTH + 4];
    gsize length = sizeof start;
    if (!mp_stamped_udp_peek(tap->poll.fd, start, &length))
        return HEAD_NONE;
    gsize prefix = prefix_of(start, length);
    if (is_media(start + prefix, length - prefix))
        return HEAD_MEDIA;
    return mp_packet_kind(start + prefix, length - prefix) == MP_PACKET_STUN ? HEAD_STUN
                                                                             : HEAD_OTHER;
}

/* TRUE when the message is taken. */
static gboolean show_stun(MpIceTap *tap)
{
    guint8 data[LARGEST_DATAGRAM];
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    MpAddress from;
    gssize got = recvfrom(tap->poll.fd, data, sizeof data, MSG_PEEK | MSG_DONTWAIT,
                          (struct sockaddr *)&storage, &size);
    if (got <= 0)
        return FALSE;
    gsize length = (gsize)got;
    gsize prefix = prefix_of(data, length);
    if (length - prefix < sizeof tap->seen ||
        memcmp(tap->seen, data + prefix, sizeof tap->seen) == 0 ||
        !mp_address_from_sockaddr(&from, (struct sockaddr *)&storage))
        return FALSE;
    memcpy(tap->seen, data + prefix, sizeof tap->seen);
    if (!tap->callbacks->stun(data, length, &from, tap->user_data))
        return FALSE;
    (void)recv(tap->poll.fd, data, sizeof data, MSG_DONTWAIT);
    return TRUE;
}

static gboolean tap_check(GSource *source)
{
    MpIceTap *tap = (MpIceTap *)source;
    if (tap->poll.revents & G_IO_ERR)
        return TRUE;
    if (!(tap->poll.revents & G_IO_IN))
        return FALSE;
    Head head = head_of(tap);
    for (guint i = 0; i < BATCH && head == HEAD_STUN && show_stun(tap); i++)
        head = head_of(tap);
    return head == HEAD_MEDIA;
}

static void take_stamps(MpIceTap *tap)
{
    guint32 number;
    MpTime left;
    while (mp_stamped_udp_next_sent(tap->poll.fd, &number, &left))
        if (number < tap->tags->len)
            tap->callbacks->sent(g_array_index(tap->tags, guint32, number), left, tap->user_data);
}

static gboolean tap_dispatch(GSource *source, GSourceFunc unused, gpointer also_unused)
{
    (void)unused;
    (void)also_unused;
    MpIceTap *tap = (MpIceTap *)source;
    take_stamps(tap);
    for (guint i = 0; i < BATCH && head_of(tap) == HEAD_MEDIA; i++) {
        guint8 data[LARGEST_DATAGRAM];
        MpStampedDatagram datagram;
        if (!mp_stamped_udp_receive(tap->poll.fd, data, sizeof data, &datagram, &tap->overflows))
            break;
        tap->callbacks->media(data, &datagram, tap->user_data);
    }
    return G_SOURCE_CONTINUE;
}

static void tap_finalize(GSource *source)
{
    g_array_unref(((MpIceTap *)source)->tags);
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
    tap->poll = (GPollFD){.fd = fd, .events = G_IO_IN | G_IO_ERR};
    g_source_add_poll(source, &tap->poll);
    g_source_set_priority(source, G_PRIORITY_HIGH);
    g_source_attach(source, g_main_context_get_thread_default());
    return tap;
}

void mp_ice_tap_free(MpIceTap *tap)
{
    if (!tap)
        return;
    g_source_destroy(&tap->source);
    g_source_unref(&tap->source);
}

gboolean mp_ice_tap_send(MpIceTap *tap, const MpAddress *to, const guint8 *data, gsize length,
                         guint32 tag)
{
    /* EPERM: this machine's own firewall took it away. The kernel has numbered it, and it is lost
     * like one that a router drops: sent again it would hide the loss. */
    if (!mp_stamped_udp_send(tap->poll.fd, to, data, length) && errno != EPERM)
        return FALSE;
    g_array_append_val(tap->tags, tag);
    return TRUE;
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
    return tap->overflows;
}
