/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as the answer to a DNS question.
 */
#include "wire/dns.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    guint16 id = size >= 2 ? (guint16)(data[0] << 8 | data[1]) : 0;
    g_auto(MpDnsAnswer) answer = {0};
    if (mp_dns_answer_parse((MpBytes){data, size}, id, "www.example.com", MP_FAMILY_IPV4, &answer))
        g_assert(answer.addresses);
    return 0;
}
