/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every UDP port of a range, or a sample of it, asked on a far end that answers: which to ask,
 * when, how often, and what follows. Opens no socket and reads no clock.
 *
 * The first round asks every port once, in random order. Then silent ports beside such as passed
 * are asked again, which shows what the path loses; then whatever is not settled by that loss
 * (port_sweep_evidence.h), round after round. After each round the far end is asked, over ports
 * that are open, which it saw: that tells what is blocked on the way out from what is on the way
 * back. A sample of which nothing answered is left at that: it says too little to go on.
 */
#pragma once

#include "session/port_sweep_blocks.h"
#include "session/port_sweep_evidence.h"

typedef struct {
    MpSweepRange range;
    guint rate; /* questions per second, at most */
    guint64 seed;
    guint question_size;       /* of an IP packet with a question about a port */
    guint block_question_size; /* the same about a block of ports */
} MpPortSweepConfig;

typedef struct {
    guint32 sequence; /* from 1, ascending by 1 */
    guint16 port;     /* to send it to */
    /* Of a port that is known to be open: from a second local port, so that it is as new to
     * whatever keeps flows on the way (a NAT whose table is full) as a question to a new port. */
    gboolean is_control;
    MpSweepAbout about;
    guint16 first; /* of the block it is about */
    guint16 n_ports;
} MpPortQuestion;

typedef struct _MpPortSweep MpPortSweep;

MpPortSweep *mp_port_sweep_new(const MpPortSweepConfig *config, MpTime now);
void mp_port_sweep_free(MpPortSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPortSweep, mp_port_sweep_free)

/* What is to be sent now, at most `capacity`; the number. Feed what was received before. */
guint mp_port_sweep_next(MpPortSweep *sweep, MpTime now, MpPortQuestion *questions, guint capacity);
/* When to call it next, if nothing comes until then; MP_NEVER: the sweep has ended. */
MpTime mp_port_sweep_deadline(const MpPortSweep *sweep, MpTime now);

/* An authentic answer that came from `port`. What answers no question is ignored. */
void mp_port_sweep_answer(MpPortSweep *sweep, guint32 sequence, guint16 port, MpTime arrived);
/* The answer to a question about a block, which came from `about->port`: bit n of `bits`, most
 * significant first, is port `about->first` + n. NULL: this far end does not know the question. */
void mp_port_sweep_told(MpPortSweep *sweep, const MpPortQuestion *about, const guint8 *bits);

/* The question could not be sent; it will be repeated. */
void mp_port_sweep_unsent(MpPortSweep *sweep, guint32 sequence);
/* This computer dropped some of what came: no silence of late is evidence. */
void mp_port_sweep_overflow(MpPortSweep *sweep, MpTime now);

/* Ends it before its time; what is still under way is no evidence. */
void mp_port_sweep_stop(MpPortSweep *sweep, MpTime now);

/* After the end. */
MpSweptPort mp_port_sweep_verdict(const MpPortSweep *sweep, guint16 port);
/* A question to it may have told something, and the far end answers there. */
gboolean mp_port_sweep_has_asked(const MpPortSweep *sweep, guint16 port);

typedef struct {
    guint n_asked;  /* ports */
    guint64 n_sent; /* questions */
    guint64 sent_bytes;
    guint n_rounds;
    double wrong_bound;   /* see mp_sweep_evidence_wrong_bound() */
    double loss;          /* of round trips on open ports, 0..1; NAN: no open port is known */
    double loss_out;      /* of these, before the far end saw them; NAN: not known */
    MpTime rtt_least;     /* 0: no answer came */
    guint n_cuts;         /* times that the rate was cut because loss rose */
    double greatest_rate; /* questions per second that the path bore without more loss */
} MpPortSweepFacts;

MpPortSweepFacts mp_port_sweep_facts(const MpPortSweep *sweep);
