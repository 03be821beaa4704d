/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Protected packets that leave together.
 */
#include "session/media_batch.h"

struct _MpMediaBatch {
    MpMediaBatchSend send;
    gpointer user_data;
    guint n;           /* made */
    guint sent;        /* of them; below n: the way did not take the rest */
    guint32 first_tag; /* of all of them */
    MpBytes packets[MP_MEDIA_BATCH];
    guint8 memory[MP_MEDIA_BATCH][MP_MEDIA_BATCH_LARGEST];
};

MpMediaBatch *mp_media_batch_new(MpMediaBatchSend send, gpointer user_data)
{
    /* Pages that no burst ever reached take no memory. */
    MpMediaBatch *batch = g_new(MpMediaBatch, 1);
    batch->send = send;
    batch->user_data = user_data;
    batch->n = batch->sent = 0;
    return batch;
}

void mp_media_batch_free(MpMediaBatch *batch)
{
    g_free(batch);
}

guint8 *mp_media_batch_room(MpMediaBatch *batch)
{
    return batch->n < MP_MEDIA_BATCH && batch->sent == 0 ? batch->memory[batch->n] : NULL;
}

void mp_media_batch_add(MpMediaBatch *batch, gsize length, guint32 tag)
{
    if (batch->n == 0)
        batch->first_tag = tag;
    g_assert(tag == batch->first_tag + batch->n && length <= MP_MEDIA_BATCH_LARGEST);
    batch->packets[batch->n] = (MpBytes){batch->memory[batch->n], length};
    batch->n++;
}

guint mp_media_batch_send(MpMediaBatch *batch)
{
    guint32 tag;
    const guint waiting = mp_media_batch_waiting(batch, &tag);
    if (waiting == 0)
        return 0;
    const guint taken = batch->send(batch->packets + batch->sent, waiting, tag, batch->user_data);
    batch->sent += taken;
    if (batch->sent == batch->n)
        batch->n = batch->sent = 0;
    return taken;
}

void mp_media_batch_drop(MpMediaBatch *batch)
{
    batch->n = batch->sent = 0;
}

guint mp_media_batch_waiting(const MpMediaBatch *batch, guint32 *first_tag)
{
    *first_tag = batch->first_tag + batch->sent;
    return batch->n - batch->sent;
}
