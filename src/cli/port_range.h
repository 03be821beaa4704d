/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A range of ports as an argument.
 */
#pragma once

#include <glib.h>

/* "1025-65535", or one port. FALSE with MP_ERROR_INPUT, which names `option`, where it is something
 * else or not inside least..65535. */
gboolean mp_port_range_parse(guint16 *first, guint16 *last, const char *option, const char *text,
                             guint16 least, GError **error);
