/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network while it is being drawn. One `ip -batch` a place, because each process costs
 * milliseconds of the newcomer's first impression.
 */
#include "lab/blueprint.h"

#include <string.h>

#include "lab/lab_command.h"

struct _MpBlueprint {
    GString *namespaces;
    GString *wires;
    GHashTable *places; /* name: GString of lines */
};

static void free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

MpBlueprint *mp_blueprint_new(void)
{
    MpBlueprint *blueprint = g_new0(MpBlueprint, 1);
    blueprint->namespaces = g_string_new(NULL);
    blueprint->wires = g_string_new(NULL);
    blueprint->places = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_text);
    return blueprint;
}

void mp_blueprint_free(MpBlueprint *blueprint)
{
    if (!blueprint)
        return;
    g_string_free(blueprint->namespaces, TRUE);
    g_string_free(blueprint->wires, TRUE);
    g_hash_table_unref(blueprint->places);
    g_free(blueprint);
}

static GString *lines_at(MpBlueprint *blueprint, const char *place)
{
    GString *lines = g_hash_table_lookup(blueprint->places, place);
    if (lines)
        return lines;
    lines = g_string_new("link set lo up\n");
    g_hash_table_insert(blueprint->places, (gpointer)place, lines);
    g_string_append_printf(blueprint->namespaces, "netns add %s\n", place);
    return lines;
}

/* Ends the lines that a comment before spoke for. */
static void end_part(GString *lines)
{
    if (strstr(lines->str, "# "))
        g_string_append(lines, "# network\n");
}

/* No generated link-local addresses: one way, not two, and no duplicate address detection. No
 * segmentation by the device: what counts, measures or polices packets must see real ones. */
static void add_end(MpBlueprint *blueprint, const char *place, const char *interface)
{
    GString *lines = lines_at(blueprint, place);
    end_part(lines);
    g_string_append_printf(lines,
                           "link set %s addrgenmode none gso_max_segs 1\n"
                           "link set %s up\n",
                           interface, interface);
}

void mp_blueprint_add_wire(MpBlueprint *blueprint, const char *place, const char *interface,
                           const char *other_place, const char *other_interface)
{
    add_end(blueprint, place, interface);
    add_end(blueprint, other_place, other_interface);
    g_string_append_printf(blueprint->wires,
                           "link add %s netns %s type veth peer name %s netns %s\n", interface,
                           place, other_interface, other_place);
}

void mp_blueprint_add(MpBlueprint *blueprint, const char *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(lines_at(blueprint, place), format, arguments);
    va_end(arguments);
}

void mp_blueprint_compile(const MpBlueprint *blueprint, const char *const *places,
                          GPtrArray *commands)
{
    g_autofree char *input = g_strconcat(blueprint->namespaces->str, blueprint->wires->str, NULL);
    mp_lab_commands_add(commands, "network", (const char *const[]){"ip", "-batch", "-", NULL},
                        input);
    for (guint i = 0; places[i]; i++) {
        const GString *lines = g_hash_table_lookup(blueprint->places, places[i]);
        if (lines)
            mp_lab_commands_add(commands, "network",
                                (const char *const[]){"ip", "-n", places[i], "-batch", "-", NULL},
                                lines->str);
    }
}
