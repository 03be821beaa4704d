/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of Google's congestion control together.
 */
#include "simulator/sim_congestion.h"

#include <math.h>

#include "simulator/sim_acked_rate.h"
#include "simulator/sim_delay_based.h"
#include "simulator/sim_limited.h"
#include "simulator/sim_probe_results.h"
#include "simulator/sim_probes.h"
#include "simulator/sim_target.h"
#include "simulator/sim_window.h"

/* What the encoders and the prober were told last. */
typedef struct {
    double target_bps;
    double window_bps;
    MpSimLossState loss_state;
    double loss;
    MpTime round_trip;
    double drop_share; /* as it was when the encoders were told something else */
} Told;

struct _MpSimCongestion {
    const MpChromiumCongestion *chromium;
    gboolean is_screen;
    MpTime tick;
    MpTime round_trip; /* of receiver reports */
    gboolean has_feedback;
    gboolean was_limited; /* at the last feedback */
    MpSimAckedRate acked_rate;
    MpSimDelayBased delay;
    MpSimTarget target;
    MpSimLimited limited;
    MpSimWindow window;
    MpSimProbes probes;
    MpSimProbeResults results;
    Told told;
    const MpSimReport **received; /* of the feedback at hand, in order of receipt */
    guint n_received;
    guint room;
};

MpSimCongestion *mp_sim_congestion_new(const MpChromium *chromium, double most_bps,
                                       gboolean is_screen, MpTime start)
{
    MpSimCongestion *congestion = g_new0(MpSimCongestion, 1);
    const MpChromiumCongestion *numbers = congestion->chromium = &chromium->congestion;
    congestion->is_screen = is_screen;
    congestion->tick = start + numbers->interval;
    mp_sim_delay_based_start(&congestion->delay, numbers);
    mp_sim_target_start(&congestion->target, numbers, start);
    mp_sim_window_start(&congestion->window);
    mp_sim_limited_set_target(&congestion->limited, &numbers->limited, numbers->start_bps);
    mp_sim_probes_start(&congestion->probes, numbers, start, most_bps, is_screen);
    congestion->told.target_bps = congestion->told.window_bps = numbers->start_bps;
    return congestion;
}

void mp_sim_congestion_free(MpSimCongestion *congestion)
{
    if (!congestion)
        return;
    g_free(congestion->received);
    g_free(congestion);
}

static MpSimCause cause_of(const MpSimCongestion *congestion)
{
    if (congestion->delay.trend.use != MP_SIM_USE_NORMAL)
        return MP_SIM_CAUSE_DELAY_CHANGES;
    if (mp_sim_target_is_unheard(&congestion->target, congestion->chromium))
        return MP_SIM_CAUSE_ROUND_TRIP;
    return congestion->target.loss_state == MP_SIM_LOSS_NO_LIMIT ? MP_SIM_CAUSE_DELAY
                                                                 : MP_SIM_CAUSE_LOSS;
}

/* Tells everyone who follows the target, when anything of it changed. */
static void tell(MpSimCongestion *congestion, MpTime now)
{
    const double bps = congestion->target.bps;
    Told told = {
        .target_bps = bps,
        .window_bps = mp_sim_window_bps(&congestion->window, &congestion->chromium->window, bps),
        .loss_state = congestion->target.loss_state,
        .loss = congestion->target.loss,
        .round_trip = congestion->round_trip,
    };
    const Told *before = &congestion->told;
    const gboolean is_news = told.target_bps != before->target_bps || told.loss != before->loss ||
                             told.round_trip != before->round_trip;
    if (!is_news && told.window_bps == before->window_bps && told.loss_state == before->loss_state)
        return;
    told.drop_share = is_news ? 1 - told.window_bps / bps : before->drop_share;
    congestion->told = told;
    mp_sim_limited_set_target(&congestion->limited, &congestion->chromium->limited, bps);
    mp_sim_probes_set_estimate(&congestion->probes, &congestion->chromium->probes, now, bps,
                               cause_of(congestion));
}

void mp_sim_congestion_sent(MpSimCongestion *congestion, MpTime now, guint size)
{
    mp_sim_limited_sent(&congestion->limited, &congestion->chromium->limited, now, size);
    congestion->target.sent = now;
    mp_sim_window_sent(&congestion->window, &congestion->chromium->window, size);
    if (congestion->window.ratio < 1 || congestion->told.window_bps < congestion->told.target_bps)
        tell(congestion, now);
}

static gboolean came_before(const MpSimReport *a, const MpSimReport *b)
{
    const gint64 a_ms = a->received / MP_MSEC(1);
    const gint64 b_ms = b->received / MP_MSEC(1);
    return a_ms != b_ms ? a_ms < b_ms : a->sent < b->sent;
}

/* Nearly always they came in the order in which they were sent. */
static void sort_received(MpSimCongestion *congestion, const MpSimReport *reports, guint n_reports)
{
    if (n_reports > congestion->room) {
        congestion->room = n_reports * 2;
        congestion->received = g_renew(const MpSimReport *, congestion->received, congestion->room);
    }
    congestion->n_received = 0;
    for (guint i = 0; i < n_reports; i++) {
        if (reports[i].received == MP_NEVER)
            continue;
        guint at = congestion->n_received++;
        for (; at > 0 && came_before(&reports[i], congestion->received[at - 1]); at--)
            congestion->received[at] = congestion->received[at - 1];
        congestion->received[at] = &reports[i];
    }
}

/* The round trip without the time that the far end waited with its feedback. */
static void take_round_trips(MpSimCongestion *congestion, MpTime now)
{
    const guint n = congestion->n_received;
    if (n == 0)
        return;
    const MpTime last = congestion->received[n - 1]->received;
    MpTime propagation = MP_NEVER;
    MpTime longest = 0;
    guint32 highest = 0;
    for (guint i = 0; i < n; i++) {
        const MpSimReport *packet = congestion->received[i];
        const MpTime round_trip = now - packet->sent;
        longest = MAX(longest, round_trip);
        propagation = MIN(propagation, round_trip - (last - packet->received));
        highest = MAX(highest, packet->transport_sequence);
    }
    congestion->target.propagation = propagation;
    congestion->target.heard = now;
    mp_sim_window_acked(&congestion->window, highest);
    mp_sim_window_round_trip(&congestion->window, &congestion->chromium->window, longest);
}

static double take_acked(MpSimCongestion *congestion)
{
    const MpChromiumAckedRate *chromium = &congestion->chromium->acked_rate;
    for (guint i = 0; i < congestion->n_received; i++) {
        const MpSimReport *packet = congestion->received[i];
        mp_sim_acked_rate_take(&congestion->acked_rate, chromium, packet->sent / MP_MSEC(1),
                               packet->received / MP_MSEC(1), packet->size);
    }
    return mp_sim_acked_rate_bps(&congestion->acked_rate, chromium);
}

/* NAN: no probe ended. One does not take the rate far below what arrives. */
static double take_probes(MpSimCongestion *congestion, double acked_bps)
{
    const MpChromiumProbes *chromium = &congestion->chromium->probes;
    double bps = NAN;
    for (guint i = 0; i < congestion->n_received; i++) {
        if (congestion->received[i]->probe < 0)
            continue;
        const double result = mp_sim_probe_results_take(&congestion->results, chromium,
                                                        congestion->received[i]);
        bps = isnan(result) ? bps : result;
    }
    if (isnan(bps) || isnan(acked_bps))
        return bps;
    return MAX(bps, MIN(congestion->delay.aimd.bps, acked_bps * chromium->drop_acked));
}

static void follow_delay(MpSimCongestion *congestion, MpSimDelayResult result)
{
    if (result == MP_SIM_DELAY_UNCHANGED)
        return;
    const double bps = congestion->delay.aimd.bps;
    if (result == MP_SIM_DELAY_PROBED)
        mp_sim_target_set(&congestion->target, congestion->chromium, bps);
    mp_sim_target_set_delay(&congestion->target, congestion->chromium, bps);
}

static void follow_limited(MpSimCongestion *congestion, MpTime now)
{
    const gboolean is_limited = congestion->limited.is_limited;
    if (congestion->was_limited && !is_limited) {
        congestion->probes.has_left_limited = TRUE;
        congestion->probes.left_limited = now;
    }
    congestion->was_limited = is_limited;
}

void mp_sim_congestion_report(MpSimCongestion *congestion, MpTime now, const MpSimReport *reports,
                              guint n_reports)
{
    if (n_reports == 0)
        return;
    const MpChromiumCongestion *chromium = congestion->chromium;
    congestion->has_feedback = TRUE;
    sort_received(congestion, reports, n_reports);
    take_round_trips(congestion, now);
    follow_limited(congestion, now);
    const double acked_bps = take_acked(congestion);
    const double probe_bps = take_probes(congestion, acked_bps);
    const MpSimDelayResult result = mp_sim_delay_based_report(
        &congestion->delay, chromium, now, congestion->received, congestion->n_received, acked_bps,
        probe_bps);
    follow_delay(congestion, result);
    mp_sim_target_report(&congestion->target, chromium, now, reports, n_reports, acked_bps,
                         congestion->was_limited);
    if (result != MP_SIM_DELAY_UNCHANGED)
        tell(congestion, now);
    if (congestion->delay.has_recovered) {
        congestion->probes.is_limited = congestion->was_limited;
        congestion->probes.limited_since = congestion->limited.since;
        mp_sim_probes_recovered(&congestion->probes, &chromium->probes, now);
    }
    if (congestion->n_received > 0)
        mp_sim_window_set_target(&congestion->window, &chromium->window,
                                 congestion->told.target_bps);
}

void mp_sim_congestion_round_trip(MpSimCongestion *congestion, MpTime now, MpTime round_trip)
{
    /* In whole milliseconds, as libwebrtc has it; 0 is none. */
    const MpTime rounded = (round_trip + MP_USEC(500)) / MP_MSEC(1) * MP_MSEC(1);
    if (rounded > 0)
        congestion->round_trip = congestion->delay.aimd.round_trip = rounded;
    mp_sim_target_receiver_report(&congestion->target, congestion->chromium, now);
}

void mp_sim_congestion_set_most(MpSimCongestion *congestion, MpTime now, double most_bps)
{
    mp_sim_probes_set_need(&congestion->probes, &congestion->chromium->probes, now, most_bps);
}

MpTime mp_sim_congestion_deadline(const MpSimCongestion *congestion)
{
    return congestion->tick;
}

void mp_sim_congestion_advance(MpSimCongestion *congestion, MpTime now)
{
    if (now < congestion->tick)
        return;
    const MpChromiumCongestion *chromium = congestion->chromium;
    while (congestion->tick <= now)
        congestion->tick += chromium->interval;
    mp_sim_target_tick(&congestion->target, chromium, now);
    congestion->probes.is_limited = congestion->has_feedback && congestion->limited.is_limited;
    congestion->probes.limited_since = congestion->limited.since;
    mp_sim_probes_tick(&congestion->probes, &chromium->probes, now);
    if (congestion->window.n_round_trips > 0)
        mp_sim_window_set_target(&congestion->window, &chromium->window,
                                 congestion->told.target_bps);
    mp_sim_window_update(&congestion->window, &chromium->window);
    tell(congestion, now);
}

double mp_sim_congestion_target_bps(const MpSimCongestion *congestion)
{
    return congestion->told.target_bps;
}

double mp_sim_congestion_pacing_bps(const MpSimCongestion *congestion)
{
    const MpChromiumPacer *chromium = &congestion->chromium->pacer;
    return congestion->told.target_bps *
           (congestion->is_screen ? chromium->screen_factor : chromium->camera_factor);
}

double mp_sim_congestion_padding_bps(const MpSimCongestion *congestion)
{
    if (congestion->told.loss_state != MP_SIM_LOSS_INCREASING)
        return 0;
    return congestion->told.window_bps;
}

double mp_sim_congestion_loss(const MpSimCongestion *congestion)
{
    return congestion->told.loss;
}

MpTime mp_sim_congestion_rtt(const MpSimCongestion *congestion)
{
    return congestion->round_trip;
}

double mp_sim_congestion_drop_share(const MpSimCongestion *congestion)
{
    return congestion->told.drop_share;
}

MpTime mp_sim_congestion_feedback_interval(const MpSimCongestion *congestion)
{
    const MpChromiumFeedback *chromium = &congestion->chromium->feedback;
    const double seconds = chromium->bytes * 8 / (chromium->share * congestion->told.target_bps);
    const MpTime interval = (MpTime)(seconds * (double)MP_SEC(1));
    return CLAMP(interval, chromium->least, chromium->most);
}

gboolean mp_sim_congestion_probe(MpSimCongestion *congestion, MpSimProbe *probe)
{
    if (!mp_sim_probes_take(&congestion->probes, probe))
        return FALSE;
    mp_sim_probe_results_expect(&congestion->results, probe);
    return TRUE;
}
