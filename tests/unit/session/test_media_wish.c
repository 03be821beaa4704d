/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an echo request asks for, and what of an offer is granted.
 */
#include "base/stream_spec.h"
#include "session/media_grant.h"
#include "session/media_wish.h"

static void test_a_wish_is_read_as_written(void)
{
    guint8 bytes[12];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_media_wish_write(&writer, (MpMediaWish){2, 0.12});
    g_assert_false(writer.is_bad);
    MpMediaWish wish;
    g_assert_true(mp_media_wish_read((MpBytes){bytes, sizeof bytes}, &wish));
    g_assert_cmpuint(wish.set, ==, 2);
    g_assert_cmpfloat_with_epsilon(wish.scale, 0.12, 1e-6);
}

static void test_what_nobody_may_ask_for_is_no_wish(void)
{
    guint8 bytes[12];
    MpMediaWish wish;
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_media_wish_write(&writer, (MpMediaWish){MP_MOST_SPEC_SETS, 1});
    g_assert_false(mp_media_wish_read((MpBytes){bytes, sizeof bytes}, &wish));
    writer = mp_writer_init(bytes, sizeof bytes);
    mp_media_wish_write(&writer, (MpMediaWish){0, 1.5});
    g_assert_false(mp_media_wish_read((MpBytes){bytes, sizeof bytes}, &wish));
    g_assert_false(mp_media_wish_read((MpBytes){bytes, 11}, &wish));
    bytes[0] = 0; /* a payload of somebody else */
    g_assert_false(mp_media_wish_read((MpBytes){bytes, sizeof bytes}, &wish));
}

/* Each set for itself; the smaller one is left as it is. */
static void test_a_set_that_is_too_large_is_brought_down(void)
{
    const MpStreamSpec specs[] = {
        {.kind = MP_SPEC_AUDIO, .kbps = 40},
        {.kind = MP_SPEC_CAMERA, .kbps = 960, .fps = 30, .key_frame_percent = 500},
        {.set = 1, .kind = MP_SPEC_CAMERA, .kbps = 1000, .fps = 30, .key_frame_percent = 500},
        {.set = 1, .kind = MP_SPEC_CAMERA, .kbps = 3000, .fps = 30, .key_frame_percent = 500},
    };
    g_autoptr(GArray) asked = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    g_array_append_vals(asked, specs, G_N_ELEMENTS(specs));
    g_autoptr(GArray) granted = mp_media_grant(asked, 1000);
    g_assert_cmpuint(granted->len, ==, 4);
    g_assert_cmpuint(g_array_index(granted, MpStreamSpec, 1).kbps, ==, 960);
    g_assert_cmpuint(g_array_index(granted, MpStreamSpec, 2).kbps, ==, 250);
    g_assert_cmpuint(g_array_index(granted, MpStreamSpec, 3).kbps, ==, 750);
}

static void test_a_client_that_asks_for_nothing_hears_audio(void)
{
    g_autoptr(GArray) asked = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    g_autoptr(GArray) granted = mp_media_grant(asked, 10000);
    g_assert_cmpuint(granted->len, ==, 1);
    g_assert_cmpint(g_array_index(granted, MpStreamSpec, 0).kind, ==, MP_SPEC_AUDIO);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-wish/again", test_a_wish_is_read_as_written);
    g_test_add_func("/media-wish/refused", test_what_nobody_may_ask_for_is_no_wish);
    g_test_add_func("/media-wish/grant", test_a_set_that_is_too_large_is_brought_down);
    g_test_add_func("/media-wish/nothing", test_a_client_that_asks_for_nothing_hears_audio);
    return g_test_run();
}
