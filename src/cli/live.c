/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Progress while a check runs.
 */
#include "cli/live.h"

#include "cli/terminal.h"

struct _MpLive {
    gboolean is_terminal;
    gboolean use_color;
    guint n_steps;
    guint n_finished;
    GPtrArray *running;   /* char*: titles */
    guint n_hosts;        /* of the allow-list, that are finished */
    guint n_hosts_failed; /* of them */
};

/* Hosts of the allow-list that fail have a line each, until it is clear that many do. */
#define MOST_HOSTS 3

static const struct {
    const char *outcome;
    const char *mark;
    const char *color;
} marks[] = {
    {"answered", "ok  ", MP_TERMINAL_GREEN},
    {"not_run", "-   ", MP_TERMINAL_DIM},
    {NULL, "FAIL", MP_TERMINAL_RED}, /* any other */
};

MpLive *mp_live_new(gboolean is_terminal, gboolean use_color)
{
    MpLive *live = g_new0(MpLive, 1);
    live->is_terminal = is_terminal;
    live->use_color = use_color;
    live->running = g_ptr_array_new_with_free_func(g_free);
    return live;
}

/* `detail` may be NULL. */
static void print_line(const MpLive *live, const char *outcome, const char *title,
                       const char *detail)
{
    gsize i = 0;
    while (marks[i].outcome && !g_str_equal(marks[i].outcome, outcome))
        i++;
    g_printerr("%s%s%s  %s", live->use_color ? marks[i].color : "", marks[i].mark,
               live->use_color ? MP_TERMINAL_PLAIN : "", title);
    if (detail)
        g_printerr(": %s", detail);
    g_printerr("\n");
}

static gboolean is_host(const MpCheckEvent *event)
{
    return g_str_has_prefix(event->id, "web:");
}

static void print_finished(MpLive *live, const MpCheckEvent *event)
{
    const gboolean is_failed = !g_str_equal(event->outcome, "answered");
    if (is_host(event)) {
        const gboolean was_run = !g_str_equal(event->outcome, "not_run");
        live->n_hosts += was_run;
        live->n_hosts_failed += is_failed && was_run;
    }
    if (!is_host(event) || (is_failed && live->n_hosts_failed <= MOST_HOSTS))
        print_line(live, event->outcome, event->title, event->detail);
}

/* Sixty hosts are one line: "HTTPS: 57/60". */
static void print_hosts(MpLive *live)
{
    if (live->n_hosts == 0)
        return;
    g_autofree char *answered = g_strdup_printf("%u/%u", live->n_hosts - live->n_hosts_failed,
                                                live->n_hosts);
    print_line(live, live->n_hosts_failed ? "failed" : "answered", "HTTPS", answered);
    live->n_hosts = 0;
    live->n_hosts_failed = 0;
}

void mp_live_free(MpLive *live)
{
    if (!live)
        return;
    if (live->is_terminal)
        g_printerr(MP_TERMINAL_ERASE_LINE);
    print_hosts(live);
    g_ptr_array_unref(live->running);
    g_free(live);
}

static void print_running(const MpLive *live)
{
    if (live->running->len == 0)
        return;
    g_printerr(MP_TERMINAL_NO_WRAP "[%u/%u]  %s", live->n_finished + 1, live->n_steps,
               (const char *)live->running->pdata[0]);
    for (guint i = 1; i < live->running->len; i++)
        g_printerr(", %s", (const char *)live->running->pdata[i]);
    g_printerr(" ..." MP_TERMINAL_WRAP);
}

static void forget(MpLive *live, const char *title)
{
    guint index;
    if (g_ptr_array_find_with_equal_func(live->running, title, g_str_equal, &index))
        g_ptr_array_remove_index(live->running, index);
}

void mp_live_show(const MpCheckEvent *event, gpointer user_data)
{
    MpLive *live = user_data;
    live->n_steps = event->n_steps;
    if (live->is_terminal)
        g_printerr(MP_TERMINAL_ERASE_LINE);
    if (event->type == MP_CHECK_STARTED) {
        if (!is_host(event))
            print_hosts(live);
        g_ptr_array_add(live->running, g_strdup(event->title));
    } else if (event->type == MP_CHECK_FINISHED) {
        forget(live, event->title);
        live->n_finished++;
        print_finished(live, event);
    }
    if (live->is_terminal)
        print_running(live);
}
