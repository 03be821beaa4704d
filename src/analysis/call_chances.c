/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls over links drawn from what a test left open. Counted link by link, so that what more
 * testing could settle is told from what only chance does.
 */
#include "analysis/call_chances.h"

#include <math.h>

#define MOST_FIGURES 8
#define N_FIGURES (sizeof(MpSimFigures) / sizeof(double))
/* Heights are even. */
#define HEIGHT_STEP 2
#define N_HEIGHTS 1081

typedef struct {
    guint calls;
    guint labels[MP_VERDICT_UNKNOWN];
    guint up; /* of those that were not stable: the worse direction is to the internet's side */
    double squares; /* of each link's share of stable calls */
    MpSimOutcome sums;
    guint numbers[2 * N_FIGURES]; /* of the sums: a figure may be absent */
    guint heights_up[N_HEIGHTS];  /* calls of a height */
    guint heights_down[N_HEIGHTS];
    struct {
        const char *figure;
        guint calls;
    } figures[MOST_FIGURES];
} Count;

/* Figures that a session does not have are NAN. */
static void add_figures(Count *count, const MpSimOutcome *outcome)
{
    G_STATIC_ASSERT(sizeof(MpSimOutcome) == 2 * N_FIGURES * sizeof(double));
    const double *from = (const double *)(gconstpointer)outcome;
    double *to = (double *)(gpointer)&count->sums;
    for (gsize i = 0; i < 2 * N_FIGURES; i++) {
        if (isnan(from[i]))
            continue;
        to[i] += from[i];
        count->numbers[i]++;
    }
}

static void add_height(guint *heights, double height)
{
    if (height >= 0)
        heights[MIN((guint)(height / HEIGHT_STEP), N_HEIGHTS - 1)]++;
}

static void add_reason(Count *count, const char *figure, guint calls)
{
    for (gsize i = 0; figure && i < MOST_FIGURES; i++) {
        if (count->figures[i].figure && !g_str_equal(count->figures[i].figure, figure))
            continue;
        count->figures[i].figure = figure;
        count->figures[i].calls += calls;
        return;
    }
}

static void hold_call(Count *count, const MpCallQuestion *question, const MpSimSetup *setup,
                      const MpLink *link, guint64 seed)
{
    const MpSimOutcome outcome = mp_sim_call(mp_chromium_newest(), setup, &link->up, &link->down,
                                             seed);
    const MpSimLabel label = mp_sim_label(question->setup.session, &outcome);
    count->calls++;
    count->labels[label.verdict]++;
    count->up += label.is_up && label.verdict != MP_VERDICT_STABLE ? 1 : 0;
    add_figures(count, &outcome);
    add_height(count->heights_up, outcome.up.height);
    add_height(count->heights_down, outcome.down.height);
    add_reason(count, label.figure, 1);
}

/* The calls over one link. */
typedef struct {
    const MpCallQuestion *question;
    guint number; /* of the link */
    Count count;
} Link;

static void hold_calls(gpointer data, gpointer unused)
{
    (void)unused;
    Link *drawn = data;
    const MpCallQuestion *question = drawn->question;
    g_autoptr(MpLink) link = mp_link_new();
    MpSimSetup setup = question->setup;
    mp_path_model_draw(question->path, drawn->number, link);
    if (question->what_if)
        question->what_if(link, &setup, question->size);
    if (question->and_if)
        question->and_if(link, &setup, question->size);
    for (guint i = 0; i < question->calls_per_link; i++)
        hold_call(&drawn->count, question, &setup, link,
                  (guint64)drawn->number * question->calls_per_link + i);
    const double share = (double)drawn->count.labels[MP_VERDICT_STABLE] / drawn->count.calls;
    drawn->count.squares = share * share;
}

static void merge(Count *into, const Count *count)
{
    into->calls += count->calls;
    into->up += count->up;
    into->squares += count->squares;
    for (guint i = 0; i < MP_VERDICT_UNKNOWN; i++)
        into->labels[i] += count->labels[i];
    double *to = (double *)(gpointer)&into->sums;
    const double *from = (const double *)(gconstpointer)&count->sums;
    for (gsize i = 0; i < 2 * N_FIGURES; i++) {
        to[i] += from[i];
        into->numbers[i] += count->numbers[i];
    }
    for (guint i = 0; i < N_HEIGHTS; i++) {
        into->heights_up[i] += count->heights_up[i];
        into->heights_down[i] += count->heights_down[i];
    }
    for (guint i = 0; i < MOST_FIGURES; i++)
        add_reason(into, count->figures[i].figure, count->figures[i].calls);
}

/* On all processors: a link's calls need nothing of another's. */
static void hold_all(Count *count, const MpCallQuestion *question, guint first, guint end)
{
    g_autofree Link *links = g_new0(Link, end - first);
    GThreadPool *pool = g_thread_pool_new(hold_calls, NULL, (gint)g_get_num_processors(), FALSE,
                                          NULL);
    for (guint i = 0; i < end - first; i++) {
        links[i] = (Link){.question = question, .number = first + i};
        g_thread_pool_push(pool, &links[i], NULL);
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    for (guint i = 0; i < end - first; i++)
        merge(count, &links[i].count);
}

static gboolean all_alike(const Count *count)
{
    for (guint i = 0; i < MP_VERDICT_UNKNOWN; i++)
        if (count->labels[i] == count->calls)
            return TRUE;
    return FALSE;
}

/* The variance from link to link: that of the shares, less what so few calls a link make by chance.
 */
static double spread(double squares, double share, guint links, guint calls_per_link)
{
    if (links < 2 || calls_per_link < 2)
        return 0;
    const double all = (squares - links * share * share) / (links - 1);
    const double chance = share * (1 - share) / calls_per_link;
    const double correction = (double)calls_per_link / (calls_per_link - 1);
    return sqrt(fmax((all - chance) * correction, 0));
}

/* Nobody sees the mean of two heights. */
static double middle_height(const guint *heights, guint calls)
{
    guint seen = 0;
    for (guint i = 0; i < N_HEIGHTS; i++) {
        seen += heights[i];
        if (2 * seen >= calls)
            return i * (double)HEIGHT_STEP;
    }
    return NAN;
}

static MpSimOutcome means(const Count *count)
{
    MpSimOutcome result = count->sums;
    double *values = (double *)(gpointer)&result;
    for (gsize i = 0; i < 2 * N_FIGURES; i++)
        values[i] = count->numbers[i] > 0 ? values[i] / count->numbers[i] : NAN;
    result.up.height = middle_height(count->heights_up, count->calls);
    result.down.height = middle_height(count->heights_down, count->calls);
    return result;
}

static const char *most_frequent(const Count *count)
{
    guint best = 0;
    for (guint i = 1; i < MOST_FIGURES; i++)
        if (count->figures[i].calls > count->figures[best].calls)
            best = i;
    return count->figures[best].figure;
}

MpCallChances mp_call_chances(const MpCallQuestion *question)
{
    Count count = {0};
    guint links = CLAMP(question->least_links, 1, question->links);
    hold_all(&count, question, 0, links);
    if (!all_alike(&count)) {
        hold_all(&count, question, links, question->links);
        links = question->links;
    }

    const double stable = (double)count.labels[MP_VERDICT_STABLE] / count.calls;
    MpCallChances chances = {
        .calls = count.calls,
        .spread = spread(count.squares, stable, links, question->calls_per_link),
        .is_up = 2 * count.up > count.calls - count.labels[MP_VERDICT_STABLE],
        .means = means(&count),
        .figure = most_frequent(&count),
    };
    memcpy(chances.n_calls, count.labels, sizeof chances.n_calls);
    if (count.labels[MP_VERDICT_STABLE] == count.calls)
        chances.is_up = chances.means.up.video_kbps < chances.means.down.video_kbps;
    chances.figures = chances.is_up ? chances.means.up : chances.means.down;
    return chances;
}

double mp_call_chances_stable(const MpCallChances *chances, MpSessionType session, double shift)
{
    const guint stable = chances->n_calls[MP_VERDICT_STABLE];
    const guint others = chances->calls - stable;
    const guint shifted = (guint)lround(CLAMP(stable + shift * chances->calls, 0, chances->calls));
    const double kept = others > 0 ? (double)(chances->calls - shifted) / others : 0;
    guint n_calls[MP_VERDICT_UNKNOWN] = {[MP_VERDICT_STABLE] = shifted};
    n_calls[MP_VERDICT_DEGRADED] = (guint)lround(kept * chances->n_calls[MP_VERDICT_DEGRADED]);
    n_calls[MP_VERDICT_UNSTABLE] = chances->calls - shifted - n_calls[MP_VERDICT_DEGRADED];
    return mp_sim_calibrated(session, n_calls).stable;
}
