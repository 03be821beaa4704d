/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a sweep knows of each port, and how sure that is: rounds of questions, the loss of the path
 * in each of them, and what an unanswered question is worth.
 *
 * Only silence can deceive: an answer proves that a port is open. Each round asks in random order,
 * so the share of its questions that the path lost, counted on ports that are open, is the
 * probability with which it lost any other. A port that was asked in rounds of loss q1, q2, ... and
 * stayed silent although it is open has met with q1 * q2 * ...
 *
 * How small that must be depends on the neighbours. Next to a port that passes, silence is most
 * likely loss, and there are as many such chances as ports that pass. Deep inside a silent run only
 * a short open run can hide; as many are taken to exist as were found, and one more.
 */
#pragma once

#include "base/time.h"

/* Rounds are told apart by a bit each. */
#define MP_SWEEP_ROUNDS 32
/* Ports that are asked about at once: the datagram then fits IPv6's least MTU of 1280. */
#define MP_SWEEP_BLOCK_PORTS 8192
#define MP_SWEEP_BLOCKS ((G_MAXUINT16 + 1) / MP_SWEEP_BLOCK_PORTS)

typedef enum {
    MP_SWEPT_UNDECIDED, /* not asked, not often enough for this path, or not served */
    MP_SWEPT_ANSWERED,
    MP_SWEPT_SILENT, /* no answer; whether a question arrived is not known */
    MP_SWEPT_UNSEEN, /* no question arrived */
    MP_SWEPT_SEEN,   /* a question arrived, no answer came back */
} MpSweptPort;

/* Ports to ask about: a whole range, or some of it. */
typedef struct {
    guint16 first; /* at least 1 */
    guint16 last;
    const guint16 *ports; /* lent: of the range, ascending; NULL: all of it */
    guint n_ports;        /* of them */
} MpSweepRange;

typedef struct {
    guint16 first;
    guint16 last;
    guint16 lowest;                /* that is asked about */
    guint16 next[G_MAXUINT16 + 1]; /* by port: the next higher one that is asked about; 0: none */
    guint16 previous[G_MAXUINT16 + 1];
    guint32 asked[G_MAXUINT16 + 1]; /* by port, a bit a round */
    guint32 answered[G_MAXUINT16 + 1];
    guint8 is_seen[G_MAXUINT16 + 1];     /* 1 + the round after which it was first told; 0: not */
    guint8 is_unserved[G_MAXUINT16 + 1]; /* the far end answers nothing there */
    /* By block of MP_SWEEP_BLOCK_PORTS from `first`: 1 + the round after which the far end said
     * which it saw; 0: it never did. */
    guint8 seen_after[MP_SWEEP_BLOCKS];
    guint8 has_first_seen[MP_SWEEP_BLOCKS]; /* it did after the first round */
    guint8 knows_served[MP_SWEEP_BLOCKS];   /* it said which of them it serves */
    gboolean cannot_tell_served;            /* it says so of none */
    guint n_open;
    /* Questions to ports that were known to be open, by round. */
    guint n_controls[MP_SWEEP_ROUNDS];
    guint n_controls_answered[MP_SWEEP_ROUNDS];
    /* By mp_sweep_evidence_settle(): */
    double worth[MP_SWEEP_ROUNDS];     /* of an unanswered question: -ln of the round's loss */
    double worth_out[MP_SWEEP_ROUNDS]; /* of one that the far end did not see: the loss outward */
    double loss;          /* of all rounds together, 0..1; NAN: no open port is known */
    double enough_near;   /* sum of worths that settles a port beside one that passes */
    double enough_inside; /* the same inside a silent run */
    guint n_passing;
    guint n_short_runs;
} MpSweepEvidence;

/* Neighbours are those that are asked about. */
void mp_sweep_evidence_init(MpSweepEvidence *evidence, const MpSweepRange *range);

void mp_sweep_evidence_ask(MpSweepEvidence *evidence, guint16 port, guint round);
/* The question was not sent, or its answer may have been dropped on this computer. */
void mp_sweep_evidence_retract(MpSweepEvidence *evidence, guint16 port, guint round);
void mp_sweep_evidence_answer(MpSweepEvidence *evidence, guint16 port, guint round);
/* Bit n of `bits`, most significant first, is port n of the block: which had been seen after
 * `round`; which are served. */
void mp_sweep_evidence_seen(MpSweepEvidence *evidence, guint block, guint round,
                            const guint8 *bits);
void mp_sweep_evidence_served(MpSweepEvidence *evidence, guint block, const guint8 *bits);
guint mp_sweep_evidence_block(const MpSweepEvidence *evidence, guint port);

/* Between rounds: what they are worth now. */
void mp_sweep_evidence_settle(MpSweepEvidence *evidence);

/* Of a silent port, after mp_sweep_evidence_settle(). */
gboolean mp_sweep_evidence_is_near(const MpSweepEvidence *evidence, guint16 port);
gboolean mp_sweep_evidence_is_enough(const MpSweepEvidence *evidence, guint16 port);

MpSweptPort mp_sweep_evidence_verdict(const MpSweepEvidence *evidence, guint16 port);

/* Upper bound of the probability that the verdict on any port is wrong; NAN where no open port is
 * known, since then nothing tells how much the path loses. */
double mp_sweep_evidence_wrong_bound(const MpSweepEvidence *evidence);

/* Share of the first round's questions to open ports that the far end did not see; NAN: unknown. */
double mp_sweep_evidence_loss_out(const MpSweepEvidence *evidence);
