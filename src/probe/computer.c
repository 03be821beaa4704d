/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this computer has to give: the clock of its processor, free disk, and how long it takes for
 * a frame of virtual background.
 */
#include <string.h>

#include "base/clock.h"
#include "probe/background_load.h"
#include "probe/probe.h"

/* Long enough for a processor to reach its clock and for 95 % of the frames to mean something. */
#define WORK_TIME MP_MSEC(2000)
/* The first frames fill caches and raise the clock. */
#define WARM_UP_FRAMES 10

static double first_number(const char *path, const char *key)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    const char *line = key ? strstr(text, key) : text;
    while (line && *line && !g_ascii_isdigit(*line))
        line++;
    return line ? g_ascii_strtod(line, NULL) : 0;
}

/* The rated one where the kernel knows it (kHz), else the present one (MHz). 0: not known. */
static double processor_ghz(void)
{
    double rated = first_number("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", NULL);
    return rated > 0 ? rated / 1e6 : first_number("/proc/cpuinfo", "cpu MHz") / 1e3;
}

/* Where a recording would go. 0: not known. */
static double free_disk_gb(void)
{
    g_autoptr(GFile) home = g_file_new_for_path(g_get_home_dir());
    g_autoptr(GFileInfo)
        info = g_file_query_filesystem_info(home, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
    return info ? (double)g_file_info_get_attribute_uint64(info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) /
                      1e9
                : 0;
}

static void set_known(JsonObject *facts, const char *name, double value)
{
    if (value > 0)
        json_object_set_double_member(facts, name, value);
}

/* Frame times in ms, one after the other without a pause. */
static GArray *work(const MpProbeContext *context)
{
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(MpBackgroundLoad) load = mp_background_load_new();
    for (guint i = 0; i < WARM_UP_FRAMES; i++)
        (void)mp_background_load_run(load);
    MpTime began = mp_clock_now();
    MpTime end = MIN(began + WORK_TIME, context->deadline);
    while (began < end && !g_cancellable_is_cancelled(context->cancellable)) {
        (void)mp_background_load_run(load);
        MpTime now = mp_clock_now();
        double took = mp_time_to_ms(now - began);
        g_array_append_val(frames, took);
        began = now;
    }
    return frames;
}

MpMeasurement *mp_probe_computer(const MpStep *step, const MpProbeContext *context, GError **error)
{
    (void)error;
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, "computer", MP_TRANSPORT_UDP);
    set_known(measurement->facts, "disk_free_gb", free_disk_gb());
    MpTime began = mp_clock_now();
    g_autoptr(GArray) frames = work(context);
    /* Only now, when the work has raised the clock. */
    set_known(measurement->facts, "processor_ghz", processor_ghz());
    mp_background_load_tell(measurement->facts, frames);
    mp_measurement_add_stage(measurement, "background",
                             frames->len ? MP_OUTCOME_ANSWERED : MP_OUTCOME_NOT_RUN,
                             mp_clock_now() - began, 0, NULL);
    return g_steal_pointer(&measurement);
}
