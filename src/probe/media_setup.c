/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The direct way gathers host and server-reflexive candidates; a relayed way is its relay or
 * nothing.
 */
#include "probe/media_setup.h"

#include <unistd.h>

#include "base/clock.h"
#include "net/socket.h"
#include "probe/server_addresses.h"
#include "session/media_description.h"

#define RESOLVE_LIMIT MP_SEC(1)
#define GATHER_LIMIT MP_SEC(3)
/* A browser sends its candidates as they come: the direct way does not wait for a STUN server that
 * may be down. */
#define DIRECT_GATHER_LIMIT MP_MSEC(600)

static void on_changed(gpointer user_data)
{
    (void)user_data; /* the loop has turned: that is all a waiter needs */
}

/* A responder on this machine is reached from loopback only, which gathering leaves out. */
static MpAddress local_for(const char *responder_url)
{
    MpAddress address = {0};
    MpCidr loopback;
    g_assert(mp_cidr_parse(&loopback, "127.0.0.0/8"));
    g_autoptr(GUri) uri = g_uri_parse(responder_url, G_URI_FLAGS_NONE, NULL);
    MpAddress host;
    if (uri && g_uri_get_host(uri) && mp_address_parse(&host, g_uri_get_host(uri), 0) &&
        mp_cidr_contains(&loopback, &host))
        address = host;
    return address;
}

/* Where the direct way learns its server-reflexive address; family NONE when there is nowhere. */
static MpAddress stun_server_for(const MpMediaCall *call)
{
    const GPtrArray *servers = call->context->targets->servers;
    const MpNetLimit limit = {mp_clock_now() + RESOLVE_LIMIT, call->context->cancellable};
    MpAddress address = {0};
    for (guint i = 0; i < servers->len; i++) {
        const MpServerUri *server = servers->pdata[i];
        MpNetStatus status;
        if (server->transport != MP_TRANSPORT_UDP)
            continue;
        g_autoptr(JsonObject) facts = json_object_new();
        g_autoptr(GArray)
            found = mp_server_addresses(server, MP_FAMILY_IPV4, facts, &limit, &status);
        if (found && found->len > 0)
            address = g_array_index(found, MpAddress, 0);
        break;
    }
    return address;
}

/* From where the way's relay is reached now; family NONE: from nowhere. */
static MpAddress local_towards(const MpAddress *entrance)
{
    MpNetStatus status;
    MpAddress local = {0};
    int fd = mp_net_socket_connect(SOCK_DGRAM, entrance, &status);
    if (fd < 0)
        return local;
    local = mp_net_socket_local(fd);
    local.port = 0;
    close(fd);
    return local;
}

gboolean mp_media_setup_again(const MpMediaCall *call, MpIceConfig *ice)
{
    *ice = (MpIceConfig){.stun_server = call->stun_server};
    if (call->step->way == MP_WAY_UDP) {
        ice->local = local_for(call->context->targets->responder_url);
        return TRUE;
    }
    ice->relay = &call->relay.ice;
    ice->local = local_towards(&call->relay.entrance);
    return ice->local.family != MP_FAMILY_NONE;
}

gboolean mp_media_setup(MpMediaCall *call, GError **error)
{
    const MpTargets *targets = call->context->targets;
    const MpTier *tier = &g_array_index(call->step->tiers, MpTier, 0);
    const char *codec = call->step->codec;
    MpMediaSessionConfig config = {.is_offerer = TRUE,
                                   .video_codec = codec ? mp_media_codec_encoding(codec) : NULL,
                                   .up = call->step->up,
                                   .down = call->step->down,
                                   .video_kbps = tier->rate_kbps,
                                   .starts_at_rest = call->context->turns != NULL,
                                   .changed = on_changed,
                                   .user_data = call};
    call->rate_kbps = config.starts_at_rest ? 0 : tier->rate_kbps;
    call->whip = mp_whip_client_new(targets->responder_url, targets->token, targets->ca_file,
                                    error);
    gboolean is_ready = call->whip != NULL;
    /* Signalling is HTTPS, which a browser with a proxy sends there whatever way media takes. */
    if (is_ready && targets->proxy_url)
        mp_whip_client_use_proxy(call->whip, targets->proxy_url, targets->proxy_user,
                                 targets->proxy_password);
    if (is_ready && call->step->way != MP_WAY_UDP) {
        is_ready = mp_media_relay_init(&call->relay, call->step, call->context, error);
        config.ice.relay = &call->relay.ice;
        /* Not the address that the server's step left from: it may be gone by now. */
        config.ice.local = local_towards(&call->relay.entrance);
        if (config.ice.local.family == MP_FAMILY_NONE)
            config.ice.local = call->relay.local;
    } else {
        config.ice.local = local_for(targets->responder_url);
        config.ice.stun_server = call->stun_server = stun_server_for(call);
    }
    if (is_ready && !(call->media = mp_media_session_new(&config))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no file descriptor for a timer is left");
        is_ready = FALSE;
    }
    return is_ready;
}

static gboolean is_gathered(const MpMediaCall *call)
{
    MpIceSession *next = mp_media_session_restarting(call->media);
    MpIceSession *ice = next ? next : mp_media_session_ice(call->media);
    return mp_ice_session_state(ice) != MP_ICE_GATHERING;
}

static gboolean has_relay_candidate(const MpIceSession *ice)
{
    const GArray *candidates = mp_ice_session_candidates(ice);
    for (guint i = 0; i < candidates->len; i++)
        if (g_str_equal(g_array_index(candidates, MpIceCandidate, i).type, "relay"))
            return TRUE;
    return FALSE;
}

const char *mp_media_setup_await_candidates(MpMediaCall *call, const MpIceSession *ice)
{
    gboolean is_direct = call->step->way == MP_WAY_UDP;
    gboolean is_over = mp_media_call_wait(call, is_gathered,
                                          is_direct ? DIRECT_GATHER_LIMIT : GATHER_LIMIT);
    if (is_direct)
        return NULL;
    if (!is_over)
        return "gathering did not end in time";
    return has_relay_candidate(ice) ? NULL : "no relayed candidate";
}

gboolean mp_media_setup_gather(MpMediaCall *call)
{
    if (!mp_media_session_gather(call->media))
        return mp_media_call_end_stage(call, "gather", MP_OUTCOME_UNREACHABLE, 0,
                                       "no usable interface");
    const char *missing = mp_media_setup_await_candidates(call, mp_media_session_ice(call->media));
    return mp_media_call_end_stage(call, "gather",
                                   missing ? MP_OUTCOME_SILENT : MP_OUTCOME_ANSWERED, 0, missing);
}
