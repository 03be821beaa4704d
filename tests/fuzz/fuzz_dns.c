/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as the answer to a DNS question.
 */
#include "wire/dns.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static guint32 draw(void)
{
    return 0x9E3779B9;
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    guint16 id = size >= 2 ? (guint16)(data[0] << 8 | data[1]) : 0;
    g_auto(MpDnsAnswer) answer = {0};
    if (mp_dns_answer_parse((MpBytes){data, size}, id, "www.example.com", MP_DNS_A, &answer))
        g_assert(answer.addresses);
    g_auto(MpDnsAnswer) services = {0};
    if (mp_dns_answer_parse((MpBytes){data, size}, id, "_turn._udp.example.com", MP_DNS_SRV,
                            &services))
        mp_dns_services_order(services.services, draw);
    return 0;
}
