/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as a mahimahi trace: what is read ascends and lasts; a refusal names its line.
 */
#include "input/link_trace.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void check_trace(const GArray *trace)
{
    guint32 before = 0;
    for (guint i = 0; i < trace->len; i++) {
        guint32 value = g_array_index(trace, guint32, i);
        g_assert(value >= before && value <= 86400000);
        before = value;
    }
    g_assert(before > 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) trace = mp_link_trace_parse("fuzz", (const char *)data, size, &error);
    if (trace) {
        check_trace(trace);
        return 0;
    }
    g_assert(g_str_has_prefix(error->message, "fuzz:"));
    g_assert(g_ascii_isdigit(error->message[sizeof "fuzz:" - 1]));
    g_assert(g_utf8_validate(error->message, -1, NULL));
    return 0;
}
