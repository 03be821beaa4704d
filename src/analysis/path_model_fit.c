/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction's packets are taken apart by what explains them, each part leaving the rest to the
 * next.
 */
#include "analysis/path_model_fit.h"

#include <math.h>
#include <string.h>

#include "analysis/path_fit.h"
#include "model/packet_fate.h"

/* Fewer say nothing that a prior does not. */
#define LEAST_PACKETS 50
/* A call at media sends 100 packets a second and more; at rest it sends 20. */
#define SOON_MS 100
#define LEAST_SOON 5
#define LEAST_CUT_MS 1000
#define UDP_IPV4_HEADERS 28
#define UDP_IPV6_HEADERS 48
/* The facts' interval holds 90 %, the model's 95 % (of a normal distribution). */
#define WIDER (1.96 / 1.645)

static double header_bytes(const MpMeasurement *media)
{
    const char *remote = mp_facts_string(media->facts, "pair.remote");
    return remote && remote[0] == '[' ? UDP_IPV6_HEADERS : UDP_IPV4_HEADERS;
}

static MpFitPacket packet_of(const MpPacketFate *packet, MpTime start, double headers)
{
    const gboolean has_arrived = packet->fate == MP_PACKET_ARRIVED;
    return (MpFitPacket){
        .sent_ms = mp_time_to_ms(packet->sent - start),
        .delay_ms = has_arrived ? mp_time_to_ms(packet->received - packet->sent) : NAN,
        .bytes = packet->size + headers,
        .fate = has_arrived                      ? MP_FIT_ARRIVED
                : packet->fate == MP_PACKET_LOST ? MP_FIT_LOST
                                                 : MP_FIT_UNSEEN,
    };
}

static int by_sent(gconstpointer a, gconstpointer b)
{
    const double before = ((const MpFitPacket *)a)->sent_ms;
    const double after = ((const MpFitPacket *)b)->sent_ms;
    return (before > after) - (before < after);
}

static MpFitPacket *read_packets(const GArray *packets, double headers)
{
    MpFitPacket *fit = g_new(MpFitPacket, packets->len);
    const MpTime start = g_array_index(packets, MpPacketFate, 0).sent;
    for (guint i = 0; i < packets->len; i++)
        fit[i] = packet_of(&g_array_index(packets, MpPacketFate, i), start, headers);
    qsort(fit, packets->len, sizeof *fit, by_sent);
    return fit;
}

/* A call at rest, while it waits for its turn or trains of packets that are not in the record
 * measure the capacity, sends a few packets a second that meet what others make; so do the last
 * ones before it. `end`: of those soon after packet `i`. */
static gboolean is_at_rest(const MpFitPacket *packets, guint n, guint *end, guint i)
{
    while (*end < n && packets[*end].sent_ms <= packets[i].sent_ms + SOON_MS)
        (*end)++;
    return *end - i < LEAST_SOON;
}

/* Returns how many are left. */
static guint leave_out_rest(MpFitPacket *packets, guint n)
{
    g_autofree MpFitPacket *all = g_memdup2(packets, n * sizeof *packets);
    guint n_kept = 0;
    guint end = 0;
    for (guint i = 0; i < n; i++)
        if (!is_at_rest(all, n, &end, i))
            packets[n_kept++] = all[i];
    return n_kept;
}

/* Before the first that came the far end may not have been ready yet, and for a moment after the
 * last one no more: how many of the first ones say nothing, and how many are left. When nothing
 * came any more for longer, the way was cut. */
static guint leave_out_ends(const MpFitPacket *packets, guint *n)
{
    guint first = 0;
    while (first < *n && packets[first].fate == MP_FIT_LOST)
        first++;
    guint end = *n;
    while (end > first && packets[end - 1].fate == MP_FIT_LOST)
        end--;
    const gboolean is_cut = end < *n &&
                            packets[*n - 1].sent_ms - packets[end].sent_ms > LEAST_CUT_MS;
    *n = (is_cut ? *n : end) - first;
    return first;
}

static MpFitLimiter limiter_named(const char *name)
{
    if (!name)
        return MP_FIT_NOT_ASKED;
    if (g_str_equal(name, "queue"))
        return MP_FIT_QUEUED;
    return g_str_equal(name, "policer") ? MP_FIT_POLICED : MP_FIT_UNHINDERED;
}

static double capacity_number(JsonObject *capacity, const char *name)
{
    double value = NAN;
    if (capacity)
        mp_facts_number(capacity, name, &value);
    return value;
}

static void read_capacity(MpFit *fit, JsonObject *capacity)
{
    const double value = capacity_number(capacity, "value_kbps");
    const double low = capacity_number(capacity, "low_kbps");
    const double high = capacity_number(capacity, "high_kbps");
    fit->limiter = limiter_named(capacity ? mp_facts_string(capacity, "limiter") : NULL);
    fit->capacity = value;
    fit->capacity_low = fmax(value - (value - low) * WIDER, low / 2);
    fit->capacity_high = value + (high - value) * WIDER;
    const double bucket = capacity_number(capacity, "burst_bytes");
    fit->bucket_bytes = isnan(bucket) ? 0 : bucket;
}

/* Those that an outage explains say nothing of the way without it. */
static guint count_telling(const MpFit *fit)
{
    guint n = 0;
    for (guint i = 0; i < fit->n_packets; i++)
        n += fit->packets[i].fate == MP_FIT_ARRIVED && !fit->packets[i].is_in_outage ? 1 : 0;
    return n;
}

/* Without the time at rest. */
static double active_ms(const MpFit *fit)
{
    double sum = 0;
    for (guint i = 1; i < fit->n_packets; i++) {
        const double gap = fit->packets[i].sent_ms - fit->packets[i - 1].sent_ms;
        sum += gap < SOON_MS ? gap : 0;
    }
    return sum;
}

static void fit_side(const GArray *packets, double headers, JsonObject *capacity, MpPathSide *side)
{
    if (!packets || packets->len < LEAST_PACKETS)
        return;
    g_autofree MpFitPacket *read = read_packets(packets, headers);
    guint n = leave_out_rest(read, packets->len);
    const guint first = leave_out_ends(read, &n);
    g_autoptr(GArray) outages = g_array_new(FALSE, FALSE, sizeof(MpFitOutage));
    MpPathSide found = *side;
    MpFit fit = {.packets = read + first, .n_packets = n, .outages = outages, .side = &found};
    if (count_telling(&fit) < LEAST_PACKETS)
        return;
    fit.span_ms = active_ms(&fit);
    read_capacity(&fit, capacity);
    found.packets = n;
    found.seconds = fit.span_ms / 1000;
    mp_path_fit_outages(&fit);
    if (count_telling(&fit) < LEAST_PACKETS)
        return;
    mp_path_fit_bottleneck(&fit);
    mp_path_fit_queue(&fit);
    mp_path_fit_jitter(&fit);
    mp_path_fit_loss(&fit);
    *side = found;
}

/* From the least delay seen to the link's own. */
static double above_least(const MpPathSide *side)
{
    return side->jitter.median_ms - side->jitter.middle * side->jitter.scale_ms.median;
}

/* The clocks were brought together by the least round trip, which may have met a queue one way.
 * What is left without queue and jitter is the round trip, of which each direction has a half. */
static void share_delay(MpPathModel *model)
{
    MpPathSide *up = &model->up;
    MpPathSide *down = &model->down;
    if (up->packets == 0 || down->packets == 0)
        return;
    const double round_trip_ms = up->delay_ms + above_least(up) + down->delay_ms +
                                 above_least(down);
    up->delay_ms = fmax(round_trip_ms / 2 - above_least(up), 0);
    down->delay_ms = fmax(round_trip_ms / 2 - above_least(down), 0);
}

MpPathModel *mp_path_model_fit(const MpMeasurement *media)
{
    const double headers = header_bytes(media);
    g_autofree MpPathModel *model = mp_path_model_new();
    fit_side(media->packets_up, headers, mp_facts_object(media->facts, "capacity.up"), &model->up);
    fit_side(media->packets_down, headers, mp_facts_object(media->facts, "capacity.down"),
             &model->down);
    if (model->up.packets == 0 && model->down.packets == 0)
        return NULL;
    share_delay(model);
    return g_steal_pointer(&model);
}
