/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads what computer this is and how busy it is.
 */
#pragma once

#include "model/environment.h"

/* Time of all cores since the machine started, in the kernel's ticks. */
typedef struct {
    guint64 idle;
    guint64 total; /* 0: not known */
} MpCpuTime;

/* What does not change during a check; the rest stays unknown. */
MpEnvironment *mp_environment_read(void);

MpCpuTime mp_cpu_time_read(void);
/* From the text of /proc/stat; see proc(5). */
MpCpuTime mp_cpu_time_parse(const char *text);
/* What is left of `time` without `part`: from an earlier reading, the time since; from such a span,
 * a reading as if it had not been. */
MpCpuTime mp_cpu_time_less(MpCpuTime time, MpCpuTime part);
/* The idle share between two readings, 0..1. NAN: not known. */
double mp_cpu_headroom(MpCpuTime before, MpCpuTime after);

/* A line of /proc/meminfo such as "MemTotal" in MiB. NAN: there is none. */
double mp_memory_parse(const char *text, const char *name);
