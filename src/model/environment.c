/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The computer that ran the check, with nothing known yet.
 */
#include "model/environment.h"

#include <math.h>

static void free_interface(gpointer data)
{
    MpInterface *interface = data;
    g_free(interface->name);
    g_ptr_array_unref(interface->addresses);
    g_free(interface);
}

MpEnvironment *mp_environment_new(void)
{
    MpEnvironment *environment = g_new0(MpEnvironment, 1);
    environment->interfaces = g_ptr_array_new_with_free_func(free_interface);
    environment->cpu_headroom = environment->memory_total_mb = NAN;
    environment->memory_available_mb = environment->timer_late_p99_ms = NAN;
    return environment;
}

void mp_environment_free(MpEnvironment *environment)
{
    if (!environment)
        return;
    g_ptr_array_unref(environment->interfaces);
    g_free(environment->os);
    g_free(environment);
}
