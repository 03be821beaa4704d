/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end wants the other to send: a word that no other sender begins a payload with, the set
 * and the scale in millionths.
 */
#include "session/media_wish.h"

#include "base/stream_spec.h"

#define MAGIC 0x4d505753u /* "MPWS" */
#define MILLION 1000000u

void mp_media_wish_write(MpWriter *writer, MpMediaWish wish)
{
    mp_writer_u32(writer, MAGIC);
    mp_writer_u32(writer, wish.set);
    mp_writer_u32(writer, (guint32)(wish.scale * MILLION + 0.5));
}

gboolean mp_media_wish_read(MpBytes payload, MpMediaWish *wish)
{
    MpReader reader = mp_reader_init(payload.data, payload.length);
    const guint32 magic = mp_reader_u32(&reader);
    const guint32 set = mp_reader_u32(&reader);
    const guint32 scale = mp_reader_u32(&reader);
    if (reader.is_bad || magic != MAGIC || set >= MP_MOST_SPEC_SETS || scale > MILLION)
        return FALSE;
    *wish = (MpMediaWish){set, (double)scale / MILLION};
    return TRUE;
}
