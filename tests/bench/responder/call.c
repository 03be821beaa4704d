/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call with a responder.
 */
#include "call.h"

#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/stream_spec.h"
#include "session/media_description.h"
#include "session/media_wish.h"
#include "wire/stun_builder.h"

/* RFC 8445 section 5.1.2.1, a host candidate of one component. */
#define PRIORITY ((126U << 24) | (65535U << 8) | 255U)
#define FIRST_CHECKS MP_MSEC(50)
#define CONSENT_INTERVAL MP_SEC(4)
#define HTTP_LIMIT MP_SEC(20)
#define LARGEST_CHECK 256
/* Until call_go_full(). */
#define FIRST_SCALE 0.06

/* Payload, bytes, and how often; video's interval is its rate's. */
static const struct {
    guint8 payload_type;
    guint payload;
    MpTime interval;
} streams[CALL_STREAMS] = {
    [CALL_AUDIO] = {MP_PAYLOAD_AUDIO, 100, MP_MSEC(20)},
    [CALL_VIDEO] = {MP_PAYLOAD_VIDEO, 1100, 0},
    [CALL_ECHO] = {MP_PAYLOAD_ECHO, 32, MP_MSEC(20)},
};

static MpTime interval_of(const Call *call, CallStream stream)
{
    return stream == CALL_VIDEO
               ? (MpTime)(streams[stream].payload * 8e6 / call->config.video_kbps / call->scale)
               : streams[stream].interval;
}

static void send_dtls(const guint8 *data, gsize length, gpointer user_data)
{
    const Call *call = user_data;
    call->config.send(&call->remote, data, length);
}

static char *write_offer(const Call *call)
{
    static const struct {
        MpSdpKind kind;
        const char *codec;
        guint payload_type;
        guint clock_rate;
    } sections[] = {
        {MP_SDP_AUDIO, "opus", MP_PAYLOAD_AUDIO, 48000},
        {MP_SDP_VIDEO, "VP8", MP_PAYLOAD_VIDEO, 90000},
    };
    const MpStreamSpec specs[] = {
        {.kind = MP_SPEC_AUDIO, .kbps = 40},
        {.kind = MP_SPEC_CAMERA,
         .kbps = call->config.video_kbps,
         .fps = 30,
         .key_frame_percent = 100},
    };
    g_autoptr(MpSdp) sdp = mp_sdp_new();
    g_autofree char *ip = mp_address_to_ip_string(&call->config.local);
    sdp->ice_ufrag = g_strdup(call->ufrag);
    sdp->ice_pwd = g_strdup(call->pwd);
    sdp->fingerprint = g_strdup(mp_dtls_identity_fingerprint(call->config.identity));
    sdp->setup = g_strdup("actpass");
    g_array_append_vals(sdp->streams, specs, G_N_ELEMENTS(specs));
    g_ptr_array_add(sdp->candidates, g_strdup_printf("candidate:1 1 UDP %u %s %u typ host",
                                                     PRIORITY, ip, call->config.local.port));
    for (gsize i = 0; i < G_N_ELEMENTS(sections); i++) {
        MpSdpMedia *media = mp_sdp_add_media(sdp, sections[i].kind);
        media->mid = g_strdup_printf("%" G_GSIZE_FORMAT, i);
        media->codec = g_strdup(sections[i].codec);
        media->payload_type = sections[i].payload_type;
        media->clock_rate = sections[i].clock_rate;
        media->ssrc = call->streams[i].ssrc;
    }
    return mp_sdp_write(sdp, mp_random_u32());
}

/* The responder has one address. */
static gboolean read_remote(Call *call, const MpSdp *answer)
{
    char ip[64];
    guint port;
    if (answer->candidates->len == 0 ||
        sscanf(answer->candidates->pdata[0], "candidate:%*s %*s %*s %*s %63s %u", ip, &port) != 2 ||
        !mp_address_parse(&call->remote, ip, (guint16)port))
        return FALSE;
    call->their_pwd = g_strdup(answer->ice_pwd);
    call->user = g_strconcat(answer->ice_ufrag, ":", call->ufrag, NULL);
    call->dtls = mp_dtls_session_new(call->config.identity, TRUE, answer->fingerprint, send_dtls,
                                     call);
    return TRUE;
}

static gboolean complain(const char *what, const MpHttpReply *reply)
{
    const char *body = reply->body ? g_bytes_get_data(reply->body, NULL) : "";
    gsize length = reply->body ? g_bytes_get_size(reply->body) : 0;
    g_printerr("%s: HTTP %u %s %.*s\n", what, reply->status, reply->detail ? reply->detail : "",
               (int)length, body);
    return FALSE;
}

gboolean call_begin(Call *call, const CallConfig *config)
{
    g_autoptr(GError) error = NULL;
    *call = (Call){.config = *config, .scale = FIRST_SCALE};
    call->ufrag = mp_random_token(8);
    call->pwd = mp_random_token(24);
    for (guint i = 0; i < CALL_STREAMS; i++)
        call->streams[i].ssrc = mp_random_u32() | 1;
    g_autofree char *offer = write_offer(call);
    call->whip = mp_whip_client_new(config->url, NULL, NULL, &error);
    if (!call->whip)
        return FALSE;
    g_autoptr(MpHttpReply)
        reply = mp_whip_client_offer(call->whip, offer, mp_clock_now() + HTTP_LIMIT, NULL);
    if (reply->status != 201)
        return complain("offer", reply);
    gsize length;
    const char *text = g_bytes_get_data(reply->body, &length);
    g_autoptr(MpSdp) answer = mp_sdp_parse(text, length, &error);
    if (!answer || !read_remote(call, answer)) {
        g_printerr("answer: %s\n", error ? error->message : "no candidate");
        return FALSE;
    }
    return TRUE;
}

void call_clear(Call *call)
{
    mp_srtp_session_free(call->srtp);
    mp_dtls_session_free(call->dtls);
    mp_whip_client_free(call->whip);
    g_free(call->ufrag);
    g_free(call->pwd);
    g_free(call->their_pwd);
    g_free(call->user);
}

static MpBytes bytes_of(const char *text)
{
    return (MpBytes){(const guint8 *)text, strlen(text)};
}

static void send_check(Call *call)
{
    guint8 buffer[LARGEST_CHECK];
    const guint64 tie_breaker = 1;
    mp_random_bytes(call->check.bytes, sizeof call->check.bytes);
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_REQUEST,
                                                 MP_STUN_METHOD_BINDING, &call->check);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_USERNAME, call->user);
    mp_stun_add_u32(&builder, MP_STUN_ATTRIBUTE_PRIORITY, PRIORITY);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_ICE_CONTROLLING, &tie_breaker, sizeof tie_breaker);
    mp_stun_add(&builder, MP_STUN_ATTRIBUTE_USE_CANDIDATE, NULL, 0);
    mp_stun_add_integrity(&builder, bytes_of(call->their_pwd));
    mp_stun_add_fingerprint(&builder);
    call->config.send(&call->remote, buffer, mp_stun_builder_end(&builder));
}

static void answer_check(const Call *call, const MpStunMessage *request, const MpAddress *from)
{
    guint8 buffer[LARGEST_CHECK];
    MpStunBuilder builder = mp_stun_builder_init(buffer, sizeof buffer, MP_STUN_SUCCESS,
                                                 MP_STUN_METHOD_BINDING, &request->id);
    mp_stun_add_address(&builder, MP_STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, from);
    mp_stun_add_integrity(&builder, bytes_of(call->pwd));
    mp_stun_add_fingerprint(&builder);
    call->config.send(from, buffer, mp_stun_builder_end(&builder));
}

static void take_stun(Call *call, const guint8 *data, gsize length, const MpAddress *from)
{
    MpStunMessage message;
    if (!mp_stun_parse(&message, data, length))
        return;
    if (message.class == MP_STUN_REQUEST)
        answer_check(call, &message, from);
    if (message.class != MP_STUN_SUCCESS || call->is_nominated ||
        memcmp(&message.id, &call->check, sizeof message.id) != 0)
        return;
    call->is_nominated = TRUE;
    mp_dtls_session_start(call->dtls);
}

/* Calls begin at moments of their own, as calls do. */
static void start_streams(Call *call, MpTime now)
{
    for (guint i = 0; i < CALL_STREAMS; i++)
        call->streams[i].due = now + mp_random_u32() % interval_of(call, i);
    call->is_sending = TRUE;
}

static void take_dtls(Call *call, const guint8 *data, gsize length, MpTime now)
{
    mp_dtls_session_feed(call->dtls, data, length);
    if (call->srtp || mp_dtls_session_state(call->dtls) != MP_DTLS_CONNECTED)
        return;
    call->srtp = mp_srtp_session_new(call->dtls, TRUE);
    if (call->srtp)
        start_streams(call, now);
}

static void take_rtp(Call *call, guint8 *data, gsize length)
{
    MpRtpHeader header;
    MpBytes payload;
    if (!call->srtp || !mp_srtp_session_unprotect(call->srtp, data, &length) ||
        !mp_rtp_parse(data, length, &header, &payload)) {
        call->refused++;
        return;
    }
    call->received++;
    if (header.payload_type == MP_PAYLOAD_ECHO)
        call->echo_ssrc = header.ssrc;
}

void call_take(Call *call, guint8 *data, gsize length, const MpAddress *from, MpTime now)
{
    MpPacketKind kind = mp_packet_kind(data, length);
    if (kind == MP_PACKET_STUN)
        take_stun(call, data, length, from);
    else if (kind == MP_PACKET_DTLS)
        take_dtls(call, data, length, now);
    else if (kind == MP_PACKET_RTP)
        take_rtp(call, data, length);
}

static void send_rtp(Call *call, CallStream stream)
{
    guint8 packet[CALL_PACKET] = {0};
    MpWriter writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    const MpRtpHeader header = {.payload_type = streams[stream].payload_type,
                                .sequence = call->streams[stream].sequence++,
                                .ssrc = call->streams[stream].ssrc};
    mp_rtp_write_header(&writer, &header);
    if (stream == CALL_ECHO)
        mp_media_wish_write(&writer, (MpMediaWish){.scale = call->scale});
    gsize length = MP_RTP_HEADER_SIZE + streams[stream].payload;
    if (!mp_srtp_session_protect(call->srtp, packet, &length))
        return;
    call->config.send(&call->remote, packet, length);
    call->streams[stream].sent++;
}

void call_go_full(Call *call, MpTime now)
{
    call->scale = 1;
    call->streams[CALL_VIDEO].due = now + mp_random_u32() % interval_of(call, CALL_VIDEO);
    call->due = now;
}

static void keep_connected(Call *call, MpTime now)
{
    if (call->dtls && mp_dtls_session_wait(call->dtls) == 0)
        mp_dtls_session_advance(call->dtls);
    if (now < call->check_due)
        return;
    call->check_due = now + (call->is_nominated ? CONSENT_INTERVAL : FIRST_CHECKS);
    send_check(call);
}

void call_advance(Call *call, MpTime now)
{
    if (now < call->due || !call->dtls)
        return;
    if (!call->is_sending || now >= call->check_due)
        keep_connected(call, now);
    call->due = MIN(call->check_due, now + FIRST_CHECKS);
    for (guint i = 0; i < CALL_STREAMS && call->is_sending; i++) {
        while (call->streams[i].due <= now) {
            send_rtp(call, i);
            call->streams[i].due += interval_of(call, i);
        }
        call->due = MIN(call->due, call->streams[i].due);
    }
}

MpMediaRecord *call_end(Call *call)
{
    g_autoptr(GError) error = NULL;
    call->is_sending = FALSE;
    g_autoptr(MpHttpReply)
        reply = mp_whip_client_take_record(call->whip, mp_clock_now() + HTTP_LIMIT, NULL);
    if (reply->status != 200 || !reply->body) {
        complain("record", reply);
        return NULL;
    }
    gsize length;
    const guint8 *data = g_bytes_get_data(reply->body, &length);
    MpMediaRecord *record = mp_media_record_parse(data, length, &error);
    if (!record)
        g_printerr("record: %s\n", error->message);
    g_autoptr(MpHttpReply) bye = mp_whip_client_delete(call->whip, mp_clock_now() + HTTP_LIMIT);
    g_debug("DELETE: %u", bye->status);
    return record;
}
