/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What to check: the lab's far ends, the scenario over them, the options over both, and last the
 * secrets of the environment where nothing else gave one.
 */
#include "engine/check_input.h"

#include "base/error.h"
#include "engine/port_input.h"
#include "engine/target_merge.h"
#include "input/lab_reader.h"
#include "input/profile_reader.h"
#include "input/scenario_reader.h"
#include "model/proxy_uri.h"
#include "model/way.h"
#include "plan/planner.h"

#define DEFAULT_PROFILE "bellface"
#define DEFAULT_ROLE "host"
#define DEFAULT_LANG "en"
#define DEFAULT_MEDIA_S 4.0
#define DEFAULT_DEADLINE_S 60.0
#define MOST_MEDIA_S 600.0
#define MOST_NAT_LIFETIME_S 310.0
#define LEAST_CAPACITY_KBPS 100
#define MOST_CAPACITY_KBPS 1000000
#define MOST_DEADLINE_S 86400.0

static gboolean fail(GError **error, const char *found, const char *expected)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s, expected %s", found, expected);
    return FALSE;
}

static gboolean fail_value(GError **error, const char *what, const char *value,
                           const char *expected)
{
    g_autofree char *found = g_strdup_printf("%s \"%s\"", what, value);
    return fail(error, found, expected);
}

static gboolean add_servers(MpTargets *targets, const char *const *uris, gboolean is_turn,
                            GError **error)
{
    for (; uris && *uris; uris++) {
        g_autoptr(MpServerUri) server = mp_server_uri_parse(*uris, error);
        if (!server)
            return FALSE;
        if (server->is_turn != is_turn)
            return fail_value(error, is_turn ? "TURN server" : "STUN server", *uris,
                              is_turn ? "a turn: or turns: URI" : "a stun: URI");
        g_ptr_array_add(targets->servers, g_steal_pointer(&server));
    }
    return TRUE;
}

static gboolean add_resolvers(MpTargets *targets, const char *const *texts, GError **error)
{
    for (; texts && *texts; texts++) {
        MpAddress address;
        if (!mp_address_parse(&address, *texts, 53))
            return fail_value(error, "resolver", *texts, "an IP address");
        g_array_append_val(targets->resolvers, address);
    }
    return TRUE;
}

static gboolean read_secret(MpSecret **secret, const char *path, GError **error)
{
    if (path)
        *secret = mp_secret_read_file(path, error);
    return !path || *secret;
}

/* NULL when an option is wrong. */
static MpTargets *read_options(const MpCheckConfig *config, GError **error)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    if (config->turn_password_file && config->turn_secret_file) {
        fail(error, "a TURN password and a TURN secret", "one of them");
        return NULL;
    }
    targets->turn_user = g_strdup(config->turn_user);
    targets->responder_url = g_strdup(config->responder_url);
    targets->proxy_url = g_strdup(config->proxy);
    targets->proxy_user = g_strdup(config->proxy_user);
    targets->ca_file = g_strdup(config->ca_file);
    if (!add_servers(targets, config->stun_uris, FALSE, error) ||
        !add_servers(targets, config->turn_uris, TRUE, error) ||
        !add_resolvers(targets, config->resolvers, error) ||
        !read_secret(&targets->turn_password, config->turn_password_file, error) ||
        !read_secret(&targets->turn_secret, config->turn_secret_file, error) ||
        !read_secret(&targets->proxy_password, config->proxy_password_file, error) ||
        !read_secret(&targets->token, config->token_file, error) ||
        !mp_port_input_read(targets, config, error))
        return NULL;
    return g_steal_pointer(&targets);
}

static MpSecret *environment_secret(const char *variable)
{
    const char *text = g_getenv(variable);
    return text && *text ? mp_secret_new(text) : NULL;
}

static gboolean add_environment(MpTargets *targets, GError **error)
{
    if (targets->turn_user && !targets->turn_password && !targets->turn_secret)
        targets->turn_password = environment_secret("MEDIAPATH_TURN_PASSWORD");
    if (!targets->turn_password && !targets->turn_secret)
        targets->turn_secret = environment_secret("MEDIAPATH_TURN_SECRET");
    if (!targets->token)
        targets->token = environment_secret("MEDIAPATH_TOKEN");
    if (targets->proxy_user && !targets->proxy_password)
        targets->proxy_password = environment_secret("MEDIAPATH_PROXY_PASSWORD");
    g_autoptr(MpSecret) stamp = environment_secret("MEDIAPATH_STAMP_KEY");
    if (!targets->stamp_key && stamp && !mp_port_input_take_key(targets, mp_secret_peek(stamp)))
        return fail(error, "MEDIAPATH_STAMP_KEY of another form", "\"ID KEY\" with a number as ID");
    return TRUE;
}

static gboolean check_servers(const MpTargets *targets, GError **error)
{
    for (guint i = 0; i < targets->servers->len; i++) {
        const MpServerUri *server = targets->servers->pdata[i];
        g_autofree char *text = mp_server_uri_to_string(server);
        if (!server->is_turn && server->transport != MP_TRANSPORT_UDP)
            return fail_value(error, "STUN server", text, "a stun: URI over UDP");
    }
    return TRUE;
}

static gboolean check_responder(const MpTargets *targets, GError **error)
{
    const char *url = targets->responder_url;
    g_autoptr(GUri) uri = url ? g_uri_parse(url, G_URI_FLAGS_NONE, NULL) : NULL;
    gboolean is_http = uri && (g_str_equal(g_uri_get_scheme(uri), "https") ||
                               g_str_equal(g_uri_get_scheme(uri), "http"));
    if (!url ||
        (is_http && g_uri_get_host(uri) && *g_uri_get_host(uri) && !g_uri_get_userinfo(uri)))
        return TRUE;
    if (uri && g_uri_get_userinfo(uri))
        return fail(error, "a responder URL with a user name", "the token in a file");
    return fail_value(error, "responder", url, "a URL such as https://responder.example/whip");
}

static gboolean check_proxy(const MpTargets *targets, GError **error)
{
    if (targets->proxy_user && !targets->proxy_password)
        return fail(error, "a proxy user without a password", "a password file");
    if (targets->proxy_password && !targets->proxy_user)
        return fail(error, "a proxy password without a user", "a proxy user");
    if (targets->proxy_user && !targets->proxy_url)
        return fail(error, "a proxy user without a proxy", "the proxy's URL");
    g_autoptr(MpProxyUri) uri = targets->proxy_url ? mp_proxy_uri_parse(targets->proxy_url, error)
                                                   : NULL;
    return uri || !targets->proxy_url;
}

static gboolean check_targets(const MpTargets *targets, GError **error)
{
    if (targets->turn_user && !targets->turn_password && !targets->turn_secret)
        return fail(error, "a TURN user without a password", "a password or secret file");
    if (targets->turn_password && !targets->turn_user)
        return fail(error, "a TURN password without a user", "a TURN user");
    if (targets->ca_file && !g_file_test(targets->ca_file, G_FILE_TEST_IS_REGULAR))
        return fail_value(error, "CA file", targets->ca_file, "a file in PEM form");
    return check_servers(targets, error) && check_responder(targets, error) &&
           check_proxy(targets, error);
}

static gboolean check_kinds(const char *const *kinds, GError **error)
{
    for (; kinds && *kinds; kinds++)
        if (!mp_plan_has_kind(*kinds))
            return fail_value(
                error, "kind of probe", *kinds,
                "\"stun\", \"nat\", \"turn\", \"web\", \"computer\", \"path\", \"ports\", "
                "\"ports-relay\", \"ports-walk\" or \"media\"");
    return TRUE;
}

static gboolean check_sessions(const char *const *sessions, GError **error)
{
    MpSessionType type;
    for (; sessions && *sessions; sessions++)
        if (!mp_session_type_parse(&type, *sessions))
            return fail_value(error, "session", *sessions,
                              "\"live_video\", \"screen_share\" or \"virtual_background\"");
    return TRUE;
}

static gboolean check_transports(const char *const *transports, GError **error)
{
    MpWay way;
    for (; transports && *transports; transports++)
        if (!mp_way_parse(&way, *transports))
            return fail_value(error, "transport", *transports,
                              "\"udp\", \"turn-udp\", \"turn-tcp\", \"turn-tls\", "
                              "\"turn-tcp-proxy\", \"turn-tls-proxy\" or \"turn-dtls\"");
    return TRUE;
}

/* Seconds from the option, else from the scenario, else the default. */
static gboolean read_span(MpTime *span, const char *name, double option, double scenario,
                          double fallback, double most, GError **error)
{
    double seconds = option != 0 ? option : scenario != 0 ? scenario : fallback;
    if (!(seconds >= 1 && seconds <= most)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s of %g s, expected 1 to %g", name, seconds,
                    most);
        return FALSE;
    }
    *span = (MpTime)(seconds * (double)MP_SEC(1));
    return TRUE;
}

/* A name given goes before what the text says; the system is the text's. */
static gboolean read_browser(MpCheckInput *input, const MpCheckConfig *config, GError **error)
{
    MpBrowser named = {NULL, 0, NULL, 0, 0};
    if (config->browser && !mp_browser_parse(&named, config->browser, error))
        return FALSE;
    if (config->user_agent)
        input->browser = mp_browser_from_user_agent(config->user_agent);
    if (config->browser) {
        input->browser.name = named.name;
        input->browser.version = named.version;
    }
    return TRUE;
}

static gboolean check_word(const char *what, const char *word, const char *const *words,
                           const char *expected, GError **error)
{
    return g_strv_contains(words, word) || fail_value(error, what, word, expected);
}

/* Less than a voice and more than a gigabit nobody asks for. */
static gboolean check_capacity(const MpCheckConfig *config, GError **error)
{
    const int kbps = config->capacity_kbps;
    if (kbps == 0 || kbps == -1 || (kbps >= LEAST_CAPACITY_KBPS && kbps <= MOST_CAPACITY_KBPS))
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "capacity %d kbps, expected %d to %d, or 0 for none", kbps, LEAST_CAPACITY_KBPS,
                MOST_CAPACITY_KBPS);
    return FALSE;
}

static gboolean read_settings(MpCheckInput *input, const MpCheckConfig *config,
                              const MpScenario *scenario, GError **error)
{
    static const char *const roles[] = {"host", "guest", NULL};
    static const char *const languages[] = {"en", "ja", NULL};
    static const char *const codecs[] = {"vp8", "vp9", "h264", "av1", NULL};
    const char *role = config->role ? config->role : scenario ? scenario->role : NULL;
    const char *profile = config->profile ? config->profile : scenario ? scenario->profile : NULL;
    input->role = g_strdup(role ? role : DEFAULT_ROLE);
    input->lang = g_strdup(config->lang ? config->lang : DEFAULT_LANG);
    if (!check_word("role", input->role, roles, "\"host\" or \"guest\"", error) ||
        !check_word("language", input->lang, languages, "\"en\" or \"ja\"", error) ||
        !check_word("codec", config->codec ? config->codec : codecs[0], codecs,
                    "\"vp8\", \"vp9\", \"h264\" or \"av1\"", error) ||
        !check_kinds(config->only, error) || !check_kinds(config->skip, error) ||
        !check_transports(config->transports, error) || !check_sessions(config->sessions, error) ||
        !read_span(&input->media_time, "media time", config->media_s,
                   scenario ? scenario->media_s : 0, DEFAULT_MEDIA_S, MOST_MEDIA_S, error) ||
        !read_span(&input->budget, "deadline", config->deadline_s,
                   scenario ? scenario->deadline_s : 0, DEFAULT_DEADLINE_S, MOST_DEADLINE_S, error))
        return FALSE;
    input->measures_all_capacities = config->capacity_kbps > 0;
    if (!check_capacity(config, error) || !read_browser(input, config, error) ||
        !mp_port_input_check(config, error))
        return FALSE;
    if (config->nat_lifetime_s != 0 &&
        !read_span(&input->nat_lifetime, "NAT lifetime", config->nat_lifetime_s, 0, 0,
                   MOST_NAT_LIFETIME_S, error))
        return FALSE;
    input->profile = mp_profile_load(profile ? profile : DEFAULT_PROFILE, error);
    return input->profile != NULL;
}

/* Lab, scenario, options and environment, laid over each other. NULL when one is wrong. */
static MpTargets *read_targets(const MpCheckConfig *config, const MpScenario *scenario,
                               GError **error)
{
    g_autoptr(MpTargets) options = read_options(config, error);
    if (!options)
        return NULL;
    g_autoptr(MpTargets) targets = config->lab_file ? mp_lab_targets_load(config->lab_file, error)
                                                    : mp_targets_new();
    if (!targets)
        return NULL;

    if (scenario)
        mp_targets_merge(targets, scenario->targets);
    mp_targets_merge(targets, options);
    if (!add_environment(targets, error))
        return NULL;
    if (!targets->label)
        targets->label = g_strdup("command line");
    return check_targets(targets, error) && mp_port_input_complete(targets, error)
               ? g_steal_pointer(&targets)
               : NULL;
}

MpCheckInput *mp_check_input_read(const MpCheckConfig *config, GError **error)
{
    g_autoptr(MpScenario) scenario = NULL;
    if (config->scenario_file) {
        scenario = mp_scenario_load(config->scenario_file, error);
        if (!scenario)
            return NULL;
    }
    g_autoptr(MpTargets) targets = read_targets(config, scenario, error);
    if (!targets)
        return NULL;

    MpCheckInput *input = g_new0(MpCheckInput, 1);
    input->targets = g_steal_pointer(&targets);
    if (read_settings(input, config, scenario, error))
        return input;
    mp_check_input_free(input);
    return NULL;
}

void mp_check_input_free(MpCheckInput *input)
{
    if (!input)
        return;
    mp_targets_free(input->targets);
    mp_profile_free(input->profile);
    g_free(input->role);
    g_free(input->lang);
    g_free(input);
}
