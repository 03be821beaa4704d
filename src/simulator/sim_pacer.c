/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The order and the pace of packets.
 */
#include "simulator/sim_pacer.h"

#include "simulator/sim_prober.h"

/* A power of two: two seconds of some 10 Mbit/s. What does not fit is dropped. */
#define MOST_PACKETS 2048
/* RFC 4588: the original's sequence number. */
#define RTX_HEADER 2

typedef enum { AUDIO, RETRANSMISSION, VIDEO, N_QUEUES } Priority;

static const Priority priorities[] = {
    [MP_SIM_AUDIO] = AUDIO,
    [MP_SIM_VIDEO] = VIDEO,
    [MP_SIM_RETRANSMISSION] = RETRANSMISSION,
    [MP_SIM_PROTECTION] = VIDEO,
};

/* A ring; `sent` of a packet that waits is when it was queued. */
typedef struct {
    MpSimPacket packets[MOST_PACKETS];
    guint first;
    guint count;
} Queue;

struct _MpSimPacer {
    const MpChromiumPacer *chromium;
    MpTime longest_queue;
    Queue queues[N_QUEUES];
    guint n_packets; /* that wait */
    guint64 bytes;
    double waited; /* by all of them together, ns, until: */
    MpTime waited_until;
    double pacing; /* bytes a second, here and below */
    double rate;   /* raised while the queue is too long */
    double padding;
    double media_debt; /* bytes */
    double padding_debt;
    MpTime paid; /* until when both were paid off */
    MpSimProber prober;
    guint padding_left; /* of what is being padded */
    guint large;        /* size of a packet that padding sends again; 0: none */
    guint32 n_sent;
};

MpSimPacer *mp_sim_pacer_new(const MpChromium *chromium, gboolean is_screen, MpTime start)
{
    MpSimPacer *pacer = g_new0(MpSimPacer, 1);
    pacer->chromium = &chromium->congestion.pacer;
    pacer->longest_queue = is_screen ? pacer->chromium->screen_queue
                                     : pacer->chromium->camera_queue;
    pacer->paid = pacer->waited_until = start;
    mp_sim_pacer_set_rates(pacer, start, chromium->congestion.start_bps, 0);
    return pacer;
}

void mp_sim_pacer_free(MpSimPacer *pacer)
{
    g_free(pacer);
}

static double seconds(MpTime span)
{
    return (double)span / (double)MP_SEC(1);
}

static MpTime time_for(double bytes, double rate)
{
    return (MpTime)(bytes / rate * (double)MP_SEC(1));
}

static void count_waiting(MpSimPacer *pacer, MpTime now)
{
    pacer->waited += (double)(now - pacer->waited_until) * pacer->n_packets;
    pacer->waited_until = now;
}

/* What waits must be gone before it has waited too long. */
static void follow_queue(MpSimPacer *pacer)
{
    pacer->rate = pacer->pacing;
    if (pacer->n_packets == 0)
        return;
    const double left = (double)pacer->longest_queue - pacer->waited / pacer->n_packets;
    const double needed = (double)pacer->bytes * (double)MP_SEC(1) / MAX(left, (double)MP_MSEC(1));
    pacer->rate = MAX(pacer->pacing, needed);
}

void mp_sim_pacer_set_rates(MpSimPacer *pacer, MpTime now, double pacing_bps, double padding_bps)
{
    pacer->pacing = pacing_bps / 8;
    pacer->padding = MIN(padding_bps, pacing_bps) / 8;
    count_waiting(pacer, now);
    follow_queue(pacer);
}

void mp_sim_pacer_probe(MpSimPacer *pacer, MpTime now, const MpSimProbe *probe)
{
    mp_sim_prober_ask(&pacer->prober, pacer->chromium, now, probe);
}

static void pay(MpSimPacer *pacer, MpTime now)
{
    if (now <= pacer->paid)
        return;
    const double span = seconds(now - pacer->paid);
    pacer->media_debt = MAX(pacer->media_debt - pacer->rate * span, 0);
    pacer->padding_debt = MAX(pacer->padding_debt - pacer->padding * span, 0);
    pacer->paid = now;
}

static void keep_large(MpSimPacer *pacer, const MpSimPacket *packet)
{
    if (packet->kind == MP_SIM_VIDEO &&
        packet->size + pacer->chromium->padding_change > pacer->large)
        pacer->large = packet->size;
}

void mp_sim_pacer_push(MpSimPacer *pacer, MpTime now, const MpSimPacket *packet)
{
    Queue *queue = &pacer->queues[priorities[packet->kind]];
    if (queue->count == MOST_PACKETS)
        return;
    mp_sim_prober_queued(&pacer->prober, pacer->chromium, now, packet->size);
    keep_large(pacer, packet);
    /* Time without packets is not saved up for a larger burst. */
    if (pacer->n_packets == 0)
        pay(pacer, MIN(now, mp_sim_pacer_due(pacer)));
    count_waiting(pacer, now);
    MpSimPacket *slot = &queue->packets[(queue->first + queue->count++) % MOST_PACKETS];
    *slot = *packet;
    slot->sent = now;
    pacer->n_packets++;
    pacer->bytes += packet->size;
    follow_queue(pacer);
}

/* Bursts leave at once; then all of it is paid off first. */
static MpTime media_due(const MpSimPacer *pacer)
{
    const double burst = MIN(pacer->chromium->burst_bytes,
                             pacer->rate * seconds(pacer->chromium->burst));
    if (pacer->media_debt < burst)
        return pacer->paid;
    return pacer->paid + time_for(pacer->media_debt, pacer->rate);
}

MpTime mp_sim_pacer_due(const MpSimPacer *pacer)
{
    if (pacer->prober.is_active)
        return pacer->prober.due;
    const Queue *audio = &pacer->queues[AUDIO];
    if (audio->count > 0)
        return audio->packets[audio->first].sent;
    if (pacer->n_packets > 0)
        return media_due(pacer);
    if (pacer->padding_left > 0)
        return pacer->paid;
    if (pacer->padding <= 0 || pacer->large == 0)
        return MP_NEVER;
    /* Rounded up, as a debt that is left would allow no padding. */
    return pacer->paid + 1 +
           MAX(time_for(pacer->media_debt, pacer->rate),
               time_for(pacer->padding_debt, pacer->padding));
}

static void pop(MpSimPacer *pacer, MpTime now, MpSimPacket *packet)
{
    Priority priority = AUDIO;
    while (pacer->queues[priority].count == 0)
        priority++;
    Queue *queue = &pacer->queues[priority];
    *packet = queue->packets[queue->first];
    queue->first = --queue->count == 0 ? 0 : (queue->first + 1) % MOST_PACKETS;
    count_waiting(pacer, now);
    pacer->n_packets--;
    pacer->bytes -= packet->size;
    pacer->waited = pacer->n_packets == 0 ? 0 : pacer->waited - (double)(now - packet->sent);
}

/* The one kept again where it is not by far too large, otherwise one that carries nothing. */
static guint pad(MpSimPacer *pacer, guint asked, MpSimPacket *packet)
{
    const MpChromiumPacer *chromium = pacer->chromium;
    const guint payload = pacer->large > MP_SIM_OVERHEAD ? pacer->large - MP_SIM_OVERHEAD : 0;
    const gboolean is_again = payload > 0 && asked >= chromium->least_payload &&
                              payload + RTX_HEADER <= asked * chromium->padding_excess;
    const guint size = is_again ? payload + RTX_HEADER : chromium->padding_bytes;
    *packet = (MpSimPacket){.kind = MP_SIM_PADDING, .size = size + MP_SIM_OVERHEAD};
    return size;
}

static void choose(MpSimPacer *pacer, MpTime now, MpSimPacket *packet)
{
    const MpSimProber *prober = &pacer->prober;
    if (prober->is_active && mp_sim_prober_is_first(prober)) {
        /* A small one, from which the probe's time is counted. */
        pad(pacer, 1, packet);
    } else if (pacer->n_packets > 0) {
        pop(pacer, now, packet);
    } else if (prober->is_active) {
        pad(pacer, mp_sim_prober_left(prober), packet);
    } else {
        if (pacer->padding_left == 0)
            pacer->padding_left = (guint)(pacer->padding * seconds(pacer->chromium->padding)) + 1;
        pacer->padding_left -= MIN(pacer->padding_left, pad(pacer, pacer->padding_left, packet));
    }
}

static void account(MpSimPacer *pacer, guint size)
{
    const double most = seconds(pacer->chromium->most_debt);
    pacer->media_debt = MIN(pacer->media_debt + size, pacer->rate * most);
    pacer->padding_debt = MIN(pacer->padding_debt + size, pacer->padding * most);
}

gboolean mp_sim_pacer_next(MpSimPacer *pacer, MpTime now, MpSimPacket *packet)
{
    const MpTime due = mp_sim_pacer_due(pacer);
    if (due > now)
        return FALSE;
    pay(pacer, due);
    const int cluster = mp_sim_prober_cluster(&pacer->prober);
    choose(pacer, now, packet);
    packet->transport_sequence = pacer->n_sent++;
    packet->probe = cluster;
    packet->sent = now;
    account(pacer, packet->size);
    if (cluster >= 0)
        mp_sim_prober_sent(&pacer->prober, pacer->chromium, now, packet->size);
    follow_queue(pacer);
    return TRUE;
}

MpTime mp_sim_pacer_backlog(const MpSimPacer *pacer)
{
    return time_for((double)pacer->bytes, pacer->rate);
}
