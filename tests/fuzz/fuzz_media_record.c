/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a media record; what is read is written the same.
 */
#include "wire/media_record.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(MpMediaRecord) record = mp_media_record_parse(data, size, NULL);
    if (!record)
        return 0;
    g_autoptr(GBytes) written = mp_media_record_write(record);
    g_assert(g_bytes_get_size(written) == size);
    return 0;
}
