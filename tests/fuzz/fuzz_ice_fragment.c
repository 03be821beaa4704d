/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as a fragment of an ICE restart; what is read is written and read again the same.
 */
#include <string.h>

#include "wire/ice_fragment.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(MpIceFragment) fragment = mp_ice_fragment_parse((const char *)data, size, NULL);
    if (!fragment)
        return 0;
    g_autofree char *text = mp_ice_fragment_write(fragment, "0");
    g_autoptr(MpIceFragment) again = mp_ice_fragment_parse(text, strlen(text), NULL);
    g_assert(again && g_str_equal(again->pwd, fragment->pwd));
    g_assert(again->candidates->len == fragment->candidates->len);
    return 0;
}
