/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as a session description; what is read can be written and read again.
 */
#include "wire/sdp.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(MpSdp) sdp = mp_sdp_parse((const char *)data, size, NULL);
    if (!sdp)
        return 0;
    g_autofree char *text = mp_sdp_write(sdp, 1);
    g_assert(text[0] == 'v');
    return 0;
}
