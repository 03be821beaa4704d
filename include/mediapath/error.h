/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kinds of failure, as GError codes of one domain.
 */
#pragma once

#include <mediapath/export.h>

G_BEGIN_DECLS

#define MP_ERROR (mp_error_quark())
MP_PUBLIC GQuark mp_error_quark(void);

typedef enum {
    MP_ERROR_INPUT,       /* what the user gave is wrong: exit code 2 */
    MP_ERROR_UNAVAILABLE, /* this machine cannot carry out the step: exit code 3 */
    MP_ERROR_MALFORMED,   /* bytes from the network do not parse */
} MpErrorCode;

G_END_DECLS
