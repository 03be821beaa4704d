/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The computer and the caller's browser, from result.json.
 */
#include <math.h>
#include <stdio.h>

#include "input/result_parts.h"

static MpInterface *read_interface(MpYamlNode *node)
{
    MpInterface *interface = g_new0(MpInterface, 1);
    MpYamlNode *addresses = mp_yaml_get(node, "addresses");
    interface->name = g_strdup(mp_yaml_get_text(node, "name", NULL));
    interface->mtu = (guint)MIN(mp_yaml_get_number(node, "mtu", 0), G_MAXUINT);
    interface->addresses = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < mp_yaml_size(addresses); i++)
        g_ptr_array_add(interface->addresses, g_strdup(mp_yaml_text(mp_yaml_at(addresses, i))));
    return interface;
}

/* What this mediapath has no name for stays unknown. */
static void read_browser(MpYamlNode *node, MpBrowser *browser)
{
    const char *name = mp_yaml_get_text(node, "name", NULL);
    const char *system = mp_yaml_get_text(node, "system", NULL);
    const char *version = mp_yaml_get_text(node, "system_version", "");
    browser->name = name ? mp_browser_known_name(name) : NULL;
    browser->version = (guint)MIN(mp_yaml_get_number(node, "version", 0), G_MAXUINT);
    browser->system = system ? mp_browser_known_system(system) : NULL;
    char *end = NULL;
    browser->system_major = (guint)MIN(g_ascii_strtoull(version, &end, 10), G_MAXUINT);
    if (*end == '.')
        browser->system_minor = (guint)MIN(g_ascii_strtoull(end + 1, NULL, 10), G_MAXUINT);
}

void mp_result_environment_read(MpYamlNode *node, MpEnvironment *environment)
{
    MpYamlNode *cpu = mp_yaml_get(node, "cpu");
    MpYamlNode *memory = mp_yaml_get(node, "memory");
    MpYamlNode *interfaces = mp_yaml_get(node, "interfaces");
    for (guint i = 0; i < mp_yaml_size(interfaces); i++)
        g_ptr_array_add(environment->interfaces, read_interface(mp_yaml_at(interfaces, i)));
    environment->os = g_strdup(mp_yaml_get_text(node, "os", NULL));
    environment->cpu_cores = (guint)MIN(mp_yaml_get_number(cpu, "cores", 0), G_MAXUINT);
    environment->cpu_headroom = mp_yaml_get_number(cpu, "headroom", NAN);
    environment->memory_total_mb = mp_yaml_get_number(memory, "total_mb", NAN);
    environment->memory_available_mb = mp_yaml_get_number(memory, "available_mb", NAN);
    environment->timer_late_p99_ms = mp_yaml_get_number(mp_yaml_get(node, "timing"),
                                                        "timer_late_p99_ms", NAN);
    read_browser(mp_yaml_get(node, "browser"), &environment->browser);
}
