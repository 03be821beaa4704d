/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Labels figures as the forecast does: lines {"session", "up", "down"} in, lines {"label", "why",
 * "direction"} out, so that a test can hold them against tests/truth/label.py.
 */
#include "simulator/sim_label.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

static const struct {
    const char *name;
    gsize offset;
} figures[] = {
    {"fps", offsetof(MpSimFigures, fps)},
    {"source_fps", offsetof(MpSimFigures, source_fps)},
    {"freezes_per_min", offsetof(MpSimFigures, freezes_per_min)},
    {"frozen_percent", offsetof(MpSimFigures, frozen_percent)},
    {"blocky_percent", offsetof(MpSimFigures, blocky_percent)},
    {"low_percent", offsetof(MpSimFigures, low_percent)},
    {"concealed_percent", offsetof(MpSimFigures, concealed_percent)},
    {"age_p95_ms", offsetof(MpSimFigures, age_p95_ms)},
    {"cpu_limited_percent", offsetof(MpSimFigures, cpu_limited_percent)},
};

static MpSimFigures read_figures(JsonObject *object)
{
    MpSimFigures read = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        JsonNode *node = json_object_get_member(object, figures[i].name);
        double *figure = (double *)(void *)((char *)&read + figures[i].offset);
        *figure = node && !JSON_NODE_HOLDS_NULL(node) ? json_node_get_double(node) : NAN;
    }
    return read;
}

static gboolean label_line(const char *line)
{
    g_autoptr(JsonNode) node = json_from_string(line, NULL);
    if (!node || !JSON_NODE_HOLDS_OBJECT(node))
        return FALSE;
    JsonObject *object = json_node_get_object(node);
    MpSessionType session = MP_SESSION_LIVE_VIDEO;
    if (!mp_session_type_parse(&session, json_object_get_string_member(object, "session")))
        return FALSE;
    const MpSimOutcome outcome = {
        .up = read_figures(json_object_get_object_member(object, "up")),
        .down = read_figures(json_object_get_object_member(object, "down")),
    };
    const MpSimLabel label = mp_sim_label(session, &outcome);
    printf("{\"label\": \"%s\", \"why\": \"%s\", \"direction\": \"%s\"}\n",
           mp_verdict_name(label.verdict), label.figure ? label.figure : "",
           label.is_up ? "up" : "down");
    return TRUE;
}

int main(void)
{
    g_autofree char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0)
        if (!label_line(line)) {
            fprintf(stderr, "labels: not a line of figures: %s", line);
            return 1;
        }
    return 0;
}
