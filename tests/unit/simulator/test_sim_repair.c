/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a sender sends again, and how much protection goes with its frames.
 */
#include "simulator/sim_recovery.h"
#include "simulator/sim_repair.h"

static MpSimRepair *repair_new(MpSimCodec codec)
{
    MpSimRepair *repair = mp_sim_repair_new(mp_chromium_newest(), codec, 0);
    mp_sim_repair_set(repair, 0, 1.5e6, 0, MP_MSEC(100), 30, 640 * 360);
    return repair;
}

static void send(MpSimRepair *repair, MpTime now, MpSimKind kind, guint32 sequence)
{
    MpSimPacket packet = {.kind = kind, .size = 1200, .sequence = sequence, .frame = 7};
    mp_sim_repair_sent(repair, now, &packet);
}

static gboolean again(MpSimRepair *repair, MpTime now, guint32 sequence)
{
    MpSimPacket packet;
    return mp_sim_repair_again(repair, now, sequence, &packet);
}

static void a_packet_is_sent_again_as_it_was(void)
{
    g_autoptr(MpSimRepair) repair = repair_new(MP_SIM_VP8);
    send(repair, 0, MP_SIM_VIDEO, 5);
    MpSimPacket packet;
    g_assert_true(mp_sim_repair_again(repair, MP_MSEC(1), 5, &packet));
    g_assert_cmpint(packet.kind, ==, MP_SIM_RETRANSMISSION);
    g_assert_cmpuint(packet.sequence, ==, 5);
    g_assert_cmpuint(packet.frame, ==, 7);
    g_assert_cmpuint(packet.size, ==, 1202);
    g_assert_false(again(repair, MP_MSEC(1), 6));
}

/* The first time at once; then not while it waits, nor within a round trip and 5 ms. */
static void twice_only_after_a_round_trip(void)
{
    g_autoptr(MpSimRepair) repair = repair_new(MP_SIM_VP8);
    send(repair, 0, MP_SIM_VIDEO, 5);
    g_assert_true(again(repair, MP_MSEC(1), 5));
    g_assert_false(again(repair, MP_MSEC(300), 5));
    send(repair, MP_MSEC(300), MP_SIM_RETRANSMISSION, 5);
    g_assert_false(again(repair, MP_MSEC(404), 5));
    g_assert_true(again(repair, MP_MSEC(405), 5));
}

/* A second at least; while fewer than 600 came after it, three. */
static void old_packets_are_gone(void)
{
    g_autoptr(MpSimRepair) repair = repair_new(MP_SIM_VP8);
    for (guint32 i = 0; i < 700; i++)
        send(repair, MP_MSEC(i), MP_SIM_VIDEO, i);
    g_assert_true(again(repair, MP_MSEC(999), 0));
    g_assert_false(again(repair, MP_MSEC(1001), 1));
    g_assert_true(again(repair, MP_MSEC(2000), 650));
    g_assert_false(again(repair, MP_MSEC(3651), 651));
}

/* 500 ms at 1.5 Mbps are 93750 bytes: 78 packets of 1200. */
static void retransmissions_stay_below_the_target(void)
{
    g_autoptr(MpSimRepair) repair = repair_new(MP_SIM_VP8);
    for (guint32 i = 0; i < 400; i++)
        send(repair, 0, MP_SIM_VIDEO, i);
    guint n = 0;
    for (guint32 i = 0; i < 200; i++)
        n += again(repair, MP_MSEC(5 * i / 2), i);
    g_assert_cmpuint(n, <=, 79);
    g_assert_cmpuint(n, >=, 60);
    g_assert_true(again(repair, MP_MSEC(999), 399));
}

/* What a NACK names is sent at once, however much; the next one must wait. */
static void a_burst_is_sent_again_whole(void)
{
    g_autoptr(MpSimRepair) repair = repair_new(MP_SIM_VP8);
    for (guint32 i = 0; i < 40; i++)
        send(repair, 0, MP_SIM_VIDEO, i);
    for (guint32 i = 0; i < 20; i++)
        g_assert_true(again(repair, MP_MSEC(100), i));
    g_assert_false(again(repair, MP_MSEC(105), 20));
    g_assert_true(again(repair, MP_MSEC(300), 20));
}

/* Of all packets, in percent, as a sender of 30 fps would protect. */
static double share(MpSimCodec codec, double rate_bps, double loss, MpTime round_trip, guint pixels)
{
    MpSimProtection protection;
    const MpChromiumProtection *constants = &mp_chromium_newest()->playout.protection;
    mp_sim_protection_init(&protection, constants, constants->is_used[codec], 0);
    mp_sim_protection_set(&protection, 0, rate_bps, loss, round_trip, 30, pixels);
    return 100.0 * protection.delta_factor / (protection.delta_factor + 255.0);
}

/* What the table of media_opt_util.cc gives for 640x360, through which our curve runs. */
static void protection_follows_the_loss(void)
{
    static const struct {
        double rate_bps;
        double loss;
        double percent;
    } rows[] = {{1.5e6, 0.01, 20}, {1.5e6, 0.05, 20}, {1.5e6, 0.08, 34}, {1.5e6, 0.10, 37},
                {1.5e6, 0.15, 49}, {2.5e6, 0.05, 30}, {2.5e6, 0.10, 50}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpfloat_with_epsilon(
            share(MP_SIM_VP8, rows[i].rate_bps, rows[i].loss, MP_MSEC(50), 640 * 360),
            rows[i].percent, 7);
    g_assert_cmpfloat(share(MP_SIM_VP8, 1.5e6, 0, MP_MSEC(50), 640 * 360), ==, 0);
}

static void who_goes_without(void)
{
    g_assert_cmpfloat(share(MP_SIM_H264, 1.5e6, 0.1, MP_MSEC(50), 640 * 360), ==, 0);
    g_assert_cmpfloat(share(MP_SIM_AV1, 1.5e6, 0.1, MP_MSEC(50), 640 * 360), ==, 0);
    g_assert_cmpfloat(share(MP_SIM_VP9, 1.5e6, 0.1, MP_MSEC(50), 640 * 360), >, 30);
    /* Short round trips; and thin frames unless the round trip is long. */
    g_assert_cmpfloat(share(MP_SIM_VP8, 1.5e6, 0.1, MP_MSEC(19), 640 * 360), ==, 0);
    g_assert_cmpfloat(share(MP_SIM_VP8, 160e3, 0.1, MP_MSEC(199), 640 * 360), ==, 0);
    g_assert_cmpfloat(share(MP_SIM_VP8, 160e3, 0.1, MP_MSEC(200), 640 * 360), >, 0);
}

static void the_worst_loss_holds_for_ten_seconds(void)
{
    MpSimProtection protection;
    mp_sim_protection_init(&protection, &mp_chromium_newest()->playout.protection, TRUE, 0);
    mp_sim_protection_set(&protection, MP_MSEC(100), 1.5e6, 0.1, MP_MSEC(50), 30, 640 * 360);
    guint first = protection.delta_factor;
    guint n_seconds = 0;
    do {
        n_seconds++;
        mp_sim_protection_set(&protection, MP_SEC(n_seconds), 1.5e6, 0, MP_MSEC(50), 30, 640 * 360);
    } while (protection.delta_factor == first);
    g_assert_cmpuint(n_seconds, >=, 10);
    g_assert_cmpuint(n_seconds, <=, 11);
    g_assert_cmpuint(protection.delta_factor, ==, 0);
}

/* Six packets at a fifth: one protects all, and gives one back. */
static void a_protection_packet_gives_one_packet_back(void)
{
    MpSimProtection protection;
    MpSimPacket packets[MP_SIM_PROTECTION_MOST];
    mp_sim_protection_init(&protection, &mp_chromium_newest()->playout.protection, TRUE, 0);
    mp_sim_protection_set(&protection, 0, 1.5e6, 0.01, MP_MSEC(50), 30, 640 * 360);
    MpSimFrame frame = {.number = 3, .first_sequence = 20, .n_packets = 6, .bytes = 6300};
    g_assert_cmpuint(mp_sim_protection_frame(&protection, &frame, packets), ==, 2);
    frame.n_packets = 5;
    g_assert_cmpuint(mp_sim_protection_frame(&protection, &frame, packets), ==, 1);
    g_assert_cmphex(packets[0].cover.members, ==, 0x1f);
    g_assert_cmpuint(packets[0].sequence, ==, 24);

    static MpSimNack nack;
    MpSimRecovery recovery = {0};
    guint32 made = 0;
    mp_sim_nack_init(&nack, &mp_chromium_newest()->playout.nack, 0);
    for (guint32 i = 20; i < 23; i++)
        mp_sim_nack_arrived(&nack, 0, i, FALSE);
    mp_sim_recovery_protection(&recovery, &nack, &packets[0].cover);
    g_assert_false(mp_sim_recovery_next(&recovery, &made));
    mp_sim_recovery_media(&recovery, 24);
    g_assert_true(mp_sim_recovery_next(&recovery, &made));
    g_assert_cmpuint(made, ==, 23);
    mp_sim_recovery_media(&recovery, 23);
    g_assert_cmpuint(recovery.n_pending, ==, 0);
}

/* How many of the patterns that lose `n_lost` of six media packets and their `n_protection` cannot
 * be repaired. */
static guint beyond_repair(double factor, guint n_protection, guint n_lost)
{
    MpSimProtection protection;
    MpSimPacket packets[MP_SIM_PROTECTION_MOST];
    mp_sim_protection_init(&protection, &mp_chromium_newest()->playout.protection, TRUE, 0);
    protection.delta_factor = (guint)factor;
    MpSimFrame frame = {.first_sequence = 0, .n_packets = 6, .bytes = 6600};
    g_assert_cmpuint(mp_sim_protection_frame(&protection, &frame, packets), ==, n_protection);

    guint n = 0;
    for (guint lost = 0; lost < 1U << (6 + n_protection); lost++) {
        if ((guint)__builtin_popcount(lost) != n_lost)
            continue;
        static MpSimNack nack;
        MpSimRecovery recovery = {0};
        mp_sim_nack_init(&nack, &mp_chromium_newest()->playout.nack, 0);
        guint n_missing = (guint)__builtin_popcount(lost & 0x3f);
        for (guint32 i = 0; i < 6; i++)
            if (!(lost & 1U << i))
                mp_sim_nack_arrived(&nack, 0, i, FALSE);
        for (guint i = 0; i < n_protection; i++)
            if (!(lost & 1U << (6 + i)))
                mp_sim_recovery_protection(&recovery, &nack, &packets[i].cover);
        for (guint32 made; mp_sim_recovery_next(&recovery, &made); n_missing--)
            mp_sim_recovery_media(&recovery, made);
        n += n_missing > 0;
    }
    return n;
}

/* With four protection packets a frame of six stands any two losses; with two, 9 of 28 are too
 * many. So it is with the tables in fec_private_tables_random.cc. */
static void what_cannot_be_repaired_is_as_rare_as_with_libwebrtc(void)
{
    g_assert_cmpuint(beyond_repair(43, 1, 1), ==, 0);
    g_assert_cmpuint(beyond_repair(85, 2, 1), ==, 0);
    g_assert_cmpuint(beyond_repair(85, 2, 2), ==, 9);
    g_assert_cmpuint(beyond_repair(128, 3, 2), ==, 3);
    g_assert_cmpuint(beyond_repair(170, 4, 2), ==, 0);
    g_assert_cmpuint(beyond_repair(255, 6, 2), ==, 0);
}

/* Frames of a packet each: one protection packet would be more than a fifth until four are in. */
static void small_frames_share_a_protection_packet(void)
{
    MpSimProtection protection;
    MpSimPacket packets[MP_SIM_PROTECTION_MOST];
    mp_sim_protection_init(&protection, &mp_chromium_newest()->playout.protection, TRUE, 0);
    mp_sim_protection_set(&protection, 0, 400e3, 0.02, MP_MSEC(200), 30, 640 * 360);
    guint n_frames = 0;
    guint n;
    do {
        MpSimFrame frame = {
            .number = n_frames, .first_sequence = n_frames, .n_packets = 1, .bytes = 1000};
        n = mp_sim_protection_frame(&protection, &frame, packets);
        n_frames++;
    } while (n == 0);
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpuint(n_frames, ==, 3);
    g_assert_cmphex(packets[0].cover.members, ==, 0x7);
}

static void repair_takes_at_most_half_of_the_rate(void)
{
    g_autoptr(MpSimRepair) repair = repair_new(MP_SIM_VP8);
    g_assert_cmpfloat(mp_sim_repair_overhead(repair, 0), ==, 0);
    for (guint32 i = 0; i < 100; i++)
        send(repair, MP_MSEC(10 * i), MP_SIM_VIDEO, i);
    for (guint32 i = 0; i < 25; i++)
        send(repair, MP_MSEC(990), MP_SIM_PROTECTION, 99);
    g_assert_cmpfloat_with_epsilon(mp_sim_repair_overhead(repair, MP_MSEC(995)), 0.2, 0.02);
    for (guint32 i = 0; i < 200; i++)
        send(repair, MP_MSEC(995), MP_SIM_RETRANSMISSION, 99);
    g_assert_cmpfloat(mp_sim_repair_overhead(repair, MP_MSEC(996)), ==, 0.5);
    g_assert_cmpfloat(mp_sim_repair_overhead(repair, MP_SEC(3)), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/simulator/sim_repair/again", a_packet_is_sent_again_as_it_was);
    g_test_add_func("/simulator/sim_repair/twice", twice_only_after_a_round_trip);
    g_test_add_func("/simulator/sim_repair/gone", old_packets_are_gone);
    g_test_add_func("/simulator/sim_repair/limit", retransmissions_stay_below_the_target);
    g_test_add_func("/simulator/sim_repair/burst", a_burst_is_sent_again_whole);
    g_test_add_func("/simulator/sim_repair/overhead", repair_takes_at_most_half_of_the_rate);
    g_test_add_func("/simulator/sim_protection/loss", protection_follows_the_loss);
    g_test_add_func("/simulator/sim_protection/without", who_goes_without);
    g_test_add_func("/simulator/sim_protection/worst", the_worst_loss_holds_for_ten_seconds);
    g_test_add_func("/simulator/sim_protection/small", small_frames_share_a_protection_packet);
    g_test_add_func("/simulator/sim_recovery/one", a_protection_packet_gives_one_packet_back);
    g_test_add_func("/simulator/sim_recovery/rare",
                    what_cannot_be_repaired_is_as_rare_as_with_libwebrtc);
    return g_test_run();
}
