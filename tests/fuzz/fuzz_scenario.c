/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as a scenario; the folder in its name keeps relative paths from meeting a file.
 */
#include "input/scenario_reader.h"

#define NAME "/nonexistent/fuzz.yaml"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses its buffer for a long quoted text that does not end. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpScenario) scenario = mp_scenario_parse(NAME, (const char *)data, size, &error);
    g_assert(scenario || g_str_has_prefix(error->message, NAME ":"));
    g_assert(!error || g_utf8_validate(error->message, -1, NULL));
    return 0;
}
