/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A TCP server on loopback for one connection, in a thread of its own.
 */
#pragma once

#include "base/address.h"

/* What a far end does with its one connection; it ends when the test closes its side. */
typedef void (*Behaviour)(int fd);

typedef struct {
    int listener;
    MpAddress address;
    Behaviour behave;
    GThread *thread;
} FarEnd;

/* A socket on 127.0.0.1 at a port that the kernel chooses. */
int bound_socket(int type, MpAddress *address);

FarEnd *far_end_new(Behaviour behave);
void far_end_free(FarEnd *far_end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FarEnd, far_end_free)

void wait_for_close(int fd);
void write_text(int fd, const char *text, gsize length);
