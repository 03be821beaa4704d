/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath ports: which UDP ports get through, asked of a responder, of a TURN server, or of the
 * routers on the way.
 */
#include <mediapath/error.h>
#include <mediapath/i18n.h>

#include "cli/check_show.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/port_range.h"

/* For each that is asked, one after the other. */
#define DEADLINE_S 120

typedef struct {
    char *responder, *stamp_key_file, *turn_user, *turn_password_file, *turn_secret_file, *ca_file,
        *profile, *ports, *deadline, *json, *html, *lang;
    char **turn, **walk, **rest;
    int rate;
    gboolean is_quiet, is_colorless;
} Options;

static void clear_options(Options *options)
{
    char *texts[] = {options->responder,
                     options->stamp_key_file,
                     options->turn_user,
                     options->turn_password_file,
                     options->turn_secret_file,
                     options->ca_file,
                     options->profile,
                     options->ports,
                     options->deadline,
                     options->json,
                     options->html,
                     options->lang};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(options->turn);
    g_strfreev(options->walk);
    g_strfreev(options->rest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean parse_options(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"responder", 0, 0, G_OPTION_ARG_STRING, &options->responder,
         N_("ask a mediapath responder, which answers on every port"), "HOST"},
        {"stamp-key-file", 0, 0, G_OPTION_ARG_FILENAME, &options->stamp_key_file,
         N_("file with \"ID KEY\" of this site at the responder; or MEDIAPATH_STAMP_KEY"), "FILE"},
        {"turn", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn,
         N_("ask the ports that this TURN server lends"), "URI"},
        {"turn-user", 0, 0, G_OPTION_ARG_STRING, &options->turn_user, N_("TURN user name"), "NAME"},
        {"turn-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->turn_password_file,
         N_("file with the TURN password; or MEDIAPATH_TURN_PASSWORD"), "FILE"},
        {"turn-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &options->turn_secret_file,
         N_("file with the secret of time-limited credentials; or MEDIAPATH_TURN_SECRET"), "FILE"},
        {"walk", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->walk,
         N_("ask the routers on the way there, without a far end; may be repeated"), "CIDR|HOST"},
        {"ports", 0, 0, G_OPTION_ARG_STRING, &options->ports,
         N_("ask about these ports (1025-65535)"), "FIRST-LAST"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &options->rate,
         N_("datagrams or allocations per second (gentle)"), "N"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->ca_file,
         N_("trust the certificates of this PEM file instead of the system's"), "FILE"},
        {"profile", 0, 0, G_OPTION_ARG_STRING, &options->profile,
         N_("requirements: a built-in name or a YAML file (bellface)"), "NAME|FILE"},
        {"deadline", 0, 0, G_OPTION_ARG_STRING, &options->deadline,
         N_("end after this time (120 for each that is asked)"), "SECONDS"},
        {"json", 0, 0, G_OPTION_ARG_FILENAME, &options->json,
         N_("write the result as JSON; - is standard output"), "FILE|-"},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &options->html,
         N_("write the report as a page for a browser"), "FILE"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options->lang, N_("en or ja"), "LANGUAGE"},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &options->is_quiet, N_("no progress and no summary"),
         NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->is_colorless, N_("no colours"), NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->rest, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return mp_command_parse("ports", _("Says which UDP ports get through, and who keeps the rest."),
                            entries, &argc, &argv, error);
}

/* Each far end that is named is asked; in a lab without one named, its responder. */
static void choose_kinds(const Options *options, const char *kinds[4])
{
    guint n = 0;
    if (options->responder || (!options->turn && !options->walk))
        kinds[n++] = "ports";
    if (options->turn)
        kinds[n++] = "ports-relay";
    if (options->walk)
        kinds[n++] = "ports-walk";
    kinds[n] = NULL;
}

static gboolean check_arguments(const Options *options, const char *lab_file, GError **error)
{
    if (options->rest)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "argument \"%s\", expected options only",
                    options->rest[0]);
    else if (!lab_file && !options->responder && !options->turn && !options->walk)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s",
                    "nobody to ask, expected --responder, --turn or --walk");
    else if (options->turn && options->turn[1])
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "--turn \"%s\", expected one TURN server",
                    options->turn[1]);
    else if (options->rate < 0)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "--rate %d, expected 1 or more",
                    options->rate);
    else
        return TRUE;
    return FALSE;
}

/* Of a walk every goal, and where that is a name both families. */
static guint count_asked(const Options *options)
{
    const guint n_goals = options->walk ? g_strv_length(options->walk) : 0;
    return MAX((options->responder != NULL) + (options->turn != NULL) + 2 * n_goals, 1);
}

static gboolean fill_config(MpCheckConfig *config, const Options *options, GError **error)
{
    const char *lab_file = g_getenv("MEDIAPATH_LAB");
    *config = (MpCheckConfig){
        .lab_file = lab_file && *lab_file ? lab_file : NULL,
        .profile = options->profile,
        .turn_uris = (const char *const *)options->turn,
        .turn_user = options->turn_user,
        .turn_password_file = options->turn_password_file,
        .turn_secret_file = options->turn_secret_file,
        .stamp_host = options->responder,
        .stamp_key_file = options->stamp_key_file,
        .walk = (const char *const *)options->walk,
        .port_rate = (guint)options->rate,
        .ca_file = options->ca_file,
        .deadline_s = DEADLINE_S * count_asked(options),
        .lang = options->lang ? options->lang : mp_i18n_default(),
    };
    return check_arguments(options, config->lab_file, error) &&
           (!options->json || mp_output_check(options->json, error)) &&
           (!options->html || mp_output_check(options->html, error)) &&
           (!options->ports || mp_port_range_parse(&config->first_port, &config->last_port,
                                                   "--ports", options->ports, 1, error)) &&
           mp_check_parse_seconds(&config->deadline_s, "deadline", options->deadline, 86400, error);
}

int mp_cmd_ports(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    MpCheckConfig config;
    const char *kinds[4];
    if (!parse_options(&options, argc, argv, &error) || !fill_config(&config, &options, &error))
        return mp_command_fail(error);
    choose_kinds(&options, kinds);
    config.only = kinds;

    const MpResultShow show = {options.json, options.html, NULL, options.is_quiet,
                               options.is_colorless};
    g_autoptr(MpResult) result = mp_check_show(&config, &show, &error);
    return result ? mp_result_ports_exit_code(result) : mp_command_fail(error);
}
