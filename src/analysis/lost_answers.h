/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What loss alone can silence. On a path that loses packets a question may stay without an answer
 * though nobody keeps it: such a silence says nothing about a port, a server or a firewall.
 */
#pragma once

#include "model/result.h"

/* Of questions with their answers. */
typedef struct {
    double share;                     /* lost, at least so much of them, 0 to 1; 0: not measured */
    const MpMeasurement *measurement; /* that shows it; NULL: none does */
} MpAnswerLoss;

/* Counted on UDP that did come through. */
MpAnswerLoss mp_answer_loss(const MpResult *result);
/* The chance that `least` or more of `n` questions stay without an answer, where each has to be
 * answered `n_answers` times in turn and is sent `n_sends` times before it is given up. */
double mp_answer_loss_chance(const MpAnswerLoss *loss, double n_sends, guint n_answers, guint least,
                             guint n);
/* May it be nothing but loss? Of the hundred questions of a check the least likely one is. */
gboolean mp_answer_loss_suffices(double chance);

/* Gives each stage that loss alone can have silenced the member "loss_chance", 0 to 1, and takes it
 * from all others. mp_stage_reach() knows it. */
void mp_analysis_lost_answers(MpResult *result);
