/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames become packets.
 */
#include "session/pacer.h"

/* libwebrtc: goog_cc_network_control.cc kDefaultPaceMultiplier; pacing_controller.h
 * kDefaultBurstInterval, kMaxBurstSize, kMaxExpectedQueueLength. */
#define PACE_MULTIPLIER 2.5
#define BURST_INTERVAL MP_MSEC(40)
#define BURST_BYTES 63000.0
#define LONGEST_QUEUE MP_SEC(2)
/* A pacer without a target would never send. */
#define LEAST_KBPS 30.0
/* Two seconds of 30 frames, and as much again. A power of two. */
#define MOST_FRAMES 128

struct _MpPacer {
    MpVideoFrame frames[MOST_FRAMES]; /* a ring */
    guint first;
    guint count;
    guint packet;   /* of the first frame: the next to go */
    guint packets;  /* of the first frame; 0: not split yet */
    guint64 queued; /* bytes of all that wait */
    double rate;    /* bytes a second, before a long queue raises it */
    double debt;    /* bytes sent ahead of the rate, at `at` */
    MpTime at;
    MpTime held_until; /* once a burst is spent, the debt is paid off first */
};

MpPacer *mp_pacer_new(void)
{
    MpPacer *pacer = g_new0(MpPacer, 1);
    mp_pacer_set_target(pacer, LEAST_KBPS);
    return pacer;
}

void mp_pacer_free(MpPacer *pacer)
{
    g_free(pacer);
}

void mp_pacer_set_target(MpPacer *pacer, double kbps)
{
    pacer->rate = MAX(kbps, LEAST_KBPS) * 125 * PACE_MULTIPLIER;
}

void mp_pacer_push(MpPacer *pacer, const MpVideoFrame *frame)
{
    if (pacer->count == MOST_FRAMES || frame->bytes == 0)
        return;
    pacer->frames[(pacer->first + pacer->count++) % MOST_FRAMES] = *frame;
    pacer->queued += frame->bytes;
}

MpTime mp_pacer_due(const MpPacer *pacer)
{
    if (pacer->count == 0)
        return MP_NEVER;
    return MAX(pacer->frames[pacer->first].captured, pacer->held_until);
}

/* What waits must be gone before the first of it has waited too long. */
static double rate_at(const MpPacer *pacer, MpTime now)
{
    const MpTime waited = now - pacer->frames[pacer->first].captured;
    const MpTime left = MAX(LONGEST_QUEUE - waited, MP_MSEC(1));
    return MAX(pacer->rate, (double)pacer->queued * (double)MP_SEC(1) / (double)left);
}

static void pay_off(MpPacer *pacer, MpTime now, double rate)
{
    const double paid = rate * (double)(now - pacer->at) / (double)MP_SEC(1);
    pacer->debt = MAX(0, pacer->debt - paid);
    pacer->at = now;
}

/* Adds to the debt; when a burst is spent the next packet waits until all of it is paid off. */
static void spend(MpPacer *pacer, guint bytes, double rate)
{
    const double burst = MIN(BURST_BYTES, rate * (double)BURST_INTERVAL / (double)MP_SEC(1));
    pacer->debt += bytes;
    pacer->held_until = pacer->at;
    if (pacer->debt >= burst)
        pacer->held_until += (MpTime)(pacer->debt * (double)MP_SEC(1) / rate);
}

/* libwebrtc splits a frame into packets of about the same size. */
static guint share_of(const MpVideoFrame *frame, guint packet, guint packets)
{
    const guint64 before = (guint64)frame->bytes * packet / packets;
    return (guint)((guint64)frame->bytes * (packet + 1) / packets - before);
}

MpPacedPacket mp_pacer_next(MpPacer *pacer)
{
    const MpVideoFrame *frame = &pacer->frames[pacer->first];
    const MpTime due = mp_pacer_due(pacer);
    const double rate = rate_at(pacer, due);
    if (pacer->packets == 0)
        pacer->packets = (frame->bytes + MP_PACER_PAYLOAD - 1) / MP_PACER_PAYLOAD;
    const MpPacedPacket packet = {
        .stream = frame->stream,
        .payload_size = share_of(frame, pacer->packet, pacer->packets),
        .marker = pacer->packet + 1 == pacer->packets,
        .timestamp = frame->timestamp,
        .due = due,
    };
    pay_off(pacer, due, rate);
    spend(pacer, packet.payload_size, rate);
    pacer->queued -= packet.payload_size;
    pacer->packet++;
    if (packet.marker) {
        pacer->packet = pacer->packets = 0;
        pacer->first = (pacer->first + 1) % MOST_FRAMES;
        pacer->count--;
    }
    return packet;
}
