/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TTL walk among routers that say anything: each five bytes of the input are an answer to a
 * datagram that was sent: kind, TTL, who says so, and which of the last datagrams.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "session/ttl_walk.h"

#define REMEMBERED 256

static guint send_all(MpTtlWalk *walk, MpTime now, MpTtlProbe *sent, guint n_sent)
{
    MpTtlProbe probe;
    while (mp_ttl_walk_advance(walk, now, &probe)) {
        g_assert(probe.ttl >= 1 && probe.ttl <= MP_TTL_MOST && probe.to.port > 0);
        sent[n_sent++ % REMEMBERED] = probe;
    }
    return n_sent;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MpAddress target;
    MpTtlProbe sent[REMEMBERED];
    g_assert(mp_address_parse(&target, "198.51.100.1", 0));
    const MpTtlPlan plan = {
        .targets = &target, .n_targets = 1, .first = 1025, .last = 65535, .until = MP_SEC(30)};
    g_autoptr(MpTtlWalk) walk = mp_ttl_walk_new(&plan, 0);
    MpReader reader = mp_reader_init(data, size);
    MpTime now = 0;
    memset(sent, 0, sizeof sent);
    guint n_sent = send_all(walk, now, sent, 0);
    for (guint turns = 0; mp_ttl_walk_deadline(walk) != MP_NEVER; turns++) {
        g_assert(turns < 100000);
        now = MAX(now, mp_ttl_walk_deadline(walk));
        for (guint i = 0; i < 4 && mp_reader_left(&reader) >= 5; i++) {
            MpTtlAnswer answer = {.kind = mp_reader_u8(&reader) % (MP_TTL_ANSWERED + 1),
                                  .ttl = mp_reader_u8(&reader),
                                  .from = target};
            answer.from.bytes[2] = mp_reader_u8(&reader);
            const MpTtlProbe *asked = &sent[mp_reader_u16(&reader) % REMEMBERED];
            answer.to = asked->to;
            answer.is_tcp = asked->is_tcp;
            mp_ttl_walk_take(walk, &answer, now);
        }
        n_sent = send_all(walk, now, sent, n_sent);
    }
    const MpTtlFacts *facts = mp_ttl_walk_facts(walk);
    g_assert(facts->deepest <= MP_TTL_MOST && facts->floor <= MP_TTL_MOST);
    for (guint port = 0; port <= G_MAXUINT16; port += 97)
        (void)mp_ttl_walk_verdict(walk, (guint16)port);
    return 0;
}
