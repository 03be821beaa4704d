/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A frame of virtual background as arithmetic.
 */
#include "probe/background_load.h"

#include <string.h>

#include "stats/summary.h"

enum {
    CHANNELS = 24,
    MASK_WIDTH = 64,
    MASK_HEIGHT = 36,
    MASK_SIZE = MASK_WIDTH * MASK_HEIGHT,
    BLOCKS = 13,
    TAPS = 9,
    WIDTH = 1280,
    HEIGHT = 720,
    LUMA = WIDTH * HEIGHT,
    PICTURE = LUMA * 3 / 2,
};

struct _MpBackgroundLoad {
    float depthwise[BLOCKS][CHANNELS][TAPS];
    float pointwise[BLOCKS][CHANNELS][CHANNELS];
    float features[CHANNELS][MASK_SIZE];
    float filtered[CHANNELS][MASK_SIZE];
    guint8 mask[LUMA];
    guint8 camera[PICTURE];
    guint8 background[PICTURE];
    guint8 blended[PICTURE];
    guint32 frames;
};

/* A fixed sequence (Numerical Recipes' linear congruential generator): every run does the same. */
static guint32 step(guint32 *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static float weight(guint32 *state)
{
    return ((float)step(state) / (float)(1 << 24) - 0.5F) * 0.5F;
}

MpBackgroundLoad *mp_background_load_new(void)
{
    MpBackgroundLoad *load = g_new0(MpBackgroundLoad, 1);
    guint32 state = 1;
    for (guint block = 0; block < BLOCKS; block++)
        for (guint channel = 0; channel < CHANNELS; channel++) {
            for (guint tap = 0; tap < TAPS; tap++)
                load->depthwise[block][channel][tap] = weight(&state);
            for (guint input = 0; input < CHANNELS; input++)
                load->pointwise[block][channel][input] = weight(&state);
        }
    for (guint i = 0; i < PICTURE; i++) {
        load->camera[i] = (guint8)step(&state);
        load->background[i] = (guint8)(i / WIDTH);
    }
    return load;
}

void mp_background_load_free(MpBackgroundLoad *load)
{
    g_free(load);
}

/* The camera, every twentieth pixel of every twentieth line, moved on by a pixel a frame. */
static void take_picture(MpBackgroundLoad *load)
{
    for (guint channel = 0; channel < CHANNELS; channel++)
        for (guint i = 0; i < MASK_SIZE; i++) {
            guint at = i / MASK_WIDTH * 20 * WIDTH + i % MASK_WIDTH * 20;
            guint8 pixel = load->camera[(at + channel * 31 + load->frames) % LUMA];
            load->features[channel][i] = (float)pixel / 255.0F - 0.5F;
        }
}

static void filter_channel(const float *kernel, const float *input, float *output)
{
    for (gsize y = 1; y + 1 < MASK_HEIGHT; y++)
        for (gsize x = 1; x + 1 < MASK_WIDTH; x++) {
            const float *above = input + (y - 1) * MASK_WIDTH + x;
            const float *here = above + MASK_WIDTH;
            const float *below = here + MASK_WIDTH;
            output[y * MASK_WIDTH + x] = kernel[0] * above[-1] + kernel[1] * above[0] +
                                         kernel[2] * above[1] + kernel[3] * here[-1] +
                                         kernel[4] * here[0] + kernel[5] * here[1] +
                                         kernel[6] * below[-1] + kernel[7] * below[0] +
                                         kernel[8] * below[1];
        }
}

/* Added to what went in, as residual networks do, and bounded so that no number runs away. */
static void mix_channel(const MpBackgroundLoad *load, const float *weights, float *output)
{
    float sums[MASK_SIZE] = {0};
    for (guint input = 0; input < CHANNELS; input++)
        for (guint i = 0; i < MASK_SIZE; i++)
            sums[i] += weights[input] * load->filtered[input][i];
    for (guint i = 0; i < MASK_SIZE; i++)
        output[i] = CLAMP(output[i] + sums[i], -1.0F, 1.0F);
}

static void run_network(MpBackgroundLoad *load)
{
    for (guint block = 0; block < BLOCKS; block++) {
        for (guint channel = 0; channel < CHANNELS; channel++)
            filter_channel(load->depthwise[block][channel], load->features[channel],
                           load->filtered[channel]);
        for (guint channel = 0; channel < CHANNELS; channel++)
            mix_channel(load, load->pointwise[block][channel], load->features[channel]);
    }
}

/* Bilinear, in 1/20 steps. */
static void enlarge_mask(MpBackgroundLoad *load)
{
    const float *small = load->features[0];
    for (gsize y = 0; y < HEIGHT; y++)
        for (gsize x = 0; x < WIDTH; x++) {
            gsize row = MIN(y / 20, MASK_HEIGHT - 2);
            gsize column = MIN(x / 20, MASK_WIDTH - 2);
            const float *corner = small + row * MASK_WIDTH + column;
            float right = (float)(x % 20) / 20.0F;
            float down = (float)(y % 20) / 20.0F;
            float top = corner[0] + (corner[1] - corner[0]) * right;
            float bottom = corner[MASK_WIDTH] +
                           (corner[MASK_WIDTH + 1] - corner[MASK_WIDTH]) * right;
            load->mask[y * WIDTH + x] = (guint8)((top + (bottom - top) * down + 1.0F) * 127.0F);
        }
}

static guint8 blend(guint camera, guint background, guint mask)
{
    return (guint8)((camera * mask + background * (255 - mask) + 127) / 255);
}

static void blend_pictures(MpBackgroundLoad *load)
{
    for (guint i = 0; i < LUMA; i++)
        load->blended[i] = blend(load->camera[i], load->background[i], load->mask[i]);
    for (guint i = 0; i < LUMA / 2; i++) {
        guint line = i / WIDTH * 2;
        guint mask = load->mask[line * WIDTH + i % WIDTH];
        load->blended[LUMA + i] = blend(load->camera[LUMA + i], load->background[LUMA + i], mask);
    }
}

guint32 mp_background_load_run(MpBackgroundLoad *load)
{
    take_picture(load);
    run_network(load);
    enlarge_mask(load);
    blend_pictures(load);
    guint32 sum = load->frames++;
    for (guint i = 0; i < PICTURE; i += 997)
        sum = sum * 31 + load->blended[i];
    return sum;
}

void mp_background_load_tell(JsonObject *facts, const GArray *frames)
{
    const MpSummary summary = mp_summary((const double *)(gconstpointer)frames->data, frames->len);
    if (summary.count == 0)
        return;
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "count", (gint64)summary.count);
    json_object_set_double_member(object, "p50", summary.p50);
    json_object_set_double_member(object, "p95", summary.p95);
    json_object_set_double_member(object, "max", summary.max);
    json_object_set_object_member(facts, "background_frame_ms", object);
}
