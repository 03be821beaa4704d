/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Offer and answer by WHIP; the answer decides what the far end can do.
 */
#include "probe/media_signal.h"

#include "base/clock.h"
#include "net/resolver.h"
#include "probe/media_facts.h"
#include "probe/net_outcome.h"

#define WHIP_LIMIT MP_SEC(4)
/* After signalling failed: a name server may be slow without being at fault. */
#define NAME_LIMIT MP_SEC(3)

MpOutcome mp_media_signal_outcome(const MpHttpReply *reply)
{
    static const MpOutcome outcomes[] = {
        [MP_HTTP_ANSWERED] = MP_OUTCOME_ANSWERED,
        [MP_HTTP_UNRESOLVED] = MP_OUTCOME_UNREACHABLE,
        [MP_HTTP_REFUSED] = MP_OUTCOME_REFUSED,
        [MP_HTTP_UNREACHABLE] = MP_OUTCOME_UNREACHABLE,
        [MP_HTTP_SILENT] = MP_OUTCOME_SILENT,
        [MP_HTTP_RESET] = MP_OUTCOME_RESET,
        [MP_HTTP_UNTRUSTED] = MP_OUTCOME_INTERCEPTED,
        [MP_HTTP_MALFORMED] = MP_OUTCOME_MALFORMED,
    };
    if (reply->status == 401 || reply->status == 403)
        return MP_OUTCOME_AUTH_FAILED;
    if (reply->status >= 300)
        return MP_OUTCOME_REFUSED;
    return outcomes[reply->progress];
}

/* A request that got nowhere may have failed at its host's name, which HTTP does not always tell.
 * FALSE: so it was, and the stage says so. */
static gboolean name_is_known(MpMediaCall *call, const MpHttpReply *reply)
{
    if (reply->progress != MP_HTTP_UNRESOLVED && reply->progress != MP_HTTP_SILENT)
        return TRUE;
    g_autoptr(GUri)
        uri = g_uri_parse(call->context->targets->responder_url, G_URI_FLAGS_NONE, NULL);
    const MpNetLimit limit = {MIN(mp_clock_now() + NAME_LIMIT, call->deadline),
                              call->context->cancellable};
    MpNetStatus status = {0};
    g_autoptr(GArray) found = mp_net_resolve(g_uri_get_host(uri), 0, &limit, &status);
    return found || mp_media_call_end_stage(call, "resolve", mp_outcome_of_net(status.outcome), 0,
                                            status.detail);
}

/* What the answer agreed to. */
static void note_codec(MpMediaCall *call, const MpSdp *answer)
{
    for (guint i = 0; i < answer->media->len; i++) {
        const MpSdpMedia *media = answer->media->pdata[i];
        if (media->kind != MP_SDP_VIDEO || !media->codec || media->is_refused)
            continue;
        g_autofree char *codec = g_ascii_strdown(media->codec, -1);
        json_object_set_string_member(call->measurement->facts, "codec", codec);
    }
}

gboolean mp_media_signal(MpMediaCall *call)
{
    g_autofree char *offer = mp_media_session_offer(call->media);
    MpTime limit = MIN(mp_clock_now() + WHIP_LIMIT, call->deadline);
    call->is_cut = limit == call->deadline;
    g_autoptr(MpHttpReply)
        reply = mp_whip_client_offer(call->whip, offer, limit, call->context->cancellable);
    MpOutcome outcome = mp_media_signal_outcome(reply);
    mp_media_facts_certificate(call->measurement->facts, reply);
    if (outcome != MP_OUTCOME_ANSWERED && !name_is_known(call, reply))
        return FALSE;
    if (outcome != MP_OUTCOME_ANSWERED)
        return mp_media_call_end_stage(call, "whip", outcome, reply->status, reply->detail);

    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *text = reply->body ? g_bytes_get_data(reply->body, &length) : NULL;
    g_autoptr(MpSdp) answer = mp_sdp_parse(text ? text : "", length, &error);
    if (!answer || !mp_whip_client_has_session(call->whip) ||
        !mp_media_session_accept(call->media, answer, &error))
        return mp_media_call_end_stage(call, "whip", MP_OUTCOME_MALFORMED, reply->status,
                                       error ? error->message : "no Location of the session");
    note_codec(call, answer);
    return mp_media_call_end_stage(call, "whip", MP_OUTCOME_ANSWERED, reply->status, NULL);
}
