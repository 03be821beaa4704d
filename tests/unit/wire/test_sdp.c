/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Offers and answers: what is read, and what each mistake is told.
 */
#include <string.h>

#include "base/error.h"
#include "base/stream_spec.h"
#include "wire/sdp.h"

#define FINGERPRINT                                                                                \
    "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:"   \
    "88:99"

#define GOOD                                                                                       \
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\n"                      \
    "a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 " FINGERPRINT "\r\n"                \
    "a=setup:actpass\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\n"                         \
    "a=rtpmap:111 opus/48000/2\r\na=ssrc:42 cname:x\r\n"                                           \
    "a=candidate:1 1 udp 2122260223 192.0.2.1 5000 typ host\r\n"                                   \
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=recvonly\r\n"

static MpSdp *parse(const char *text, GError **error)
{
    return mp_sdp_parse(text, strlen(text), error);
}

static void test_an_offer_is_read(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpSdp) sdp = parse(GOOD, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(sdp->ice_ufrag, ==, "abcd");
    g_assert_cmpstr(sdp->fingerprint, ==, FINGERPRINT);
    g_assert_cmpuint(sdp->candidates->len, ==, 1);
    g_assert_cmpuint(sdp->media->len, ==, 2);
    const MpSdpMedia *audio = sdp->media->pdata[0];
    g_assert_cmpstr(audio->codec, ==, "opus");
    g_assert_cmpuint(audio->clock_rate, ==, 48000);
    g_assert_cmpuint(audio->ssrc, ==, 42);
    const MpSdpMedia *video = sdp->media->pdata[1];
    g_assert_cmpstr(video->direction, ==, "recvonly");
    g_assert_cmpstr(video->mid, ==, "1");
}

static void test_what_we_write_we_read(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpSdp) first = parse(GOOD, &error);
    const MpStreamSpec camera = {.set = 1,
                                 .kind = MP_SPEC_CAMERA,
                                 .participant = 2,
                                 .kbps = 2500,
                                 .fps = 30,
                                 .key_frame_percent = 500};
    g_array_append_val(first->streams, camera);
    first->starts_at_rest = TRUE;
    const MpSdpMedia *video = first->media->pdata[1];
    MpSdpFormat *format = video->formats->pdata[0];
    format->parameters = g_strdup("packetization-mode=1");
    g_autofree char *text = mp_sdp_write(first, 77);
    g_assert_nonnull(strstr(text, "a=rtpmap:96 VP8/90000\r\na=fmtp:96 packetization-mode=1\r\n"));
    g_autoptr(MpSdp) second = parse(text, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(second->streams->len, ==, 1);
    g_assert_cmpmem(second->streams->data, sizeof camera, &camera, sizeof camera);
    g_assert_true(second->is_tester && second->starts_at_rest);
    g_assert_cmpuint(second->media->len, ==, 2);
    g_assert_cmpstr(second->candidates->pdata[0], ==, first->candidates->pdata[0]);
    g_assert_nonnull(strstr(text, "a=group:BUNDLE 0 1\r\n"));
}

/* One line of the good offer replaced by a wrong one, and the message it must give. */
static void test_each_mistake_names_its_line(void)
{
    static const struct {
        const char *right;
        const char *wrong;
        const char *message;
    } rows[] = {
        {"v=0", "v=1", "SDP line 1: found \"v=1\", expected v=0"},
        {"t=0 0", "nonsense", "SDP line 4: found \"nonsense\", expected LETTER=VALUE"},
        {"abcd", "abc", "SDP line 5: found \"a=ice-ufrag:abc\", expected 4 to 256 ICE characters"},
        {"a=ice-pwd:0123456789012345678901", "a=ice-pwd:short",
         "SDP line 6: found \"a=ice-pwd:short\", expected 22 to 256 ICE characters"},
        {"a=setup:actpass", "a=setup:maybe",
         "SDP line 8: found \"a=setup:maybe\", expected actpass, active or passive"},
        {"a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus",
         "SDP line 11: found \"a=rtpmap:111 opus\", expected ENCODING/CLOCK-RATE"},
        {"a=ssrc:42", "a=ssrc:0",
         "SDP line 12: found \"a=ssrc:0 cname:x\", expected a number 1-4294967295 in a media "
         "section"},
        {"m=video 9", "m=video 99999",
         "SDP line 14: found \"m=video 99999 UDP/TLS/RTP/SAVPF 96\", expected m=KIND PORT PROTOCOL "
         "FORMAT"},
        {"a=recvonly", "a=fmtp:96",
         "SDP line 17: found \"a=fmtp:96\", expected a payload type 0-127 "
         "and at most 512 bytes of parameters"},
        {"a=recvonly", "a=rtcp-fb:x nack",
         "SDP line 17: found \"a=rtcp-fb:x nack\", expected a payload type 0-127 or *, and a kind "
         "of feedback"},
        {"a=recvonly", "a=extmap:0 urn:x",
         "SDP line 17: found \"a=extmap:0 urn:x\", expected an identifier 1-255 and a URI"},
        {"a=setup:actpass\r\n", "", "SDP: expected a=setup, found none"},
        {"a=fingerprint:sha-256", "a=fingerprint:sha-1",
         "SDP: expected a=fingerprint with sha-256, found none"},
        {"a=mid:1\r\n", "", "SDP: expected a=mid in every media section, found none"},
        {"a=recvonly", "a=mediapath-stream:0 audio participant=0 kbps=5 talk_ms=0 silence_ms=0",
         "SDP line 17: found \"a=mediapath-stream:0 audio participant=0 kbps=5 talk_ms=0 "
         "silence_ms=0\", expected SET KIND and every number of the kind, in range"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) text = g_string_new(GOOD);
        g_assert_cmpuint(g_string_replace(text, rows[i].right, rows[i].wrong, 1), ==, 1);
        g_autoptr(GError) error = NULL;
        g_assert_null(parse(text->str, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_MALFORMED);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

/* As Chromium offers: several payload types, retransmission formats, feedback, extensions. */
static void test_the_formats_of_a_browser_are_read_and_written(void)
{
    g_autoptr(GString) text = g_string_new(GOOD);
    g_string_replace(text, "SAVPF 96\r\n", "SAVPF 96 97 103\r\n", 1);
    g_string_append(text, "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n"
                          "a=rtcp-fb:* transport-cc\r\na=rtpmap:97 rtx/90000\r\n"
                          "a=fmtp:97 apt=96\r\na=rtpmap:99 H265/90000\r\na=fmtp:99 x=1\r\n"
                          "a=extmap:4 " MP_SDP_TRANSPORT_SEQUENCE "\r\n"
                          "a=extmap:5/sendonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(MpSdp) sdp = parse(text->str, &error);
    g_assert_no_error(error);
    g_assert_false(sdp->is_tester);
    const MpSdpMedia *video = sdp->media->pdata[1];
    g_assert_cmpuint(video->formats->len, ==, 3);
    const MpSdpFormat *vp8 = video->formats->pdata[0];
    const MpSdpFormat *rtx = video->formats->pdata[1];
    const MpSdpFormat *nameless = video->formats->pdata[2];
    g_assert_cmpuint(vp8->feedback, ==, MP_SDP_NACK | MP_SDP_PLI | MP_SDP_TRANSPORT_CC);
    g_assert_cmpstr(rtx->encoding, ==, "rtx");
    g_assert_cmpstr(rtx->parameters, ==, "apt=96");
    g_assert_cmpuint(nameless->payload_type, ==, 103);
    g_assert_null(nameless->encoding);
    g_assert_cmpuint(mp_sdp_media_extension(video, MP_SDP_TRANSPORT_SEQUENCE), ==, 4);
    g_assert_cmpuint(mp_sdp_media_extension(video, "urn:ietf:params:rtp-hdrext:sdes:mid"), ==, 5);
    g_assert_cmpuint(mp_sdp_media_extension(video, "urn:x"), ==, 0);
    const MpSdpMedia *audio = sdp->media->pdata[0];
    const MpSdpFormat *opus = audio->formats->pdata[0];
    g_assert_cmpuint(opus->channels, ==, 2);

    g_autofree char *written = mp_sdp_write(sdp, 1);
    g_assert_nonnull(strstr(written, "m=video 9 UDP/TLS/RTP/SAVPF 96 97 103\r\n"));
    g_assert_nonnull(strstr(written, "a=rtpmap:111 opus/48000/2\r\n"));
    g_assert_nonnull(strstr(written, "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 transport-cc\r\n"
                                     "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"));
    g_assert_nonnull(strstr(written, "a=extmap:4 " MP_SDP_TRANSPORT_SEQUENCE "\r\n"));
}

/* As GStreamer offers all sections but the first. */
static void test_a_section_of_the_bundle_alone_is_not_refused(void)
{
    g_autoptr(GString) text = g_string_new(GOOD "a=bundle-only\r\n");
    g_string_replace(text, "m=video 9", "m=video 0", 1);
    g_string_replace(text, "m=audio 9", "m=audio 0", 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpSdp) sdp = parse(text->str, &error);
    g_assert_no_error(error);
    g_assert_true(((const MpSdpMedia *)sdp->media->pdata[0])->is_refused);
    g_assert_false(((const MpSdpMedia *)sdp->media->pdata[1])->is_refused);
    g_autofree char *written = mp_sdp_write(sdp, 1);
    g_assert_nonnull(strstr(written, "a=group:BUNDLE 1\r\n"));
}

static void test_a_flood_of_formats_is_refused(void)
{
    g_autoptr(GString) text = g_string_new(GOOD "m=video 9 UDP/TLS/RTP/SAVPF");
    for (guint i = 0; i <= 128; i++)
        g_string_append_printf(text, " %u", i % 128);
    g_string_append(text, "\r\na=mid:2\r\n");
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(text->str, &error));
    g_assert_nonnull(strstr(error->message, "expected at most 128 payload types"));
}

static void test_only_refused_sections_are_no_offer(void)
{
    g_autoptr(GString) text = g_string_new(GOOD);
    g_string_replace(text, "m=audio 9", "m=audio 0", 1);
    g_string_replace(text, "m=video 9", "m=video 0", 1);
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(text->str, &error));
    g_assert_cmpstr(error->message, ==,
                    "SDP: expected a media section that is not refused, found none");
}

static void test_a_flood_of_candidates_is_refused(void)
{
    g_autoptr(GString) text = g_string_new(GOOD);
    for (guint i = 0; i < 64; i++)
        g_string_append_printf(text, "a=candidate:%u 1 udp 1 192.0.2.1 5000 typ host\r\n", i);
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(text->str, &error));
    g_assert_nonnull(strstr(error->message, "expected at most 64 candidates"));
}

static void test_bytes_that_are_no_text_are_refused(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_sdp_parse("v=0\xff", 4, &error));
    g_assert_nonnull(strstr(error->message, "not UTF-8"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sdp/read", test_an_offer_is_read);
    g_test_add_func("/sdp/write", test_what_we_write_we_read);
    g_test_add_func("/sdp/mistakes", test_each_mistake_names_its_line);
    g_test_add_func("/sdp/formats", test_the_formats_of_a_browser_are_read_and_written);
    g_test_add_func("/sdp/bundle-only", test_a_section_of_the_bundle_alone_is_not_refused);
    g_test_add_func("/sdp/format-flood", test_a_flood_of_formats_is_refused);
    g_test_add_func("/sdp/refused", test_only_refused_sections_are_no_offer);
    g_test_add_func("/sdp/flood", test_a_flood_of_candidates_is_refused);
    g_test_add_func("/sdp/no-text", test_bytes_that_are_no_text_are_refused);
    return g_test_run();
}
