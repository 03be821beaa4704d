/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bursts that probe.
 */
#include "simulator/sim_prober.h"

static const MpSimProbe *current(const MpSimProber *prober)
{
    return &prober->probes[prober->first];
}

static guint step_size(const MpSimProbe *probe)
{
    return (guint)(probe->rate_bps / 8 * (double)probe->step / (double)MP_SEC(1));
}

static void drop_first(MpSimProber *prober)
{
    prober->first = (prober->first + 1) % MP_SIM_PROBES_WAITING;
    prober->count--;
    prober->n_steps = prober->bytes = 0;
    prober->is_active = prober->is_active && prober->count > 0;
}

void mp_sim_prober_ask(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now,
                       const MpSimProbe *probe)
{
    while (prober->count > 0 && (prober->count == MP_SIM_PROBES_WAITING ||
                                 now - prober->asked[prober->first] > chromium->probe_timeout))
        drop_first(prober);
    const guint i = (prober->first + prober->count++) % MP_SIM_PROBES_WAITING;
    prober->probes[i] = *probe;
    prober->asked[i] = now;
}

void mp_sim_prober_queued(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now,
                          guint size)
{
    if (prober->is_active || prober->count == 0 ||
        size < MIN(step_size(current(prober)), chromium->probe_packet))
        return;
    prober->is_active = TRUE;
    prober->due = now;
}

int mp_sim_prober_cluster(const MpSimProber *prober)
{
    return prober->is_active ? current(prober)->cluster : -1;
}

gboolean mp_sim_prober_is_first(const MpSimProber *prober)
{
    return prober->n_steps == 0 && !prober->is_in_step;
}

guint mp_sim_prober_left(const MpSimProber *prober)
{
    const guint size = step_size(current(prober));
    return size - MIN(size, prober->is_in_step ? prober->step_bytes : 0);
}

/* The time from the start keeps the rate, however much each step was too large. Timers are in whole
 * milliseconds, for which a step may be early. */
static MpTime next_step(const MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now)
{
    const double seconds = prober->bytes * 8.0 / current(prober)->rate_bps;
    const MpTime exact = prober->started + (MpTime)(seconds * (double)MP_SEC(1));
    const MpTime wait = MAX(exact - now - chromium->probe_early, 0);
    return now + (wait + MP_MSEC(1) - 1) / MP_MSEC(1) * MP_MSEC(1);
}

static void end_step(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now)
{
    const MpSimProbe *probe = current(prober);
    prober->is_in_step = FALSE;
    prober->bytes += prober->step_bytes;
    prober->n_steps++;
    prober->due = next_step(prober, chromium, now);
    if (prober->bytes >= probe->least_bytes && prober->n_steps >= probe->least_packets)
        drop_first(prober);
}

void mp_sim_prober_sent(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now,
                        guint size)
{
    if (prober->n_steps == 0 && !prober->is_in_step)
        prober->started = now;
    if (!prober->is_in_step)
        prober->step_bytes = 0;
    prober->is_in_step = TRUE;
    prober->step_bytes += size;
    if (prober->step_bytes >= step_size(current(prober)))
        end_step(prober, chromium, now);
}
