/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sentences for people: marked here, translated in po/.
 */
#pragma once

#include <libintl.h>
#include <mediapath/i18n.h>

#include "config.h"

/* Translates now. */
#define _(text) dgettext(MP_GETTEXT_DOMAIN, text)
/* Marks a text of a table, to be translated when it is used. */
#define N_(text) text
