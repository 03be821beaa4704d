/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Session descriptions as text.
 */
#include "base/stream_spec.h"
#include "wire/sdp.h"
#include "wire/sdp_format.h"

static const char *const kind_names[] = {"audio", "video", "application"};

static void write_media(GString *text, const MpSdp *sdp, const MpSdpMedia *media, gboolean is_first)
{
    g_string_append_printf(text, "m=%s %u UDP/TLS/RTP/SAVPF", kind_names[media->kind],
                           media->is_refused ? 0u : 9u);
    mp_sdp_write_payload_types(text, media);
    g_string_append(text, "\r\nc=IN IP4 0.0.0.0\r\n");
    if (media->most_kbps)
        g_string_append_printf(text, "b=AS:%u\r\n", media->most_kbps);
    /* The role stands in each section: GStreamer looks for it nowhere else. */
    g_string_append_printf(text, "a=mid:%s\r\na=%s\r\na=rtcp-mux\r\na=setup:%s\r\n", media->mid,
                           media->direction, sdp->setup);
    mp_sdp_write_formats(text, media);
    if (media->ssrc)
        g_string_append_printf(text, "a=ssrc:%u cname:mediapath\r\n", media->ssrc);
    if (media->rtx_ssrc)
        g_string_append_printf(text, "a=ssrc:%u cname:mediapath\r\na=ssrc-group:FID %u %u\r\n",
                               media->rtx_ssrc, media->ssrc, media->rtx_ssrc);
    if (!is_first)
        return;
    for (guint i = 0; i < sdp->candidates->len; i++)
        g_string_append_printf(text, "a=%s\r\n", (const char *)sdp->candidates->pdata[i]);
    g_string_append(text, "a=end-of-candidates\r\n");
}

static void write_streams(GString *text, const MpSdp *sdp)
{
    for (guint i = 0; i < sdp->streams->len; i++) {
        g_autofree char *stream = mp_stream_spec_to_string(
            &g_array_index(sdp->streams, MpStreamSpec, i));
        g_string_append_printf(text, "a=mediapath-stream:%s\r\n", stream);
    }
    if (sdp->starts_at_rest)
        g_string_append(text, "a=mediapath-at-rest\r\n");
}

char *mp_sdp_write(const MpSdp *sdp, guint64 origin)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(
        text, "v=0\r\no=- %" G_GUINT64_FORMAT " 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
        origin & G_MAXINT64);
    g_string_append(text, "a=group:BUNDLE");
    for (guint i = 0; i < sdp->media->len; i++) {
        const MpSdpMedia *media = sdp->media->pdata[i];
        /* RFC 8843 section 7.3.3: what is refused leaves the group. */
        if (!media->is_refused)
            g_string_append_printf(text, " %s", media->mid);
    }
    g_string_append_printf(text,
                           "\r\na=ice-options:ice2\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                           "a=fingerprint:sha-256 %s\r\n",
                           sdp->ice_ufrag, sdp->ice_pwd, sdp->fingerprint);
    write_streams(text, sdp);
    for (guint i = 0; i < sdp->media->len; i++)
        write_media(text, sdp, sdp->media->pdata[i], i == 0);
    return g_string_free(text, FALSE);
}

const char *mp_sdp_answer_direction(const char *offered)
{
    if (g_str_equal(offered, "sendonly"))
        return "recvonly";
    return g_str_equal(offered, "recvonly") ? "sendonly" : offered;
}
