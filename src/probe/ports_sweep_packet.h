/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The questions of a port sweep as STAMP packets, and what an answer says.
 */
#pragma once

#include "session/port_sweep.h"
#include "wire/stamp.h"

/* Of the UDP payload: base packet, KEY and HMAC; and a TLV about a whole block of ports besides. */
#define MP_SWEEP_TLV_SIZE(length) (MP_STAMP_TLV_HEADER + (gsize)(length))
#define MP_SWEEP_QUESTION_SIZE                                                                     \
    (MP_STAMP_BASE_SIZE + MP_SWEEP_TLV_SIZE(MP_STAMP_KEY_SIZE) +                                   \
     MP_SWEEP_TLV_SIZE(MP_STAMP_HMAC_SIZE))
#define MP_SWEEP_LARGEST_QUESTION                                                                  \
    (MP_SWEEP_QUESTION_SIZE + MP_SWEEP_TLV_SIZE(MP_STAMP_PORTS_SEEN_SIZE(MP_SWEEP_BLOCK_PORTS)))

/* Who asks. */
typedef struct {
    MpStampKey *key;
    MpStampSession session;
} MpSweepIdentity;

/* `buffer` holds MP_SWEEP_LARGEST_QUESTION bytes. Returns the length. */
gsize mp_sweep_question_write(guint8 *buffer, const MpSweepIdentity *identity,
                              const MpPortQuestion *question, MpTime realtime);

typedef struct {
    guint32 sequence; /* of the question */
    MpSweepAbout about;
    guint16 first; /* of the ports it is about, below */
    guint16 n_ports;
    const guint8 *bits; /* lent; NULL: the far end does not know such questions */
    guint32 unanswered; /* where it told which ports it saw: what it left unanswered so far */
} MpSweepAnswer;

/* FALSE for what is no authentic answer to this identity. */
gboolean mp_sweep_answer_read(MpSweepAnswer *answer, const MpSweepIdentity *identity,
                              MpBytes bytes);
