/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * STAMP on every UDP port of a range, on every address of the machine, in processes of its own that
 * hold nothing else.
 */
#pragma once

#include <gio/gio.h>
#include <mediapath/responder.h>

#include "responder/stamp_keys.h"

typedef struct {
    const MpStampKeys *keys; /* lent for mp_reflect_new(): its processes have copies */
    MpReflectWay way;
    guint16 first_port;
    guint16 last_port;
    /* Ports that bound sockets leave alone; raw sockets take nothing from anybody. */
    guint16 media_first; /* of our own; where they are all that is reflected, a few are left */
    guint16 media_last;
    guint16 spared_port; /* 0: none */
    gboolean is_confined;
} MpReflectConfig;

typedef struct _MpReflect MpReflect;

/* Starts the processes and waits until all serve. To be called before the process has threads or
 * files that a child must not have. NULL with MP_ERROR_UNAVAILABLE. */
MpReflect *mp_reflect_new(const MpReflectConfig *config, GError **error);

/* Ends the processes and waits for them; takes NULL. */
void mp_reflect_free(MpReflect *reflect);

/* Where our own media finds ports: within what the configuration says. */
void mp_reflect_get_media(const MpReflect *reflect, guint16 *first, guint16 *last);

/* For people: which ports, which way, what it costs. Lent. */
const char *mp_reflect_describe(const MpReflect *reflect);

/* Calls `died` from the thread's default context when a process has ended by itself. */
void mp_reflect_watch(MpReflect *reflect, void (*died)(gpointer data), gpointer data);
