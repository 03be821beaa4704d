/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The computer against the profile's tables of host and guest computers.
 */
#include "analysis/computer.h"

#include <math.h>
#include <string.h>

#include "analysis/paths.h"
#include "analysis/speed.h"

/* Kernel, firmware and graphics keep a part of what is installed: up to an eighth. */
#define MEMORY_SHARE 0.875
/* A processor sold as 2 GHz may say 1.99. */
#define CLOCK_SHARE 0.95
/* What this program runs on. */
#define OUR_SYSTEM "Linux"

typedef struct {
    const MpResult *result;
    const MpProfile *profile;
} Subject;

typedef double (*ReadItem)(const Subject *subject);

static const MpMeasurement *computer_measurement(const MpResult *result)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        if (g_str_equal(measurement->kind, "computer"))
            return measurement;
    }
    return NULL;
}

double mp_computer_number(const MpResult *result, const char *path)
{
    const MpMeasurement *measurement = computer_measurement(result);
    double value = NAN;
    if (measurement)
        mp_facts_number(measurement->facts, path, &value);
    return value;
}

gboolean mp_computer_is_planned(const MpResult *result)
{
    for (guint i = 0; i < result->plan->len; i++)
        if (g_str_equal(((const MpStep *)result->plan->pdata[i])->kind, "computer"))
            return TRUE;
    return FALSE;
}

static double memory_total_mb(const Subject *subject)
{
    return subject->result->environment->memory_total_mb;
}

static double memory_available_mb(const Subject *subject)
{
    return subject->result->environment->memory_available_mb;
}

static double cpu_cores(const Subject *subject)
{
    const guint cores = subject->result->environment->cpu_cores;
    return cores ? (double)cores : NAN;
}

static double cpu_ghz(const Subject *subject)
{
    return mp_computer_number(subject->result, "processor_ghz");
}

static double disk_free_gb(const Subject *subject)
{
    return mp_computer_number(subject->result, "disk_free_gb");
}

/* The narrower direction of the way that a browser would take; what media was carried at, where
 * capacity was not measured: at least that is what the line has. */
static double line_kbps(const Subject *subject)
{
    const MpPath *path = mp_analysis_preferred_path(subject->result);
    if (!path)
        return NAN;
    const double capacity = MIN(path->up.capacity_kbps, path->down.capacity_kbps);
    return mp_path_has_capacity(path) ? capacity : path->tier_kbps;
}

/* The numbers of the tables that can be compared. */
static const struct {
    const char *name;
    ReadItem read;
    double share; /* of the limit that is enough */
    gboolean is_hardware;
} items[] = {
    {"memory_total_mb", memory_total_mb, MEMORY_SHARE, TRUE},
    {"memory_available_mb", memory_available_mb, 1, TRUE},
    {"cpu_cores", cpu_cores, 1, TRUE},
    {"cpu_ghz", cpu_ghz, CLOCK_SHARE, TRUE},
    {"disk_free_gb", disk_free_gb, 1, TRUE},
    {"least_kbps", line_kbps, 1, FALSE},
    {"recommended_kbps", line_kbps, 1, FALSE},
};

static gboolean is_ours(const MpResult *result)
{
    const char *system = result->environment->browser.system;
    return !system || g_str_equal(system, OUR_SYSTEM);
}

/* All that was offered was carried: how much more the line has was not asked. */
static gboolean is_only_a_floor(const Subject *subject, double carried)
{
    const GArray *tiers = subject->profile->sessions[MP_SESSION_LIVE_VIDEO].tiers;
    return tiers->len == 0 || carried >= g_array_index(tiers, MpTier, 0).rate_kbps;
}

static MpRequirementState speed_state(const Subject *subject, double carried, double limit)
{
    const MpPath *path = mp_analysis_preferred_path(subject->result);
    if (path && mp_path_has_capacity(path))
        return mp_speed_state(path, limit);
    if (carried >= limit)
        return MP_REQUIREMENT_MET;
    return is_only_a_floor(subject, carried) ? MP_REQUIREMENT_UNKNOWN : MP_REQUIREMENT_FAILED;
}

static MpRequirementState number_state(const Subject *subject, gsize item, double found,
                                       double limit)
{
    if (isnan(found))
        return MP_REQUIREMENT_UNKNOWN;
    if (!items[item].is_hardware)
        return speed_state(subject, found, limit);
    return found >= limit * items[item].share ? MP_REQUIREMENT_MET : MP_REQUIREMENT_FAILED;
}

static MpComputerRow *add(const Subject *subject, JsonObject *table, const char *item)
{
    MpComputerRow *row = mp_computer_row_new(mp_facts_string(table, "id"), item);
    g_ptr_array_add(subject->result->computer, row);
    return row;
}

static void add_numbers(const Subject *subject, JsonObject *table, JsonObject *numbers,
                        gboolean is_applicable)
{
    for (gsize i = 0; numbers && i < G_N_ELEMENTS(items); i++) {
        double limit;
        if (!mp_facts_number(numbers, items[i].name, &limit))
            continue;
        MpComputerRow *row = add(subject, table, items[i].name);
        row->limit = limit;
        if (!items[i].is_hardware || is_ours(subject->result))
            row->found = items[i].read(subject);
        row->state = is_applicable ? number_state(subject, i, row->found, limit)
                                   : MP_REQUIREMENT_NOT_APPLICABLE;
    }
}

/* Is the version at least "10.15"? */
static MpRequirementState version_state(const MpBrowser *browser, const char *least)
{
    const char *dot = strchr(least, '.');
    const guint major = (guint)g_ascii_strtoull(least, NULL, 10);
    const guint minor = dot ? (guint)g_ascii_strtoull(dot + 1, NULL, 10) : 0;
    if (browser->system_major == 0)
        return MP_REQUIREMENT_UNKNOWN;
    const gboolean is_enough = browser->system_major > major ||
                               (browser->system_major == major && browser->system_minor >= minor);
    return is_enough ? MP_REQUIREMENT_MET : MP_REQUIREMENT_FAILED;
}

/* Of a row's systems the one that the browser runs on; NULL: it is not among them. */
static JsonObject *named_system(JsonArray *systems, const MpBrowser *browser)
{
    for (guint i = 0; systems && i < json_array_get_length(systems); i++) {
        JsonObject *system = json_array_get_object_element(systems, i);
        if (g_strcmp0(mp_facts_string(system, "name"), browser->system) == 0)
            return system;
    }
    return NULL;
}

static MpRequirementState system_state(JsonArray *systems, const MpBrowser *browser)
{
    if (!browser->system)
        return MP_REQUIREMENT_UNKNOWN;
    JsonObject *system = named_system(systems, browser);
    return system ? version_state(browser, mp_facts_string(system, "least"))
                  : MP_REQUIREMENT_FAILED;
}

static void add_system(const Subject *subject, JsonObject *table, JsonArray *systems,
                       gboolean is_applicable)
{
    const MpBrowser *browser = &subject->result->environment->browser;
    MpComputerRow *row = add(subject, table, "system");
    if (browser->system && browser->system_major)
        row->found_text = g_strdup_printf(browser->system_minor ? "%s %u.%u" : "%s %u",
                                          browser->system, browser->system_major,
                                          browser->system_minor);
    else
        row->found_text = g_strdup(browser->system);
    row->state = is_applicable ? system_state(systems, browser) : MP_REQUIREMENT_NOT_APPLICABLE;
}

/* The document says "Google Chrome" where we say "Chrome". */
static gboolean lists_browser(JsonArray *names, const char *browser)
{
    for (guint i = 0; i < json_array_get_length(names); i++)
        if (strstr(json_array_get_string_element(names, i), browser))
            return TRUE;
    return FALSE;
}

static void add_browser(const Subject *subject, JsonObject *table, JsonArray *names,
                        gboolean is_applicable)
{
    const MpBrowser *browser = &subject->result->environment->browser;
    MpComputerRow *row = add(subject, table, "browser");
    if (browser->name)
        row->found_text = browser->version
                              ? g_strdup_printf("%s %u", browser->name, browser->version)
                              : g_strdup(browser->name);
    if (!is_applicable)
        row->state = MP_REQUIREMENT_NOT_APPLICABLE;
    else if (browser->name)
        row->state = lists_browser(names, browser->name) ? MP_REQUIREMENT_MET
                                                         : MP_REQUIREMENT_FAILED;
}

static gboolean is_for(JsonObject *table, const char *role, const char *device)
{
    return g_strcmp0(mp_facts_string(table, "role"), role) == 0 &&
           (!device || g_strcmp0(mp_facts_string(table, "device"), device) == 0);
}

typedef enum { NAMES_NO_SYSTEM, NAMES_THIS_SYSTEM, NAMES_OTHERS } Systems;

static Systems systems_of(JsonObject *table, const MpBrowser *browser)
{
    JsonArray *rows = mp_facts_array(table, "rows");
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonArray *systems = mp_facts_array(json_array_get_object_element(rows, i), "systems");
        if (systems)
            return !browser->system || named_system(systems, browser) ? NAMES_THIS_SYSTEM
                                                                      : NAMES_OTHERS;
    }
    return NAMES_NO_SYSTEM;
}

/* Is there a table for the role and the device, and if it is to, for the system? */
static gboolean has_table(const Subject *subject, JsonArray *tables, const char *device,
                          gboolean of_system)
{
    for (guint i = 0; i < json_array_get_length(tables); i++) {
        JsonObject *table = json_array_get_object_element(tables, i);
        if (is_for(table, subject->result->role, device) &&
            (!of_system ||
             systems_of(table, &subject->result->environment->browser) == NAMES_THIS_SYSTEM))
            return TRUE;
    }
    return FALSE;
}

/* A caller whose device or system no table names fails those that there are. */
static gboolean applies(const Subject *subject, JsonArray *tables, JsonObject *table)
{
    const MpBrowser *browser = &subject->result->environment->browser;
    const char *device = mp_browser_is_mobile(browser) ? "phone" : "pc";
    if (!has_table(subject, tables, device, FALSE))
        return is_for(table, subject->result->role, NULL);
    return is_for(table, subject->result->role, device) &&
           (systems_of(table, browser) != NAMES_OTHERS ||
            !has_table(subject, tables, device, TRUE));
}

static void add_table(const Subject *subject, JsonObject *table, gboolean is_applicable)
{
    JsonArray *rows = mp_facts_array(table, "rows");
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        JsonArray *systems = mp_facts_array(row, "systems");
        JsonArray *browsers = mp_facts_array(row, "browsers");
        if (systems)
            add_system(subject, table, systems, is_applicable);
        if (browsers)
            add_browser(subject, table, browsers, is_applicable);
        add_numbers(subject, table, mp_facts_object(row, "numbers"), is_applicable);
    }
}

void mp_analysis_computer(MpResult *result, const MpProfile *profile)
{
    const Subject subject = {result, profile};
    JsonArray *tables = mp_facts_array(profile->environment, "tables");
    g_ptr_array_set_size(result->computer, 0);
    for (guint i = 0; tables && i < json_array_get_length(tables); i++) {
        JsonObject *table = json_array_get_object_element(tables, i);
        add_table(&subject, table, applies(&subject, tables, table));
    }
}

gboolean mp_computer_browser_has(const MpResult *result, const MpProfile *profile,
                                 MpSessionType feature)
{
    const char *browser = result->environment->browser.name;
    JsonArray *features = mp_facts_array(profile->environment, "features");
    for (guint i = 0; browser && features && i < json_array_get_length(features); i++) {
        JsonObject *entry = json_array_get_object_element(features, i);
        if (g_strcmp0(mp_facts_string(entry, "feature"), mp_session_type_name(feature)) == 0)
            return lists_browser(mp_facts_array(entry, "browsers"), browser);
    }
    return TRUE;
}
