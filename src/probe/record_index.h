/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Entries of a media record by stream and sequence number.
 */
#pragma once

#include "wire/media_record.h"

typedef struct _MpRecordIndex MpRecordIndex;

/* `entries`, MpRecordEntry, are lent and must not change. Of several with the same number the first
 * counts. */
MpRecordIndex *mp_record_index_new(const GArray *entries);
void mp_record_index_free(MpRecordIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpRecordIndex, mp_record_index_free)

/* NULL: there is none; lent. */
const MpRecordEntry *mp_record_index_find(const MpRecordIndex *index, guint32 ssrc,
                                          guint32 sequence);
