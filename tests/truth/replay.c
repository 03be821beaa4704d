/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Usage: replay RECORD.json...
 *
 * Simulates the call of each record over the very link that the real one was held over, and prints
 * what came of it as JSON, a line each: what the simulator alone is worth, without a path model.
 */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "input/link_reader.h"
#include "model/measurement.h"
#include "simulator/sim_label.h"

#define CALLS 8

static MpLink *link_of(JsonObject *cell, GError **error)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_set_object(node, mp_facts_object(cell, "link"));
    g_autofree char *text = json_to_string(node, FALSE);
    g_autoptr(MpYaml) yaml = mp_yaml_parse("link", text, strlen(text), error); /* JSON is YAML */
    return yaml ? mp_link_read(yaml, mp_yaml_root(yaml), error) : NULL;
}

static double number_in(JsonObject *object, const char *name, double otherwise)
{
    return json_object_get_double_member_with_default(object, name, otherwise);
}

static MpSimSetup setup_of(JsonObject *cell)
{
    JsonObject *call = mp_facts_object(cell, "call");
    MpSimSetup setup = {
        .codec = g_str_equal(mp_facts_string(call, "codec"), "H264") ? MP_SIM_H264 : MP_SIM_VP8,
        .width = (guint)number_in(call, "width", 640),
        .height = (guint)number_in(call, "height", 480),
        .fps = 30,
        .frame_cost_ms = number_in(call, "cost_ms", 0),
        .warm_up = MP_SEC(number_in(cell, "warm_up_s", 0)),
        .span = MP_SEC(number_in(cell, "seconds", 0)),
    };
    mp_session_type_parse(&setup.session, mp_facts_string(call, "session"));
    if (setup.session != MP_SESSION_SCREEN_SHARE)
        return setup;
    const gboolean is_motion = g_strcmp0(mp_facts_string(call, "content"), "motion") == 0;
    setup.screen = is_motion ? MP_SIM_MOTION : MP_SIM_SLIDES;
    setup.fps = is_motion ? 15 : 5;
    setup.width = 1280;
    setup.height = 720;
    return setup;
}

static void print_figures(const char *name, const MpSimFigures *figures)
{
    static const struct {
        const char *name;
        gsize offset;
    } rows[] = {
        {"fps", offsetof(MpSimFigures, fps)},
        {"height", offsetof(MpSimFigures, height)},
        {"video_kbps", offsetof(MpSimFigures, video_kbps)},
        {"qp", offsetof(MpSimFigures, qp)},
        {"freezes_per_min", offsetof(MpSimFigures, freezes_per_min)},
        {"frozen_percent", offsetof(MpSimFigures, frozen_percent)},
        {"concealed_percent", offsetof(MpSimFigures, concealed_percent)},
        {"blocky_percent", offsetof(MpSimFigures, blocky_percent)},
        {"low_percent", offsetof(MpSimFigures, low_percent)},
        {"age_p95_ms", offsetof(MpSimFigures, age_p95_ms)},
        {"delay_ms", offsetof(MpSimFigures, delay_ms)},
    };
    printf("\"%s\": {", name);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *at = (const char *)figures + rows[i].offset;
        const double value = *(const double *)(gconstpointer)at;
        printf("%s\"%s\": ", i ? ", " : "", rows[i].name);
        printf(isnan(value) ? "null" : "%.4g", value);
    }
    printf("}");
}

static gboolean replay(const char *path, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, path, error))
        return FALSE;
    JsonObject *cell = mp_facts_object(json_node_get_object(json_parser_get_root(parser)), "cell");
    const MpSimSetup setup = setup_of(cell);
    g_autoptr(MpLink) link = link_of(cell, error);
    if (!link)
        return FALSE;
    for (guint i = 0; i < CALLS; i++) {
        const MpSimOutcome call = mp_sim_call(mp_chromium_newest(), &setup, &link->up, &link->down,
                                              i);
        const MpSimLabel label = mp_sim_label(setup.session, &call);
        printf("{\"id\": \"%s\", \"label\": \"%s\", \"why\": \"%s\", ", mp_facts_string(cell, "id"),
               mp_verdict_name(label.verdict), label.figure ? label.figure : "");
        print_figures("up", &call.up);
        printf(", ");
        print_figures("down", &call.down);
        printf("}\n");
    }
    return TRUE;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        if (!replay(argv[i], &error)) {
            (void)fprintf(stderr, "replay: %s: %s\n", argv[i], error->message);
            return 1;
        }
    }
    return 0;
}
