/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the two halves of a sweep share: asking (port_sweep.c) and hearing (port_sweep_answers.c).
 */
#pragma once

#include "session/port_sweep.h"
#include "session/port_sweep_pace.h"

typedef struct {
    MpTime at;
    guint64 epoch;
    guint16 port;
    guint8 round;
    guint8 asks;  /* MpSweepAsks */
    guint8 about; /* MpSweepAbout */
    guint8 block;
    guint is_answered : 1;
    guint is_void : 1; /* not sent, or no evidence */
} MpSweepQuestion;

typedef enum { MP_SWEEP_SENDING, MP_SWEEP_WAITING, MP_SWEEP_OVER } MpSweepStage;

struct _MpPortSweep {
    MpPortSweepConfig config;
    MpSweepEvidence evidence;
    MpSweepPace pace;
    MpSweepStage stage;
    GArray *questions; /* MpSweepQuestion; sequence - 1 is the place */
    GArray *open;      /* guint16 */
    GArray *list;      /* guint16: what this round asks */
    guint n_ports;     /* to ask about */
    guint position;
    guint round;
    guint n_waiting; /* questions of this round without an answer */
    MpTime round_sent;
    MpSweepBlocks blocks;
    gboolean has_wanted_blocks; /* after this round */
    guint64 random;
    guint64 n_sent;
    guint64 sent_bytes;
};

static inline gboolean mp_sweep_is_open(const MpPortSweep *sweep, guint16 port)
{
    return sweep->evidence.answered[port] != 0;
}

/* Of a block of ports. */
static inline guint16 mp_sweep_first_of(const MpPortSweep *sweep, guint block)
{
    return (guint16)(sweep->config.range.first + block * MP_SWEEP_BLOCK_PORTS);
}

static inline guint16 mp_sweep_ports_of(const MpPortSweep *sweep, guint block)
{
    return (guint16)MIN(sweep->config.range.last - mp_sweep_first_of(sweep, block) + 1,
                        MP_SWEEP_BLOCK_PORTS);
}
