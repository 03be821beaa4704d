/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What kind of failure a GError of ours is. What the network answers is never one of these: it is
 * an outcome (model/outcome.h).
 */
#pragma once

#include <mediapath/error.h>
