/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Forecasts of kept calls by the product's own parts: path model, simulated calls, labels,
 * calibration. Reads all lines of forecasting.py, then answers a line each.
 */
#include "analysis/call_chances.h"
#include "analysis/forecast_reason.h"
#include "analysis/path_model_fit.h"
#include "input/packets_reader.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

/* As a check asks. */
#define LINKS 24
#define LEAST_LINKS 8
#define CALLS_PER_LINK 3

typedef struct {
    MpSimSetup setup;
    MpResult *result;
    MpPathModel *model;
} Given;

static void given_clear(Given *given)
{
    g_clear_pointer(&given->model, g_free);
    g_clear_pointer(&given->result, mp_result_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static double number_in(JsonObject *object, const char *member, double otherwise)
{
    return json_object_get_double_member_with_default(object, member, otherwise);
}

/* What call.html asks for, where a cell says nothing else. */
static gboolean read_setup(JsonObject *line, MpSimSetup *setup)
{
    JsonObject *call = json_object_get_object_member(line, "call");
    const char *codec = json_object_get_string_member(call, "codec");
    const char *content = json_object_get_string_member_with_default(call, "content", "");
    MpSessionType session;
    if (!mp_session_type_parse(&session, json_object_get_string_member(call, "session")))
        return FALSE;
    const gboolean is_screen = session == MP_SESSION_SCREEN_SHARE;
    const gboolean is_motion = g_str_equal(content, "motion");
    *setup = (MpSimSetup){
        .session = session,
        .codec = g_str_equal(codec, "H264") ? MP_SIM_H264 : MP_SIM_VP8,
        .screen = is_motion ? MP_SIM_MOTION : MP_SIM_SLIDES,
        .width = is_screen ? 1280 : (guint)number_in(call, "width", 640),
        .height = is_screen ? 720 : (guint)number_in(call, "height", 480),
        .fps = !is_screen  ? 30
               : is_motion ? 15
                           : 5,
        .frame_cost_ms = number_in(call, "cost_ms", 0),
        .warm_up = MP_SEC(number_in(line, "warm_up_s", 0)),
        .span = MP_SEC(number_in(line, "seconds", 0)),
    };
    return TRUE;
}

/* The call's check as a result with its one measurement. */
static MpResult *read_check(JsonObject *line, GError **error)
{
    g_autoptr(MpResult) result = mp_result_new();
    JsonObject *check = json_object_get_object_member(line, "check");
    JsonArray *measurements = json_object_get_array_member(check, "measurements");
    JsonObject *told = json_array_get_object_element(measurements, 0);
    MpMeasurement *media = mp_measurement_new(json_object_get_string_member(told, "id"), "media",
                                              json_object_get_string_member(told, "target"),
                                              MP_TRANSPORT_UDP);
    g_ptr_array_add(result->measurements, media);
    json_object_unref(media->facts);
    media->facts = json_object_ref(json_object_get_object_member(told, "facts"));
    const char *packets = json_object_get_string_member(line, "packets");
    if (!mp_packets_parse("packets", packets, strlen(packets), result, error))
        return NULL;
    return g_steal_pointer(&result);
}

static gboolean read_given(JsonObject *line, Given *given, GError **error)
{
    given->result = read_check(line, error);
    if (!given->result || !read_setup(line, &given->setup))
        return FALSE;
    given->model = mp_path_model_fit(g_ptr_array_index(given->result->measurements, 0));
    return given->model != NULL;
}

/* Why it is not stable; free with g_free(). NULL: it probably is, or nobody asks. */
static char *limiting_factor(JsonObject *line, const MpCallQuestion *question,
                             const MpCallChances *chances, const MpResult *result, double stable)
{
    if (stable >= 0.5 || !json_object_get_boolean_member(line, "explain"))
        return NULL;
    g_autoptr(MpForecast) forecast = mp_forecast_new(question->setup.session);
    forecast->verdict = MP_VERDICT_UNSTABLE;
    mp_forecast_reason(forecast, question, chances, result, NULL);
    return g_steal_pointer(&forecast->limiting_factor);
}

static void print_expected(const char *direction, const MpSimFigures *expected)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {
        {"fps", expected->fps},
        {"height", expected->height},
        {"video_kbps", expected->video_kbps},
        {"freezes_per_min", expected->freezes_per_min},
        {"concealed_percent", expected->concealed_percent},
        {"age_p95_ms", expected->age_p95_ms},
    };
    printf("\"%s\": {", direction);
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        printf("%s\"%s\": ", i ? ", " : "", figures[i].name);
        if (isnan(figures[i].value))
            printf("null");
        else
            printf("%.5g", figures[i].value);
    }
    printf("}");
}

static void print_forecast(JsonObject *line, const MpCallChances *chances,
                           const MpSimProbability *probability, const char *factor, double took_ms)
{
    const guint *const n_calls = chances->n_calls;
    printf("{\"id\": \"%s\", \"repeat\": %" G_GINT64_FORMAT ", ",
           json_object_get_string_member(line, "id"), json_object_get_int_member(line, "repeat"));
    printf("\"probability\": {\"stable\": %.4f, \"degraded\": %.4f, \"unstable\": %.4f}, ",
           probability->stable, probability->degraded, probability->unstable);
    printf("\"counts\": {\"stable\": %u, \"degraded\": %u, \"unstable\": %u}, \"expected\": {",
           n_calls[MP_VERDICT_STABLE], n_calls[MP_VERDICT_DEGRADED], n_calls[MP_VERDICT_UNSTABLE]);
    print_expected("up", &chances->means.up);
    printf(", ");
    print_expected("down", &chances->means.down);
    printf("}, \"limiting_factor\": \"%s\", \"took_ms\": %.1f}\n", factor ? factor : "", took_ms);
}

static gboolean forecast_line(JsonObject *line, GError **error)
{
    const clock_t began = clock();
    g_auto(Given) given = {0};
    if (!read_given(line, &given, error))
        return FALSE;
    const MpCallQuestion question = {.path = given.model,
                                     .setup = given.setup,
                                     .links = LINKS,
                                     .least_links = LEAST_LINKS,
                                     .calls_per_link = CALLS_PER_LINK};
    const MpCallChances chances = mp_call_chances(&question);
    const MpSimProbability probability = mp_sim_calibrated(given.setup.session, chances.n_calls);
    const double took_ms = 1000.0 * (double)(clock() - began) / CLOCKS_PER_SEC;
    g_autofree char *factor = limiting_factor(line, &question, &chances, given.result,
                                              probability.stable);
    print_forecast(line, &chances, &probability, factor, took_ms);
    return TRUE;
}

static GPtrArray *read_lines(void)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autofree char *text = NULL;
    size_t room = 0;
    while (getline(&text, &room, stdin) > 0) {
        JsonNode *node = json_from_string(text, NULL);
        if (node)
            g_ptr_array_add(lines, node);
    }
    return lines;
}

int main(void)
{
    g_autoptr(GPtrArray) lines = read_lines();
    for (guint i = 0; i < lines->len; i++) {
        JsonObject *line = json_node_get_object(lines->pdata[i]);
        g_autoptr(GError) error = NULL;
        if (!forecast_line(line, &error)) {
            fprintf(stderr, "forecasts: %s: %s\n", json_object_get_string_member(line, "id"),
                    error ? error->message : "not a call, or a check with too few packets");
            return 1;
        }
    }
    return 0;
}
