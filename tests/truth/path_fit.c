/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Usage: path_fit RECORD.json...
 *
 * For each record of a real call (what `collect` writes) the link that it was held over and what
 * the path model makes of the packets of the checks before and after it, a line each direction.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/path_model_fit.h"
#include "packets_text.h"

#define DRAWS 200

static MpMeasurement *media_of(JsonObject *check)
{
    JsonArray *measurements = mp_facts_array(check, "result.measurements");
    JsonObject *told = json_array_get_object_element(measurements, 0);
    MpMeasurement *media = mp_measurement_new(mp_facts_string(told, "id"), "media", "",
                                              MP_TRANSPORT_UDP);
    json_object_unref(media->facts);
    media->facts = json_object_ref(mp_facts_object(told, "facts"));
    const char *packets = mp_facts_string(check, "packets");
    if (!packets || !packets_text_read(packets, media))
        fprintf(stderr, "no packets\n");
    return media;
}

static int ascending(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void show_loss(const MpPathModel *model, gboolean is_up)
{
    double ratios[DRAWS];
    double bursts[DRAWS];
    for (guint64 seed = 0; seed < DRAWS; seed++) {
        g_autoptr(MpLink) link = mp_link_new();
        mp_path_model_draw(model, seed, link);
        const MpLinkLoss *loss = &(is_up ? &link->up : &link->down)->conditions.loss;
        ratios[seed] = 100 * mp_link_loss_ratio(loss);
        bursts[seed] = loss->bad_to_good > 0 ? 1 / loss->bad_to_good : 1;
    }
    qsort(ratios, DRAWS, sizeof *ratios, ascending);
    qsort(bursts, DRAWS, sizeof *bursts, ascending);
    printf(" loss %.2f [%.2f %.2f] bursts %.1f [%.1f %.1f]", ratios[DRAWS / 2], ratios[DRAWS / 20],
           ratios[DRAWS - DRAWS / 20], bursts[DRAWS / 2], bursts[DRAWS / 20],
           bursts[DRAWS - DRAWS / 20]);
}

static const char *const distributions[] = {"uniform", "normal", "exponential", "pareto"};

static void show_side(const MpPathModel *model, gboolean is_up)
{
    const MpPathSide *side = is_up ? &model->up : &model->down;
    printf("   %-4s n %4u delay %.1f", is_up ? "up" : "down", side->packets, side->delay_ms);
    show_loss(model, is_up);
    printf(" rate %.0f [%.0f %.0f] queue %.0f [%.0f %.0f] crowded %u%s", side->rate_kbps,
           side->rate_low_kbps, side->rate_high_kbps, side->queue_ms, side->queue_low_ms,
           side->queue_high_ms, side->crowded_out, side->is_policer ? " POLICER" : "");
    const MpPathJitter *jitter = &side->jitter;
    printf(" %s %.2f (%.2f) over %.0f (%.2f) median %.1f middle %.1f%s",
           distributions[jitter->distribution], jitter->scale_ms.median, jitter->scale_ms.spread,
           jitter->correlation_ms.median, jitter->correlation_ms.spread, jitter->median_ms,
           jitter->middle, jitter->reorders ? " reorders" : "");
    const MpPathOutages *outages = &side->outages;
    if (outages->number >= 1)
        printf(" %.0f %s of %.0f ms (%.2f) in %.0f s", outages->number,
               outages->type == MP_OUTAGE_HOLDS ? "holds" : "drops", outages->length_ms.median,
               outages->length_ms.spread, outages->seconds);
    printf("\n");
}

static void show_check(JsonObject *record, const char *name)
{
    JsonObject *check = mp_facts_object(record, name);
    if (!check)
        return;
    g_autoptr(MpMeasurement) media = media_of(check);
    JsonObject *capacity = mp_facts_object(media->facts, "capacity");
    g_autoptr(JsonNode) node = json_node_alloc();
    if (capacity)
        json_node_init_object(node, capacity);
    g_autofree char *told = capacity ? json_to_string(node, FALSE) : NULL;
    printf("  %s %s\n", name, told ? told : "no capacity");
    g_autofree MpPathModel *model = mp_path_model_fit(media);
    if (!model)
        return;
    show_side(model, TRUE);
    show_side(model, FALSE);
    if (g_getenv("PATH_FIT_JSON")) {
        g_autoptr(JsonNode) whole = json_node_alloc();
        json_node_init_object(whole, mp_path_model_to_json(model));
        g_autofree char *text = json_to_string(whole, FALSE);
        printf("%s\n", text);
    }
}

static gboolean show_record(const char *file)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    if (!json_parser_load_from_file(parser, file, &error)) {
        fprintf(stderr, "%s: %s\n", file, error->message);
        return FALSE;
    }
    JsonObject *record = json_node_get_object(json_parser_get_root(parser));
    JsonObject *cell = mp_facts_object(record, "cell");
    g_autofree char *link = json_to_string(json_object_get_member(cell, "link"), FALSE);
    printf("%s %s\n", mp_facts_string(cell, "id"), link);
    show_check(record, "before");
    show_check(record, "after");
    return TRUE;
}

int main(int argc, char **argv)
{
    gboolean is_good = argc > 1;
    for (int i = 1; i < argc; i++)
        is_good = show_record(argv[i]) && is_good;
    return is_good ? 0 : 1;
}
