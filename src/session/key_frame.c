/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether an RTP payload begins a frame that a decoder can start from.
 */
#include "session/key_frame.h"

/* RFC 7741 section 4.2: X R N S R PID, then the extensions, then the P bit of section 4.3. */
static gboolean begins_vp8(MpReader *reader)
{
    guint8 first = mp_reader_u8(reader);
    gboolean is_start = (first & 0x10) && (first & 0x07) == 0;
    guint8 extensions = first & 0x80 ? mp_reader_u8(reader) : 0;
    if ((extensions & 0x80) && (mp_reader_u8(reader) & 0x80))
        mp_reader_u8(reader);
    if (extensions & 0x40)
        mp_reader_u8(reader);
    if (extensions & 0x30)
        mp_reader_u8(reader);
    return is_start && !(mp_reader_u8(reader) & 0x01);
}

/* RFC 9628 section 4.2: P is not set, B is. */
static gboolean begins_vp9(MpReader *reader)
{
    return (mp_reader_u8(reader) & 0x48) == 0x08;
}

/* RFC 6184 section 5.4: an IDR slice, or the parameter sets that browsers send before one; alone,
 * first in a STAP-A (5.7.1), or as the first fragment of a FU-A (5.8). */
static gboolean begins_h264(MpReader *reader)
{
    enum { IDR = 5, PARAMETERS = 7, STAP_A = 24, FU_A = 28 };
    guint type = mp_reader_u8(reader) & 0x1f;
    if (type == STAP_A) {
        mp_reader_u16(reader);
        type = mp_reader_u8(reader) & 0x1f;
    } else if (type == FU_A) {
        guint8 fragment = mp_reader_u8(reader);
        type = fragment & 0x80 ? fragment & 0x1f : 0;
    }
    return type == IDR || type == PARAMETERS;
}

/* RTP payload format for AV1, section 4.4: Z Y W W N; N begins a coded video sequence. */
static gboolean begins_av1(MpReader *reader)
{
    return (mp_reader_u8(reader) & 0x88) == 0x08;
}

static const struct {
    const char *encoding;
    gboolean (*begins)(MpReader *reader);
} codecs[] = {
    {"VP8", begins_vp8},
    {"VP9", begins_vp9},
    {"H264", begins_h264},
    {"AV1", begins_av1},
};

gboolean mp_key_frame_is_known(const char *encoding)
{
    for (gsize i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (g_ascii_strcasecmp(codecs[i].encoding, encoding) == 0)
            return TRUE;
    return FALSE;
}

gboolean mp_key_frame_begins(const char *encoding, MpBytes payload)
{
    MpReader reader = mp_reader_init(payload.data, payload.length);
    for (gsize i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (g_ascii_strcasecmp(codecs[i].encoding, encoding) == 0)
            return codecs[i].begins(&reader) && !reader.is_bad;
    return FALSE;
}
