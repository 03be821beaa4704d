/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An old result, judged by the rules of today.
 */
#include <mediapath/i18n.h>

#include "analysis/judge.h"
#include "base/error.h"
#include "input/builtin_yaml.h"
#include "input/packets_reader.h"
#include "input/profile_reader.h"
#include "input/result_reader.h"
#include "model/result.h"

/* What the result names is a name only: a file that came from elsewhere opens no other. */
static MpProfile *load_profile(const MpResultSource *source, const MpResult *result, GError **error)
{
    if (source->profile)
        return mp_profile_load(source->profile, error);
    if (result->profile && !mp_builtin_yaml_is_path(result->profile) &&
        mp_builtin_yaml_exists("profiles", result->profile))
        return mp_profile_load(result->profile, error);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "%s: profile \"%s\" is not built in, expected --profile with its file",
                source->file, result->profile ? result->profile : "");
    return NULL;
}

static void set_text(char **text, const char *value)
{
    g_autofree char *copy = g_strdup(value);
    g_free(*text);
    *text = g_steal_pointer(&copy);
}

MpResult *mp_result_judge_again(const MpResultSource *source, GError **error)
{
    g_return_val_if_fail(source && source->file, NULL);

    g_autoptr(MpResult) result = mp_result_read(source->file, error);
    if (!result || (source->packets_file && !mp_packets_read(source->packets_file, result, error)))
        return NULL;
    g_autoptr(MpProfile) profile = load_profile(source, result, error);
    if (!profile)
        return NULL;

    set_text(&result->profile, profile->name);
    if (source->lang || !result->lang)
        set_text(&result->lang, source->lang ? source->lang : mp_i18n_default());
    mp_i18n_use(result->lang);
    mp_judge(result, profile);
    return g_steal_pointer(&result);
}
