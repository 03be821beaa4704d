/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls through a transport's table.
 */
#include "net/transport.h"

gboolean mp_net_transport_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                               MpNetStatus *status)
{
    return transport->methods->send(transport, message, limit, status);
}

gboolean mp_net_transport_receive(MpNetTransport *transport, MpBytes *message,
                                  const MpNetLimit *limit, MpNetStatus *status)
{
    return transport->methods->receive(transport, message, limit, status);
}

void mp_net_transport_free(MpNetTransport *transport)
{
    if (transport)
        transport->methods->free(transport);
}
