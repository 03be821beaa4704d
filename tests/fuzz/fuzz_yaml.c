/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as YAML, as JSON data and as a profile: a refusal names its place in printable text.
 */
#include "input/profile_reader.h"
#include "input/yaml_json.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses its buffer for a long quoted text that does not end. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static void check_message(const GError *error)
{
    g_assert(error && g_str_has_prefix(error->message, "fuzz.yaml:"));
    g_assert(g_ascii_isdigit(error->message[sizeof "fuzz.yaml:" - 1]));
    g_assert(g_utf8_validate(error->message, -1, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpYaml) yaml = mp_yaml_parse("fuzz.yaml", (const char *)data, size, &error);
    if (!yaml) {
        check_message(error);
        return 0;
    }
    g_autoptr(JsonNode) json = mp_yaml_to_json(mp_yaml_root(yaml));
    g_assert(json);
    g_autoptr(MpProfile) profile = mp_profile_from_yaml(yaml, &error);
    if (!profile)
        check_message(error);
    return 0;
}
