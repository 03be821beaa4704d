/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One host name of the product's requirements, as a browser would go there: name, TCP 443, TLS,
 * HTTPS and, where a row asks for it, a WebSocket; through the site's proxy where there is one.
 */
#include "base/clock.h"
#include "probe/dial.h"
#include "probe/probe.h"
#include "probe/web_answers.h"
#include "session/http_exchange.h"
#include "session/http_proxy.h"

/* The probe returns before its deadline, so it stops a little earlier. */
#define MARGIN MP_MSEC(50)
/* TCP sends its SYN at 0, 1 and 3 s (RFC 6298 section 2.1), glibc's resolver its question at 0 and
 * 5 s at the latest: what is silent after this time would have been answered by now. */
#define REACH_LIMIT MP_SEC(6)
/* Sixty hosts at once share a narrow line. */
#define TALK_LIMIT MP_SEC(10)
#define HTTPS_PORT 443
/* Of a HEAD there is no body. */
#define LARGEST_BODY 65536

typedef struct {
    const char *host;
    guint16 port;
    const MpProbeContext *context;
    MpMeasurement *measurement;
    MpTime deadline;
    gboolean is_cut;     /* the deadline is the whole check's and comes before the step's own */
    GTlsDatabase *trust; /* NULL: the system's */
    MpAddress address;   /* of the host or of the proxy, once it was reached */
} Visit;

static const MpOutcome of_http[] = {
    [MP_HTTP_ANSWERED] = MP_OUTCOME_ANSWERED,     [MP_HTTP_UNRESOLVED] = MP_OUTCOME_SILENT,
    [MP_HTTP_REFUSED] = MP_OUTCOME_REFUSED,       [MP_HTTP_UNREACHABLE] = MP_OUTCOME_UNREACHABLE,
    [MP_HTTP_SILENT] = MP_OUTCOME_SILENT,         [MP_HTTP_RESET] = MP_OUTCOME_RESET,
    [MP_HTTP_UNTRUSTED] = MP_OUTCOME_INTERCEPTED, [MP_HTTP_MALFORMED] = MP_OUTCOME_MALFORMED,
};

/* Straight to the address that has just answered, where no proxy resolves the name itself. */
static SoupSession *new_session(const Visit *visit)
{
    const MpTargets *targets = visit->context->targets;
    SoupSession *soup = targets->proxy_url ? soup_session_new()
                                           : mp_http_session_to(&visit->address);
    soup_session_set_user_agent(soup, "mediapath ");
    soup_session_set_timeout(soup, 0);
    if (visit->trust)
        soup_session_set_tls_database(soup, visit->trust);
    if (targets->proxy_url)
        mp_http_use_proxy(soup, targets->proxy_url, targets->proxy_user, targets->proxy_password);
    else
        soup_session_set_proxy_resolver(soup, NULL);
    return soup;
}

/* Where an answer leads away from the host: without a query, which may hold somebody's session. */
static void keep_location(const Visit *visit, SoupMessage *message)
{
    const char *location = soup_message_headers_get_one(soup_message_get_response_headers(message),
                                                        "Location");
    g_autoptr(GUri) uri = location ? g_uri_parse(location, G_URI_FLAGS_NONE, NULL) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    if (!host || g_ascii_strcasecmp(host, visit->host) == 0)
        return;
    g_autofree char *text = g_uri_join(G_URI_FLAGS_NONE, g_uri_get_scheme(uri), NULL, host,
                                       g_uri_get_port(uri), g_uri_get_path(uri), NULL, NULL);
    json_object_set_string_member(visit->measurement->facts, "location", text);
}

/* Adds the stage. An HTTP status is its code, whatever it says: the way is open. */
static gboolean add_reply(const Visit *visit, const char *stage, const MpHttpReply *reply,
                          MpTime took)
{
    MpOutcome outcome = of_http[reply->progress];
    if (g_cancellable_is_cancelled(visit->context->cancellable))
        outcome = MP_OUTCOME_NOT_RUN;
    const char *detail = reply->detail && *reply->detail ? reply->detail : NULL;
    mp_measurement_add_stage(visit->measurement, stage, outcome, took, reply->status, detail);
    return outcome == MP_OUTCOME_ANSWERED;
}

static MpTime end_of_talk(const Visit *visit)
{
    return MIN(visit->deadline, mp_clock_now() + TALK_LIMIT);
}

static SoupMessage *new_message(const Visit *visit, const char *method, const char *scheme)
{
    g_autofree char *url = g_uri_join(G_URI_FLAGS_NONE, scheme, NULL, visit->host,
                                      visit->port == HTTPS_PORT ? -1 : visit->port, "/", NULL,
                                      NULL);
    SoupMessage *message = soup_message_new(method, url);
    if (!message)
        return NULL;
    soup_message_add_flags(message, SOUP_MESSAGE_NO_REDIRECT);
    if (!visit->context->targets->proxy_url)
        mp_http_expect_host(message);
    return message;
}

static gboolean ask_https(const Visit *visit, SoupSession *soup)
{
    g_autoptr(SoupMessage) message = new_message(visit, SOUP_METHOD_HEAD, "https");
    g_return_val_if_fail(message, FALSE);
    MpTime began = mp_clock_now();
    g_autoptr(MpHttpReply) reply = mp_http_exchange(soup, message, LARGEST_BODY, end_of_talk(visit),
                                                    visit->context->cancellable);
    const gboolean is_answered = add_reply(visit, "https", reply, mp_clock_now() - began);
    if (is_answered)
        keep_location(visit, message);
    return is_answered;
}

/* A status other than 101 is an answer of a server that was proven genuine. */
static void ask_websocket(const Visit *visit, SoupSession *soup)
{
    g_autoptr(SoupMessage) message = new_message(visit, SOUP_METHOD_GET, "wss");
    g_return_if_fail(message);
    MpTime began = mp_clock_now();
    g_autoptr(MpHttpReply)
        reply = mp_http_upgrade(soup, message, end_of_talk(visit), visit->context->cancellable);
    add_reply(visit, "websocket", reply, mp_clock_now() - began);
}

static void talk(const Visit *visit, gboolean wants_websocket)
{
    g_autoptr(GMainContext) loop = g_main_context_new();
    g_main_context_push_thread_default(loop);
    SoupSession *soup = new_session(visit);
    if (ask_https(visit, soup) && wants_websocket)
        ask_websocket(visit, soup);
    soup_session_abort(soup);
    g_object_unref(soup);
    while (g_main_context_iteration(loop, FALSE))
        continue;
    g_main_context_pop_thread_default(loop);
}

/* Whether the stages up to TLS were answered. FALSE with an error where this machine could not. */
static gboolean reach(Visit *visit, const MpStep *step, GError **error)
{
    const MpTargets *targets = visit->context->targets;
    const MpDialGoal goal = {.server = step->server,
                             .targets = targets,
                             .is_proxied = targets->proxy_url != NULL,
                             .reach_limit = REACH_LIMIT};
    const MpNetLimit limit = {MIN(visit->deadline, mp_clock_now() + REACH_LIMIT + TALK_LIMIT),
                              visit->context->cancellable};
    g_autoptr(MpNetTransport) tls = mp_dial(visit->measurement, &goal, &limit, error);
    if (tls)
        visit->address = tls->peer;
    return tls != NULL;
}

/* Behind a proxy it is the proxy that resolves names. */
static MpWebAnswers *ask_name_servers(const Visit *visit)
{
    const MpTargets *targets = visit->context->targets;
    const MpNetLimit limit = {MIN(visit->deadline, mp_clock_now() + REACH_LIMIT),
                              visit->context->cancellable};
    return targets->proxy_url ? NULL
                              : mp_web_answers_start(visit->host, targets->resolvers, &limit);
}

/* The check ended before the step's own time was over: silence is for want of our time then, and
 * nobody's fault. */
static void disown_silence(const Visit *visit)
{
    MpMeasurement *measurement = visit->measurement;
    if (!visit->is_cut || measurement->outcome != MP_OUTCOME_SILENT)
        return;
    JsonObject *broken = mp_measurement_broken_stage(measurement);
    json_object_set_string_member(broken, "outcome", mp_outcome_name(MP_OUTCOME_NOT_RUN));
    json_object_set_string_member(broken, "detail", "no time was left");
    measurement->outcome = MP_OUTCOME_NOT_RUN;
}

MpMeasurement *mp_probe_web(const MpStep *step, const MpProbeContext *context, GError **error)
{
    g_autofree char *target = mp_step_target(step);
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, step->server->transport);
    const char *ca_file = context->targets->ca_file;
    g_autoptr(GTlsDatabase) trust = ca_file ? mp_http_trust_load(ca_file, error) : NULL;
    if (ca_file && !trust)
        return NULL;
    Visit visit = {.host = step->server->host,
                   .port = step->server->port,
                   .context = context,
                   .measurement = measurement,
                   .deadline = context->deadline - MARGIN,
                   .is_cut = context->deadline + MARGIN < mp_clock_now() + step->deadline,
                   .trust = trust};
    GError *problem = NULL;
    MpWebAnswers *answers = ask_name_servers(&visit);
    if (reach(&visit, step, &problem))
        talk(&visit, step->wants_websocket);
    mp_web_answers_finish(answers, measurement->facts);
    disown_silence(&visit);
    if (problem) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
