/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two kinds of proxy.
 */
#include "net/proxy.h"

#include "base/clock.h"
#include "net/http_connect.h"
#include "net/socks_connect.h"

typedef gboolean (*Connect)(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                            guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                            MpNetStatus *status);

static const Connect connects[] = {
    [MP_NET_PROXY_HTTP] = mp_net_http_connect,
    [MP_NET_PROXY_SOCKS5] = mp_net_socks_connect,
};

void mp_net_proxy_report_clear(MpNetProxyReport *report)
{
    g_clear_pointer(&report->schemes, g_free);
    g_clear_pointer(&report->agent, g_free);
}

gboolean mp_net_proxy_connect(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                              guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                              MpNetStatus *status)
{
    MpTime began = mp_clock_now();
    gboolean is_open = connects[login->type](tcp, login, host, port, limit, report, status);
    report->took = mp_clock_now() - began;
    return is_open;
}
