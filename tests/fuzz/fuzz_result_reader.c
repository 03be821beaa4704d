/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any text as a result: what is read is judged and shown; a refusal names its place.
 */
#include <mediapath/report.h>

#include "analysis/judge.h"
#include "input/profile_reader.h"
#include "input/result_reader.h"

#define NAME "fuzz.json"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses its buffer for a long quoted text that does not end. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

/* Read once: it never changes. */
static const MpProfile *profile(void)
{
    static MpProfile *bellface;
    if (!bellface) {
        g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL);
        bellface = mp_profile_load("bellface", NULL);
    }
    return bellface;
}

/* Simulated calls are no parser, and they take seconds: the links that they run over are drawn, and
 * the judge gets none. */
static void take_models(MpResult *result)
{
    for (guint i = 0; i < MP_N_WAYS; i++) {
        g_autoptr(JsonObject) kept = g_steal_pointer(&result->kept_models[i]);
        g_autofree MpPathModel *model = kept ? mp_path_model_from_json(kept) : NULL;
        g_autoptr(MpLink) link = mp_link_new();
        if (model)
            mp_path_model_draw(model, 1, link);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpResult) result = mp_result_parse(NAME, (const char *)data, size, &error);
    if (!result) {
        g_assert(g_str_has_prefix(error->message, NAME ":"));
        g_assert(g_ascii_isdigit(error->message[sizeof NAME]));
        g_assert(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    const MpTextOptions options = {.columns = 80};
    take_models(result);
    mp_judge(result, profile());
    g_autofree char *text = mp_report_text(result, &options);
    g_autofree char *page = mp_report_html(result, NULL);
    g_autofree char *json = mp_report_json(result);
    g_assert(text && page && json);
    return 0;
}
