/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What GLib reads and writes for us, told to the thread sanitizer: two threads that fill one array
 * are a race, though no line of ours writes.
 */
#include "glib_for_tsan.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* What instrumented code calls. */
void __tsan_read1(void *address);
void __tsan_write1(void *address);

/* The libraries' containers are kept by locks that are not all told. */
static gboolean is_ours(gpointer caller)
{
    struct dl_find_object object;
    return _dl_find_object(caller, &object) == 0 && !strstr(object.dlfo_link_map->l_name, "/lib/");
}

/* By its header, whatever part of it. */
#define READS(container)                                                                           \
    if (is_ours(__builtin_return_address(0)))                                                      \
    __tsan_read1(container)
#define WRITES(container)                                                                          \
    if (is_ours(__builtin_return_address(0)))                                                      \
    __tsan_write1(container)

GArray *g_array_append_vals(GArray *array, gconstpointer values, guint n)
{
    HIDDEN(g_array_append_vals);
    WRITES(array);
    return hidden(array, values, n);
}

GArray *g_array_set_size(GArray *array, guint length)
{
    HIDDEN(g_array_set_size);
    WRITES(array);
    return hidden(array, length);
}

GByteArray *g_byte_array_append(GByteArray *array, const guint8 *bytes, guint n)
{
    HIDDEN(g_byte_array_append);
    WRITES(array);
    return hidden(array, bytes, n);
}

void g_ptr_array_add(GPtrArray *array, gpointer item)
{
    HIDDEN(g_ptr_array_add);
    WRITES(array);
    hidden(array, item);
}

gpointer g_ptr_array_remove_index(GPtrArray *array, guint index)
{
    HIDDEN(g_ptr_array_remove_index);
    WRITES(array);
    return hidden(array, index);
}

gboolean g_hash_table_insert(GHashTable *table, gpointer key, gpointer value)
{
    HIDDEN(g_hash_table_insert);
    WRITES(table);
    return hidden(table, key, value);
}

gboolean g_hash_table_add(GHashTable *table, gpointer key)
{
    HIDDEN(g_hash_table_add);
    WRITES(table);
    return hidden(table, key);
}

gboolean g_hash_table_remove(GHashTable *table, gconstpointer key)
{
    HIDDEN(g_hash_table_remove);
    WRITES(table);
    return hidden(table, key);
}

gpointer g_hash_table_lookup(GHashTable *table, gconstpointer key)
{
    HIDDEN(g_hash_table_lookup);
    READS(table);
    return hidden(table, key);
}

gboolean g_hash_table_contains(GHashTable *table, gconstpointer key)
{
    HIDDEN(g_hash_table_contains);
    READS(table);
    return hidden(table, key);
}

/* Built as a jump, so that the sanitizer sees who called: it leaves GLib alone, and would not see
 * that another thread still reads what we free. */
void g_free(gpointer memory)
{
    free(memory);
}
