/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an encoder is fed with: the pictures of a camera, of a shared screen or of a pipeline behind
 * a camera, when they come and what they would cost.
 */
#pragma once

#include "link/link_random.h"
#include "simulator/sim_encoder_rate.h"

typedef struct {
    const MpChromiumEncoder *constants;
    MpSimSetup setup;
    MpLinkRandom random;
    guint64 drawn;
    MpTime next; /* when the next picture comes */
    MpTime last;
    MpTime captured; /* of the picture that is there now */
    guint pictures;
    double fps; /* as it is measured */
    double recent_pictures;
    double recent_time;
    MpTime start;
    double busy;      /* a pipeline takes so many times as long in this call */
    double drift;     /* camera: the logarithm of how much more than usual moves */
    MpTime page_at;   /* screen: when the next one comes */
    MpTime key_at;    /* camera: when the last key frame was */
    double page;      /* its bits, of a usual one's */
    double page_done; /* bits of it that have been encoded */
    gboolean is_new_page;
    float key[MP_SIM_QPS];    /* camera: a key frame; screen: a page's first one */
    float inter[MP_SIM_QPS];  /* camera: a frame; screen: a page and all that makes it finer */
    float refine[MP_SIM_QPS]; /* screen: the most of one of these */
    float spread[MP_SIM_QPS]; /* camera: of a frame's bits */
} MpSimSource;

void mp_sim_source_init(MpSimSource *source, const MpChromiumEncoder *constants,
                        const MpSimSetup *setup, guint64 seed, MpTime start);
/* The picture of `source->next`. FALSE: the encoder does not even look at it. */
gboolean mp_sim_source_take(MpSimSource *source);
MpSimCost mp_sim_source_cost(MpSimSource *source, gboolean is_key, guint width, guint height);
/* The picture was encoded, in so many bits. */
void mp_sim_source_encoded(MpSimSource *source, const MpSimCost *cost, double bits);
