/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Something the evidence shows.
 */
#include "model/finding.h"

static const char *const severity_names[] = {"info", "warning", "error"};
static const char *const owner_names[] = {"site_network", "service_operator", "credentials",
                                          "tester"};

MpFinding *mp_finding_new(const char *id, MpSeverity severity, MpOwner owner)
{
    MpFinding *finding = g_new0(MpFinding, 1);
    finding->id = g_strdup(id);
    finding->severity = severity;
    finding->owner = owner;
    finding->evidence = g_ptr_array_new_with_free_func(g_free);
    finding->numbers = json_object_new();
    return finding;
}

void mp_finding_free(MpFinding *finding)
{
    if (!finding)
        return;
    g_free(finding->id);
    g_free(finding->hop);
    g_ptr_array_unref(finding->evidence);
    json_object_unref(finding->numbers);
    g_free(finding);
}

void mp_finding_doubt(MpFinding *finding, MpOwner other)
{
    finding->is_likely = TRUE;
    finding->has_other = TRUE;
    finding->other = other;
}

const char *mp_severity_name(MpSeverity severity)
{
    return severity_names[severity];
}

const char *mp_owner_name(MpOwner owner)
{
    return owner_names[owner];
}
