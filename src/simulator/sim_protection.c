/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much protection (ULPFEC) goes with video. Facts: libwebrtc's
 * modules/video_coding/media_opt_util.cc and modules/rtp_rtcp/source/ulpfec_generator.cc.
 */
#include "simulator/sim_protection.h"

#include <math.h>
#include <string.h>

void mp_sim_protection_init(MpSimProtection *protection, const MpChromiumProtection *constants,
                            gboolean is_on, MpTime start)
{
    g_assert(constants->loss_windows <= MP_SIM_PROTECTION_WINDOWS);
    memset(protection, 0, sizeof *protection);
    protection->constants = constants;
    protection->is_on = is_on;
    protection->window_end = start;
    protection->most_frames = 1;
    protection->least_packets = 1;
}

/* The worst loss of the last windows. */
static guint filtered_loss(MpSimProtection *protection, MpTime now, guint loss)
{
    const MpChromiumProtection *constants = protection->constants;
    guint *windows = protection->windows;
    while (protection->window_end <= now) {
        memmove(&windows[1], &windows[0], (constants->loss_windows - 1) * sizeof windows[0]);
        windows[0] = protection->worst;
        protection->worst = 0;
        protection->window_end = MAX(protection->window_end,
                                     now - constants->loss_windows * constants->loss_window) +
                                 constants->loss_window;
    }
    protection->worst = MAX(protection->worst, loss);
    guint most = protection->worst;
    for (guint i = 0; i < constants->loss_windows; i++)
        most = MAX(most, windows[i]);
    return most;
}

/* The place of a frame in the curve: its kilobits as if it had the reference's height. */
static double rows(const MpChromiumProtection *constants, guint kbit, guint pixels)
{
    double size = pow(pixels / constants->reference_pixels, -constants->pixels_exponent);
    return CLAMP(floor(kbit * size / constants->row_kbit - 1), 0, constants->most_rows) + 1;
}

static guint factor_on_curve(const MpChromiumProtection *constants, guint loss, double row)
{
    double steepness = constants->curve_slope * pow(row, constants->curve_exponent);
    double factor = constants->curve_top * (1 - exp(-steepness * loss));
    return (guint)MIN(factor, constants->most_factor);
}

static gboolean is_thin(const MpChromiumProtection *constants, guint kbit, MpTime round_trip,
                        guint pixels)
{
    guint place = (pixels > constants->thin_pixels[0]) + (pixels > constants->thin_pixels[1]);
    return kbit * 125 < constants->thin_bytes[place] && round_trip < constants->thin_round_trip;
}

/* From a share of all packets to a share of the media's. */
static guint of_media(guint factor)
{
    return MIN(255, (guint)(0.5 + 255.0 * factor / (255.0 - factor)));
}

void mp_sim_protection_set(MpSimProtection *protection, MpTime now, double target_bps, double loss,
                           MpTime round_trip, double fps, guint pixels)
{
    const MpChromiumProtection *constants = protection->constants;
    guint worst = filtered_loss(protection, now, MIN((guint)(loss * 256), 255));
    guint kbit = (guint)(target_bps / 1000 / MAX(fps, 1));
    double n_frames = round(2 * fps * mp_time_to_ms(round_trip) / 1000);
    protection->most_frames = (guint)CLAMP(n_frames, 1, constants->most_frames);
    protection->delta_factor = 0;
    protection->key_factor = 0;
    if (!protection->is_on || worst == 0 || is_thin(constants, kbit, round_trip, pixels))
        return;

    double row = rows(constants, kbit, pixels);
    guint delta = factor_on_curve(constants, worst, row);
    if (1.5 + kbit * 125.0 / constants->payload >= 2)
        delta = MAX(delta, constants->least_factor);
    guint key = factor_on_curve(constants, worst, constants->key_boost * row);
    key = MAX(worst, MAX(key, constants->key_boost * delta));
    protection->key_factor = of_media(MIN(key, constants->most_factor));
    if (round_trip >= constants->least_round_trip)
        protection->delta_factor = of_media(delta);
}

/* At least one once any is wanted. */
static guint count_protection(guint n_media, guint factor)
{
    if (factor == 0)
        return 0;
    return MAX((n_media * factor + 128) / 256, 1);
}

static gboolean is_group_ready(const MpSimProtection *protection, guint factor)
{
    const MpChromiumProtection *constants = protection->constants;
    guint n_media = protection->n_media;
    if (protection->n_frames >= protection->most_frames)
        return TRUE;

    guint least = factor > constants->high_factor ? constants->least_packets : 1;
    if ((double)n_media / protection->n_frames >= constants->packets_per_frame)
        least++;
    guint cost = count_protection(n_media, factor) * 256 / n_media;
    return n_media >= least && cost < factor + constants->most_excess;
}

static void add_frame(MpSimProtection *protection, const MpSimFrame *frame)
{
    guint most = protection->constants->most_packets;
    if (protection->n_media == 0)
        protection->first_sequence = frame->first_sequence;
    protection->n_media = MIN(protection->n_media + frame->n_packets, most);
    protection->n_frames++;
    protection->has_key |= frame->is_key;
    guint largest = (frame->bytes + frame->n_packets - 1) / frame->n_packets;
    protection->largest = MAX(protection->largest, largest);
}

/* Which packets of a group each of its protection packets is the sum of. Up to `most_drawn` media
 * packets each stands in two sums, no two in the same two, as long as there are pairs; then, and in
 * larger groups, in one. What cannot be made is as rare as with libwebrtc's tables (to a tenth from
 * one protection packet to two thirds of the media's). */
static void draw_covers(const MpSimProtection *protection, guint n, guint64 members[])
{
    guint n_pairs = protection->n_media <= protection->constants->most_drawn ? n * (n - 1) / 2 : 0;
    for (guint i = 0; i < protection->n_media; i++) {
        guint64 bit = G_GUINT64_CONSTANT(1) << i;
        if (i >= n_pairs) {
            members[(i - n_pairs) % n] |= bit;
            continue;
        }
        members[i % n] |= bit;
        members[(i % n + 1 + i / n) % n] |= bit;
    }
}

static void close_group(MpSimProtection *protection)
{
    protection->n_frames = 0;
    protection->n_media = 0;
    protection->largest = 0;
    protection->has_key = FALSE;
}

guint mp_sim_protection_frame(MpSimProtection *protection, const MpSimFrame *frame,
                              MpSimPacket packets[MP_SIM_PROTECTION_MOST])
{
    if (!protection->is_on || frame->n_packets == 0)
        return 0;

    add_frame(protection, frame);
    guint factor = protection->has_key ? protection->key_factor : protection->delta_factor;
    if (!is_group_ready(protection, factor))
        return 0;

    guint n = count_protection(protection->n_media, factor);
    guint64 members[MP_SIM_PROTECTION_MOST] = {0};
    if (n > 0)
        draw_covers(protection, n, members);
    for (guint i = 0; i < n; i++)
        packets[i] = (MpSimPacket){
            .kind = MP_SIM_PROTECTION,
            .size = protection->largest + protection->constants->header + MP_SIM_OVERHEAD,
            .sequence = protection->first_sequence + protection->n_media - 1,
            .frame = frame->number,
            .cover = {.first_sequence = protection->first_sequence, .members = members[i]},
            .probe = -1,
        };
    close_group(protection);
    return n;
}
