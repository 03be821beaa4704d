/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network while it is being drawn: wires between places, and what `ip` is to do at each of them.
 */
#pragma once

#include <glib.h>

typedef struct _MpBlueprint MpBlueprint;

MpBlueprint *mp_blueprint_new(void);
void mp_blueprint_free(MpBlueprint *blueprint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpBlueprint, mp_blueprint_free)

/* A wire whose two ends are up and have no address. Places are made as they are named. */
void mp_blueprint_add_wire(MpBlueprint *blueprint, const char *place, const char *interface,
                           const char *other_place, const char *other_interface);

/* Lines for `ip` at a place; a line "# site: nat" names the part of the description that the ones
 * after it are for. */
void mp_blueprint_add(MpBlueprint *blueprint, const char *place, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* One command that makes places and wires, then one a place, in the order in which `places`, which
 * ends with NULL, has them; those that were not named before are passed over. */
void mp_blueprint_compile(const MpBlueprint *blueprint, const char *const *places,
                          GPtrArray *commands);
