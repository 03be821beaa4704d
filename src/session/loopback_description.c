/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of an offer is looped back.
 */
#include "session/loopback_description.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "session/key_frame.h"

static gboolean is_known(MpSdpKind kind, const MpSdpFormat *format)
{
    if (!format->encoding)
        return FALSE;
    return kind == MP_SDP_AUDIO ? g_ascii_strcasecmp(format->encoding, "opus") == 0
                                : mp_key_frame_is_known(format->encoding);
}

/* The offerer's preferred one. */
static const MpSdpFormat *choose_format(const MpSdpMedia *media)
{
    for (guint i = 0; i < media->formats->len; i++)
        if (is_known(media->kind, media->formats->pdata[i]))
            return media->formats->pdata[i];
    return NULL;
}

/* RFC 4588 section 8.1: apt names the payload type that it repeats. */
static const MpSdpFormat *find_rtx(const MpSdpMedia *media, guint payload_type)
{
    for (guint i = 0; i < media->formats->len; i++) {
        const MpSdpFormat *format = media->formats->pdata[i];
        guint repeated;
        if (format->encoding && format->parameters &&
            g_ascii_strcasecmp(format->encoding, "rtx") == 0 &&
            sscanf(format->parameters, "apt=%3u", &repeated) == 1 && repeated == payload_type)
            return format;
    }
    return NULL;
}

static const MpSdpFormat *find_type(const MpSdpMedia *media, guint payload_type)
{
    for (guint i = 0; i < media->formats->len; i++) {
        const MpSdpFormat *format = media->formats->pdata[i];
        if (format->payload_type == payload_type)
            return format;
    }
    return NULL;
}

static gboolean receives(const MpSdpMedia *media)
{
    return g_str_equal(media->direction, "sendrecv") || g_str_equal(media->direction, "recvonly");
}

static const MpSdpMedia *first_of(const MpSdp *offer, MpSdpKind kind)
{
    for (guint i = 0; i < offer->media->len; i++) {
        const MpSdpMedia *media = offer->media->pdata[i];
        if (media->kind == kind && !media->is_refused)
            return choose_format(media) ? media : NULL;
    }
    return NULL;
}

static MpLoopbackFormat agree(const MpSdpMedia *media)
{
    const MpSdpFormat *format = choose_format(media);
    const MpSdpFormat *rtx = find_rtx(media, format->payload_type);
    MpLoopbackFormat agreed = {
        .is_video = media->kind == MP_SDP_VIDEO,
        .sends_back = receives(media),
        .payload_type = (guint8)format->payload_type,
        .rtx_type = rtx ? (guint8)rtx->payload_type : 0,
        .clock_rate = format->clock_rate,
        .has_nack = (format->feedback & MP_SDP_NACK) != 0,
        .has_pli = (format->feedback & MP_SDP_PLI) != 0,
        .transport_id = format->feedback & MP_SDP_TRANSPORT_CC
                            ? mp_sdp_media_extension(media, MP_SDP_TRANSPORT_SEQUENCE)
                            : 0,
        .ssrc = mp_random_u32() | 1,
        .rtx_ssrc = mp_random_u32() | 1,
    };
    g_strlcpy(agreed.encoding, format->encoding, sizeof agreed.encoding);
    return agreed;
}

gboolean mp_loopback_description_choose(const MpSdp *offer, MpLoopbackConfig *config)
{
    static const MpSdpKind kinds[MP_LOOPBACK_MOST] = {MP_SDP_AUDIO, MP_SDP_VIDEO};
    *config = (MpLoopbackConfig){0};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const MpSdpMedia *media = first_of(offer, kinds[i]);
        if (media)
            config->formats[config->n_formats++] = agree(media);
    }
    return config->n_formats > 0;
}

/* Answering. */

static void add_format(MpSdpMedia *media, const MpSdpFormat *offered, guint feedback)
{
    MpSdpFormat *format = mp_sdp_media_add_format(media, offered->payload_type);
    format->encoding = g_strdup(offered->encoding);
    format->clock_rate = offered->clock_rate;
    format->channels = offered->channels;
    format->parameters = g_strdup(offered->parameters);
    format->feedback = offered->feedback & feedback;
}

/* The mid extension is taken where it is offered (RFC 8843 section 9.2): whoever bundles may want
 * to write it. */
static void add_extensions(MpSdpMedia *media, const MpSdpMedia *offered,
                           const MpLoopbackFormat *format)
{
    guint mid = mp_sdp_media_extension(offered, MP_SDP_MID);
    if (mid)
        mp_sdp_media_add_extension(media, mid, MP_SDP_MID);
    if (format->transport_id)
        mp_sdp_media_add_extension(media, format->transport_id, MP_SDP_TRANSPORT_SEQUENCE);
}

static void agree_on(MpSdpMedia *media, const MpSdpMedia *offered, const MpLoopbackFormat *format,
                     guint greatest_kbps)
{
    guint feedback = MP_SDP_NACK | MP_SDP_PLI | MP_SDP_FIR |
                     (format->transport_id ? MP_SDP_TRANSPORT_CC : 0);
    g_free(media->direction);
    media->direction = g_strdup(mp_sdp_answer_direction(offered->direction));
    add_format(media, find_type(offered, format->payload_type), feedback);
    if (format->rtx_type)
        add_format(media, find_type(offered, format->rtx_type), 0);
    add_extensions(media, offered, format);
    media->most_kbps = format->is_video ? greatest_kbps : 0;
    media->ssrc = format->sends_back ? format->ssrc : 0;
    media->rtx_ssrc = format->sends_back && format->rtx_type ? format->rtx_ssrc : 0;
}

static const MpLoopbackFormat *format_for(const MpLoopbackConfig *config, const MpSdp *offer,
                                          const MpSdpMedia *media)
{
    for (guint i = 0; i < config->n_formats; i++)
        if (config->formats[i].is_video == (media->kind == MP_SDP_VIDEO) &&
            first_of(offer, media->kind) == media)
            return &config->formats[i];
    return NULL;
}

void mp_loopback_description_answer(const MpSdp *offer, const MpLoopbackConfig *config,
                                    guint greatest_kbps, MpSdp *answer)
{
    for (guint i = 0; i < offer->media->len; i++) {
        const MpSdpMedia *offered = offer->media->pdata[i];
        const MpLoopbackFormat *format = format_for(config, offer, offered);
        MpSdpMedia *media = mp_sdp_add_media(answer, offered->kind);
        media->mid = g_strdup(offered->mid);
        media->payload_type = offered->payload_type;
        media->is_refused = !format;
        if (format)
            agree_on(media, offered, format, greatest_kbps);
    }
}
