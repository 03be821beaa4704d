/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Protected packets that leave together: one system call for the burst of a frame. What the way
 * does not take waits here, in order, for once protected it must go out.
 */
#pragma once

#include "base/bytes.h"

/* A frame of 2.5 Mbps has 9 packets. */
#define MP_MEDIA_BATCH 16
#define MP_MEDIA_BATCH_LARGEST 1500

/* How many of them the way took, from the first one on; their tags are `first_tag` and what follows
 * it. */
typedef guint (*MpMediaBatchSend)(const MpBytes *packets, guint n, guint32 first_tag,
                                  gpointer user_data);

typedef struct _MpMediaBatch MpMediaBatch;

MpMediaBatch *mp_media_batch_new(MpMediaBatchSend send, gpointer user_data);
void mp_media_batch_free(MpMediaBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaBatch, mp_media_batch_free)

/* Where the next packet is to be made, MP_MEDIA_BATCH_LARGEST bytes. NULL: what is there must leave
 * first. */
guint8 *mp_media_batch_room(MpMediaBatch *batch);
/* The packet that was made there. Its tag is the one after that of the packet before it. */
void mp_media_batch_add(MpMediaBatch *batch, gsize length, guint32 tag);

/* Sends what is there; how many packets left. */
guint mp_media_batch_send(MpMediaBatch *batch);
/* What is there never leaves. */
void mp_media_batch_drop(MpMediaBatch *batch);
/* How many are there, and the tag of the first one. */
guint mp_media_batch_waiting(const MpMediaBatch *batch, guint32 *first_tag);
