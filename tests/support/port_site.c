/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sweep against a firewall, a link and a far end in virtual time.
 */
#include "tests/support/port_site.h"

#include <string.h>

#define QUESTION_SIZE 108
#define BLOCK_QUESTION_SIZE 1132
#define BATCH 64
#define SLOT MP_SEC(1)

typedef struct {
    const PortSiteRun *run;
    MpPortSweep *sweep;
    MpLinkLine *up;
    MpLinkLine *down;
    GArray *questions;   /* MpPortQuestion by sequence - 1 */
    GPtrArray *memories; /* what the far end said of ports seen, by sequence - 1; NULL: nothing */
    guint8 seen[G_MAXUINT16 + 1];
    guint8 flows[2][G_MAXUINT16 + 1]; /* by local and far port */
    guint n_flows;
    gboolean has_overflowed;
    MpTime slot;
    double slot_bits;
    double greatest_slot_bits;
} Site;

PortWall *port_wall_open(void)
{
    PortWall *wall = g_new0(PortWall, 1);
    memset(wall->states, MP_SWEPT_ANSWERED, sizeof wall->states);
    return wall;
}

void port_wall_set(PortWall *wall, guint first, guint last, MpSweptPort state)
{
    last = MIN(last, LAST_PORT);
    memset(wall->states + first, (int)state, last - first + 1);
}

PortWall *port_wall_random(guint32 seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    PortWall *wall = port_wall_open();
    const MpSweptPort blocked[] = {MP_SWEPT_UNSEEN, MP_SWEPT_SEEN};
    gboolean is_open_by_default = g_rand_boolean(rand);
    if (!is_open_by_default)
        port_wall_set(wall, FIRST_PORT, LAST_PORT, blocked[g_rand_int_range(rand, 0, 4) == 0]);
    for (gint left = g_rand_int_range(rand, 1, 9); left > 0; left--) {
        guint first = (guint)g_rand_int_range(rand, FIRST_PORT, LAST_PORT + 1);
        guint length = (guint)g_rand_int_range(rand, 1, 12000);
        port_wall_set(wall, first, first + length - 1,
                      is_open_by_default ? blocked[g_rand_boolean(rand)] : MP_SWEPT_ANSWERED);
    }
    for (gint left = g_rand_int_range(rand, 1, 9); left > 0; left--) {
        const guint longest[] = {1, 2, 10, 100, 5000};
        guint first = (guint)g_rand_int_range(rand, FIRST_PORT, LAST_PORT + 1);
        guint length = (guint)g_rand_int_range(rand, 1, (gint)longest[left % 5] + 1);
        const MpSweptPort states[] = {MP_SWEPT_UNSEEN, MP_SWEPT_SEEN, MP_SWEPT_ANSWERED};
        port_wall_set(wall, first, first + length - 1, states[g_rand_int_range(rand, 0, 3)]);
    }
    return wall;
}

static const MpPortQuestion *question_of(const Site *site, const MpLinkOutcome *outcome)
{
    return &g_array_index(site->questions, MpPortQuestion, GPOINTER_TO_SIZE(outcome->packet) - 1);
}

static void count_sent(Site *site, MpTime now, guint size)
{
    if (now - site->slot >= SLOT) {
        site->slot = now;
        site->slot_bits = 0;
    }
    site->slot_bits += size * 8.0;
    site->greatest_slot_bits = MAX(site->greatest_slot_bits, site->slot_bits);
}

static guint size_of(const MpPortQuestion *question)
{
    return question->about ? BLOCK_QUESTION_SIZE : QUESTION_SIZE;
}

/* TRUE: the NAT knows the flow, or has room for it. */
static gboolean is_let_out(Site *site, const MpPortQuestion *question)
{
    guint8 *flow = &site->flows[question->is_control][question->port];
    if (site->run->wall->states[question->port] == MP_SWEPT_UNSEEN)
        return FALSE;
    if (!*flow && site->run->most_flows > 0 && site->n_flows == site->run->most_flows)
        return FALSE;
    site->n_flows += !*flow;
    *flow = 1;
    return TRUE;
}

static void leave(Site *site, MpTime now, const MpPortQuestion *question)
{
    g_array_append_val(site->questions, *question);
    g_ptr_array_add(site->memories, NULL);
    g_assert_cmpuint(site->questions->len, ==, question->sequence);
    count_sent(site, now, size_of(question));
    if (is_let_out(site, question))
        mp_link_line_offer(site->up, now, size_of(question), GSIZE_TO_POINTER(question->sequence));
}

static gboolean is_served(const Site *site, guint port)
{
    return port < site->run->first_unserved || port > site->run->last_unserved;
}

static void remember(Site *site, const MpPortQuestion *question)
{
    guint8 *bits = g_malloc0(MP_SWEEP_BLOCK_PORTS / 8);
    for (guint n = 0; n < question->n_ports; n++)
        if (question->about == MP_SWEEP_ABOUT_SERVED ? is_served(site, question->first + n)
                                                     : site->seen[question->first + n])
            bits[n / 8] |= (guint8)(0x80 >> n % 8);
    g_free(site->memories->pdata[question->sequence - 1]);
    site->memories->pdata[question->sequence - 1] = bits;
}

static void far_end(Site *site, MpTime now)
{
    MpLinkOutcome outcome;
    while (mp_link_line_take(site->up, now, &outcome)) {
        const MpPortQuestion *question = question_of(site, &outcome);
        if (outcome.fate != MP_FATE_DELIVERED || now >= site->run->gone_from ||
            !is_served(site, question->port))
            continue;
        site->seen[question->port] = 1;
        if (question->about)
            remember(site, question);
        mp_link_line_offer(site->down, now, size_of(question), outcome.packet);
    }
}

static void near_end(Site *site, MpTime now)
{
    MpLinkOutcome outcome;
    while (mp_link_line_take(site->down, now, &outcome)) {
        const MpPortQuestion *question = question_of(site, &outcome);
        if (outcome.fate != MP_FATE_DELIVERED ||
            site->run->wall->states[question->port] != MP_SWEPT_ANSWERED)
            continue;
        if (now >= site->run->deaf_from && now < site->run->deaf_to) {
            site->has_overflowed = TRUE;
            continue;
        }
        if (question->about == MP_SWEEP_ABOUT_SERVED && now < site->run->served_from)
            continue;
        if (question->about)
            mp_port_sweep_told(
                site->sweep, question,
                site->run->cannot_tell ? NULL : site->memories->pdata[question->sequence - 1]);
        else
            mp_port_sweep_answer(site->sweep, question->sequence, question->port, now);
    }
    if (site->has_overflowed)
        mp_port_sweep_overflow(site->sweep, now);
    site->has_overflowed = FALSE;
}

/* The time of the end. */
static MpTime drive(Site *site)
{
    MpTime now = 0;
    for (guint idle = 0; idle < 100;) {
        MpPortQuestion questions[BATCH];
        far_end(site, now);
        near_end(site, now);
        guint n = mp_port_sweep_next(site->sweep, now, questions, BATCH);
        for (guint i = 0; i < n; i++)
            leave(site, now, &questions[i]);
        MpTime next = mp_port_sweep_deadline(site->sweep, now);
        if (next == MP_NEVER)
            return now;
        if (now >= site->run->stop_at) {
            mp_port_sweep_stop(site->sweep, now);
            return now;
        }
        next = MIN(next, mp_link_line_deadline(site->up));
        next = MIN(next, mp_link_line_deadline(site->down));
        g_assert_cmpint(next, >=, now);
        idle = next == now && n == 0 ? idle + 1 : 0;
        now = next;
    }
    g_assert_not_reached();
}

static PortSiteResult read_result(const Site *site, MpTime took)
{
    PortSiteResult result = {.facts = mp_port_sweep_facts(site->sweep),
                             .took = took,
                             .greatest_bps = site->greatest_slot_bits};
    const guint16 *sample = site->run->sample;
    const guint n = sample ? site->run->n_sample : site->run->last - site->run->first + 1U;
    for (guint i = 0; i < n; i++) {
        const guint port = sample ? sample[i] : site->run->first + i;
        MpSweptPort expected = site->run->wall->states[port];
        MpSweptPort verdict = mp_port_sweep_verdict(site->sweep, (guint16)port);
        /* Who was not asked, or not any more, has not told the direction. */
        gboolean is_coarse = site->run->cannot_tell ||
                             (site->run->stop_at != MP_NEVER && verdict == MP_SWEPT_SILENT);
        if (is_coarse && expected != MP_SWEPT_ANSWERED)
            expected = MP_SWEPT_SILENT;
        result.n_undecided += verdict == MP_SWEPT_UNDECIDED;
        if (verdict == MP_SWEPT_UNDECIDED || verdict == expected)
            continue;
        if (result.n_wrong++ == 0)
            result.first_wrong = port;
    }
    return result;
}

PortSiteResult port_site_run(const PortSiteRun *run)
{
    const MpPortSweepConfig config = {.range = {run->first, run->last, run->sample, run->n_sample},
                                      .rate = run->rate,
                                      .seed = run->seed,
                                      .question_size = QUESTION_SIZE,
                                      .block_question_size = BLOCK_QUESTION_SIZE};
    Site *site = g_new0(Site, 1);
    site->run = run;
    site->sweep = mp_port_sweep_new(&config, 0);
    site->up = mp_link_line_new(&run->link->up, run->seed, 0, 0);
    site->down = mp_link_line_new(&run->link->down, run->seed, 1, 0);
    site->questions = g_array_new(FALSE, FALSE, sizeof(MpPortQuestion));
    site->memories = g_ptr_array_new_with_free_func(g_free);
    PortSiteResult result = read_result(site, drive(site));
    mp_port_sweep_free(site->sweep);
    mp_link_line_free(site->up, NULL);
    mp_link_line_free(site->down, NULL);
    g_array_unref(site->questions);
    g_ptr_array_unref(site->memories);
    g_free(site);
    return result;
}
