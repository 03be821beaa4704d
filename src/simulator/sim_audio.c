/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every 10 ms NetEq decides: play what was decoded, decode the next packet, faster or slower, or
 * make sound up.
 */
#include "simulator/sim_audio.h"

#include "simulator/sim_audio_delay.h"

/* Packets that wait; a power of two, and more than NetEq's 200. */
#define WAITING 256

typedef enum { NORMAL, MERGE, FASTER, SLOWER, CONCEAL } Operation;

struct _MpSimAudioReceiver {
    const MpChromiumAudio *constants;
    MpTime start;
    MpTime tick; /* the next one */
    MpSimAudioDelay delay;
    guint32 waiting[WAITING]; /* sequence plus one; 0: none */
    guint32 next;             /* packet to decode */
    guint32 newest;
    gboolean has_begun;
    MpTime decoded;   /* and not played yet */
    MpTime concealed; /* since the last packet was decoded */
    gboolean was_concealed;
    guint calm_ticks; /* until speed may change again */
    MpTime played;
    MpTime made_up;
};

MpSimAudioReceiver *mp_sim_audio_receiver_new(const MpChromium *chromium, MpTime start)
{
    MpSimAudioReceiver *receiver = g_new0(MpSimAudioReceiver, 1);
    receiver->constants = &chromium->audio;
    receiver->start = start;
    receiver->tick = start + receiver->constants->tick;
    receiver->calm_ticks = receiver->constants->stretch_ticks + 1;
    mp_sim_audio_delay_init(&receiver->delay, receiver->constants);
    return receiver;
}

void mp_sim_audio_receiver_free(MpSimAudioReceiver *receiver)
{
    g_free(receiver);
}

static gboolean has(const MpSimAudioReceiver *receiver, guint32 sequence)
{
    return receiver->waiting[sequence % WAITING] == sequence + 1;
}

static void keep(MpSimAudioReceiver *receiver, guint32 sequence)
{
    if (sequence < receiver->next)
        return;
    receiver->waiting[sequence % WAITING] = sequence + 1;
    receiver->newest = MAX(receiver->newest, sequence);
}

/* The player's clock since the start, as NetEq's ticks show it. */
static MpTime clock_of(const MpSimAudioReceiver *receiver)
{
    return receiver->tick - receiver->constants->tick - receiver->start;
}

void mp_sim_audio_receiver_take(MpSimAudioReceiver *receiver, MpTime now, guint32 sequence,
                                gboolean has_repair)
{
    mp_sim_audio_receiver_advance(receiver, now);
    if (!receiver->has_begun) {
        receiver->has_begun = TRUE;
        receiver->next = sequence;
        receiver->newest = sequence;
    }
    mp_sim_audio_delay_take(&receiver->delay, clock_of(receiver), sequence);
    /* After a silence longer than all that can wait, play goes on with what comes. */
    if (sequence >= receiver->next + WAITING)
        receiver->next = sequence;
    keep(receiver, sequence);
    if (has_repair && sequence > 0)
        keep(receiver, sequence - 1);
}

/* The oldest packet that waits; FALSE: none does. */
static gboolean find_next(const MpSimAudioReceiver *receiver, guint32 *sequence)
{
    for (guint32 i = receiver->next; i <= receiver->newest; i++) {
        if (has(receiver, i)) {
            *sequence = i;
            return TRUE;
        }
    }
    return FALSE;
}

static MpTime packet_span(const MpSimAudioReceiver *receiver, guint32 packets)
{
    return (MpTime)packets * receiver->constants->packet_time;
}

static Operation with_expected(const MpSimAudioReceiver *receiver)
{
    if (receiver->was_concealed || receiver->calm_ticks > 0)
        return NORMAL;
    const MpTime captured = packet_span(receiver, receiver->next) - receiver->decoded;
    const MpTime delay = mp_sim_audio_delay_of(&receiver->delay, clock_of(receiver), captured);
    const MpTime target = receiver->delay.target;
    if (delay >=
        target + mp_sim_audio_delay_most(&receiver->delay) + receiver->constants->stretch_margin)
        return FASTER;
    return delay < target ? SLOWER : NORMAL;
}

static Operation decide(const MpSimAudioReceiver *receiver, guint32 *sequence)
{
    const MpChromiumAudio *constants = receiver->constants;
    if (!find_next(receiver, sequence))
        return CONCEAL;

    const MpTime waiting = packet_span(receiver, receiver->newest + 1 - *sequence);
    const MpTime target = receiver->delay.target;
    if (receiver->was_concealed && receiver->concealed > constants->long_concealment &&
        waiting < (MpTime)(constants->restart_share * (double)target))
        return CONCEAL;
    if (*sequence == receiver->next)
        return with_expected(receiver);

    const gboolean is_early = packet_span(receiver, *sequence - receiver->next) >
                              receiver->concealed;
    if (is_early && waiting <= target + constants->early_margin)
        return CONCEAL;
    return receiver->was_concealed ? MERGE : CONCEAL;
}

static void decode(MpSimAudioReceiver *receiver, guint32 sequence)
{
    receiver->next = sequence + 1;
    receiver->decoded += receiver->constants->packet_time;
    receiver->concealed = 0;
    receiver->was_concealed = FALSE;
}

static void conceal(MpSimAudioReceiver *receiver)
{
    const MpTime missing = receiver->constants->tick - receiver->decoded;
    receiver->decoded = 0;
    if (receiver->concealed < receiver->constants->fade)
        receiver->made_up += missing;
    receiver->concealed += missing;
    receiver->was_concealed = TRUE;
}

/* Both need 30 ms of sound at once. */
static void stretch(MpSimAudioReceiver *receiver, guint32 sequence, Operation operation)
{
    const MpTime change = receiver->constants->stretch;
    const MpTime needed = 3 * receiver->constants->tick;
    if (receiver->decoded < needed)
        decode(receiver, sequence);
    if (receiver->decoded < needed)
        return;
    receiver->decoded += operation == FASTER ? -change : change;
    receiver->calm_ticks = receiver->constants->stretch_ticks;
}

static void play(MpSimAudioReceiver *receiver)
{
    const MpTime piece = receiver->constants->tick;
    receiver->played += piece;
    receiver->calm_ticks -= receiver->calm_ticks > 0;
    guint32 sequence = 0;
    const Operation operation = decide(receiver, &sequence);
    if (operation == FASTER || operation == SLOWER) {
        stretch(receiver, sequence, operation);
    } else if (operation == MERGE) {
        receiver->made_up -= MIN(receiver->constants->merge, receiver->made_up);
        decode(receiver, sequence);
    } else if (operation == NORMAL && receiver->decoded < piece) {
        decode(receiver, sequence);
    }
    if (receiver->decoded < piece)
        conceal(receiver);
    else
        receiver->decoded -= piece;
}

void mp_sim_audio_receiver_advance(MpSimAudioReceiver *receiver, MpTime now)
{
    while (receiver->tick <= now) {
        if (receiver->has_begun)
            play(receiver);
        receiver->tick += receiver->constants->tick;
    }
}

void mp_sim_audio_receiver_counters(const MpSimAudioReceiver *receiver, double *played_ms,
                                    double *concealed_ms)
{
    *played_ms = mp_time_to_ms(receiver->played);
    *concealed_ms = mp_time_to_ms(receiver->made_up);
}

gboolean mp_sim_audio_adds_repair(const MpChromium *chromium, double loss, guint32 sequence)
{
    const guint32 per_second = (guint32)(MP_SEC(1) / chromium->audio.packet_time);
    return loss >= chromium->audio.repair_loss &&
           sequence % per_second < chromium->audio.repair_share * per_second;
}
