/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers of a lab: how each is started and when it is ready. Ready is what a client could see
 * (an answer, an accepted connection) or the server's own word for it.
 */
#include "lab/services.h"

#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "lab/coturn.h"
#include "lab/process.h"

/* A loaded machine starts coturn in a second; past this it hangs. */
#define READY_WITHIN MP_SEC(10)
#define LOOK_EVERY_MS 5
#define LOG_LINES 6

/* RFC 8489 section 5. */
#define BINDING_REQUEST 0x0001
#define BINDING_RESPONSE 0x0101
#define MAGIC_COOKIE 0x2112A442

typedef struct {
    const char *name;
    const char *log;
    gboolean (*is_wanted)(const MpNetwork *network);
    char **(*arguments)(const MpFarEnds *far_ends);
    gboolean (*is_ready)(const MpFarEnds *far_ends);
} Service;

static gboolean turn_is_wanted(const MpNetwork *network)
{
    return network->turn.is_running;
}

static char **turn_arguments(const MpFarEnds *far_ends)
{
    g_autofree char *config = mp_far_ends_path(far_ends, "turnserver.conf");
    const char *const argv[] = {"turnserver", "-c", config, NULL};
    return g_strdupv((char **)argv);
}

static int connect_to(const MpAddress *address, int type)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(address, &storage);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&storage, length) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static gboolean accepts(const MpAddress *address)
{
    int fd = connect_to(address, SOCK_STREAM);
    if (fd < 0)
        return FALSE;
    close(fd);
    return TRUE;
}

static gboolean answers_binding(const MpAddress *address)
{
    int fd = connect_to(address, SOCK_DGRAM);
    if (fd < 0)
        return FALSE;

    guint8 transaction[12];
    guint8 request[20];
    guint8 response[512];
    mp_random_bytes(transaction, sizeof transaction);
    MpWriter writer = mp_writer_init(request, sizeof request);
    mp_writer_u16(&writer, BINDING_REQUEST);
    mp_writer_u16(&writer, 0);
    mp_writer_u32(&writer, MAGIC_COOKIE);
    mp_writer_bytes(&writer, transaction, sizeof transaction);

    struct pollfd answer = {.fd = fd, .events = POLLIN};
    gboolean is_sent = send(fd, request, sizeof request, 0) == sizeof request;
    gssize length = is_sent && poll(&answer, 1, LOOK_EVERY_MS) == 1
                        ? recv(fd, response, sizeof response, 0)
                        : -1;
    close(fd);
    MpReader reader = mp_reader_init(response, (gsize)MAX(length, 0));
    return mp_reader_u16(&reader) == BINDING_RESPONSE;
}

static gboolean turn_is_ready(const MpFarEnds *far_ends)
{
    return accepts(&far_ends->turn) && accepts(&far_ends->turn_tls) &&
           answers_binding(&far_ends->turn);
}

static gboolean responder_is_wanted(const MpNetwork *network)
{
    return network->responder_is_running;
}

static char **responder_arguments(const MpFarEnds *far_ends)
{
    g_autofree char *listen = mp_address_to_string(&far_ends->responder);
    g_autofree char *certificate = mp_far_ends_path(far_ends, "responder.pem");
    g_autofree char *key = mp_far_ends_path(far_ends, "responder-key.pem");
    g_autofree char *token = mp_far_ends_path(far_ends, "token");
    g_autofree char *ports = g_strdup_printf("%u-%u", far_ends->media_first, far_ends->media_last);
    const char *const argv[] = {
        "/proc/self/exe", "responder", "--listen", listen, "--cert",      certificate, "--key", key,
        "--token-file",   token,       "--ports",  ports,  "--stun-port", "0",         NULL};
    return g_strdupv((char **)argv);
}

static gboolean responder_is_ready(const MpFarEnds *far_ends)
{
    g_autofree char *path = mp_far_ends_path(far_ends, "responder.log");
    g_autofree char *log = NULL;
    if (!g_file_get_contents(path, &log, NULL, NULL))
        return FALSE;
    return g_str_has_prefix(log, "ready") || strstr(log, "\nready");
}

static const Service services[] = {
    {"the TURN server (coturn)", "turn.log", turn_is_wanted, turn_arguments, turn_is_ready},
    {"the responder", "responder.log", responder_is_wanted, responder_arguments,
     responder_is_ready},
};

static void hide(GString *text, const MpSecret *secret)
{
    g_string_replace(text, mp_secret_peek(secret), "***", 0);
}

static char *last_lines(const MpFarEnds *far_ends, const Service *service)
{
    g_autofree char *path = mp_far_ends_path(far_ends, service->log);
    g_autofree char *log = NULL;
    if (!g_file_get_contents(path, &log, NULL, NULL) || *g_strstrip(log) == '\0')
        return g_strdup("it said nothing");

    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    guint n_lines = g_strv_length(lines);
    g_autofree char *tail = g_strjoinv("\n  ", lines + n_lines - MIN(n_lines, LOG_LINES));
    GString *text = g_string_new(tail);
    hide(text, far_ends->turn_password);
    hide(text, far_ends->told_turn_password);
    hide(text, far_ends->responder_token);
    return g_string_free(text, FALSE);
}

static gboolean fail(const MpFarEnds *far_ends, const Service *service, const char *how,
                     GError **error)
{
    g_autofree char *said = last_lines(far_ends, service);
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s %s; its last lines:\n  %s",
                service->name, how, said);
    return FALSE;
}

static gboolean wait_until_ready(const MpFarEnds *far_ends, const Service *service, GPid pid,
                                 const MpKeeper *keeper, GError **error)
{
    MpTime deadline = mp_clock_now() + READY_WITHIN;
    while (!service->is_ready(far_ends)) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return fail(far_ends, service, "ended at its start", error);
        if (mp_clock_now() > deadline)
            return fail(far_ends, service, "does not answer", error);
        if (!mp_keeper_wait(keeper, LOOK_EVERY_MS)) {
            g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "interrupted");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean start(const MpFarEnds *far_ends, const Service *service, GPid *pid, GError **error)
{
    g_auto(GStrv) argv = service->arguments(far_ends);
    g_autofree char *log = mp_far_ends_path(far_ends, service->log);
    return mp_process_start((const char *const *)argv, log, pid, error);
}

gboolean mp_services_start(const MpFarEnds *far_ends, const MpNetwork *network,
                           const MpKeeper *keeper, GError **error)
{
    GPid pids[G_N_ELEMENTS(services)] = {0};
    for (guint i = 0; i < G_N_ELEMENTS(services); i++)
        if (services[i].is_wanted(network) && !start(far_ends, &services[i], &pids[i], error))
            return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(services); i++)
        if (pids[i] && !wait_until_ready(far_ends, &services[i], pids[i], keeper, error))
            return FALSE;
    return TRUE;
}

char *mp_services_plan(const MpFarEnds *far_ends, const MpNetwork *network)
{
    GString *text = g_string_new(NULL);
    g_autofree char *config = mp_coturn_config(far_ends, "<password>");
    for (guint i = 0; i < G_N_ELEMENTS(services); i++) {
        if (!services[i].is_wanted(network))
            continue;
        g_auto(GStrv) argv = services[i].arguments(far_ends);
        g_autofree char *line = g_strjoinv(" ", argv);
        g_string_append_printf(text, "ip netns exec internet %s\n", line);
    }
    if (network->turn.is_running)
        g_string_append_printf(text, "%s/turnserver.conf:\n%s", far_ends->directory, config);
    return g_string_free(text, FALSE);
}
