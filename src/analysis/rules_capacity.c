/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much the way that a browser would take carries.
 */
#include <math.h>

#include "analysis/paths.h"
#include "analysis/rules.h"
#include "analysis/speed.h"

static MpMeasurement *measured_media(const MpPath *path)
{
    for (guint i = 0; path && i < path->measurements->len; i++) {
        MpMeasurement *measurement = path->measurements->pdata[i];
        if (mp_facts_object(measurement->facts, "capacity"))
            return measurement;
    }
    return NULL;
}

static void set_number(MpFinding *finding, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(finding->numbers, name, round(value));
}

static gboolean is_policed(const MpMeasurement *media, const char *direction)
{
    g_autofree char *path = g_strconcat("capacity.", direction, ".limiter", NULL);
    return g_strcmp0(mp_facts_string(media->facts, path), "policer") == 0;
}

static double number(const MpMeasurement *media, const char *direction, const char *name)
{
    g_autofree char *path = g_strdup_printf("capacity.%s.%s", direction, name);
    double value = NAN;
    mp_facts_number(media->facts, path, &value);
    return value;
}

/* The best video that the profile offers. */
static double camera_kbps(const MpDiagnosis *diagnosis)
{
    const GArray *tiers = diagnosis->profile->sessions[MP_SESSION_LIVE_VIDEO].tiers;
    return tiers->len > 0 ? g_array_index(tiers, MpTier, 0).rate_kbps : 0;
}

/* Of two policers the one that lets less through. */
static const char *policed_direction(const MpMeasurement *media)
{
    const gboolean is_up = is_policed(media, "up");
    const gboolean is_down = is_policed(media, "down");
    if (!is_up || !is_down)
        return is_up ? "up" : is_down ? "down" : NULL;
    return number(media, "up", "value_kbps") <= number(media, "down", "value_kbps") ? "up" : "down";
}

/* Over a relay it may be the relay that lets no more through. */
static void doubt_relay(MpFinding *finding, const MpPath *path)
{
    if (path->way != MP_WAY_UDP)
        mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
}

/* Over TCP and TLS it is the relay that drops what its connection cannot take, and no UDP is seen.
 * One that is above what the product asks for hurts nobody. Below the camera's rate it is the cause
 * of what media shows. */
void mp_rule_udp_policed(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const MpPath *path = mp_analysis_preferred_path(diagnosis->result);
    MpMeasurement *media = measured_media(path);
    const char *direction = media && !mp_way_is_stream(path->way) ? policed_direction(media) : NULL;
    if (!direction)
        return;
    const double rate = number(media, direction, "value_kbps");
    const double recommended = diagnosis->profile->recommended_kbps;
    if (rate >= fmax(recommended, camera_kbps(diagnosis)))
        return;

    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_ptr_array_add(evidence, media);
    MpFinding *finding = rate < camera_kbps(diagnosis)
                             ? mp_diagnosis_report(diagnosis, rule, evidence)
                             : mp_diagnosis_remark(diagnosis, rule, evidence);
    doubt_relay(finding, path);
    json_object_set_string_member(finding->numbers, "direction", direction);
    set_number(finding, "policed_kbps", rate);
    set_number(finding, "burst_kb", number(media, direction, "burst_bytes") / 1000);
}

/* The narrower direction has less, however its interval is read. */
static void below(MpDiagnosis *diagnosis, const MpRule *rule, double limit)
{
    const MpPath *path = mp_analysis_preferred_path(diagnosis->result);
    MpMeasurement *media = measured_media(path);
    if (!media || limit <= 0 || mp_speed_state(path, limit) != MP_REQUIREMENT_FAILED)
        return;
    /* A policer holds UDP alone: that says nothing of the line. */
    const gboolean is_down = !(path->up.capacity_kbps <= path->down.capacity_kbps);
    if (is_policed(media, is_down ? "down" : "up"))
        return;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_ptr_array_add(evidence, media);
    MpFinding *finding = mp_diagnosis_remark(diagnosis, rule, evidence);
    doubt_relay(finding, path);
    const MpDirection *narrow = is_down ? &path->down : &path->up;
    json_object_set_string_member(finding->numbers, "direction", is_down ? "down" : "up");
    set_number(finding, "capacity_kbps", narrow->capacity_kbps);
    set_number(finding, "low_kbps", narrow->capacity_low_kbps);
    set_number(finding, "high_kbps", narrow->capacity_high_kbps);
    set_number(finding, "limit_kbps", limit);
}

void mp_rule_line_below_least(MpDiagnosis *diagnosis, const MpRule *rule)
{
    below(diagnosis, rule, diagnosis->profile->least_kbps);
}

/* What is below the least is told as that alone. */
void mp_rule_line_below_recommended(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const MpPath *path = mp_analysis_preferred_path(diagnosis->result);
    const double least = diagnosis->profile->least_kbps;
    if (path && (least <= 0 || mp_speed_state(path, least) != MP_REQUIREMENT_FAILED))
        below(diagnosis, rule, diagnosis->profile->recommended_kbps);
}
