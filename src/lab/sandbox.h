/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Namespaces in which a lab can do as it likes. All that it makes dies with process 1.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Where the lab's own files are, inside. */
#define MP_SANDBOX_DIRECTORY "/run/mediapath"

/* Leaves the caller in new mount, network and user namespaces (the latter only where it is not
 * allowed otherwise); its next child is process 1 of a new process namespace. FALSE with
 * MP_ERROR_UNAVAILABLE where the kernel forbids that. */
gboolean mp_sandbox_enter(GError **error);

/* In process 1: its own /proc, and empty private /run and MP_SANDBOX_DIRECTORY. */
gboolean mp_sandbox_furnish(GError **error);

/* The caller dies when its parent does. FALSE when it is dead already. `parent` 0: the caller is
 * process 1, whose parent cannot be seen. */
gboolean mp_sandbox_die_with(pid_t parent);

/* Puts a file of the lab over one of the system, for the sandbox only. */
gboolean mp_sandbox_cover(const char *file, const char *with, GError **error);

/* Whether `ip netns` made a network namespace of that name. */
gboolean mp_sandbox_has(const char *name);

/* Moves the caller into a network namespace that `ip netns` made. */
gboolean mp_sandbox_join(const char *name, GError **error);
