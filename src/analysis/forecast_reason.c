/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a simulated session is what it is. Each cause is taken away alone, over the same links and
 * with the same seeds: what changes then is its doing. Where the point lies at which a session
 * turns is found by halving.
 */
#include "analysis/forecast_reason.h"

#include <math.h>

#include "analysis/forecast_limits.h"
#include "analysis/metrics.h"
#include "analysis/what_if.h"

/* Fewer than for the verdict: a cause must change it plainly. */
#define LINKS 8
#define LEAST_LINKS 4
#define CALLS_PER_LINK 2
/* How much better a cause must make calls to be called one; and how much better a cause further
 * down the list must be than one before it. */
#define LEAST_GAIN 0.1
#define CLEARLY 0.1
#define HALVINGS 5
/* Of the list of changes: rate and loss, which make most others follow. */
#define MOST_FIRST_CAUSES 2
/* Between these a turning point is looked for. */
#define MOST_LOSS_PERCENT 30.0
#define LEAST_LOSS_PERCENT 0.1
#define LEAST_RATE_KBPS 50.0
#define MOST_RATE_KBPS 8000.0
/* Of made-up sound that an audio call stands. */
#define MOST_CONCEALED_PERCENT 5

static MpCallChances ask(const MpCallQuestion *question, MpWhatIf what_if, double size,
                         guint calls_per_link)
{
    MpCallQuestion other = *question;
    other.what_if = what_if;
    other.size = size;
    other.links = LINKS;
    other.least_links = LEAST_LINKS;
    other.calls_per_link = calls_per_link;
    return mp_call_chances(&other);
}

/* From 0, all unstable, to 1, all stable. */
static double worth(const MpCallChances *chances)
{
    const double stable = chances->n_calls[MP_VERDICT_STABLE];
    const double degraded = chances->n_calls[MP_VERDICT_DEGRADED];
    return (stable + degraded / 2) / chances->calls;
}

static gboolean is_stable(MpSessionType session, const MpCallChances *chances)
{
    return mp_call_chances_stable(chances, session, 0) >= 0.5;
}

static void add_counterfactual(MpForecast *forecast, const MpChange *change,
                               const MpCallChances *chances)
{
    const MpCounterfactual told = {
        .change = change->name,
        .probability = mp_call_chances_stable(chances, forecast->type, 0),
    };
    g_array_append_val(forecast->counterfactuals, told);
}

static void try_setting(MpForecast *forecast, const MpChange *change, const MpCallChances *chances)
{
    if (!forecast->setting && is_stable(forecast->type, chances))
        forecast->setting = change->name;
}

/* Where nothing helps alone, the first of the two causes whose absence helps most. NULL: not even
 * two do. */
static const MpChange *find_first_of_two(const MpForecast *forecast, const MpCallQuestion *question,
                                         const MpCallChances *as_it_is)
{
    guint count;
    const MpChange *changes = mp_what_if_changes(&count);
    const MpChange *first = NULL;
    double best = worth(as_it_is) + LEAST_GAIN;
    for (guint i = 0; i < MOST_FIRST_CAUSES; i++) {
        for (guint j = i + 1; j < count; j++) {
            if (changes[j].is_setting || !(changes[j].sessions & 1u << forecast->type))
                continue;
            MpCallQuestion both = *question;
            both.and_if = changes[j].change;
            const MpCallChances chances = ask(&both, changes[i].change, 0, 1);
            if (worth(&chances) <= best)
                continue;
            best = worth(&chances) + CLEARLY;
            first = &changes[i];
        }
    }
    return first;
}

/* The cause whose absence helps most; NULL: none alone does. */
static const MpChange *find_cause(MpForecast *forecast, const MpCallQuestion *question,
                                  const MpCallChances *as_it_is)
{
    guint count;
    const MpChange *changes = mp_what_if_changes(&count);
    const MpChange *cause = NULL;
    double best = worth(as_it_is) + LEAST_GAIN;
    for (guint i = 0; i < count; i++) {
        if (!(changes[i].sessions & 1u << forecast->type))
            continue;
        const MpCallChances chances = ask(question, changes[i].change, 0, CALLS_PER_LINK);
        add_counterfactual(forecast, &changes[i], &chances);
        if (changes[i].is_setting)
            try_setting(forecast, &changes[i], &chances);
        else if (worth(&chances) > best) {
            best = worth(&chances) + CLEARLY;
            cause = &changes[i];
        }
    }
    if (!cause)
        cause = find_first_of_two(forecast, question, as_it_is);
    if (!forecast->setting && as_it_is->figures.concealed_percent <= MOST_CONCEALED_PERCENT)
        forecast->setting = "audio_only";
    return cause;
}

/* Where the session turns, on a logarithmic scale: `good` is stable, `bad` is not. */
static double turning_point(const MpForecast *forecast, const MpCallQuestion *question,
                            const MpChange *change, double good, double bad)
{
    for (guint i = 0; i < HALVINGS; i++) {
        const double middle = sqrt(good * bad);
        const MpCallChances chances = ask(question, change->part, middle, 1);
        if (is_stable(forecast->type, &chances))
            good = middle;
        else
            bad = middle;
    }
    return sqrt(good * bad);
}

static double share_of(MpChance chance)
{
    return chance.yes / (chance.yes + chance.no);
}

/* As the model has it: what a full queue dropped is the rate's. */
static double loss_of(const MpPathSide *side)
{
    const MpPathLoss *loss = &side->loss;
    const double begins = share_of(loss->good_to_bad);
    const double in_bad = begins / (begins + share_of(loss->bad_to_good));
    const double in_bursts = in_bad * share_of(loss->loss_in_bad) +
                             (1 - in_bad) * share_of(loss->loss_in_good);
    return 100 * (loss->in_bursts * in_bursts + (1 - loss->in_bursts) * share_of(loss->alone));
}

/* Of the worse direction. */
static double loss_now(const MpCallQuestion *question)
{
    const MpPathModel *path = question->path;
    return fmax(loss_of(&path->up), loss_of(&path->down));
}

/* Of the narrower direction; where none was met, what it carries at least. */
static double rate_now(const MpCallQuestion *question)
{
    const MpPathSide *const sides[] = {&question->path->up, &question->path->down};
    double least = INFINITY;
    for (gsize i = 0; i < G_N_ELEMENTS(sides); i++)
        least = fmin(least,
                     isfinite(sides[i]->rate_kbps) ? sides[i]->rate_kbps : sides[i]->rate_low_kbps);
    return least;
}

/* What has a ladder, and its value now. */
static const struct {
    const char *change;
    double (*now)(const MpCallQuestion *question);
    gboolean higher_is_better;
    double best;
    double worst;
} ladders[] = {
    {"no_loss", loss_now, FALSE, LEAST_LOSS_PERCENT, MOST_LOSS_PERCENT},
    {"more_rate", rate_now, TRUE, MOST_RATE_KBPS, LEAST_RATE_KBPS},
};

static void set_factor(MpForecast *forecast, const char *factor, double value)
{
    g_free(forecast->limiting_factor);
    forecast->limiting_factor = g_strdup(factor);
    forecast->limit_value = value;
}

static double margin_at(double turn, double now, gboolean higher_is_better)
{
    const MpLimit limit = {.higher_is_better = higher_is_better, .stable = turn, .degraded = turn};
    return mp_limit_margin(&limit, now);
}

/* A stable session: which of the ladders is nearest to its end. */
static void find_margin(MpForecast *forecast, const MpCallQuestion *question)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ladders); i++) {
        const MpChange *change = mp_what_if_find(ladders[i].change);
        const double now = ladders[i].now(question);
        if (isnan(now))
            continue;
        const double good = ladders[i].higher_is_better ? fmin(now, ladders[i].best)
                                                        : fmax(now, ladders[i].best);
        const double turn = turning_point(forecast, question, change, good, ladders[i].worst);
        const double margin = margin_at(turn, now, ladders[i].higher_is_better);
        if (isfinite(forecast->margin) && margin >= forecast->margin)
            continue;
        set_factor(forecast, change->factor, now);
        forecast->turning_point = turn;
        forecast->margin = margin;
    }
}

/* An unstable one: how much of the cause must go. */
static void find_need(MpForecast *forecast, const MpCallQuestion *question, const MpChange *cause,
                      const MpResult *result, const MpPath *path)
{
    set_factor(forecast, cause->factor, mp_metric_read(cause->factor, result, path).value);
    for (gsize i = 0; i < G_N_ELEMENTS(ladders); i++) {
        if (!g_str_equal(ladders[i].change, cause->name))
            continue;
        const double now = ladders[i].now(question);
        const MpCallChances without = ask(question, cause->change, 0, CALLS_PER_LINK);
        forecast->limit_value = now;
        if (isnan(now) || !is_stable(forecast->type, &without))
            continue;
        forecast->turning_point = turning_point(forecast, question, cause, ladders[i].best, now);
        forecast->margin = margin_at(forecast->turning_point, now, ladders[i].higher_is_better);
    }
}

void mp_forecast_reason(MpForecast *forecast, const MpCallQuestion *question,
                        const MpCallChances *chances, const MpResult *result, const MpPath *path)
{
    if (forecast->verdict == MP_VERDICT_UNKNOWN)
        return;
    if (forecast->verdict == MP_VERDICT_STABLE) {
        find_margin(forecast, question);
        return;
    }
    const MpChange *cause = find_cause(forecast, question, chances);
    if (cause)
        find_need(forecast, question, cause, result, path);
    else
        set_factor(forecast, "several", NAN);
}
