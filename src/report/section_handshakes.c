/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flights of a DTLS handshake that did not end, for the ways that it broke.
 */
#include "base/i18n.h"
#include "report/section.h"
#include "report/table.h"
#include "report/template.h"
#include "report/words.h"

/* The measurement's flights, lent; NULL: its handshake is not what broke. */
static JsonArray *broken_flights(const MpMeasurement *measurement)
{
    JsonObject *stage = mp_measurement_broken_stage(measurement);
    return g_strcmp0(mp_facts_string(stage, "name"), "dtls") == 0
               ? mp_facts_array(measurement->facts, "dtls.flights")
               : NULL;
}

/* "ClientHello", or the first and the last: the protocol's words. */
static char *messages_text(JsonObject *flight)
{
    JsonArray *messages = mp_facts_array(flight, "messages");
    const guint count = messages ? json_array_get_length(messages) : 0;
    const char *first = count > 0 ? mp_facts_string_at(messages, 0) : NULL;
    const char *last = count > 1 ? mp_facts_string_at(messages, count - 1) : NULL;
    return last ? g_strdup_printf("%s - %s", first, last) : g_strdup(first);
}

static char *number_text(JsonObject *flight, const char *name)
{
    double number;
    return mp_facts_number(flight, name, &number) ? mp_template_number(number) : NULL;
}

static void add_flight(MpTable *table, JsonObject *flight)
{
    const gboolean is_ours = g_strcmp0(mp_facts_string(flight, "from"), "here") == 0;
    double first = 0;
    double last = 0;
    mp_facts_number(flight, "first_ms", &first);
    mp_facts_number(flight, "last_ms", &last);
    mp_table_add(table, MP_STYLE_PLAIN, is_ours ? _("here") : _("there"));
    mp_table_take(table, MP_STYLE_PLAIN, number_text(flight, "datagrams"));
    mp_table_take(table, MP_STYLE_PLAIN, number_text(flight, "largest_bytes"));
    mp_table_take(table, MP_STYLE_PLAIN, number_text(flight, "retransmissions"));
    mp_table_take(table, MP_STYLE_PLAIN, g_strdup_printf("%.0f-%.0f ms", first, last));
    mp_table_take(table, MP_STYLE_PLAIN, messages_text(flight));
}

static void print_flights(const MpReport *report, MpWay way, JsonArray *flights)
{
    g_autofree char *heading = mp_template_fill_pairs(_("Handshake, {way}"), "way",
                                                      mp_way_text(way), NULL);
    const char *const names[] = {_("From"),  _("Datagrams"), _("Largest"),
                                 _("Again"), _("When"),      _("Messages")};
    report->medium->heading(report, heading);
    g_autoptr(MpTable) table = mp_table_new("lrrrrl");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        mp_table_add(table, MP_STYLE_DIM, names[i]);
    for (guint i = 0; i < json_array_get_length(flights); i++)
        add_flight(table, mp_facts_object_at(flights, i));
    report->medium->table(report, table);
}

void mp_section_handshakes(const MpReport *report)
{
    for (guint i = 0; i < report->result->paths->len; i++) {
        const MpPath *path = report->result->paths->pdata[i];
        for (guint j = 0; j < path->measurements->len; j++) {
            JsonArray *flights = broken_flights(path->measurements->pdata[j]);
            if (flights && json_array_get_length(flights) > 0)
                print_flights(report, path->way, flights);
        }
    }
}
