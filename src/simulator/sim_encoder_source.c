/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cameras tick evenly; a pipeline is as slow as its slowest part, and draws with the browser's
 * grid; a screen changes a little often, and wholly now and then.
 */
#include "simulator/sim_encoder_source.h"

#include <math.h>

#include "base/splitmix.h"

/* Of which the curves' bits per pixel were measured. */
#define MEASURED_HEIGHT 480.0
#define MEASURED_FPS 30.0
/* What an encoder's own control lets through of a frame that is far larger than expected. */
#define MOST_DEVIATIONS 2.0

static double draw_normal(MpSimSource *source)
{
    return mp_link_random_normal(&source->random, source->drawn++);
}

static gboolean is_screen(const MpSimSource *source)
{
    return source->setup.session == MP_SESSION_SCREEN_SHARE;
}

static MpTime page_every(const MpSimSource *source)
{
    const MpChromiumContent *content = &source->constants->content;
    return source->setup.screen == MP_SIM_SLIDES ? content->slide_every : content->scroll_every;
}

/* What VP8 has at each of its quantizers, at each of the codec's own. */
static void rescale(const MpSimSource *source, float own[MP_SIM_QPS], const float vp8[MP_SIM_QPS],
                    double share_of_vp8)
{
    float like[MP_SIM_QPS];
    mp_sim_line_fill(like, source->constants->codecs[source->setup.codec].like_vp8);
    for (guint qp = 0; qp < MP_SIM_QPS; qp++) {
        const double at = CLAMP((double)like[qp], 0, MP_SIM_QPS - 2);
        const double share = at - floor(at);
        own[qp] = (float)(share_of_vp8 * ((1 - share) * (double)vp8[(guint)at] +
                                          share * (double)vp8[(guint)at + 1]));
    }
}

static void fill_curve(const MpSimSource *source, float curve[MP_SIM_QPS],
                       const MpChromiumPoint *points, double bits_share)
{
    float vp8[MP_SIM_QPS];
    mp_sim_curve_fill(vp8, points);
    rescale(source, curve, vp8, bits_share);
}

static void fill_spread(MpSimSource *source)
{
    float vp8[MP_SIM_QPS];
    mp_sim_line_fill(vp8, source->constants->content.camera_spread);
    rescale(source, source->spread, vp8,
            source->constants->codecs[source->setup.codec].spread_share);
}

void mp_sim_source_init(MpSimSource *source, const MpChromiumEncoder *constants,
                        const MpSimSetup *setup, guint64 seed, MpTime start)
{
    *source = (MpSimSource){.constants = constants,
                            .setup = *setup,
                            .random = {.key = mp_splitmix_mix(seed + MP_SPLITMIX_STEP)},
                            .start = start,
                            .fps = setup->fps,
                            .page = 1,
                            .is_new_page = TRUE};
    const MpChromiumContent *content = &constants->content;
    const MpChromiumCodec *codec = &constants->codecs[setup->codec];
    const gboolean is_page = is_screen(source);
    fill_curve(source, source->key, is_page ? content->page : content->camera_key,
               is_page ? codec->bits_share : codec->key_share);
    fill_curve(source, source->inter, is_page ? content->whole : content->camera,
               codec->bits_share);
    fill_curve(source, source->refine, content->refine, codec->bits_share);
    fill_spread(source);
    if (is_page && setup->screen == MP_SIM_MOTION)
        for (guint qp = 0; qp < MP_SIM_QPS; qp++)
            source->refine[qp] *= (float)content->scroll_refine;
    if (setup->session == MP_SESSION_VIRTUAL_BACKGROUND)
        source->busy = exp(content->computer_spread * draw_normal(source));
    const double phase = mp_link_random_unit(&source->random, source->drawn++);
    const MpTime interval = (MpTime)((double)MP_SEC(1) / setup->fps);
    source->next = start + (MpTime)(phase * (double)interval);
    source->page_at = start + (MpTime)(phase * (double)page_every(source));
    source->last = source->next - interval;
}

/* From the picture to the next one that the pipeline has done. */
static MpTime pipeline_interval(MpSimSource *source, MpTime interval)
{
    const MpChromiumContent *content = &source->constants->content;
    const double mean_ms = source->setup.frame_cost_ms * content->pipeline_stretch +
                           content->pipeline_ms;
    const double cost_ms = source->busy * mean_ms *
                           exp(content->pipeline_spread * draw_normal(source));
    const MpTime cost = (MpTime)(cost_ms * 1e6);
    const MpTime drawn = (cost + content->grid - 1) / content->grid * content->grid;
    return MAX(drawn, interval);
}

static void move_camera(MpSimSource *source)
{
    const MpChromiumContent *content = &source->constants->content;
    const double kept = exp(-(double)(source->captured - source->last) /
                            (double)content->camera_drift_time);
    source->drift = kept * source->drift +
                    content->camera_drift * sqrt(1 - kept * kept) * draw_normal(source);
}

static void turn_page(MpSimSource *source)
{
    if (source->captured < source->page_at)
        return;

    source->page_at += page_every(source);
    source->page = exp(source->constants->content.page_spread * draw_normal(source));
    source->page_done = 0;
    source->is_new_page = TRUE;
}

/* Pictures and the time that they took, both forgotten over the window. */
static void measure_fps(MpSimSource *source)
{
    const double interval = (double)(source->captured - source->last);
    const double kept = exp(-interval / (double)source->constants->rate.rate_window);
    source->recent_pictures = kept * source->recent_pictures + 1;
    source->recent_time = kept * source->recent_time + interval;
    source->fps = source->recent_pictures / source->recent_time * (double)MP_SEC(1);
}

gboolean mp_sim_source_take(MpSimSource *source)
{
    source->last = source->pictures == 0 ? source->last : source->captured;
    source->captured = source->next;
    source->pictures++;
    const MpTime interval = (MpTime)((double)MP_SEC(1) / source->setup.fps);
    const gboolean is_pipeline = source->setup.session == MP_SESSION_VIRTUAL_BACKGROUND;
    source->next += is_pipeline ? pipeline_interval(source, interval) : interval;
    measure_fps(source);
    if (!is_screen(source)) {
        move_camera(source);
        return TRUE;
    }

    turn_page(source);
    const double share = source->constants->codecs[source->setup.codec].screen_share;
    return floor(source->pictures * share) > floor((source->pictures - 1) * share);
}

/* After a key frame the noise of the picture is coded anew, and becomes the reference. */
static double settling(const MpSimSource *source)
{
    const MpChromiumContent *content = &source->constants->content;
    const double settle = source->constants->codecs[source->setup.codec].settle;
    const double since = (double)(source->captured - source->key_at);
    return 1 + settle * exp(-since / (double)content->camera_settle_time);
}

static MpSimCost camera_cost(MpSimSource *source, gboolean is_key, guint width, guint height)
{
    const MpChromiumContent *content = &source->constants->content;
    const double interval = (double)(source->captured - source->last) / (double)MP_SEC(1);
    double factor = (double)width * height;
    factor *= pow(MEASURED_HEIGHT / height, content->camera_height);
    factor *= exp(source->drift);
    if (is_key)
        source->key_at = source->captured;
    else
        factor *= settling(source) * pow(interval * MEASURED_FPS, content->camera_rate);
    return (MpSimCost){.bits_per_pixel = is_key ? source->key : source->inter,
                       .factor = factor,
                       .spread = source->spread,
                       .draw = CLAMP(draw_normal(source), -MOST_DEVIATIONS, MOST_DEVIATIONS)};
}

static MpSimCost screen_cost(const MpSimSource *source, gboolean is_key, guint width, guint height)
{
    const MpChromiumContent *content = &source->constants->content;
    const gboolean is_slide = source->setup.screen == MP_SIM_SLIDES;
    const double pixels = (double)width * height;
    const gboolean is_new = is_key || source->is_new_page;
    return (MpSimCost){.bits_per_pixel = is_new ? source->key : source->inter,
                       .most_per_pixel = is_new ? NULL : source->refine,
                       .factor = source->page * pixels,
                       .least_bits = (is_slide ? content->change : content->scroll_change) * pixels,
                       .done_bits = is_new ? 0 : source->page_done,
                       .is_new = is_new};
}

MpSimCost mp_sim_source_cost(MpSimSource *source, gboolean is_key, guint width, guint height)
{
    return is_screen(source) ? screen_cost(source, is_key, width, height)
                             : camera_cost(source, is_key, width, height);
}

void mp_sim_source_encoded(MpSimSource *source, const MpSimCost *cost, double bits)
{
    source->page_done = cost->done_bits + bits - cost->least_bits;
    source->is_new_page = FALSE;
}
