/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What loss alone can silence.
 */
#include "analysis/lost_answers.h"

#include <math.h>

#include "analysis/cases.h"
#include "model/json_number.h"

/* Less than this leaves hardly any question of several sends without an answer. */
#define LEAST_SHARE 0.05
/* A check asks about a hundred questions: one check in a hundred says too much. */
#define LEAST_CHANCE 1e-4

/* How a stage asks: after this long it is sent again, and after twice as long each time. RFC 8489
 * section 6.2.1, RFC 6298 section 2 (TCP), resolv.conf(5) (2 s is often set). And how
 * many packets must come through one after the other: a handshake and a request are at least so
 * many. */
typedef struct {
    const char *stage;
    guint rto_ms;
    guint n_answers;
} Asking;

static const Asking askings[] = {
    {"resolve", 2000, 2}, {"connect", 1000, 1},   {"tls", 1000, 4},
    {"https", 1000, 6},   {"websocket", 1000, 6}, {"whip", 1000, 6},
    {"gather", 1000, 4},  {"dtls", 1000, 6},      {"record", 1000, 50},
};
static const Asking by_datagram = {"", 500, 1};
static const Asking by_stream = {"", 1000, 1};

static const Asking *asking_of(const MpMeasurement *measurement, const char *stage)
{
    for (gsize i = 0; i < G_N_ELEMENTS(askings); i++)
        if (g_str_equal(askings[i].stage, stage))
            return &askings[i];
    return mp_transport_is_datagram(measurement->transport) ? &by_datagram : &by_stream;
}

/* The first requests of a STUN step: at least this much, with 95 % confidence. A search of ports
 * counts hundreds. */
static const struct {
    const char *kind;
    const char *path;
} figures[] = {{"stun", "loss.low"}, {"ports", "loss_percent"}};

MpAnswerLoss mp_answer_loss(const MpResult *result)
{
    MpAnswerLoss loss = {0};
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        for (gsize j = 0; j < G_N_ELEMENTS(figures); j++) {
            double percent;
            if (g_str_equal(measurement->kind, figures[j].kind) &&
                mp_facts_number(measurement->facts, figures[j].path, &percent) &&
                percent > 100 * loss.share)
                loss = (MpAnswerLoss){percent / 100, measurement};
        }
    }
    return loss;
}

/* Of `n` draws with that chance, exactly `hits`. */
static double exactly(guint hits, guint n, double chance)
{
    return exp(lgamma(n + 1.0) - lgamma(hits + 1.0) - lgamma(n - hits + 1.0) + hits * log(chance) +
               (n - hits) * log1p(-chance));
}

static double at_least(guint hits, guint n, double chance)
{
    double sum = 0;
    if (!(chance > 0) || !(chance < 1))
        return chance > 0 ? 1 : 0;
    for (guint i = hits; i <= n; i++)
        sum += exactly(i, n, chance);
    return fmin(sum, 1);
}

double mp_answer_loss_chance(const MpAnswerLoss *loss, double n_sends, guint n_answers, guint least,
                             guint n)
{
    if (loss->share < LEAST_SHARE)
        return 0;
    const double own = 1 - pow(1 - pow(loss->share, n_sends), n_answers);
    return at_least(least, n, own);
}

gboolean mp_answer_loss_suffices(double chance)
{
    return chance >= LEAST_CHANCE;
}

/* Sends of which the stage waited for the last one's answer, too. */
static double sends_in(JsonObject *stage, const Asking *asking)
{
    double waited_ms = 0;
    mp_facts_number(stage, "ms", &waited_ms);
    return 1 + floor(log2(fmax(waited_ms, 0) / asking->rto_ms + 1));
}

/* Which port; 0 of media, whose stages are alike whichever way they go. */
static guint16 port_of(const MpResult *result, const MpMeasurement *measurement)
{
    MpAddress server = {.port = 0};
    if (!g_str_equal(measurement->kind, "media"))
        mp_evidence_server(result, measurement, &server);
    return server.port;
}

/* Questions that one rule would keep or let through alike. */
static gboolean is_like(const MpResult *result, const MpMeasurement *a, const MpMeasurement *b)
{
    return g_str_equal(a->kind, "media") == g_str_equal(b->kind, "media") &&
           mp_transport_is_datagram(a->transport) == mp_transport_is_datagram(b->transport) &&
           port_of(result, a) == port_of(result, b);
}

/* A stage may be there once for each end of a relay: the one that broke. */
static JsonObject *stage_named(const MpMeasurement *measurement, const char *name)
{
    JsonObject *broken = mp_measurement_broken_stage(measurement);
    return broken && g_str_equal(mp_facts_string(broken, "name"), name)
               ? broken
               : mp_measurement_stage(measurement, name);
}

/* One silence among answers is chance sooner than silence everywhere. */
static double chance_of(const MpResult *result, const MpAnswerLoss *loss,
                        const MpMeasurement *measurement, JsonObject *stage)
{
    const char *name = mp_facts_string(stage, "name");
    const Asking *asking = asking_of(measurement, name);
    double n_sends = sends_in(stage, asking);
    guint n_silent = 0;
    guint n = 0;
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *other = result->measurements->pdata[i];
        JsonObject *same = other == measurement ? stage : stage_named(other, name);
        if (!same || mp_stage_has_outcome(same, MP_OUTCOME_NOT_RUN) ||
            !is_like(result, measurement, other))
            continue;
        n++;
        if (!mp_stage_has_outcome(same, MP_OUTCOME_SILENT))
            continue;
        n_silent++;
        n_sends = fmin(n_sends, sends_in(same, asking));
    }
    return mp_answer_loss_chance(loss, n_sends, asking->n_answers, n_silent, n);
}

static void mark(const MpResult *result, const MpAnswerLoss *loss, const MpMeasurement *measurement)
{
    JsonArray *stages = mp_facts_array(measurement->facts, "stages");
    for (guint i = 0; stages && i < json_array_get_length(stages); i++) {
        JsonObject *stage = mp_facts_object_at(stages, i);
        json_object_remove_member(stage, "loss_chance");
        if (!mp_stage_has_outcome(stage, MP_OUTCOME_SILENT))
            continue;
        const double chance = chance_of(result, loss, measurement, stage);
        if (mp_answer_loss_suffices(chance))
            json_object_set_double_member(stage, "loss_chance", mp_json_rounded(chance));
    }
}

void mp_analysis_lost_answers(MpResult *result)
{
    const MpAnswerLoss loss = mp_answer_loss(result);
    for (guint i = 0; i < result->measurements->len; i++)
        mark(result, &loss, result->measurements->pdata[i]);
}
