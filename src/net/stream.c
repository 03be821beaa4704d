/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The framing buffer of a stream.
 */
#include "net/stream.h"

#include <string.h>

#include "wire/turn.h"

/* The longest frame is a STUN message of 65552 bytes; the rest saves reads. */
#define CAPACITY 131072
/* So much of what is not STUN is shown to a person. */
#define SAMPLE 24

MpNetStream mp_net_stream_init(void)
{
    return (MpNetStream){.bytes = g_malloc(CAPACITY)};
}

void mp_net_stream_clear(MpNetStream *stream)
{
    g_free(stream->bytes);
}

static gboolean fail_garbage(const MpNetStream *stream, MpNetStatus *status)
{
    g_autofree char *start = g_strndup((const char *)stream->bytes, MIN(stream->length, SAMPLE));
    g_autofree char *shown = g_strescape(start, NULL);
    return mp_net_fail(status, MP_NET_MALFORMED, "what came is not STUN: \"%s\"", shown);
}

static gboolean fail_read(const MpNetStream *stream, MpNetStatus *status)
{
    if (status->outcome == MP_NET_SILENT && stream->length > 0)
        return mp_net_fail(status, MP_NET_SILENT,
                           "the message was not complete at the deadline, after %" G_GSIZE_FORMAT
                           " bytes",
                           stream->length);
    return FALSE;
}

gboolean mp_net_stream_receive(MpNetStream *stream, MpNetTransport *transport, MpNetStreamRead read,
                               MpBytes *message, const MpNetLimit *limit, MpNetStatus *status)
{
    stream->length -= stream->lent;
    memmove(stream->bytes, stream->bytes + stream->lent, stream->length);
    stream->lent = 0;
    for (;;) {
        MpTurnFrame frame = mp_turn_find_frame(stream->bytes, stream->length,
                                               transport->last_channel, &stream->lent);
        if (frame == MP_TURN_FRAME_GARBAGE)
            return fail_garbage(stream, status);
        if (frame == MP_TURN_FRAME_COMPLETE) {
            *message = (MpBytes){stream->bytes, stream->lent};
            return TRUE;
        }
        gsize got = read(transport, stream->bytes + stream->length, CAPACITY - stream->length,
                         limit, status);
        if (got == 0)
            return fail_read(stream, status);
        stream->length += got;
    }
}
