/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of walks.
 */
#include "plan/walk_steps.h"

/* MP_FAMILY_NONE: it is no prefix. */
static MpFamily family_of_prefix(const char *text)
{
    MpCidr cidr;
    return mp_cidr_parse(&cidr, text) ? cidr.base.family : MP_FAMILY_NONE;
}

static gboolean is_name(const char *text)
{
    MpAddress literal;
    return family_of_prefix(text) == MP_FAMILY_NONE && !mp_address_parse(&literal, text, 0);
}

static gboolean was_before(const GPtrArray *texts, guint index)
{
    for (guint i = 0; i < index; i++)
        if (g_str_equal(texts->pdata[i], texts->pdata[index]))
            return TRUE;
    return FALSE;
}

/* Takes the goals. The first step is named by its kind alone. */
static void add(GPtrArray *steps, GPtrArray *goals, MpFamily family)
{
    const char *first = goals->pdata[0];
    const gboolean is_second = is_name(first) && family == MP_FAMILY_IPV6;
    g_autofree char *id = steps->len == 0 ? g_strdup(MP_WALK_KIND)
                                          : g_strdup_printf(MP_WALK_KIND ":%s%s", first,
                                                            is_second ? "/v6" : "");
    MpStep *step = mp_step_new(MP_WALK_KIND, id);
    step->goals = goals;
    step->family = family;
    g_ptr_array_add(steps, step);
}

static void add_prefixes(GPtrArray *steps, const GPtrArray *texts, MpFamily family)
{
    g_autoptr(GPtrArray) goals = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < texts->len; i++)
        if (family_of_prefix(texts->pdata[i]) == family && !was_before(texts, i))
            g_ptr_array_add(goals, g_strdup(texts->pdata[i]));
    if (goals->len > 0)
        add(steps, g_steal_pointer(&goals), family);
}

static void add_host(GPtrArray *steps, const char *host, MpFamily family)
{
    GPtrArray *goals = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(goals, g_strdup(host));
    add(steps, goals, family);
}

GPtrArray *mp_plan_walks(const GPtrArray *goals, gboolean has_both_families)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func((GDestroyNotify)mp_step_free);
    add_prefixes(steps, goals, MP_FAMILY_IPV4);
    add_prefixes(steps, goals, MP_FAMILY_IPV6);
    for (guint i = 0; i < goals->len; i++) {
        const char *goal = goals->pdata[i];
        const gboolean has_both = has_both_families && is_name(goal);
        if (family_of_prefix(goal) != MP_FAMILY_NONE || was_before(goals, i))
            continue;
        add_host(steps, goal, has_both ? MP_FAMILY_IPV4 : MP_FAMILY_NONE);
        if (has_both)
            add_host(steps, goal, MP_FAMILY_IPV6);
    }
    return steps;
}
