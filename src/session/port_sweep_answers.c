/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a sweep hears: answers, and what became of questions that have none.
 */
#include "session/port_sweep_state.h"

static MpSweepQuestion *find(MpPortSweep *sweep, guint32 sequence)
{
    if (sequence == 0 || sequence > sweep->questions->len)
        return NULL;
    return &g_array_index(sweep->questions, MpSweepQuestion, sequence - 1);
}

void mp_port_sweep_answer(MpPortSweep *sweep, guint32 sequence, guint16 port, MpTime arrived)
{
    MpSweepQuestion *question = find(sweep, sequence);
    if (!question || question->about != MP_SWEEP_ABOUT_PORT || question->is_answered ||
        question->port != port)
        return;
    question->is_answered = TRUE;
    if (!question->is_void && question->round == sweep->round)
        sweep->n_waiting--;
    mp_sweep_pace_answered(&sweep->pace, question->epoch, question->asks,
                           MAX(arrived - question->at, 1));
    if (question->asks == MP_SWEEP_ASKS_CONTROL) {
        sweep->evidence.n_controls_answered[question->round] += !question->is_void;
        return;
    }
    if (!mp_sweep_is_open(sweep, port))
        g_array_append_val(sweep->open, port);
    mp_sweep_evidence_answer(&sweep->evidence, port, question->round);
}

void mp_port_sweep_told(MpPortSweep *sweep, const MpPortQuestion *about, const guint8 *bits)
{
    MpSweepQuestion *question = find(sweep, about->sequence);
    if (!question || question->about == MP_SWEEP_ABOUT_PORT || question->is_answered ||
        question->about != (guint)about->about || question->port != about->port)
        return;
    question->is_answered = TRUE;
    if (!bits) {
        sweep->blocks.cannot_tell[question->about] = TRUE;
        sweep->evidence.cannot_tell_served |= question->about == MP_SWEEP_ABOUT_SERVED;
        return;
    }
    if (about->first != mp_sweep_first_of(sweep, question->block) ||
        about->n_ports != mp_sweep_ports_of(sweep, question->block))
        return;
    if (question->about == MP_SWEEP_ABOUT_SEEN)
        mp_sweep_evidence_seen(&sweep->evidence, question->block, question->round, bits);
    else
        mp_sweep_evidence_served(&sweep->evidence, question->block, bits);
    if (question->round == sweep->round)
        mp_sweep_blocks_told(&sweep->blocks, question->about, question->block);
}

static void void_question(MpPortSweep *sweep, MpSweepQuestion *question)
{
    if (question->is_void || question->is_answered || question->about != MP_SWEEP_ABOUT_PORT)
        return;
    question->is_void = TRUE;
    if (question->round == sweep->round)
        sweep->n_waiting--;
    if (question->asks == MP_SWEEP_ASKS_CONTROL)
        sweep->evidence.n_controls[question->round]--;
    else
        mp_sweep_evidence_retract(&sweep->evidence, question->port, question->round);
}

void mp_port_sweep_unsent(MpPortSweep *sweep, guint32 sequence)
{
    MpSweepQuestion *question = find(sweep, sequence);
    if (!question)
        return;
    void_question(sweep, question);
    sweep->n_sent--;
    sweep->sent_bytes -= question->about == MP_SWEEP_ABOUT_PORT ? sweep->config.question_size
                                                                : sweep->config.block_question_size;
}

static void void_since(MpPortSweep *sweep, MpTime since)
{
    for (guint i = sweep->questions->len; i > 0; i--) {
        MpSweepQuestion *question = &g_array_index(sweep->questions, MpSweepQuestion, i - 1);
        if (question->at < since)
            return;
        void_question(sweep, question);
    }
}

void mp_port_sweep_overflow(MpPortSweep *sweep, MpTime now)
{
    void_since(sweep, now - mp_sweep_pace_patience(&sweep->pace));
    mp_sweep_pace_overflow(&sweep->pace, now);
}

void mp_port_sweep_stop(MpPortSweep *sweep, MpTime now)
{
    if (sweep->stage == MP_SWEEP_OVER)
        return;
    void_since(sweep, now - mp_sweep_pace_patience(&sweep->pace));
    mp_sweep_evidence_settle(&sweep->evidence);
    sweep->stage = MP_SWEEP_OVER;
}
