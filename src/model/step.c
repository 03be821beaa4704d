/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thing to do, with a time limit.
 */
#include "model/step.h"

MpStep *mp_step_new(const char *kind, const char *id)
{
    MpStep *step = g_new0(MpStep, 1);
    step->kind = g_strdup(kind);
    step->id = g_strdup(id);
    return step;
}

void mp_step_free(MpStep *step)
{
    if (!step)
        return;
    g_free(step->id);
    g_free(step->kind);
    mp_server_uri_free(step->server);
    mp_server_uri_free(step->or_server);
    g_free(step->requires_id);
    g_free(step->or_requires_id);
    g_free(step->codec);
    g_clear_pointer(&step->tiers, g_array_unref);
    g_clear_pointer(&step->up, g_array_unref);
    g_clear_pointer(&step->down, g_array_unref);
    g_clear_pointer(&step->sessions, g_array_unref);
    g_clear_pointer(&step->named_ports, g_array_unref);
    g_clear_pointer(&step->goals, g_ptr_array_unref);
    g_free(step);
}

gboolean mp_step_has_way(const MpStep *step)
{
    return g_str_equal(step->kind, "turn") || g_str_equal(step->kind, "media");
}

char *mp_step_target(const MpStep *step)
{
    if (!step->server)
        return NULL;
    return g_str_equal(step->kind, "web")
               ? g_strdup_printf("%s:%u", step->server->host, step->server->port)
               : mp_server_uri_to_string(step->server);
}

void mp_tier_clear(MpTier *tier)
{
    g_clear_pointer(&tier->name, g_free);
}
