/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets of one size as fast as they go.
 */
#include "session/media_train.h"

#include <string.h>

#include "wire/rtp.h"

struct _MpMediaTrain {
    MpMediaTrainConfig config;
    guint16 sequence; /* of the next packet that is made */
    guint first;      /* of the batch, not sent yet */
    MpBytes packets[MP_TRAIN_BATCH];
    guint8 memory[MP_TRAIN_BATCH * MP_TRAIN_LARGEST];
};

MpMediaTrain *mp_media_train_new(const MpMediaTrainConfig *config)
{
    g_return_val_if_fail(config->size >= 64 && config->size <= MP_TRAIN_LARGEST, NULL);
    g_return_val_if_fail(config->batch >= 1 && config->batch <= MP_TRAIN_BATCH, NULL);
    MpMediaTrain *train = g_new0(MpMediaTrain, 1);
    train->config = *config;
    train->first = config->batch;
    for (guint i = 0; i < config->batch; i++)
        train->packets[i] = (MpBytes){train->memory + (gsize)i * config->size, config->size};
    return train;
}

void mp_media_train_free(MpMediaTrain *train)
{
    g_free(train);
}

/* The payload is what lies there: the packet that was sent before from the same place. */
static void make(MpMediaTrain *train, guint8 *packet)
{
    const MpMediaTrainConfig *config = &train->config;
    MpWriter writer = mp_writer_init(packet, config->size);
    const MpRtpHeader header = {
        .payload_type = config->payload_type, .sequence = train->sequence++, .ssrc = config->ssrc};
    gsize length = config->size - mp_srtp_session_growth(config->srtp);
    mp_rtp_write_header(&writer, &header);
    gboolean is_done = mp_srtp_session_protect(config->srtp, packet, &length);
    g_assert(is_done && length == config->size);
}

guint mp_media_train_advance(MpMediaTrain *train)
{
    const MpMediaTrainConfig *config = &train->config;
    if (train->first == config->batch) {
        for (guint i = 0; i < config->batch; i++)
            make(train, train->memory + (gsize)i * config->size);
        train->first = 0;
    }
    guint taken = config->send(train->packets + train->first, config->batch - train->first,
                               config->user_data);
    train->first += taken;
    return taken;
}
