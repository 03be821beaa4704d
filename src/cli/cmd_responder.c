/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mediapath responder: the far end on a machine of yours.
 */
#include <mediapath/error.h>
#include <mediapath/responder.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/interrupt.h"

#define DEFAULT_STUN_PORT 3478
#define DEFAULT_SESSIONS 64
#define DEFAULT_CAPACITY_KBPS 50000
#define MOST_CAPACITY_KBPS 1500000
#define ANY_PORTS "1025-65535"

static gboolean parse_ports(const char *option, const char *text, guint16 *first_port,
                            guint16 *last_port, GError **error)
{
    guint first;
    guint last;
    int end = 0;
    if (sscanf(text, "%5u-%5u%n", &first, &last, &end) == 2 && text[end] == '\0' && first >= 1025 &&
        first <= last && last <= G_MAXUINT16) {
        *first_port = (guint16)first;
        *last_port = (guint16)last;
        return TRUE;
    }
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s \"%s\", expected FIRST-LAST inside 1025-65535",
                option, text);
    return FALSE;
}

static const struct {
    const char *name;
    MpReflectWay way;
} reflect_ways[] = {
    {"auto", MP_REFLECT_AUTO},
    {"lean", MP_REFLECT_LEAN},
    {"sockets", MP_REFLECT_SOCKETS},
};

static gboolean parse_way(const char *text, MpReflectWay *way, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(reflect_ways); i++) {
        if (!g_str_equal(text, reflect_ways[i].name))
            continue;
        *way = reflect_ways[i].way;
        return TRUE;
    }
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "--reflect \"%s\", expected auto, lean or sockets",
                text);
    return FALSE;
}

static void on_note(const char *text, gpointer user_data)
{
    (void)user_data;
    mp_command_complain("%s", text);
}

static void on_ready(const char *url, gpointer user_data)
{
    (void)user_data;
    printf("ready %s\n", url);
    (void)fflush(stdout);
}

static int serve(const MpResponderConfig *config)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    mp_interrupt_watch(cancellable);
    gboolean is_done = mp_responder_run(config, on_ready, NULL, cancellable, &error);
    return is_done ? MP_EXIT_OK : mp_command_fail(error);
}

int mp_cmd_responder(int argc, char **argv)
{
    MpResponderConfig config = {0};
    g_autofree char *listen = NULL;
    g_autofree char *cert = NULL;
    g_autofree char *key = NULL;
    g_autofree char *token = NULL;
    g_autofree char *ports = NULL;
    g_autofree char *stamp_keys = NULL;
    g_autofree char *reflect_ports = NULL;
    g_autofree char *reflect = NULL;
    int stun_port = DEFAULT_STUN_PORT;
    int sessions = DEFAULT_SESSIONS;
    int capacity = DEFAULT_CAPACITY_KBPS;
    const GOptionEntry entries[] = {
        {"listen", 'l', 0, G_OPTION_ARG_STRING, &listen,
         N_("Address of the WHIP endpoint and of the media"), "IP:PORT"},
        {"cert", 0, 0, G_OPTION_ARG_FILENAME, &cert, N_("PEM certificate chain for HTTPS"), "FILE"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_("PEM key of the certificate"), "FILE"},
        {"token-file", 0, 0, G_OPTION_ARG_FILENAME, &token,
         N_("Bearer token that clients must show, in a file of mode 600"), "FILE"},
        {"ports", 0, 0, G_OPTION_ARG_STRING, &ports, N_("UDP ports for media (default 1025-65535)"),
         "FIRST-LAST"},
        {"stun-port", 0, 0, G_OPTION_ARG_INT, &stun_port,
         N_("UDP port that answers STUN (default 3478, 0: none)"), "PORT"},
        {"sessions", 0, 0, G_OPTION_ARG_INT, &sessions,
         N_("Sessions at the same time (default 64)"), "N"},
        {"capacity", 0, 0, G_OPTION_ARG_INT, &capacity,
         N_("Rate up to which calls may measure capacity (default 50000, 0: not at all)"), "KBPS"},
        {"stamp-key-file", 0, 0, G_OPTION_ARG_FILENAME, &stamp_keys,
         N_("Answer STAMP for these keys: lines of \"ID KEY\" in a file of mode 600"), "FILE"},
        {"reflect-ports", 0, 0, G_OPTION_ARG_STRING, &reflect_ports,
         N_("UDP ports that answer STAMP (default 1025-65535)"), "FIRST-LAST"},
        {"reflect", 0, 0, G_OPTION_ARG_STRING, &reflect,
         N_("How to have these ports: lean (raw sockets), sockets (bound), auto"), "WAY"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    if (!mp_command_parse(
            "responder",
            _("The far end of a check: answers STUN, is a media peer by WHIP, reflects STAMP."),
            entries, &argc, &argv, &error))
        return mp_command_fail(error);
    if (!listen || argc > 1 || stun_port < 0 || stun_port > G_MAXUINT16 || sessions < 1 ||
        capacity < 0 || capacity > MOST_CAPACITY_KBPS) {
        g_set_error(&error, MP_ERROR, MP_ERROR_INPUT,
                    !listen    ? "--listen is missing, expected IP:PORT"
                    : argc > 1 ? "an argument that is no option was given"
                               : "--stun-port is 0..65535, --sessions 1 or more, --capacity "
                                 "0..1500000");
        return mp_command_fail(error);
    }
    if (!parse_ports("--ports", ports ? ports : ANY_PORTS, &config.first_port, &config.last_port,
                     &error) ||
        !parse_ports("--reflect-ports", reflect_ports ? reflect_ports : ANY_PORTS,
                     &config.reflect_first, &config.reflect_last, &error) ||
        !parse_way(reflect ? reflect : "auto", &config.reflect_way, &error))
        return mp_command_fail(error);
    if (!token)
        mp_command_complain(
            _("no --token-file: anyone who reaches this port may use the responder"));
    if (token && !cert)
        mp_command_complain(_("no --cert: the token goes over the network in the clear"));
    config.listen = listen;
    config.cert_file = cert;
    config.key_file = key;
    config.token_file = token;
    config.stun_port = (guint16)stun_port;
    config.most_sessions = (guint)sessions;
    config.capacity_kbps = (guint)capacity;
    config.stamp_key_file = stamp_keys;
    config.is_confined = TRUE;
    config.note = on_note;
    return serve(&config);
}
