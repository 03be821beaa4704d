/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people call the words of the model.
 */
#include "report/words.h"

#include "base/i18n.h"

static const char *const ways[MP_N_WAYS] = {
    [MP_WAY_UDP] = N_("UDP, direct"),
    [MP_WAY_TURN_UDP] = N_("TURN over UDP"),
    [MP_WAY_TURN_TCP] = N_("TURN over TCP"),
    [MP_WAY_TURN_TLS] = N_("TURN over TLS"),
    [MP_WAY_TURN_TCP_PROXY] = N_("TURN over TCP, by proxy"),
    [MP_WAY_TURN_TLS_PROXY] = N_("TURN over TLS, by proxy"),
    [MP_WAY_TURN_DTLS] = N_("TURN over DTLS, which browsers do not use"),
};

static const char *const outcomes[MP_N_OUTCOMES] = {
    [MP_OUTCOME_ANSWERED] = N_("works"),
    [MP_OUTCOME_REFUSED] = N_("refused"),
    [MP_OUTCOME_SILENT] = N_("no answer"),
    [MP_OUTCOME_RESET] = N_("connection cut"),
    [MP_OUTCOME_UNREACHABLE] = N_("unreachable"),
    [MP_OUTCOME_PROHIBITED] = N_("prohibited by a router"),
    [MP_OUTCOME_INTERCEPTED] = N_("certificate not verified"),
    [MP_OUTCOME_AUTH_FAILED] = N_("credentials rejected"),
    [MP_OUTCOME_REDIRECTED] = N_("sent elsewhere"),
    [MP_OUTCOME_QUOTA] = N_("quota reached"),
    [MP_OUTCOME_MALFORMED] = N_("not the protocol"),
    [MP_OUTCOME_NOT_RUN] = N_("not run"),
};

static const struct {
    const char *name; /* as in facts.stages */
    const char *text;
} stages[] = {
    {"resolve", N_("name lookup")},
    {"connect", N_("connection")},
    {"proxy_connect", N_("connection to the proxy")},
    {"proxy", N_("proxy")},
    {"tls", N_("TLS handshake")},
    {"https", N_("HTTPS")},
    {"websocket", N_("WebSocket")},
    {"binding", N_("STUN Binding")},
    {"allocate", N_("TURN Allocate")},
    {"permission", N_("TURN permission")},
    {"redirect", N_("alternate TURN server")},
    {"send", N_("Send indications through the relay")},
    {"channel", N_("TURN channel")},
    {"data", N_("ChannelData through the relay")},
    {"refresh", N_("TURN Refresh")},
    {"whip", N_("signalling (WHIP)")},
    {"gather", N_("candidate gathering")},
    {"ice", N_("ICE connectivity")},
    {"dtls", N_("DTLS handshake")},
    {"srtp", N_("protected media (SRTP)")},
    {"media", N_("media")},
    {"record", N_("the far end's record")},
};

static const char *const sessions[MP_N_SESSION_TYPES] = {
    [MP_SESSION_LIVE_VIDEO] = N_("Live video"),
    [MP_SESSION_SCREEN_SHARE] = N_("Screen sharing"),
    [MP_SESSION_VIRTUAL_BACKGROUND] = N_("Virtual background"),
};

const char *mp_way_text(MpWay way)
{
    return _(ways[way]);
}

const char *mp_outcome_text(MpOutcome outcome)
{
    return _(outcomes[outcome]);
}

const char *mp_stage_text(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++)
        if (g_str_equal(stages[i].name, name))
            return _(stages[i].text);
    return name;
}

const char *mp_session_text(MpSessionType type)
{
    return _(sessions[type]);
}
