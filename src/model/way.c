/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of the ways.
 */
#include "model/way.h"

static const char *const names[MP_N_WAYS] = {
    [MP_WAY_UDP] = "udp",
    [MP_WAY_TURN_UDP] = "turn-udp",
    [MP_WAY_TURN_TCP] = "turn-tcp",
    [MP_WAY_TURN_TLS] = "turn-tls",
    [MP_WAY_TURN_TCP_PROXY] = "turn-tcp-proxy",
    [MP_WAY_TURN_TLS_PROXY] = "turn-tls-proxy",
    [MP_WAY_TURN_DTLS] = "turn-dtls",
};

const char *mp_way_name(MpWay way)
{
    g_assert(way < MP_N_WAYS);
    return names[way];
}

gboolean mp_way_parse(MpWay *way, const char *name)
{
    for (guint i = 0; i < MP_N_WAYS; i++)
        if (g_str_equal(names[i], name)) {
            *way = (MpWay)i;
            return TRUE;
        }
    return FALSE;
}

gboolean mp_way_takes_media(MpWay way)
{
    return way != MP_WAY_TURN_DTLS;
}

gboolean mp_way_is_proxied(MpWay way)
{
    return way == MP_WAY_TURN_TCP_PROXY || way == MP_WAY_TURN_TLS_PROXY;
}

gboolean mp_way_is_tls(MpWay way)
{
    return way == MP_WAY_TURN_TLS || way == MP_WAY_TURN_TLS_PROXY;
}

gboolean mp_way_is_stream(MpWay way)
{
    return way != MP_WAY_UDP && way != MP_WAY_TURN_UDP && way != MP_WAY_TURN_DTLS;
}

MpTransport mp_way_transport(MpWay way)
{
    return way == MP_WAY_TURN_DTLS ? MP_TRANSPORT_DTLS
           : mp_way_is_tls(way)    ? MP_TRANSPORT_TLS
           : mp_way_is_stream(way) ? MP_TRANSPORT_TCP
                                   : MP_TRANSPORT_UDP;
}
