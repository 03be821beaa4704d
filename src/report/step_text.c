/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines about steps, for progress and report.
 */
#include "report/step_text.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "model/port_map.h"
#include "report/template.h"
#include "report/words.h"

/* facts.reason of a step that was not run. */
static const char *const reasons[] = {
    N_("interrupted"),
    N_("the time limit of the check was reached"),
    N_("the name has no IPv6 address"),
};

static char *server_text(const MpServerUri *server)
{
    gboolean is_ipv6 = strchr(server->host, ':') != NULL;
    return g_strdup_printf(is_ipv6 ? "[%s]:%u" : "%s:%u", server->host, server->port);
}

static const struct {
    const char *kind;
    const char *title;
} titles[] = {
    {"stun", N_("STUN over UDP to {server}")},
    {"nat", N_("NAT, asked of {server}")},
    {"nat-lifetime", N_("Idle UDP flows, asked of {server}")},
    {"turn", N_("{way} to {server}")},
    {"computer", N_("This computer")},
    {"web", N_("HTTPS to {server}")},
    {"path", N_("Packets on the way to the responder")},
    {"ports", N_("UDP ports, asked of the responder")},
    {"ports-relay", N_("UDP ports, asked of {server}")},
    {"ports-walk", N_("UDP ports, asked of the routers on the way")},
    {"media", N_("Media ({way})")},
};

/* A web host's port goes without saying. */
static char *server_of(const MpStep *step)
{
    if (!step->server)
        return g_strdup("");
    if (g_str_equal(step->kind, "web"))
        return g_strdup(step->server->host);
    g_autofree char *server = server_text(step->server);
    return g_strconcat(server, step->family == MP_FAMILY_IPV6 ? " (IPv6)" : "", NULL);
}

char *mp_step_title(const MpStep *step)
{
    g_autofree char *server = server_of(step);
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++)
        if (g_str_equal(titles[i].kind, step->kind))
            return mp_template_fill_pairs(_(titles[i].title), "way", mp_way_text(step->way),
                                          "server", server, NULL);
    return g_strdup(step->kind);
}

/* "TURN Allocate: credentials rejected (401 Unauthorized)". */
static char *broken_line(JsonObject *stage)
{
    MpOutcome outcome = MP_OUTCOME_SILENT;
    const char *name = mp_facts_string(stage, "name");
    const char *outcome_name = mp_facts_string(stage, "outcome");
    double code = 0;
    if (!name || !outcome_name || !mp_outcome_parse(&outcome, outcome_name))
        return NULL;

    gboolean has_code = mp_facts_number(stage, "code", &code);
    const char *detail = mp_facts_string(stage, "detail");
    g_autofree char *digits = has_code ? mp_template_number(code) : NULL;
    g_autofree char *explanation = has_code || detail
                                       ? g_strdup_printf("%s%s%s", has_code ? digits : "",
                                                         has_code && detail ? " " : "",
                                                         detail ? detail : "")
                                       : NULL;
    return mp_template_fill_pairs(_("{stage}: {outcome}[ ({explanation})]"), "stage",
                                  mp_stage_text(name), "outcome", mp_outcome_text(outcome),
                                  "explanation", explanation, NULL);
}

static const char *reason_text(const char *reason)
{
    for (gsize i = 0; reason && i < G_N_ELEMENTS(reasons); i++)
        if (g_str_equal(reasons[i], reason))
            return _(reasons[i]);
    return reason;
}

static char *not_run_line(const MpMeasurement *measurement)
{
    const char *reason = mp_facts_string(measurement->facts, "reason");
    if (reason && g_str_has_prefix(reason, "requires "))
        return mp_template_fill_pairs(_("not run: needs {id}"), "id", reason + strlen("requires "),
                                      NULL);
    return mp_template_fill_pairs(_("not run[: {reason}]"), "reason", reason_text(reason), NULL);
}

static char *number_text(JsonObject *facts, const char *path)
{
    double value;
    return mp_facts_number(facts, path, &value) ? mp_template_number(value) : NULL;
}

static char *lifetime_line(const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    g_autofree char *from = number_text(facts, "lifetime_s.more_than");
    g_autofree char *to = number_text(facts, "lifetime_s.at_most");
    if (!from && !to)
        return g_strdup(_("lifetime unknown"));
    return mp_template_fill_pairs(_("idle flows live[ more than {from} s][ at most {to} s]"),
                                  "from", from, "to", to, NULL);
}

static char *code_text(const MpMeasurement *measurement, const char *stage_name)
{
    JsonObject *stage = mp_measurement_stage(measurement, stage_name);
    return stage ? number_text(stage, "code") : NULL;
}

static char *web_line(const MpMeasurement *measurement)
{
    g_autofree char *https = code_text(measurement, "https");
    g_autofree char *websocket = code_text(measurement, "websocket");
    const char *proxy = mp_facts_string(measurement->facts, "proxy.url");
    return mp_template_fill_pairs(_("HTTP {https}[, WebSocket {websocket}][, by {proxy}]"), "https",
                                  https, "websocket", websocket, "proxy", proxy, NULL);
}

static char *rtt_text(JsonObject *facts)
{
    double median;
    double error = NAN;
    mp_facts_number(facts, "up.tester_error_ms", &error);
    return mp_facts_number(facts, "rtt_ms.p50", &median) ? mp_template_measured(median, error)
                                                         : NULL;
}

static char *stun_line(const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    g_autofree char *rtt = rtt_text(facts);
    return mp_template_fill_pairs(_("seen as {address}[, RTT {rtt} ms]"), "address",
                                  mp_facts_string(facts, "mapped_address"), "rtt", rtt, NULL);
}

static char *nat_line(const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    return mp_template_fill_pairs(_("mapping {mapping}, filtering {filtering}"), "mapping",
                                  mp_facts_string(facts, "mapping"), "filtering",
                                  mp_facts_string(facts, "filtering"), NULL);
}

static char *turn_line(const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    g_autofree char *rtt = rtt_text(facts);
    return mp_template_fill_pairs(_("relay {address}[, RTT {rtt} ms]"), "address",
                                  mp_facts_string(facts, "relayed_address"), "rtt", rtt, NULL);
}

static char *computer_line(const MpMeasurement *measurement)
{
    g_autofree char *frame = number_text(measurement->facts, "background_frame_ms.p95");
    return mp_template_fill_pairs(_("95 % of background frames within {frame} ms"), "frame", frame,
                                  NULL);
}

static char *ports_line(const MpMeasurement *measurement)
{
    g_autoptr(MpPortMap) map = mp_port_map_read(measurement->facts);
    if (!map)
        return g_strdup(mp_outcome_text(measurement->outcome));
    const guint n_open = mp_port_map_count(map, MP_PORT_OPEN);
    const guint n_known = map->last - map->first + 1U - mp_port_map_count(map, MP_PORT_UNKNOWN);
    const guint n_ports = map->is_sample ? MAX(map->n_asked, n_known) : map->last - map->first + 1U;
    const guint n_unknown = n_ports - n_known;
    g_autofree char *open = g_strdup_printf("%u", n_open);
    g_autofree char *closed = g_strdup_printf("%u", n_known - n_open);
    g_autofree char *unknown = n_unknown ? g_strdup_printf("%u", n_unknown) : NULL;
    return mp_template_fill_pairs(_("{open} open, {closed} blocked[, {unknown} unknown]"), "open",
                                  open, "closed", closed, "unknown", unknown, NULL);
}

static char *path_line(const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    g_autofree char *up = number_text(facts, "largest_packet_bytes.up");
    g_autofree char *down = number_text(facts, "largest_packet_bytes.down");
    return mp_template_fill_pairs(_("answered[, packets up to {up} bytes out, {down} bytes back]"),
                                  "up", up, "down", down, NULL);
}

static char *media_line(const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    g_autofree char *rtt = rtt_text(facts);
    g_autofree char *up = number_text(facts, "up.loss_percent");
    g_autofree char *down = number_text(facts, "down.loss_percent");
    return mp_template_fill_pairs(_("media both ways[, video {tier}][, RTT {rtt} ms][, loss {up} % "
                                    "up, {down} % down]"),
                                  "tier", mp_facts_string(facts, "tier"), "rtt", rtt, "up", up,
                                  "down", down, NULL);
}

/* What a step that worked is remembered by. */
static const struct {
    const char *kind;
    char *(*line)(const MpMeasurement *measurement);
} answered[] = {
    {"stun", stun_line},        {"nat", nat_line},     {"nat-lifetime", lifetime_line},
    {"turn", turn_line},        {"web", web_line},     {"computer", computer_line},
    {"path", path_line},        {"ports", ports_line}, {"ports-relay", ports_line},
    {"ports-walk", ports_line}, {"media", media_line},
};

static char *answered_line(const MpMeasurement *measurement)
{
    for (gsize i = 0; i < G_N_ELEMENTS(answered); i++)
        if (g_str_equal(answered[i].kind, measurement->kind))
            return answered[i].line(measurement);
    return g_strdup(mp_outcome_text(measurement->outcome));
}

char *mp_measurement_line(const MpMeasurement *measurement)
{
    if (measurement->outcome == MP_OUTCOME_ANSWERED)
        return answered_line(measurement);
    if (measurement->outcome == MP_OUTCOME_NOT_RUN)
        return not_run_line(measurement);
    JsonObject *broken = mp_measurement_broken_stage(measurement);
    return broken ? broken_line(broken) : g_strdup(mp_outcome_text(measurement->outcome));
}
