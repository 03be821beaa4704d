/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sending end of repair. Facts: libwebrtc's modules/rtp_rtcp/source/rtp_packet_history.cc,
 * rtp_sender.cc, rtc_base/rate_limiter.cc, modules/video_coding/fec_controller_default.cc.
 */
#include "simulator/sim_repair.h"

#include "simulator/sim_byte_rate.h"

/* More packets than leave in the longest time that one is kept, 8 s at 5 Mbps. */
#define N_KEPT 4096

typedef struct {
    MpTime sent;
    guint32 sequence; /* + 1; 0: free */
    guint32 frame;
    guint16 size;
    guint16 is_waiting : 1; /* in the pacer, to be sent again */
    guint16 was_resent : 1;
} Kept;

struct _MpSimRepair {
    const MpChromiumHistory *constants;
    MpSimProtection protection;
    MpTime round_trip;
    double target_bps;
    guint32 newest;
    MpSimByteRate limiter; /* of retransmissions that were granted */
    MpSimByteRate video;
    MpSimByteRate repairs;
    Kept kept[N_KEPT];
};

MpSimRepair *mp_sim_repair_new(const MpChromium *chromium, MpSimCodec codec, MpTime start)
{
    const MpChromiumPlayout *playout = &chromium->playout;
    MpSimRepair *repair = g_new0(MpSimRepair, 1);
    repair->constants = &playout->history;
    mp_sim_protection_init(&repair->protection, &playout->protection,
                           playout->protection.is_used[codec], start);
    mp_sim_byte_rate_init(&repair->limiter, playout->history.limiter_window);
    mp_sim_byte_rate_init(&repair->video, playout->history.overhead_window);
    mp_sim_byte_rate_init(&repair->repairs, playout->history.overhead_window);
    repair->target_bps = G_MAXDOUBLE;
    return repair;
}

void mp_sim_repair_free(MpSimRepair *repair)
{
    g_free(repair);
}

static void sent_video(MpSimRepair *repair, MpTime now, const MpSimPacket *packet)
{
    repair->newest = packet->sequence;
    repair->kept[packet->sequence % N_KEPT] = (Kept){
        .sent = now,
        .sequence = packet->sequence + 1,
        .frame = packet->frame,
        .size = (guint16)packet->size,
    };
    mp_sim_byte_rate_add(&repair->video, now, packet->size);
}

static void sent_again(MpSimRepair *repair, MpTime now, const MpSimPacket *packet)
{
    Kept *kept = &repair->kept[packet->sequence % N_KEPT];
    if (kept->sequence == packet->sequence + 1) {
        kept->sent = now;
        kept->is_waiting = FALSE;
        kept->was_resent = TRUE;
    }
    mp_sim_byte_rate_add(&repair->repairs, now, packet->size);
}

static void sent_protection(MpSimRepair *repair, MpTime now, const MpSimPacket *packet)
{
    mp_sim_byte_rate_add(&repair->repairs, now, packet->size);
}

void mp_sim_repair_sent(MpSimRepair *repair, MpTime now, const MpSimPacket *packet)
{
    static void (*const by_kind[])(MpSimRepair *, MpTime, const MpSimPacket *) = {
        [MP_SIM_VIDEO] = sent_video,
        [MP_SIM_RETRANSMISSION] = sent_again,
        [MP_SIM_PROTECTION] = sent_protection,
        [MP_SIM_FEEDBACK] = NULL,
    };
    if (by_kind[packet->kind])
        by_kind[packet->kind](repair, now, packet);
}

/* A packet is kept for a while, and then as long as few are. */
static gboolean is_gone(const MpSimRepair *repair, MpTime now, const Kept *kept, guint32 sequence)
{
    const MpChromiumHistory *constants = repair->constants;
    if (kept->sequence != sequence + 1)
        return TRUE;

    MpTime least = MAX(constants->least, constants->round_trips * repair->round_trip);
    MpTime age = now - kept->sent;
    if (age < least)
        return FALSE;
    return age >= constants->longest_factor * least ||
           repair->newest - sequence >= constants->few_packets;
}

/* As bytes over the window, this one among them, against the target. */
static gboolean is_beyond_limit(MpSimRepair *repair, MpTime now, guint size)
{
    double bps = mp_sim_byte_rate_bps(&repair->limiter, now);
    double more = size * 8e9 / (double)repair->constants->limiter_window;
    return bps >= 0 && bps + more > repair->target_bps;
}

gboolean mp_sim_repair_again(MpSimRepair *repair, MpTime now, guint32 sequence,
                             MpSimPacket *retransmission)
{
    Kept *kept = &repair->kept[sequence % N_KEPT];
    if (is_gone(repair, now, kept, sequence) || kept->is_waiting)
        return FALSE;
    if (kept->was_resent && now - kept->sent < repair->round_trip + repair->constants->margin)
        return FALSE;
    if (is_beyond_limit(repair, now, kept->size))
        return FALSE;

    mp_sim_byte_rate_add(&repair->limiter, now, kept->size);
    kept->is_waiting = TRUE;
    *retransmission = (MpSimPacket){
        .kind = MP_SIM_RETRANSMISSION,
        .size = kept->size + repair->constants->header,
        .sequence = sequence,
        .frame = kept->frame,
        .probe = -1,
    };
    return TRUE;
}

void mp_sim_repair_set(MpSimRepair *repair, MpTime now, double target_bps, double loss,
                       MpTime round_trip, double fps, guint pixels)
{
    repair->target_bps = target_bps;
    repair->round_trip = round_trip;
    mp_sim_protection_set(&repair->protection, now, target_bps, loss, round_trip, fps, pixels);
}

guint mp_sim_repair_protection(MpSimRepair *repair, const MpSimFrame *frame,
                               MpSimPacket packets[MP_SIM_PROTECTION_MOST])
{
    return mp_sim_protection_frame(&repair->protection, frame, packets);
}

double mp_sim_repair_overhead(MpSimRepair *repair, MpTime now)
{
    double video = (double)mp_sim_byte_rate_bytes(&repair->video, now);
    double repairs = (double)mp_sim_byte_rate_bytes(&repair->repairs, now);
    if (repairs <= 0)
        return 0;
    return MIN(repairs / (video + repairs), repair->constants->most_overhead);
}
