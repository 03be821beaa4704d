/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A picture comes from the source, is left out or encoded, and is ready a little later.
 */
#include "simulator/sim_encoder.h"

#include "simulator/sim_encoder_adjuster.h"
#include "simulator/sim_encoder_dropper.h"
#include "simulator/sim_encoder_rate.h"
#include "simulator/sim_encoder_scale.h"
#include "simulator/sim_encoder_source.h"

struct _MpSimEncoder {
    const MpChromiumEncoder *constants;
    MpSimSetup setup;
    MpSimSource source;
    MpSimRateControl rate;
    MpSimAdjuster adjuster;
    MpSimDropper dropper;
    MpSimScaler scaler;
    double video_bps; /* as it was set, whatever can be used of it */
    double link_bps;
    double start_bps;
    MpTime backlog;
    double drop_share;
    guint drop_counter;
    guint height; /* of the last frame; 0: none yet */
    gboolean wants_key;
    gboolean is_ready; /* a frame waits to be taken */
    MpSimFrame frame;
    guint32 frames;
    MpTime cpu_limited;
};

MpSimEncoder *mp_sim_encoder_new(const MpChromium *chromium, const MpSimSetup *setup, guint64 seed,
                                 MpTime start)
{
    MpSimEncoder *encoder = g_new0(MpSimEncoder, 1);
    encoder->constants = &chromium->encoder;
    encoder->setup = *setup;
    encoder->start_bps = chromium->congestion.start_bps;
    encoder->video_bps = encoder->start_bps;
    mp_sim_source_init(&encoder->source, encoder->constants, setup, seed, start);
    mp_sim_rate_control_init(&encoder->rate, encoder->constants, setup->codec,
                             setup->session == MP_SESSION_SCREEN_SHARE);
    mp_sim_adjuster_init(&encoder->adjuster, encoder->constants);
    mp_sim_dropper_init(&encoder->dropper, encoder->constants);
    mp_sim_scaler_init(&encoder->scaler, encoder->constants, setup, start);
    return encoder;
}

void mp_sim_encoder_free(MpSimEncoder *encoder)
{
    g_free(encoder);
}

void mp_sim_encoder_set_rate(MpSimEncoder *encoder, double video_bps, MpTime backlog)
{
    encoder->video_bps = video_bps;
    encoder->backlog = backlog;
}

void mp_sim_encoder_set_link(MpSimEncoder *encoder, double link_bps)
{
    encoder->link_bps = link_bps;
}

void mp_sim_encoder_set_drop_share(MpSimEncoder *encoder, double share)
{
    encoder->drop_share = share;
}

void mp_sim_encoder_want_key_frame(MpSimEncoder *encoder)
{
    encoder->wants_key = TRUE;
}

MpTime mp_sim_encoder_deadline(const MpSimEncoder *encoder)
{
    return encoder->is_ready ? encoder->frame.encoded : encoder->source.next;
}

/* Suspended by a pacer that has too much. */
static gboolean is_paused(const MpSimEncoder *encoder)
{
    return encoder->backlog > encoder->constants->longest_backlog;
}

static MpTime encode_time(const MpSimEncoder *encoder, guint width, guint height)
{
    const double ns = encoder->constants->codecs[encoder->setup.codec].pixel_ns;
    return (MpTime)(ns * width * height);
}

/* Every how many pictures one is left out for what is in flight; 0: none is. */
static guint drop_interval(const MpSimEncoder *encoder)
{
    const double spare_bps = encoder->video_bps - encoder->constants->least_bps;
    const double less_bps = MIN(encoder->video_bps * encoder->drop_share, spare_bps);
    if (encoder->drop_share <= encoder->constants->least_drop_share || less_bps < 1)
        return 0;
    return MAX(2, (guint)(encoder->video_bps / less_bps));
}

static gboolean is_dropped(MpSimEncoder *encoder)
{
    const guint interval = drop_interval(encoder);
    return interval > 0 && encoder->drop_counter++ % interval == 0;
}

static double target_bps(const MpSimEncoder *encoder)
{
    const guint interval = drop_interval(encoder);
    const double bps = interval ? encoder->video_bps * (1 - 1.0 / interval) : encoder->video_bps;
    return CLAMP(bps, encoder->constants->least_bps, mp_sim_encoder_most_bps(encoder));
}

/* What the encoder's own rate control is told. */
static double told_bps(MpSimEncoder *encoder)
{
    const double bps = mp_sim_adjuster_bps(&encoder->adjuster, encoder->source.captured,
                                           target_bps(encoder), encoder->link_bps,
                                           encoder->source.fps);
    return MAX(bps, encoder->constants->least_bps);
}

static gboolean is_trusted(const MpSimEncoder *encoder)
{
    return encoder->constants->codecs[encoder->setup.codec].is_rate_trusted;
}

static void encode(MpSimEncoder *encoder)
{
    const guint width = mp_sim_scaler_width(&encoder->scaler);
    const guint height = mp_sim_scaler_height(&encoder->scaler);
    if (height != encoder->height)
        mp_sim_adjuster_restart(&encoder->adjuster);
    mp_sim_rate_control_set(&encoder->rate, told_bps(encoder), encoder->source.fps);
    if (height != encoder->height)
        mp_sim_rate_control_restart(&encoder->rate, (double)width * height);

    mp_sim_dropper_set(&encoder->dropper, encoder->video_bps);
    if (!is_trusted(encoder) && mp_sim_dropper_drops(&encoder->dropper, encoder->source.fps)) {
        mp_sim_scaler_dropped(&encoder->scaler);
        return;
    }

    const gboolean is_key = encoder->wants_key || height != encoder->height;
    const MpSimCost cost = mp_sim_source_cost(&encoder->source, is_key, width, height);
    double qp, bits;
    if (!mp_sim_rate_control_encode(&encoder->rate, is_key, &cost, &qp, &bits))
        return;

    encoder->height = height;
    encoder->wants_key = FALSE;
    encoder->is_ready = TRUE;
    encoder->frame = (MpSimFrame){.number = encoder->frames++,
                                  .bytes = MAX(1, (guint)(bits / 8)),
                                  .height = height,
                                  .qp = qp,
                                  .is_key = is_key,
                                  .captured = encoder->source.captured,
                                  .encoded = encoder->source.captured +
                                             encode_time(encoder, width, height)};
    mp_sim_source_encoded(&encoder->source, &cost, bits);
    mp_sim_scaler_encoded(&encoder->scaler, qp);
    mp_sim_adjuster_encoded(&encoder->adjuster, encoder->source.captured, bits);
    mp_sim_dropper_encoded(&encoder->dropper, bits, is_key, encoder->source.fps);
}

/* libwebrtc sees the time that encoding takes, not that of a pipeline in front of it. */
static void watch_processor(MpSimEncoder *encoder)
{
    const MpTime interval = encoder->source.captured - encoder->source.last;
    const MpTime busy = encode_time(encoder, mp_sim_scaler_width(&encoder->scaler),
                                    mp_sim_scaler_height(&encoder->scaler));
    if ((double)busy > encoder->constants->overuse * (double)interval)
        encoder->cpu_limited += interval;
}

static void take_picture(MpSimEncoder *encoder)
{
    const gboolean is_wanted = mp_sim_source_take(&encoder->source);
    watch_processor(encoder);
    mp_sim_scaler_advance(&encoder->scaler, encoder->source.captured);
    const double bps = encoder->height ? encoder->video_bps
                                       : MAX(encoder->video_bps, encoder->start_bps);
    if (!is_wanted || is_dropped(encoder) || is_paused(encoder) ||
        mp_sim_scaler_drops_first(&encoder->scaler, bps))
        return;
    encode(encoder);
}

gboolean mp_sim_encoder_take(MpSimEncoder *encoder, MpTime now, MpSimFrame *frame)
{
    while (!encoder->is_ready && encoder->source.next <= now)
        take_picture(encoder);
    if (!encoder->is_ready || encoder->frame.encoded > now)
        return FALSE;

    *frame = encoder->frame;
    encoder->is_ready = FALSE;
    return TRUE;
}

double mp_sim_encoder_most_bps(const MpSimEncoder *encoder)
{
    const guint pixels = mp_sim_scaler_width(&encoder->scaler) *
                         mp_sim_scaler_height(&encoder->scaler);
    guint i = 0;
    while (i + 1 < MP_CHROMIUM_MOST_RATES && pixels > encoder->constants->most[i].pixels)
        i++;
    const double most = encoder->constants->most[i].bps;
    return encoder->setup.session == MP_SESSION_SCREEN_SHARE
               ? MAX(most, encoder->constants->screen_most_bps)
               : most;
}

guint mp_sim_encoder_source_frames(const MpSimEncoder *encoder)
{
    return encoder->source.pictures;
}

MpTime mp_sim_encoder_cpu_limited(const MpSimEncoder *encoder)
{
    return encoder->cpu_limited;
}
