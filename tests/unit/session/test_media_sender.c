/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How packets leave, and what the far end's reports say of the rate that was set last, in virtual
 * time.
 */
#include "session/media_sender.h"

#define STEP MP_MSEC(5)

typedef struct {
    MpMediaRecord *record;
    MpMediaStreams *streams;
    MpSrtpSession *srtp;
    MpMediaSender *sender;
    MpTime now;
    guint n_sent;
    guint n_calls; /* of the way, with packets that are recorded */
    guint room;    /* packets that the way takes before it is full */
} World;

/* In order, each once. */
static guint take(const MpBytes *packets, guint n, guint32 first_tag, gpointer user_data)
{
    World *world = user_data;
    (void)packets;
    if (first_tag == MP_UNRECORDED)
        return n;
    g_assert_cmpuint(first_tag, ==, world->n_sent);
    const guint taken = MIN(n, world->room);
    world->n_sent += taken;
    world->room -= taken;
    world->n_calls++;
    return taken;
}

static void begin_with(World *world, const MpStreamSpec *spec)
{
    static const guint8 keys[MP_DTLS_MAX_KEYING] = "as many bytes as any profile needs, and more";
    g_autoptr(GArray) specs = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    g_array_append_vals(specs, spec, 1);
    *world = (World){
        .record = mp_media_record_new(), .streams = mp_media_streams_new(), .room = G_MAXUINT};
    world->srtp = mp_srtp_session_new_from_keys("SRTP_AEAD_AES_128_GCM", keys, TRUE);
    world->sender = mp_media_sender_new(world->record, world->streams, take, world);
    mp_media_sender_describe(world->sender, specs);
    /* The far end asks for echoes, and this one answers. */
    mp_media_sender_start(world->sender, world->srtp, 0, FALSE);
}

static void begin(World *world)
{
    begin_with(world, &(MpStreamSpec){.kind = MP_SPEC_AUDIO, .kbps = 40});
}

static void begin_camera(World *world)
{
    begin_with(world, &(MpStreamSpec){.kind = MP_SPEC_CAMERA, .kbps = 2500, .fps = 30});
}

static void end(World *world)
{
    mp_media_sender_free(world->sender);
    mp_srtp_session_free(world->srtp);
    mp_media_streams_free(world->streams);
    mp_media_record_free(world->record);
}

static void run_for(World *world, MpTime span)
{
    for (const MpTime until = world->now + span; world->now < until; world->now += STEP)
        mp_media_sender_advance(world->sender, world->now);
}

/* The number of the audio packet that left last. */
static guint32 last_sent(const World *world)
{
    const GArray *sent = world->record->sent;
    const guint32 ssrc = mp_media_sender_ssrc(world->sender, 1);
    guint i = sent->len;
    while (i > 0 && g_array_index(sent, MpRecordEntry, i - 1).ssrc != ssrc)
        i--;
    g_assert_cmpuint(i, >, 0);
    return g_array_index(sent, MpRecordEntry, i - 1).sequence;
}

static void hear(World *world, guint32 highest, gint32 lost)
{
    MpRtcpReport report = {.n_blocks = 1};
    report.blocks[0] = (MpRtcpBlock){.ssrc = mp_media_sender_ssrc(world->sender, 1),
                                     .highest_sequence = highest,
                                     .cumulative_lost = lost};
    mp_media_sender_take_report(world->sender, &report, MP_SEC(1000) + world->now);
}

static void assert_loss(const World *world, double percent)
{
    g_assert_cmpfloat(mp_media_sender_reported_loss(world->sender), ==, percent);
}

static void test_loss_is_of_all_that_was_reported(void)
{
    World world;
    begin(&world);
    run_for(&world, MP_SEC(2));
    const guint32 first = last_sent(&world) - world.n_sent + 1;
    hear(&world, first + 49, 5);
    assert_loss(&world, 10);
    end(&world);
}

/* A long queue of the rate before: 20 packets are in it when the rate is set, and all of them are
 * lost. */
static void test_what_the_rate_before_lost_is_not_this_ones(void)
{
    World world;
    begin(&world);
    run_for(&world, MP_SEC(2));
    const guint32 before = last_sent(&world);
    mp_media_sender_set_scale(world.sender, 0.5, world.now);
    assert_loss(&world, -1);
    hear(&world, before - 20, 0);
    assert_loss(&world, -1);
    run_for(&world, MP_MSEC(500));
    hear(&world, before - 10, 10);
    assert_loss(&world, -1);
    run_for(&world, MP_MSEC(500));
    hear(&world, before + 10, 20);
    run_for(&world, MP_SEC(1));
    hear(&world, before + 60, 25);
    assert_loss(&world, 10);
    end(&world);
}

static void test_a_rate_that_loses_is_noticed(void)
{
    World world;
    begin(&world);
    run_for(&world, MP_SEC(1));
    const guint32 before = last_sent(&world);
    hear(&world, before, 0);
    mp_media_sender_set_scale(world.sender, 0.5, world.now);
    hear(&world, before, 0);
    run_for(&world, MP_MSEC(500));
    hear(&world, before + 20, 10);
    assert_loss(&world, 50);
    end(&world);
}

/* Numbers of echoes are those of their requests. */
static void test_requests_that_were_lost_are_no_loss_of_the_answers(void)
{
    World world;
    begin(&world);
    run_for(&world, MP_SEC(1));
    for (guint32 number = 700; number < 800; number += 2)
        mp_media_sender_echo(world.sender, number);
    MpRtcpReport report = {.n_blocks = 2};
    report.blocks[0] = (MpRtcpBlock){.ssrc = mp_media_sender_ssrc(world.sender, 1),
                                     .highest_sequence = last_sent(&world)};
    report.blocks[1] = (MpRtcpBlock){.ssrc = mp_media_sender_ssrc(world.sender, MP_STREAM_ECHO),
                                     .highest_sequence = 798,
                                     .cumulative_lost = 49};
    mp_media_sender_take_report(world.sender, &report, MP_SEC(1000));
    assert_loss(&world, 0);
    end(&world);
}

/* 2.5 Mbps at 30 frames a second: 9 packets each. */
static void test_a_frame_leaves_by_one_call(void)
{
    World world;
    begin_camera(&world);
    run_for(&world, MP_SEC(2));
    g_assert_cmpuint(world.n_sent, ==, world.record->sent->len);
    g_assert_cmpuint(world.n_sent, >, 450);
    g_assert_cmpuint(world.n_calls, <=, 2 * 2 * 30);
    end(&world);
}

/* What was protected leaves in its order, before anything new. */
static void test_what_the_way_did_not_take_leaves_first(void)
{
    World world;
    begin_camera(&world);
    run_for(&world, MP_SEC(1));
    world.room = 3;
    run_for(&world, MP_MSEC(200));
    const guint recorded = world.record->sent->len;
    g_assert_cmpuint(world.n_sent, <, recorded);
    g_assert_cmpuint(recorded - world.n_sent, <=, MP_MEDIA_BATCH);
    /* Frames that are due meanwhile are left out. */
    run_for(&world, MP_MSEC(200));
    g_assert_cmpuint(world.record->sent->len, ==, recorded);
    world.room = G_MAXUINT;
    run_for(&world, MP_MSEC(200));
    g_assert_cmpuint(world.record->sent->len, >, recorded);
    g_assert_cmpuint(world.n_sent, ==, world.record->sent->len);
    end(&world);
}

static void test_what_the_way_never_took_was_not_sent(void)
{
    World world;
    begin_camera(&world);
    run_for(&world, MP_SEC(1));
    world.room = 3;
    run_for(&world, MP_MSEC(200));
    g_assert_cmpuint(world.record->sent->len, >, world.n_sent);
    mp_media_sender_end(world.sender);
    g_assert_cmpuint(world.record->sent->len, ==, world.n_sent);
    end(&world);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media_sender/loss_is_of_all_that_was_reported",
                    test_loss_is_of_all_that_was_reported);
    g_test_add_func("/media_sender/what_the_rate_before_lost_is_not_this_ones",
                    test_what_the_rate_before_lost_is_not_this_ones);
    g_test_add_func("/media_sender/a_rate_that_loses_is_noticed",
                    test_a_rate_that_loses_is_noticed);
    g_test_add_func("/media_sender/requests_that_were_lost_are_no_loss_of_the_answers",
                    test_requests_that_were_lost_are_no_loss_of_the_answers);
    g_test_add_func("/media_sender/a_frame_leaves_by_one_call", test_a_frame_leaves_by_one_call);
    g_test_add_func("/media_sender/what_the_way_did_not_take_leaves_first",
                    test_what_the_way_did_not_take_leaves_first);
    g_test_add_func("/media_sender/what_the_way_never_took_was_not_sent",
                    test_what_the_way_never_took_was_not_sent);
    return g_test_run();
}
