/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Advice that says nothing yet, and its firewall rule as a line.
 */
#include "model/advice.h"

#include <math.h>

MpAdvice *mp_advice_new(void)
{
    MpAdvice *advice = g_new0(MpAdvice, 1);
    advice->setup_cost_ms = NAN;
    advice->addresses = g_ptr_array_new_with_free_func(g_free);
    return advice;
}

void mp_advice_free(MpAdvice *advice)
{
    if (!advice)
        return;
    g_free(advice->stage);
    g_free(advice->finding);
    g_free(advice->ports);
    g_ptr_array_unref(advice->addresses);
    g_free(advice);
}

char *mp_advice_rule(const MpAdvice *advice)
{
    if (!advice->ports)
        return NULL;
    g_autoptr(GString) to = g_string_new(NULL);
    for (guint i = 0; i < advice->addresses->len; i++)
        g_string_append_printf(to, "%s%s", i ? ", " : "", (char *)advice->addresses->pdata[i]);
    return g_strdup_printf("allow %s from SITE to %s port %s", advice->is_udp ? "udp" : "tcp",
                           to->str, advice->ports);
}
