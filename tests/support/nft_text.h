/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A gateway's ruleset, line by line.
 */
#pragma once

#include <string.h>

#include "lab/firewall.h"
#include "network_text.h"

static inline char *site_ruleset(const char *parts)
{
    g_autoptr(MpNetwork) network = network_from(parts);
    MpGateway gateway = mp_gateway_of_site(network, 0);
    return mp_firewall_ruleset(&gateway, network);
}

static inline char *carrier_ruleset(const char *parts)
{
    g_autoptr(MpNetwork) network = network_from(parts);
    MpGateway gateway = mp_gateway_of_carrier(network);
    return mp_firewall_ruleset(&gateway, network);
}

/* From the chain that passes packets on. */
static inline const char *forward_of(const char *ruleset)
{
    return strstr(ruleset, "\tchain forward {");
}

/* Where a whole line stands in it; NULL: nowhere. */
static inline const char *find_line(const char *ruleset, const char *line)
{
    g_autofree char *whole = g_strconcat("\t\t", line, "\n", NULL);
    return ruleset ? strstr(ruleset, whole) : NULL;
}

static inline void assert_line(const char *ruleset, const char *line)
{
    if (!find_line(ruleset, line))
        g_test_message("no line %s in\n%s", line, ruleset);
    g_assert_nonnull(find_line(ruleset, line));
}

/* Both are there, and in this order. */
static inline void assert_before(const char *ruleset, const char *first, const char *second)
{
    assert_line(ruleset, first);
    assert_line(ruleset, second);
    g_assert_true(find_line(ruleset, first) < find_line(ruleset, second));
}
