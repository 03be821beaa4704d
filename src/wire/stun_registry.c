/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of STUN's numbers.
 */
#include "wire/stun_registry.h"

typedef struct {
    guint value;
    const char *name;
} Entry;

#define ENTRY(constant, value, name) {(value), (name)},

static const Entry methods[] = {MP_STUN_METHODS(ENTRY)};
static const Entry attributes[] = {MP_STUN_ATTRIBUTES(ENTRY)};
static const Entry errors[] = {MP_STUN_ERRORS(ENTRY)};

static const char *find(const Entry *entries, gsize count, guint value)
{
    for (gsize i = 0; i < count; i++)
        if (entries[i].value == value)
            return entries[i].name;
    return NULL;
}

const char *mp_stun_method_name(guint method)
{
    return find(methods, G_N_ELEMENTS(methods), method);
}

const char *mp_stun_attribute_name(guint type)
{
    return find(attributes, G_N_ELEMENTS(attributes), type);
}

const char *mp_stun_error_name(guint code)
{
    return find(errors, G_N_ELEMENTS(errors), code);
}
