/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs one probe of a TURN server or of ports and prints what it measured as JSON, for tests
 * against real servers.
 */
#include <stdio.h>

#include "base/clock.h"
#include "probe/probe.h"

typedef struct {
    char *user;
    char *password_file;
    char *secret_file;
    char *ca_file;
    double deadline_s;
    int first_port;
    int last_port;
    int rate;
    char **walk;
} Options;

static gboolean parse_options(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"user", 0, 0, G_OPTION_ARG_STRING, &options->user, "TURN user", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->password_file, "password", "FILE"},
        {"secret-file", 0, 0, G_OPTION_ARG_FILENAME, &options->secret_file, "shared secret",
         "FILE"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->ca_file, "trust anchors", "FILE"},
        {"deadline", 0, 0, G_OPTION_ARG_DOUBLE, &options->deadline_s, "time for the step", "S"},
        {"first-port", 0, 0, G_OPTION_ARG_INT, &options->first_port, "of those asked", "PORT"},
        {"last-port", 0, 0, G_OPTION_ARG_INT, &options->last_port, "of those asked", "PORT"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &options->rate, "questions a second", "N"},
        {"walk", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->walk, "toward it", "PREFIX"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("KIND URI");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static gboolean read_secrets(MpTargets *targets, const Options *options, GError **error)
{
    targets->turn_user = g_strdup(options->user);
    targets->ca_file = g_strdup(options->ca_file);
    if (options->password_file &&
        !(targets->turn_password = mp_secret_read_file(options->password_file, error)))
        return FALSE;
    return !options->secret_file ||
           (targets->turn_secret = mp_secret_read_file(options->secret_file, error)) != NULL;
}

static void print_measurement(const MpMeasurement *measurement)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "id", measurement->id);
    json_object_set_string_member(object, "outcome", mp_outcome_name(measurement->outcome));
    json_object_set_object_member(object, "facts", json_object_ref(measurement->facts));
    g_autoptr(JsonNode) root = json_node_alloc();
    json_node_init_object(root, object);
    g_autofree char *text = json_to_string(root, TRUE);
    puts(text);
}

static gboolean run(const char *kind, const char *text, const Options *options, GError **error)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_autoptr(MpStep) step = mp_step_new(kind, "step");
    step->first_port = (guint16)options->first_port;
    step->last_port = (guint16)options->last_port;
    step->port_rate = (guint)options->rate;
    step->goals = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; options->walk && options->walk[i]; i++)
        g_ptr_array_add(step->goals, g_strdup(options->walk[i]));
    step->server = mp_server_uri_parse(text, error);
    if (!step->server || !read_secrets(targets, options, error))
        return FALSE;

    MpProbeContext context = {
        .targets = targets,
        .deadline = mp_clock_now() + (MpTime)(options->deadline_s * 1e9),
    };
    g_autoptr(MpMeasurement) measurement = mp_probe_find(kind)->run(step, &context, error);
    if (measurement)
        print_measurement(measurement);
    return measurement != NULL;
}

int main(int argc, char **argv)
{
    Options options = {.deadline_s = 5, .first_port = 1025, .last_port = 65535};
    g_autoptr(GError) error = NULL;
    gboolean is_done = parse_options(&options, &argc, &argv, &error) && argc == 3 &&
                       mp_probe_find(argv[1]) && run(argv[1], argv[2], &options, &error);
    if (!is_done)
        fprintf(stderr, "run_probe: %s\n", error ? error->message : "expected KIND URI");
    g_free(options.user);
    g_free(options.password_file);
    g_free(options.secret_file);
    g_free(options.ca_file);
    g_strfreev(options.walk);
    return is_done ? 0 : 1;
}
