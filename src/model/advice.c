/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Advice that says nothing yet, and its firewall rule as a line.
 */
#include "model/advice.h"

#include <math.h>

#include "model/site_rule.h"

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
    return advice->ports ? mp_site_rule(advice->is_udp, advice->addresses, advice->ports) : NULL;
}
