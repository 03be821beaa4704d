/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Truth as text. Link names are our own and need no escaping.
 */
#include "lab/truth_text.h"

#include "base/address.h"

static const char *direction_name(const MpTruthLane *lane)
{
    return lane->is_down ? "down" : "up";
}

/* Milliseconds with three digits, whatever the locale. */
static void append_ms(GString *text, const char *key, MpTime span)
{
    guint64 us = (guint64)(ABS(span) / 1000);
    g_string_append_printf(text, ",\"%s\":%s%" G_GUINT64_FORMAT ".%03u", key, span < 0 ? "-" : "",
                           us / 1000, (guint)(us % 1000));
}

void mp_truth_append_header(GString *text, const MpTruthLane *lanes, guint n_lanes, MpTime start)
{
    g_string_append_printf(
        text, "{\"schema\":\"mediapath-link-truth/1\",\"start_unix_us\":%" G_GINT64_FORMAT,
        start / 1000);
    g_string_append(text, ",\"links\":[");
    for (guint i = 0; i < n_lanes; i += 2)
        g_string_append_printf(text, "%s{\"name\":\"%s\",\"seed\":%" G_GUINT64_FORMAT "}",
                               i > 0 ? "," : "", lanes[i].link, lanes[i].seed);
    g_string_append(text, "]}\n");
}

void mp_truth_append_flow(GString *text, guint number, const MpFlow *flow)
{
    g_autofree char *name = mp_flow_to_text(flow);
    g_string_append_printf(text, "{\"flow\":%u,\"is\":\"%s\"}\n", number, name);
}

static void append_mark(GString *text, const MpPacketMark *mark)
{
    static const char digits[] = "0123456789abcdef";
    if (mark->flow.family == MP_FAMILY_IPV4)
        g_string_append_printf(text, ",\"id\":%u", mark->identification);
    g_string_append(text, ",\"head\":\"");
    for (guint i = 0; i < mark->head_length; i++) {
        g_string_append_c(text, digits[mark->head[i] >> 4]);
        g_string_append_c(text, digits[mark->head[i] & 15]);
    }
    g_string_append_c(text, '"');
}

void mp_truth_append_packet(GString *text, const MpTruthLane *lane, const MpTruthRecord *record,
                            guint flow, MpTime start)
{
    const MpLinkOutcome *outcome = &record->outcome;
    g_string_append_printf(text, "{\"link\":\"%s\",\"dir\":\"%s\",\"n\":%" G_GUINT64_FORMAT,
                           lane->link, direction_name(lane), outcome->number);
    append_ms(text, "at_ms", outcome->offered - start);
    g_string_append_printf(text, ",\"size\":%u,\"fate\":\"%s\"", outcome->size,
                           mp_fate_name(outcome->fate));
    append_ms(text, "delay_ms", outcome->due - outcome->offered);
    append_ms(text, "queue_ms", outcome->queued);
    if (outcome->fate == MP_FATE_DELIVERED)
        append_ms(text, "late_ms", record->sent - outcome->due);
    if (outcome->is_copy)
        g_string_append(text, ",\"copy\":true");
    if (outcome->corrupted_bit >= 0)
        g_string_append_printf(text, ",\"corrupt\":%d", outcome->corrupted_bit);
    g_string_append_printf(text, ",\"flow\":%u", flow);
    append_mark(text, &record->mark);
    g_string_append(text, "}\n");
}

static void append_count(GString *text, const char *key, guint64 value)
{
    g_string_append_printf(text, ",\"%s\":%" G_GUINT64_FORMAT, key, value);
}

static void append_delays(GString *text, const MpDelayHistogram *delay)
{
    static const struct {
        const char *name;
        double percent;
    } percentiles[] = {{"p50", 50}, {"p95", 95}, {"p99", 99}, {"max", 100}};
    if (delay->n == 0)
        return;
    g_string_append(text, ",\"delay_ms\":{\"n\":");
    g_string_append_printf(text, "%" G_GUINT64_FORMAT, delay->n);
    for (guint i = 0; i < G_N_ELEMENTS(percentiles); i++)
        append_ms(text, percentiles[i].name,
                  mp_delay_histogram_percentile(delay, percentiles[i].percent));
    g_string_append_c(text, '}');
}

static void append_tally(GString *text, const MpTruthLane *lane, const MpLaneTally *tally)
{
    g_string_append_printf(text, "{\"link\":\"%s\",\"dir\":\"%s\"", lane->link,
                           direction_name(lane));
    append_count(text, "packets", tally->packets);
    append_count(text, "bytes", tally->bytes);
    for (guint i = 0; i < MP_N_FATES; i++)
        append_count(text, mp_fate_name((MpFate)i), tally->fates[i]);
    append_count(text, "inside", tally->inside);
    append_count(text, "copies", tally->copies);
    append_count(text, "corrupted", tally->corrupted);
    append_count(text, "passed", tally->passed);
    append_count(text, "most_packets", tally->most_packets);
    append_count(text, "most_bytes", tally->most_bytes);
    append_ms(text, "longest_queue_ms", tally->longest_queue);
    append_delays(text, &tally->delay);
    g_string_append_c(text, '}');
}

static MpTime from_ms(double ms)
{
    return (MpTime)(ms * 1e6);
}

void mp_truth_append_summary(GString *text, const MpTruthLane *lanes,
                             const MpLaneTally *const *tallies, guint n_lanes,
                             const MpEmulatorReport *report, guint64 omitted)
{
    g_string_append(text, "{\"summary\":[");
    for (guint i = 0; i < n_lanes; i++) {
        g_string_append(text, i > 0 ? "," : "");
        append_tally(text, &lanes[i], tallies[i]);
    }
    g_string_append_printf(text, "],\"late\":{\"packets\":%" G_GUINT64_FORMAT, report->packets);
    if (report->packets > 0) {
        append_ms(text, "p50_ms", from_ms(report->late_p50_ms));
        append_ms(text, "p99_ms", from_ms(report->late_p99_ms));
        append_ms(text, "max_ms", from_ms(report->late_max_ms));
    }
    g_string_append_c(text, '}');
    append_count(text, "overflows", report->overflows);
    append_count(text, "omitted", omitted);
    g_string_append_printf(text, ",\"spoiled\":%s}\n", report->is_spoiled ? "true" : "false");
}
