/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lower convex hull of delays (Andrew's monotone chain), and the error of its slope.
 */
#include "stats/clock_drift.h"

#include <math.h>

/* Least delays of so many equal spans, of which each must have one. */
#define SPANS 8
/* Student's distribution, 97.5 %, SPANS - 2 degrees of freedom. */
#define STUDENT 2.4469
#define FEWEST_POINTS 50

typedef struct {
    double x, y;
} Point;

/* In ns since the first point: what is left has few enough digits for a double. */
static Point point_at(const MpDelayPoint *points, gsize i)
{
    return (Point){(double)(points[i].sent - points[0].sent),
                   (double)(points[i].delay - points[0].delay)};
}

/* Positive: b lies below the line from a to c. */
static double below(Point a, Point b, Point c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static GArray *lower_hull(const MpDelayPoint *points, gsize n)
{
    GArray *hull = g_array_new(FALSE, FALSE, sizeof(Point));
    for (gsize i = 0; i < n; i++) {
        const Point next = point_at(points, i);
        const Point *corners = (const Point *)(gpointer)hull->data;
        while (hull->len >= 2 && below(corners[hull->len - 2], corners[hull->len - 1], next) <= 0)
            g_array_set_size(hull, hull->len - 1);
        g_array_append_val(hull, next);
    }
    return hull;
}

static double mean_time(const MpDelayPoint *points, gsize n)
{
    double sum = 0;
    for (gsize i = 0; i < n; i++)
        sum += point_at(points, i).x;
    return sum / (double)n;
}

/* Of the edge that lies over the mean of the times. */
static double hull_slope(const MpDelayPoint *points, gsize n)
{
    g_autoptr(GArray) hull = lower_hull(points, n);
    const Point *corners = (const Point *)(gpointer)hull->data;
    const double mean = mean_time(points, n);
    guint right = 1;
    while (right + 1 < hull->len && corners[right].x < mean)
        right++;
    const double run = corners[right].x - corners[right - 1].x;
    return run > 0 ? (corners[right].y - corners[right - 1].y) / run : NAN;
}

/* FALSE: a span without a point. */
static gboolean find_least(const MpDelayPoint *points, gsize n, Point least[SPANS])
{
    const double whole = point_at(points, n - 1).x;
    gboolean has[SPANS] = {FALSE};
    for (gsize i = 0; i < n; i++) {
        const Point point = point_at(points, i);
        const gsize span = (gsize)CLAMP(point.x * SPANS / whole, 0, SPANS - 1);
        if (!has[span] || point.y < least[span].y)
            least[span] = point;
        has[span] = TRUE;
    }
    for (gsize i = 0; i < SPANS; i++)
        if (!has[i])
            return FALSE;
    return TRUE;
}

/* The line of least squares through the least delays. */
static MpDrift fit(const Point least[SPANS])
{
    double x = 0;
    double y = 0;
    for (gsize i = 0; i < SPANS; i++) {
        x += least[i].x / SPANS;
        y += least[i].y / SPANS;
    }
    double xx = 0;
    double xy = 0;
    for (gsize i = 0; i < SPANS; i++) {
        xx += (least[i].x - x) * (least[i].x - x);
        xy += (least[i].x - x) * (least[i].y - y);
    }
    double rest = 0;
    for (gsize i = 0; i < SPANS; i++) {
        const double off = least[i].y - y - xy / xx * (least[i].x - x);
        rest += off * off;
    }
    return (MpDrift){xy / xx, STUDENT * sqrt(rest / (SPANS - 2) / xx)};
}

MpDrift mp_clock_drift(const MpDelayPoint *points, gsize n)
{
    Point least[SPANS] = {{0, 0}};
    if (n < FEWEST_POINTS || points[n - 1].sent <= points[0].sent || !find_least(points, n, least))
        return (MpDrift){NAN, NAN};
    const double slope = hull_slope(points, n);
    const MpDrift line = fit(least);
    return (MpDrift){slope, line.bound + fabs(slope - line.slope)};
}
