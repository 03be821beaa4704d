/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link in virtual time, driven by its deadlines.
 */
#include "tests/support/link_run.h"

LinkRun *link_run_new(const MpLink *link)
{
    LinkRun *run = g_new0(LinkRun, 1);
    run->line = mp_link_line_new(&link->up, link->seed, 0, 0);
    run->outcomes = g_array_new(FALSE, FALSE, sizeof(MpLinkOutcome));
    run->inside = g_hash_table_new(NULL, NULL);
    return run;
}

void link_run_free(LinkRun *run)
{
    mp_link_line_free(run->line, NULL);
    g_array_unref(run->outcomes);
    g_hash_table_unref(run->inside);
    g_free(run);
}

static void check(LinkRun *run, const MpLinkOutcome *outcome)
{
    g_assert_true(g_hash_table_contains(run->inside, outcome->packet));
    g_assert_cmpuint(outcome->number + 1, ==, GPOINTER_TO_SIZE(outcome->packet));
    /* Neither early nor late: whoever keeps to the deadlines gets everything at its moment. */
    g_assert_cmpint(outcome->due, ==, run->now);
    g_assert_cmpint(outcome->queued, >=, 0);
    g_assert_cmpint(outcome->queued, <=, outcome->due - outcome->offered);
    if (outcome->is_last)
        g_hash_table_remove(run->inside, outcome->packet);
}

void link_run_until(LinkRun *run, MpTime at)
{
    MpTime deadline = 0;
    while ((deadline = mp_link_line_deadline(run->line)) <= at && deadline != MP_NEVER) {
        g_assert_cmpint(deadline, >=, run->now);
        run->now = deadline;
        MpLinkOutcome outcome;
        while (mp_link_line_take(run->line, run->now, &outcome)) {
            check(run, &outcome);
            g_array_append_val(run->outcomes, outcome);
        }
        g_assert_cmpint(mp_link_line_deadline(run->line), >, run->now);
    }
    if (at != MP_NEVER)
        run->now = at;
}

void link_run_send(LinkRun *run, MpTime at, guint size)
{
    link_run_until(run, at);
    gpointer packet = GSIZE_TO_POINTER(++run->n_offered);
    g_hash_table_add(run->inside, packet);
    mp_link_line_offer(run->line, at, size, packet);
}

void link_run_send_every(LinkRun *run, MpTime interval, guint n, guint size)
{
    MpTime first = run->now;
    for (guint i = 0; i < n; i++)
        link_run_send(run, first + i * interval, size);
}

void link_run_finish(LinkRun *run)
{
    link_run_until(run, MP_NEVER);
    g_assert_cmpuint(g_hash_table_size(run->inside), ==, 0);
    g_assert_cmpuint(mp_link_line_packets(run->line), ==, 0);
    g_assert_cmpuint(mp_link_line_bytes(run->line), ==, 0);
}

const MpLinkOutcome *link_run_at(const LinkRun *run, guint index)
{
    g_assert_cmpuint(index, <, run->outcomes->len);
    return &g_array_index(run->outcomes, MpLinkOutcome, index);
}

guint link_run_count(const LinkRun *run, MpFate fate)
{
    guint count = 0;
    for (guint i = 0; i < run->outcomes->len; i++)
        count += link_run_at(run, i)->fate == fate ? 1 : 0;
    return count;
}

char *link_run_numbers(const LinkRun *run, MpFate fate)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < run->outcomes->len; i++)
        if (link_run_at(run, i)->fate == fate)
            g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, text->len > 0 ? " " : "",
                                   link_run_at(run, i)->number);
    return g_string_free(text, FALSE);
}

char *link_run_arrivals(const LinkRun *run)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < run->outcomes->len; i++)
        if (link_run_at(run, i)->fate == MP_FATE_DELIVERED)
            g_string_append_printf(text, "%s%.12g", text->len > 0 ? " " : "",
                                   mp_time_to_ms(link_run_at(run, i)->due));
    return g_string_free(text, FALSE);
}
