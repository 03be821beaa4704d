/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The measurements of result.json. Their facts are kept as they are: who reads one looks whether it
 * is what it should be.
 */
#include "base/error.h"
#include "input/result_parts.h"
#include "input/yaml_json.h"

static const char *const transports[] = {"udp", "tcp", "tls", "dtls"};

static MpMeasurement *read_measurement(MpYamlNode *node)
{
    const guint transport = mp_yaml_get_choice(node, "transport", transports,
                                               G_N_ELEMENTS(transports), 0);
    MpMeasurement *measurement = mp_measurement_new(
        mp_yaml_get_text(node, "id", NULL), mp_yaml_get_text(node, "kind", NULL),
        mp_yaml_get_text(node, "target", NULL), (MpTransport)transport);
    const gboolean is_outcome = mp_outcome_parse(&measurement->outcome,
                                                 mp_yaml_get_text(node, "outcome", ""));
    g_assert(is_outcome);
    measurement->started_ms = mp_yaml_get_number(node, "started_ms", 0);
    measurement->duration_ms = mp_yaml_get_number(node, "duration_ms", 0);

    g_autoptr(JsonNode) facts = mp_yaml_to_json(mp_yaml_get(node, "facts"));
    json_object_unref(measurement->facts);
    measurement->facts = json_node_dup_object(facts);
    return measurement;
}

/* Early plans do not say what was offered; the answer took it. */
static void find_codec(MpStep *step, const MpMeasurement *measurement)
{
    static const char *const codecs[] = {"vp8", "vp9", "h264", "av1", NULL};
    const char *answered = mp_facts_string(measurement->facts, "codec");
    if (!step->codec && answered && g_strv_contains(codecs, answered))
        step->codec = g_strdup(answered);
}

/* NULL: there is none. */
static MpStep *step_of(const MpResult *result, const MpMeasurement *measurement)
{
    for (guint i = 0; i < result->plan->len; i++) {
        MpStep *step = result->plan->pdata[i];
        if (g_str_equal(step->id, measurement->id) && g_str_equal(step->kind, measurement->kind))
            return step;
    }
    return NULL;
}

gboolean mp_result_measurements_read(const MpYaml *yaml, MpYamlNode *list, MpResult *result,
                                     GError **error)
{
    for (guint i = 0; i < mp_yaml_size(list); i++) {
        MpYamlNode *node = mp_yaml_at(list, i);
        g_autoptr(MpMeasurement) measurement = read_measurement(node);
        MpStep *step = step_of(result, measurement);
        if (step && !mp_result_measurement(result, measurement->id)) {
            find_codec(step, measurement);
            g_ptr_array_add(result->measurements, g_steal_pointer(&measurement));
            continue;
        }
        mp_yaml_error(yaml, mp_yaml_get(node, "id"), error,
                      "measurement \"%s\" was found, expected one of each step of the plan, of its "
                      "kind",
                      measurement->id);
        return FALSE;
    }
    return TRUE;
}
