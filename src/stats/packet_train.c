/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A train's rate is the slope of its arrivals against the bytes that came, in the order of sending:
 * jitter moves the arrivals, never the bytes, so that the slope has no bias by it.
 */
#include "stats/packet_train.h"

#include <math.h>
#include <stdlib.h>

#include "stats/summary.h"

#define LEAST_ARRIVALS 4
#define EVEN_LOSS 0.05
/* A burst shows as two slopes, the later one this much flatter in rate, that explain the arrivals
 * so much better than one. */
#define LEAST_BURST_ARRIVALS 16
#define BURST_RATIO 1.25
#define BURST_FIT 0.35
#define LEAST_EARLY 3
#define LATE_SHARE 7
/* Loss that has set in: for so many that came so much more went. */
#define ONSET_ARRIVALS 8
#define ONSET_RATIO 1.375
/* Of normal noise: the standard deviation by the median of the absolute deviations. */
#define MAD_TO_SIGMA 1.4826

/* One arrival, from the first one on: bytes before it, and the nanosecond. */
typedef struct {
    double before; /* packets of the train */
    double bytes;
    double time;
    double delay; /* behind its sending; only differences count */
    guint32 index;
    MpTime sent;
} Point;

typedef struct {
    double slope; /* ns a byte */
    double offset;
    double squares; /* of what it leaves unexplained */
} Line;

/* Sums over points, by which the line of any stretch is found at once. */
typedef struct {
    double n, x, y, xx, xy, yy;
} Sums;

static int by_index(const void *a, const void *b)
{
    const MpTrainArrival *left = a;
    const MpTrainArrival *right = b;
    return (left->index > right->index) - (left->index < right->index);
}

static int by_value(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

static double median(double *values, gsize n)
{
    qsort(values, n, sizeof *values, by_value);
    return mp_quantile(values, n, 50);
}

double mp_densest_mean(const double *ascending, gsize n)
{
    if (n == 0)
        return NAN;
    const double least_width = fabs(ascending[n / 2]) * 1e-4 + 1e-12;
    double best = -1;
    gsize first = 0;
    gsize count = n;
    for (gsize size = (n + 1) / 2; size <= n; size++) {
        for (gsize i = 0; i + size <= n; i++) {
            const double width = ascending[i + size - 1] - ascending[i] + least_width;
            const double density = (double)size * (double)size / width;
            if (density <= best)
                continue;
            best = density;
            first = i;
            count = size;
        }
    }
    double sum = 0;
    for (gsize i = first; i < first + count; i++)
        sum += ascending[i];
    return sum / (double)count;
}

/* Of the packets that came every so many-th is told of. */
static guint32 stride_of(const MpPacketTrain *train)
{
    guint32 stride = G_MAXUINT32;
    for (gsize i = 0; i < train->n_arrivals; i++)
        if (train->arrivals[i].before > 0)
            stride = MIN(stride, train->arrivals[i].before);
    return stride;
}

/* In the order of sending. By that order packets are counted too, for what jitter did to the order
 * of arrival would make the train longer; but where many are missing, and not evenly, those that
 * came are counted. */
static Point *order(const MpPacketTrain *train)
{
    const gsize n = train->n_arrivals;
    g_autofree MpTrainArrival *sorted = g_memdup2(train->arrivals, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_index);
    const guint32 stride = stride_of(train);
    const gboolean is_even = stride == 1 || train->received >= (1 - EVEN_LOSS) * train->sent;
    Point *points = g_new(Point, n);
    for (gsize i = 0; i < n; i++) {
        const MpTrainArrival *arrival = &sorted[i];
        const double before = is_even ? (double)i * stride : arrival->before;
        points[i] = (Point){.before = before,
                            .bytes = before * train->size + (double)arrival->others,
                            .time = (double)(arrival->came - sorted[0].came),
                            .delay = (double)(arrival->came - sorted[0].came) -
                                     (double)(arrival->sent - sorted[0].sent),
                            .index = arrival->index,
                            .sent = arrival->sent};
    }
    return points;
}

static Sums add(Sums sums, const Point *point)
{
    sums.n++;
    sums.x += point->bytes;
    sums.y += point->time;
    sums.xx += point->bytes * point->bytes;
    sums.xy += point->bytes * point->time;
    sums.yy += point->time * point->time;
    return sums;
}

static Line line_between(const Sums *from, const Sums *to)
{
    const double n = to->n - from->n;
    const double x = (to->x - from->x) / n;
    const double y = (to->y - from->y) / n;
    const double xx = (to->xx - from->xx) / n - x * x;
    const double xy = (to->xy - from->xy) / n - x * y;
    const double yy = (to->yy - from->yy) / n - y * y;
    const double slope = xx > 0 ? xy / xx : 0;
    return (Line){slope, y - slope * x, n * fmax(yy - slope * xy, 0)};
}

/* Where a burst that came faster is over; 0: there was none. */
static gsize find_burst_end(const Point *points, gsize n)
{
    if (n < LEAST_BURST_ARRIVALS)
        return 0;
    g_autofree Sums *sums = g_new0(Sums, n + 1);
    for (gsize i = 0; i < n; i++)
        sums[i + 1] = add(sums[i], &points[i]);
    const double whole = line_between(&sums[0], &sums[n]).squares;
    double best = whole * BURST_FIT;
    gsize end = 0;
    for (gsize i = LEAST_EARLY; i + n / LATE_SHARE <= n; i++) {
        const Line early = line_between(&sums[0], &sums[i]);
        const Line late = line_between(&sums[i], &sums[n]);
        if (late.slope <= BURST_RATIO * early.slope || early.squares + late.squares >= best)
            continue;
        best = early.squares + late.squares;
        end = i;
    }
    return end;
}

/* Pairs half of the arrivals apart: long enough to be exact, many enough to leave out those that
 * something else disturbed. */
static double slope_of(const Point *points, gsize n)
{
    const gsize apart = n / 2;
    g_autofree double *slopes = g_new(double, n);
    gsize n_slopes = 0;
    for (gsize i = 0; i + apart < n; i++) {
        const double bytes = points[i + apart].bytes - points[i].bytes;
        if (bytes > 0)
            slopes[n_slopes++] = (points[i + apart].time - points[i].time) / bytes;
    }
    qsort(slopes, n_slopes, sizeof *slopes, by_value);
    return mp_densest_mean(slopes, n_slopes);
}

typedef struct {
    double offset; /* of the line, ns */
    double sigma;  /* of what lies beside it, ns */
    double count;  /* of arrivals that say something of their own */
} Noise;

static Noise noise_of(const Point *points, gsize n, double slope)
{
    g_autofree double *rest = g_new(double, n);
    g_autofree double *sorted = g_new(double, n);
    for (gsize i = 0; i < n; i++)
        rest[i] = sorted[i] = points[i].time - slope * points[i].bytes;
    const double middle = median(sorted, n);
    double next = 0;
    double all = 0;
    for (gsize i = 0; i < n; i++) {
        rest[i] -= middle;
        sorted[i] = fabs(rest[i]);
        all += rest[i] * rest[i];
        next += i > 0 ? rest[i] * rest[i - 1] : 0;
    }
    /* Noise that lasts says less than its number of samples. */
    const double correlation = all > 0 ? CLAMP(next / all, 0, 0.98) : 0;
    return (Noise){middle, median(sorted, n) * MAD_TO_SIGMA,
                   fmax((double)n * (1 - correlation) / (1 + correlation), 2)};
}

/* How much later the last quarter is than the first one, ms. */
static double growth_of(const Point *points, gsize n)
{
    const gsize quarter = MAX(n / 4, 1);
    g_autofree double *first = g_new(double, quarter);
    g_autofree double *last = g_new(double, quarter);
    for (gsize i = 0; i < quarter; i++) {
        first[i] = points[i].delay;
        last[i] = points[n - quarter + i].delay;
    }
    return (median(last, quarter) - median(first, quarter)) / 1e6;
}

static double sent_bps(const MpPacketTrain *train, const Point *points, gsize n)
{
    const double span = (double)(points[n - 1].sent - points[0].sent);
    const double packets = (double)points[n - 1].index - points[0].index;
    return span > 0 ? packets * train->size * 8e9 / span : INFINITY;
}

static double sent_between(const Point *late, gsize n)
{
    return (double)late[n - 1].index - late[0].index;
}

static double loss_of(const Point *late, gsize n)
{
    const double sent = sent_between(late, n);
    const double came = late[n - 1].before - late[0].before;
    return sent > 0 ? CLAMP(1 - came / sent, 0, 1) : 0;
}

/* Where loss set in that is no matter of a packet or two: so many of the next ones are missing. */
static void find_onset(const MpPacketTrain *train, const Point *points, gsize n,
                       MpTrainFigures *figures)
{
    for (gsize i = 0; i + ONSET_ARRIVALS < n; i++) {
        const Point *after = &points[i + ONSET_ARRIVALS];
        const double went = (double)after->index - points[i].index;
        if (went < ONSET_RATIO * (after->before - points[i].before))
            continue;
        figures->clear_bytes = (double)points[i].index * train->size;
        figures->clear_ms = (double)(points[i].sent - points[0].sent) / 1e6;
        return;
    }
}

static const MpTrainFigures unknown = {.sent_bps = NAN,
                                       .rate_bps = NAN,
                                       .error = NAN,
                                       .loss = NAN,
                                       .grown_ms = NAN,
                                       .grown_error_ms = NAN,
                                       .burst_bytes = NAN,
                                       .late_loss = NAN};

MpTrainFigures mp_packet_train_figures(const MpPacketTrain *train)
{
    MpTrainFigures figures = unknown;
    const gsize n = train->n_arrivals;
    if (train->sent > 0)
        figures.loss = CLAMP(1 - (double)train->received / train->sent, 0, 1);
    figures.packets = train->sent;
    if (n < LEAST_ARRIVALS || train->size == 0 || train->sent == 0)
        return figures;

    g_autofree Point *points = order(train);
    const gsize burst = find_burst_end(points, n);
    const Point *late = points + burst;
    const gsize n_late = n - burst;
    const double slope = slope_of(late, n_late);
    figures.sent_bps = sent_bps(train, points, n);
    figures.grown_ms = growth_of(points, n);
    if (!(slope > 0)) {
        figures.rate_bps = figures.error = figures.grown_error_ms = INFINITY;
        return figures;
    }
    const Noise noise = noise_of(late, n_late, slope);
    const double span = slope * (late[n_late - 1].bytes - late[0].bytes);
    figures.rate_bps = 8e9 / slope;
    /* Of a least squares line sqrt(12); of the densest pairs somewhat more. */
    figures.error = 4.5 * noise.sigma / (fmax(span, 1) * sqrt(noise.count));
    figures.grown_error_ms = 3.5 * noise.sigma / 1e6 / sqrt(noise.count);
    /* The late line was that many bytes ahead when the first packet came. */
    figures.burst_bytes = burst > 0 ? fmax(-noise.offset / slope, 0) : 0;
    figures.late_loss = loss_of(late, n_late);
    figures.late_packets = sent_between(late, n_late);
    find_onset(train, points, n, &figures);
    return figures;
}
