/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A media session as an SDP offer or answer.
 */
#include "session/media_description.h"

#include "base/random.h"
#include "session/loopback_description.h"

/* The registered encoding names (RFC 7741, RFC 9628, RFC 6184, the AV1 RTP specification) and what
 * must be agreed on: VP9 of 8 bits, H.264 constrained baseline at level 3.1 in fragments. */
static const struct {
    const char *name;
    const char *encoding;
    const char *parameters; /* a=fmtp */
} codecs[] = {
    {"vp8", "VP8", NULL},
    {"vp9", "VP9", "profile-id=0"},
    {"h264", "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    {"av1", "AV1", NULL},
};

const char *mp_media_codec_encoding(const char *codec)
{
    for (gsize i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (g_str_equal(codecs[i].name, codec))
            return codecs[i].encoding;
    return NULL;
}

const char *mp_media_payload_kind(guint8 payload_type)
{
    static const struct {
        guint8 payload_type;
        const char *kind;
    } kinds[] = {
        {MP_PAYLOAD_AUDIO, "audio"},
        {MP_PAYLOAD_VIDEO, "camera"},
        {MP_PAYLOAD_SCREEN, "screen"},
        {MP_PAYLOAD_ECHO, "echo"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].payload_type == payload_type)
            return kinds[i].kind;
    return NULL;
}

static char *parameters_of(const char *encoding)
{
    for (gsize i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (encoding && g_ascii_strcasecmp(codecs[i].encoding, encoding) == 0)
            return g_strdup(codecs[i].parameters);
    return NULL;
}

static MpSdp *describe(const MpMediaDescription *description, const char *setup)
{
    MpSdp *sdp = mp_sdp_new();
    mp_ice_session_local(description->ice, &sdp->ice_ufrag, &sdp->ice_pwd, sdp->candidates);
    sdp->fingerprint = g_strdup(description->fingerprint);
    sdp->setup = g_strdup(setup);
    return sdp;
}

char *mp_media_description_offer(const MpMediaDescription *description)
{
    const struct {
        MpSdpKind kind;
        const char *codec;
        guint payload_type;
        guint clock_rate;
        guint32 ssrc;
    } sections[] = {
        {MP_SDP_AUDIO, "opus", MP_PAYLOAD_AUDIO, 48000, description->audio_ssrc},
        {MP_SDP_VIDEO, description->video_codec ? description->video_codec : "VP8",
         MP_PAYLOAD_VIDEO, 90000, description->video_ssrc},
    };
    g_autoptr(MpSdp) sdp = describe(description, "actpass");
    if (description->asked)
        g_array_append_vals(sdp->streams, description->asked->data, description->asked->len);
    sdp->starts_at_rest = description->starts_at_rest;
    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++) {
        MpSdpMedia *media = mp_sdp_add_media(sdp, sections[i].kind);
        media->mid = g_strdup_printf("%" G_GSIZE_FORMAT, i);
        media->codec = g_strdup(sections[i].codec);
        media->parameters = parameters_of(sections[i].codec);
        media->payload_type = sections[i].payload_type;
        media->clock_rate = sections[i].clock_rate;
        media->ssrc = sections[i].ssrc;
    }
    return mp_sdp_write(sdp, mp_random_u32());
}

static void answer_section(MpSdp *answer, const MpSdpMedia *offered, guint32 ssrc)
{
    MpSdpMedia *media = mp_sdp_add_media(answer, offered->kind);
    media->mid = g_strdup(offered->mid);
    media->payload_type = offered->payload_type;
    media->is_refused = offered->is_refused || offered->kind == MP_SDP_OTHER;
    if (media->is_refused)
        return;
    media->codec = g_strdup(offered->codec);
    media->parameters = parameters_of(offered->codec);
    media->clock_rate = offered->clock_rate;
    media->ssrc = ssrc;
    g_free(media->direction);
    media->direction = g_strdup(mp_sdp_answer_direction(offered->direction));
}

char *mp_media_description_answer(const MpMediaDescription *description, const MpSdp *offer)
{
    g_autoptr(MpSdp) answer = describe(description, "passive");
    for (guint i = 0; i < offer->media->len; i++) {
        const MpSdpMedia *offered = offer->media->pdata[i];
        answer_section(answer, offered,
                       offered->kind == MP_SDP_VIDEO ? description->video_ssrc
                                                     : description->audio_ssrc);
    }
    return mp_sdp_write(answer, mp_random_u32());
}

char *mp_media_description_loop_back(const MpMediaDescription *description, const MpSdp *offer,
                                     const MpLoopbackConfig *loopback, guint greatest_kbps)
{
    g_autoptr(MpSdp) answer = describe(description, "passive");
    mp_loopback_description_answer(offer, loopback, greatest_kbps, answer);
    return mp_sdp_write(answer, mp_random_u32());
}
