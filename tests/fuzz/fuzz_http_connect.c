/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The head of a proxy's answer.
 */
#include "net/http_connect.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_auto(MpNetProxyReport) report = {0};
    g_autofree char *head = g_strndup((const char *)bytes, length);
    mp_net_http_connect_parse(head, length, &report);
    return 0;
}
