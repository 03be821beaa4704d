/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath check: the main job, from options to exit code.
 */
#include <mediapath/check.h>
#include <mediapath/error.h>
#include <mediapath/i18n.h>

#include "cli/check_show.h"
#include "cli/command.h"
#include "cli/output.h"
#include "lab/lab.h"

/* What the embedded default builds. */
#define DEFAULT_NETWORK "clean"

typedef struct {
    char *profile, *role, *turn_user, *turn_password_file, *turn_secret_file, *responder;
    char *token_file, *stamp_key_file, *proxy, *proxy_user, *proxy_password_file, *ca_file, *codec,
        *deadline, *media_seconds, *nat_lifetime, *user_agent, *browser, *json, *html, *packets,
        *pcapng, *lang;
    char *capacity;
    char **stun, **turn, **walk, **resolvers, **only, **skip, **transports, **sessions, **scenario;
    gboolean is_quiet, is_colorless, pcapng_masks, pcapng_keys;
} Options;

static void clear_options(Options *options)
{
    char *texts[] = {options->profile,
                     options->role,
                     options->turn_user,
                     options->turn_password_file,
                     options->turn_secret_file,
                     options->responder,
                     options->token_file,
                     options->stamp_key_file,
                     options->proxy,
                     options->proxy_user,
                     options->proxy_password_file,
                     options->ca_file,
                     options->codec,
                     options->deadline,
                     options->media_seconds,
                     options->nat_lifetime,
                     options->capacity,
                     options->user_agent,
                     options->browser,
                     options->json,
                     options->html,
                     options->packets,
                     options->pcapng,
                     options->lang};
    char **lists[] = {options->resolvers,  options->stun,     options->turn,
                      options->walk,       options->only,     options->skip,
                      options->transports, options->sessions, options->scenario};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_strfreev(lists[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean parse_options(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"profile", 0, 0, G_OPTION_ARG_STRING, &options->profile,
         N_("requirements: a built-in name or a YAML file (bellface)"), "NAME|FILE"},
        {"role", 0, 0, G_OPTION_ARG_STRING, &options->role, N_("host or guest (host)"), "ROLE"},
        {"stun", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->stun,
         N_("STUN server, such as stun:host:3478; may be repeated"), "URI"},
        {"turn", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn,
         N_("TURN server, such as turns:host:443?transport=tcp; may be repeated"), "URI"},
        {"turn-user", 0, 0, G_OPTION_ARG_STRING, &options->turn_user, N_("TURN user name"), "NAME"},
        {"turn-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->turn_password_file,
         N_("file with the TURN password; or MEDIAPATH_TURN_PASSWORD"), "FILE"},
        {"turn-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &options->turn_secret_file,
         N_("file with the secret of time-limited credentials; or MEDIAPATH_TURN_SECRET"), "FILE"},
        {"responder", 0, 0, G_OPTION_ARG_STRING, &options->responder,
         N_("WHIP address of a mediapath responder: without one no media is measured"), "URL"},
        {"token-file", 0, 0, G_OPTION_ARG_FILENAME, &options->token_file,
         N_("file with the responder's token; or MEDIAPATH_TOKEN"), "FILE"},
        {"stamp-key-file", 0, 0, G_OPTION_ARG_FILENAME, &options->stamp_key_file,
         N_("file with \"ID KEY\" of this site at the responder; or MEDIAPATH_STAMP_KEY"), "FILE"},
        {"walk", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->walk,
         N_("ask the routers on the way there, without a far end; may be repeated"), "CIDR|HOST"},
        {"proxy", 0, 0, G_OPTION_ARG_STRING, &options->proxy,
         N_("the site's proxy: http://HOST:PORT or socks5://HOST:PORT (the system's settings)"),
         "URL"},
        {"proxy-user", 0, 0, G_OPTION_ARG_STRING, &options->proxy_user, N_("proxy user name"),
         "NAME"},
        {"proxy-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->proxy_password_file,
         N_("file with the proxy's password; or MEDIAPATH_PROXY_PASSWORD"), "FILE"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->ca_file,
         N_("trust the certificates of this PEM file instead of the system's"), "FILE"},
        {"resolver", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->resolvers,
         N_("name server whose answers are compared with the system's; may be repeated"), "IP"},
        {"only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->only,
         N_("run only these kinds: stun, nat, turn, path, web, computer, ports, "
            "ports-relay, ports-walk, media"),
         "KIND,..."},
        {"skip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->skip,
         N_("leave out these kinds: stun, nat, turn, path, web, computer, ports, "
            "ports-relay, ports-walk, media"),
         "KIND,..."},
        {"transport", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->transports,
         N_("go only these ways: udp, turn-udp, turn-tcp, turn-tls, turn-tcp-proxy, "
            "turn-tls-proxy, turn-dtls"),
         "WAY,..."},
        {"session", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->sessions,
         N_("measure these kinds of session, too: screen_share, virtual_background (live_video "
            "always is)"),
         "SESSION,..."},
        {"codec", 0, 0, G_OPTION_ARG_STRING, &options->codec,
         N_("video that is offered: vp8, vp9, h264 or av1 (vp8)"), "CODEC"},
        {"deadline", 0, 0, G_OPTION_ARG_STRING, &options->deadline,
         N_("end the whole check after this time (60)"), "SECONDS"},
        {"media-seconds", 0, 0, G_OPTION_ARG_STRING, &options->media_seconds,
         N_("media on the first way that works, 1 to 600 (4)"), "SECONDS"},
        {"capacity", 0, 0, G_OPTION_ARG_STRING, &options->capacity,
         N_("measure whether every way carries this much, 100 to 1000000; 0: none (what the "
            "profile asks for, on the first way)"),
         "KBPS"},
        {"nat-lifetime", 0, 0, G_OPTION_ARG_STRING, &options->nat_lifetime,
         N_("watch idle UDP flows for so long, 1 to 310 (12 at most)"), "SECONDS"},
        {"user-agent", 0, 0, G_OPTION_ARG_STRING, &options->user_agent,
         N_("judge the caller's browser and system by this User-Agent text"), "TEXT"},
        {"browser", 0, 0, G_OPTION_ARG_STRING, &options->browser,
         N_("judge the caller's browser, such as chrome or edge/131"), "NAME[/VERSION]"},
        {"json", 0, 0, G_OPTION_ARG_FILENAME, &options->json,
         N_("write the result as JSON; - is standard output"), "FILE|-"},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &options->html,
         N_("write the report as a page for a browser"), "FILE"},
        {"packets", 0, 0, G_OPTION_ARG_FILENAME, &options->packets,
         N_("write what became of every packet of media, a line each"), "FILE"},
        {"pcapng", 0, 0, G_OPTION_ARG_FILENAME, &options->pcapng,
         N_("write what is sent and received to a capture file"), "FILE"},
        {"pcapng-mask", 0, 0, G_OPTION_ARG_NONE, &options->pcapng_masks,
         N_("in the capture: pseudonyms for addresses outside the profile's ranges"), NULL},
        {"pcapng-keys", 0, 0, G_OPTION_ARG_NONE, &options->pcapng_keys,
         N_("in the capture: the keys of TLS and DTLS, with which anybody can read it"), NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options->lang, N_("en or ja"), "LANGUAGE"},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &options->is_quiet, N_("no progress and no summary"),
         NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->is_colorless, N_("no colours"), NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->scenario, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    return mp_command_parse("check [SCENARIO.yaml]",
                            _("Says whether this network can carry the call."), entries, &argc,
                            &argv, error);
}

/* Kinds and ways may be given one by one or with commas. */
static char **split_words(char **given)
{
    g_autofree char *joined = given ? g_strjoinv(",", given) : NULL;
    return joined ? g_strsplit(joined, ",", -1) : NULL;
}

/* Its range is verified with everything else. */
static gboolean read_capacity(MpCheckConfig *config, const char *text, GError **error)
{
    guint64 kbps = 0;
    if (!text)
        return TRUE;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &kbps, NULL)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "capacity \"%s\", expected kbps", text);
        return FALSE;
    }
    config->capacity_kbps = kbps > 0 ? (int)kbps : -1;
    return TRUE;
}

static gboolean fill_config(MpCheckConfig *config, const Options *options, GError **error)
{
    if (options->scenario && options->scenario[1]) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "argument \"%s\", expected one scenario only",
                    options->scenario[1]);
        return FALSE;
    }
    const char *lab_file = g_getenv("MEDIAPATH_LAB");
    *config = (MpCheckConfig){
        .scenario_file = options->scenario ? options->scenario[0] : NULL,
        .lab_file = lab_file && *lab_file ? lab_file : NULL,
        .profile = options->profile,
        .role = options->role,
        .stun_uris = (const char *const *)options->stun,
        .turn_uris = (const char *const *)options->turn,
        .turn_user = options->turn_user,
        .turn_password_file = options->turn_password_file,
        .turn_secret_file = options->turn_secret_file,
        .responder_url = options->responder,
        .token_file = options->token_file,
        .stamp_key_file = options->stamp_key_file,
        .walk = (const char *const *)options->walk,
        .proxy = options->proxy,
        .proxy_user = options->proxy_user,
        .proxy_password_file = options->proxy_password_file,
        .ca_file = options->ca_file,
        .resolvers = (const char *const *)options->resolvers,
        .codec = options->codec,
        .user_agent = options->user_agent,
        .browser = options->browser,
        .pcapng_file = options->pcapng,
        .pcapng_masks = options->pcapng_masks,
        .pcapng_keys = options->pcapng_keys,
        .lang = options->lang ? options->lang : mp_i18n_default(),
    };
    return mp_check_parse_seconds(&config->deadline_s, "deadline", options->deadline, 86400,
                                  error) &&
           mp_check_parse_seconds(&config->media_s, "media-seconds", options->media_seconds, 600,
                                  error) &&
           read_capacity(config, options->capacity, error) &&
           mp_check_parse_seconds(&config->nat_lifetime_s, "nat-lifetime", options->nat_lifetime,
                                  310, error) &&
           (!options->json || mp_output_check(options->json, error)) &&
           (!options->html || mp_output_check(options->html, error)) &&
           (!options->packets || mp_output_check(options->packets, error));
}

/* The computer alone needs none. */
static gboolean is_only_computer(const Options *options)
{
    return options->only && !options->only[1] && g_str_equal(options->only[0], "computer");
}

static gboolean has_far_end(const MpCheckConfig *config)
{
    return config->scenario_file || config->lab_file || config->stun_uris || config->turn_uris ||
           config->responder_url || config->walk;
}

static int run_check(const MpCheckConfig *config, const Options *options, GError **error)
{
    const MpResultShow show = {options->json, options->html, options->packets, options->is_quiet,
                               options->is_colorless};
    g_autoptr(MpResult) result = mp_check_show(config, &show, error);
    return result ? mp_result_exit_code(result) : -1;
}

/* The same command again, inside a network of our own; there MEDIAPATH_LAB names the far ends. */
static int run_embedded(const MpCheckConfig *config, char **arguments, GError **error)
{
    if (!mp_check_validate(config, error))
        return -1;
    g_autofree char *program = g_file_read_link("/proc/self/exe", error);
    g_autoptr(MpNetwork) network = program ? mp_network_load(DEFAULT_NETWORK, error) : NULL;
    if (!network)
        return -1;

    g_autoptr(GPtrArray) command = g_ptr_array_new();
    g_ptr_array_add(command, program);
    for (; *arguments; arguments++)
        g_ptr_array_add(command, *arguments);
    g_ptr_array_add(command, NULL);
    return mp_lab_run(network, (const char *const *)command->pdata, -1, error);
}

int mp_cmd_check(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    MpCheckConfig config;
    g_auto(GStrv) arguments = g_strdupv(argv); /* parsing moves what it is given */
    if (!parse_options(&options, argc, argv, &error) || !fill_config(&config, &options, &error))
        return mp_command_fail(error);

    g_auto(GStrv) only = split_words(options.only);
    g_auto(GStrv) skip = split_words(options.skip);
    g_auto(GStrv) transports = split_words(options.transports);
    config.only = (const char *const *)only;
    config.skip = (const char *const *)skip;
    config.transports = (const char *const *)transports;
    g_auto(GStrv) sessions = split_words(options.sessions);
    config.sessions = (const char *const *)sessions;
    int code = has_far_end(&config) || is_only_computer(&options)
                   ? run_check(&config, &options, &error)
                   : run_embedded(&config, arguments, &error);
    return code < 0 ? mp_command_fail(error) : code;
}
