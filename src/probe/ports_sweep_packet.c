/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * STAMP packets of a port sweep.
 */
#include "probe/ports_sweep_packet.h"

static const guint8 types[MP_N_SWEEP_ABOUTS] = {
    [MP_SWEEP_ABOUT_SEEN] = MP_STAMP_TLV_PORTS_SEEN,
    [MP_SWEEP_ABOUT_SERVED] = MP_STAMP_TLV_PORTS_SERVED,
};

gsize mp_sweep_question_write(guint8 *buffer, const MpSweepIdentity *identity,
                              const MpPortQuestion *question, MpTime realtime)
{
    const MpStampPacket packet = {.sequence = question->sequence,
                                  .timestamp = mp_stamp_time_write(realtime),
                                  .error_estimate = MP_STAMP_ERROR_UNKNOWN};
    MpWriter writer = mp_writer_init(buffer, MP_SWEEP_LARGEST_QUESTION);
    mp_stamp_write(&writer, MP_STAMP_OPEN, MP_STAMP_REQUEST, &packet);
    mp_stamp_write_key(&writer, &identity->session);
    if (question->about != MP_SWEEP_ABOUT_PORT)
        mp_stamp_ask_ports(&writer, types[question->about], question->first, question->n_ports);
    mp_stamp_write_hmac(&writer, MP_STAMP_OPEN, identity->key);
    g_assert(!writer.is_bad);
    return writer.position;
}

static gboolean is_ours(const MpSweepIdentity *identity, MpBytes bytes)
{
    MpStampItem item;
    MpStampSession session;
    return mp_stamp_find(&item, bytes, MP_STAMP_OPEN, MP_STAMP_TLV_KEY) &&
           mp_stamp_read_key(&session, item.value) && session.key_id == identity->session.key_id &&
           session.session == identity->session.session;
}

static void read_block(MpSweepAnswer *answer, const MpStampItem *item)
{
    MpStampPortsSeen ports;
    if (item->flags & MP_STAMP_FLAG_UNRECOGNIZED || !mp_stamp_read_ports_seen(&ports, item->value))
        return;
    answer->first = ports.first_port;
    answer->n_ports = ports.n_ports;
    answer->bits = ports.ports;
    answer->unanswered = ports.unanswered;
}

gboolean mp_sweep_answer_read(MpSweepAnswer *answer, const MpSweepIdentity *identity, MpBytes bytes)
{
    MpStampPacket packet;
    if (!mp_stamp_read(&packet, MP_STAMP_OPEN, MP_STAMP_REPLY, bytes) ||
        !mp_stamp_has_hmac(bytes, MP_STAMP_OPEN, identity->key) || !is_ours(identity, bytes))
        return FALSE;
    *answer = (MpSweepAnswer){.sequence = packet.sender_sequence};
    for (guint about = MP_SWEEP_ABOUT_SEEN; about < MP_N_SWEEP_ABOUTS; about++) {
        MpStampItem item;
        if (!mp_stamp_find(&item, bytes, MP_STAMP_OPEN, types[about]))
            continue;
        answer->about = about;
        read_block(answer, &item);
    }
    return TRUE;
}
