/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The map of UDP ports: a line of blocks for the port space, then the runs that differ.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"

/* More than this a person does not read; the JSON has them all. */
#define MOST_RUNS 12

static const struct {
    const char *text;
    MpStyle style;
} states[MP_N_PORT_STATES] = {
    [MP_PORT_UNKNOWN] = {N_("unknown"), MP_STYLE_DIM},
    [MP_PORT_OPEN] = {N_("open"), MP_STYLE_GOOD},
    [MP_PORT_BLOCKED] = {N_("blocked"), MP_STYLE_BAD},
    [MP_PORT_BLOCKED_OUT] = {N_("blocked on the way out"), MP_STYLE_BAD},
    [MP_PORT_BLOCKED_IN] = {N_("blocked on the way back"), MP_STYLE_BAD},
};

static const char *const methods[MP_N_PORT_METHODS] = {
    [MP_PORT_METHOD_FAR_END] = N_("asked of a responder, which answers on every port"),
    [MP_PORT_METHOD_RELAY] = N_("asked of ports that the TURN server lent"),
    [MP_PORT_METHOD_WALK] = N_("asked of the routers on the way: that a packet left, not that it "
                               "arrived"),
};

/* A hole of one port shows: what is mixed is not open. */
static MpPiece look(const MpPortMap *map, guint first, guint last)
{
    guint n_open = 0;
    guint n_closed = 0;
    for (guint port = first; port <= last; port++) {
        const MpPortState state = map->states[port];
        n_open += state == MP_PORT_OPEN;
        n_closed += state != MP_PORT_OPEN && state != MP_PORT_UNKNOWN;
    }
    const MpPieceState state = n_closed > 0 && n_open > 0 ? MP_PIECE_MIXED
                               : n_closed > 0             ? MP_PIECE_CLOSED
                               : n_open > 0               ? MP_PIECE_OPEN
                                                          : MP_PIECE_UNKNOWN;
    return (MpPiece){first, last, state};
}

static void print_picture(const MpReport *report, const MpPortMap *map)
{
    const guint n_ports = (guint)map->last - map->first + 1;
    const guint n = MIN(report->medium->strip_room(report, map->first, map->last), n_ports);
    g_autofree MpPiece *pieces = g_new(MpPiece, n);
    for (guint i = 0; i < n; i++)
        pieces[i] = look(map, map->first + n_ports * i / n, map->first + n_ports * (i + 1) / n - 1);
    const char *const legend[MP_N_PIECES] = {
        [MP_PIECE_OPEN] = _("open"),
        [MP_PIECE_CLOSED] = _("blocked"),
        [MP_PIECE_MIXED] = _("both"),
        [MP_PIECE_UNKNOWN] = _("unknown"),
    };
    report->medium->strip(report, pieces, n, legend);
}

/* The runs that a person wants to see: all of them, or where there are many those that are closed.
 */
static GArray *runs_to_show(const MpPortMap *map)
{
    GArray *runs = mp_port_map_runs(map);
    for (guint i = runs->len; runs->len > MOST_RUNS && i-- > 0;) {
        const MpPortState state = g_array_index(runs, MpPortRun, i).state;
        if (state == MP_PORT_OPEN || state == MP_PORT_UNKNOWN)
            g_array_remove_index(runs, i);
    }
    return runs;
}

/* Of a sample most ports of a run were not asked: no port stands for another. */
static char *state_text(const MpPortMap *map, const MpPortRun *run)
{
    const char *state = _(states[run->state].text);
    if (!map->is_sample || run->state == MP_PORT_UNKNOWN)
        return g_strdup(state);
    guint n_asked = 0;
    for (guint port = run->first; port <= run->last; port++)
        n_asked += map->states[port] == run->state;
    g_autofree char *count = g_strdup_printf("%u", n_asked);
    return mp_template_fill_pairs(_("{state}, {count} asked"), "state", state, "count", count,
                                  NULL);
}

static void print_runs(const MpReport *report, const MpPortMap *map)
{
    g_autoptr(GArray) runs = runs_to_show(map);
    g_autoptr(MpTable) table = mp_table_new("ll");
    for (guint i = 0; i < MIN(runs->len, MOST_RUNS); i++) {
        const MpPortRun *run = &g_array_index(runs, MpPortRun, i);
        mp_table_take(table, MP_STYLE_PLAIN,
                      run->first == run->last ? g_strdup_printf("%u", run->first)
                                              : g_strdup_printf("%u-%u", run->first, run->last));
        mp_table_take(table, states[run->state].style, state_text(map, run));
    }
    if (runs->len > MOST_RUNS) {
        mp_table_take(table, MP_STYLE_DIM, g_strdup_printf("... (%u)", runs->len));
        mp_table_add(table, MP_STYLE_DIM, _("all of them are in the JSON"));
    }
    report->medium->table(report, table);
}

static char *percent_or_null(double share)
{
    return isfinite(share) ? mp_template_number(share * 100) : NULL;
}

static char *number_or_null(JsonObject *facts, const char *name)
{
    double value;
    return mp_facts_number(facts, name, &value) && value > 0 ? mp_template_number(value) : NULL;
}

static void print_prefixes(const MpReport *report, JsonObject *prefixes)
{
    g_autofree char *parts = number_or_null(prefixes, "parts");
    g_autofree char *passed = number_or_null(prefixes, "passed");
    g_autofree char *unknown = number_or_null(prefixes, "unknown");
    g_autofree char *bound = number_or_null(prefixes, "blocked_bound_percent");
    g_autofree char *line = mp_template_fill_pairs(_("Of {parts} parts of the ranges {passed} are "
                                                     "let out[, {unknown} are not known][; at most "
                                                     "{bound} % of all are blocked, at 95 %]."),
                                                   "parts", parts, "passed", passed ? passed : "0",
                                                   "unknown", unknown, "bound", bound, NULL);
    report->medium->line(report, line);
}

/* What a walk found of the parts of the ranges. */
static void print_all_prefixes(const MpReport *report)
{
    for (guint i = 0; i < report->result->measurements->len; i++) {
        const MpMeasurement *measurement = report->result->measurements->pdata[i];
        JsonObject *prefixes = mp_facts_object(measurement->facts, "prefixes");
        if (prefixes)
            print_prefixes(report, prefixes);
    }
}

void mp_section_ports(const MpReport *report)
{
    const MpPortMap *map = report->result->ports;
    if (!map)
        return;
    g_autofree char *asked = g_strdup_printf("%u", map->n_asked);
    g_autofree char *seconds = g_strdup_printf("%.1f", mp_time_to_ms(map->took) / 1000);
    g_autofree char *probes = g_strdup_printf("%" G_GUINT64_FORMAT, map->n_sent);
    g_autofree char *wrong = percent_or_null(map->wrong_bound);
    g_autofree char *blocked = percent_or_null(map->blocked_bound);
    /* A relay's ports are drawn from those that it has. */
    const gboolean is_lent = map->method == MP_PORT_METHOD_RELAY;
    g_autofree char *gap = map->widest_gap ? g_strdup_printf("%u", map->widest_gap) : NULL;
    g_autofree char *summary = mp_template_fill_pairs(
        _("{asked} ports, {method}; {seconds} s, {probes} packets.[ Probability that any port is "
          "told wrong: at most {wrong} %.][ Of the ports that were not asked at most {blocked} % "
          "are blocked, at 95 %.][ Of the ports that the server lends at most {lent} % are "
          "blocked, "
          "at 95 %.][ Ports between two that agree are taken to agree: a hole of "
          "fewer "
          "than {gap} may be missed.]"),
        "asked", asked, "method", _(methods[map->method]), "seconds", seconds, "probes", probes,
        "wrong", wrong, "blocked", is_lent ? NULL : blocked, "lent", is_lent ? blocked : NULL,
        "gap", gap, NULL);
    report->medium->heading(report, _("UDP ports"));
    report->medium->line(report, summary);
    print_picture(report, map);
    print_runs(report, map);
    print_all_prefixes(report);
    if (map->is_cut_short)
        report->medium->line(report,
                             _("It was ended before its time: what was not asked is unknown."));
}
