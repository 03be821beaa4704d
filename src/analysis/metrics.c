/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The figures that a profile may set limits on, by name.
 */
#include "analysis/metrics.h"

#include <math.h>

#include "analysis/computer.h"

typedef double (*ReadDirection)(const MpDirection *direction);
typedef double (*ReadPath)(const MpPath *path);
typedef double (*ReadEnvironment)(const MpEnvironment *environment);
typedef double (*ReadComputer)(const MpResult *result, const MpPath *path);

/* One of the four readers is set. */
typedef struct {
    const char *name;
    ReadDirection direction; /* of both directions the greater value counts */
    ReadPath path;
    ReadEnvironment environment;
    ReadComputer computer; /* what the "computer" step measured */
    gboolean is_loss;
} Metric;

/* Packets that our own sockets dropped are not the network's. */
static double loss_percent(const MpDirection *direction)
{
    const double unexplained = 100 * direction->unexplained_lost / direction->packets_sent;
    return isfinite(unexplained) ? fmin(unexplained, direction->loss_percent)
                                 : direction->loss_percent;
}

static double burst_length(const MpDirection *direction)
{
    return direction->burst_length;
}

static double pdv_p95_ms(const MpDirection *direction)
{
    return direction->pdv_p95_ms;
}

static double jitter_ms(const MpDirection *direction)
{
    return direction->jitter_ms;
}

static double reorder_percent(const MpDirection *direction)
{
    return direction->reorder_percent;
}

static double rtt_min_ms(const MpPath *path)
{
    return path->rtt_min_ms;
}

static double rtt_p50_ms(const MpPath *path)
{
    return path->rtt_p50_ms;
}

static double rtt_p95_ms(const MpPath *path)
{
    return path->rtt_p95_ms;
}

static double rtt_p99_ms(const MpPath *path)
{
    return path->rtt_p99_ms;
}

/* Of the best tier that was carried: a lower tier shows here. */
static double rate_kbps(const MpPath *path)
{
    return path->tier_kbps;
}

static double setup_ms(const MpPath *path)
{
    return path->setup_ms;
}

static double cpu_headroom(const MpEnvironment *environment)
{
    return environment->cpu_headroom;
}

static double memory_available_mb(const MpEnvironment *environment)
{
    return environment->memory_available_mb;
}

/* Beside a call it is the load of life; alone it was measured before. */
static double background_frame_p95_ms(const MpResult *result, const MpPath *path)
{
    return path && !isnan(path->background_frame_p95_ms)
               ? path->background_frame_p95_ms
               : mp_computer_number(result, "background_frame_ms.p95");
}

static const Metric metrics[] = {
    {.name = "loss_percent", .direction = loss_percent, .is_loss = TRUE},
    {.name = "burst_length", .direction = burst_length, .is_loss = TRUE},
    {.name = "reorder_percent", .direction = reorder_percent, .is_loss = TRUE},
    {.name = "pdv_p95_ms", .direction = pdv_p95_ms},
    {.name = "jitter_ms", .direction = jitter_ms},
    {.name = "rtt_min_ms", .path = rtt_min_ms},
    {.name = "rtt_p50_ms", .path = rtt_p50_ms},
    {.name = "rtt_p95_ms", .path = rtt_p95_ms},
    {.name = "rtt_p99_ms", .path = rtt_p99_ms},
    {.name = "rate_kbps", .path = rate_kbps},
    {.name = "setup_ms", .path = setup_ms},
    {.name = "cpu_headroom", .environment = cpu_headroom},
    {.name = "memory_available_mb", .environment = memory_available_mb},
    {.name = "background_frame_p95_ms", .computer = background_frame_p95_ms},
};

static const Metric *find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++)
        if (g_str_equal(metrics[i].name, name))
            return &metrics[i];
    return NULL;
}

/* What was cut short can show that a way is bad, and not that it is good. */
static MpMetric read_both(ReadDirection read, const MpPath *path)
{
    const double up = read(&path->up);
    const double down = read(&path->down);
    const gboolean is_down = isnan(up) || down > up;
    return (MpMetric){is_down ? down : up, !isnan(up) && !isnan(down) && !path->is_cut_short,
                      is_down ? "down" : "up"};
}

static MpMetric of_path(ReadPath read, const MpPath *path)
{
    const double value = read(path);
    return (MpMetric){value, !isnan(value) && !path->is_cut_short, NULL};
}

static MpMetric whole(double value)
{
    return (MpMetric){value, !isnan(value), NULL};
}

MpMetric mp_metric_read(const char *name, const MpResult *result, const MpPath *path)
{
    const Metric *metric = find(name);
    if (metric && metric->direction && path)
        return read_both(metric->direction, path);
    if (metric && metric->path && path)
        return of_path(metric->path, path);
    if (metric && metric->environment)
        return whole(metric->environment(result->environment));
    if (metric && metric->computer)
        return whole(metric->computer(result, path));
    return (MpMetric){NAN, FALSE, NULL};
}

gboolean mp_metric_is_simulated(const char *name)
{
    const Metric *metric = find(name);
    return metric && (metric->direction || metric->path == rate_kbps);
}

gboolean mp_metric_is_left_out(const char *name, const MpResult *result)
{
    const Metric *metric = find(name);
    return metric && metric->computer && !mp_computer_is_planned(result);
}

gboolean mp_metric_is_hidden(const char *name, MpWay way)
{
    const Metric *metric = find(name);
    return metric && metric->is_loss && mp_way_is_stream(way);
}
