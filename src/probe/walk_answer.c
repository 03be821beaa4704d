/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel's error queue tells, in the words of a TTL walk.
 */
#include "probe/walk_answer.h"

/* ICMP type 11, ICMPv6 type 3: RFC 792 and RFC 4443 section 3.3. */
static gboolean is_time_exceeded(const MpTtlNews *news)
{
    return news->status.icmp_type == (news->to.family == MP_FAMILY_IPV4 ? 11 : 3);
}

static MpTtlKind kind_of(const MpTtlNews *news)
{
    if (news->is_answer)
        return MP_TTL_ANSWERED;
    if (is_time_exceeded(news))
        return MP_TTL_EXCEEDED;
    if (news->status.outcome == MP_NET_PROHIBITED)
        return MP_TTL_PROHIBITED;
    return news->status.outcome == MP_NET_REFUSED ? MP_TTL_PORT_UNREACHABLE : MP_TTL_UNREACHABLE;
}

gboolean mp_walk_answer_read(MpTtlAnswer *answer, const MpTtlNews *news)
{
    *answer = (MpTtlAnswer){
        .kind = kind_of(news),
        .ttl = news->ttl,
        .series = news->series,
        .from = news->is_answer ? news->to : news->status.icmp_from,
        .to = news->to,
        .is_tcp = news->is_tcp,
    };
    return answer->from.family != MP_FAMILY_NONE;
}
