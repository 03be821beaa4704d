/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a map of UDP ports is asked of and about.
 */
#include "engine/port_input.h"

#include <string.h>

#include "base/error.h"

#define GREATEST_RATE 1000000U

gboolean mp_port_input_take_key(MpTargets *targets, const char *text)
{
    char *end = NULL;
    const guint64 id = g_ascii_strtoull(text, &end, 10);
    if (end == text || !g_ascii_isdigit(*text) || *end != ' ' || end[1] == '\0' || id > G_MAXUINT32)
        return FALSE;
    mp_secret_free(targets->stamp_key);
    targets->stamp_key = mp_secret_new(end + 1);
    targets->stamp_key_id = (guint32)id;
    return TRUE;
}

static gboolean read_key(MpTargets *targets, const char *path, GError **error)
{
    g_autoptr(MpSecret) line = mp_secret_read_file(path, error);
    if (!line)
        return FALSE;
    if (mp_port_input_take_key(targets, mp_secret_peek(line)))
        return TRUE;
    g_set_error(
        error, MP_ERROR, MP_ERROR_INPUT,
        "STAMP key file %s: found a line of another form, expected \"ID KEY\" with a number "
        "as ID",
        path);
    return FALSE;
}

/* A prefix, an address or a name. */
static gboolean is_goal(const char *text)
{
    MpCidr cidr;
    const gboolean has_prefix = strchr(text, '/') != NULL;
    return has_prefix ? mp_cidr_parse(&cidr, text) : *text && !strpbrk(text, " \t\n");
}

gboolean mp_port_input_read(MpTargets *targets, const MpCheckConfig *config, GError **error)
{
    targets->stamp_host = g_strdup(config->stamp_host);
    for (const char *const *goal = config->walk; goal && *goal; goal++) {
        if (!is_goal(*goal)) {
            g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                        "walk toward \"%s\", expected a host or a prefix such as 168.100.64.0/18",
                        *goal);
            return FALSE;
        }
        g_ptr_array_add(targets->walk_targets, g_strdup(*goal));
    }
    return !config->stamp_key_file || read_key(targets, config->stamp_key_file, error);
}

gboolean mp_port_input_check(const MpCheckConfig *config, GError **error)
{
    const guint16 last = config->last_port ? config->last_port : G_MAXUINT16;
    if (config->first_port > last) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "ports %u-%u, expected FIRST-LAST",
                    config->first_port, last);
        return FALSE;
    }
    if (config->port_rate > GREATEST_RATE) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "rate of %u per second, expected 1 to %u",
                    config->port_rate, GREATEST_RATE);
        return FALSE;
    }
    return TRUE;
}

gboolean mp_port_input_complete(MpTargets *targets, GError **error)
{
    g_autoptr(GUri) uri = targets->responder_url
                              ? g_uri_parse(targets->responder_url, G_URI_FLAGS_NONE, NULL)
                              : NULL;
    if (targets->stamp_key && !targets->stamp_host && uri)
        targets->stamp_host = g_strdup(g_uri_get_host(uri));
    if (!targets->stamp_host || targets->stamp_key)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "responder %s for the map of ports, found no key, expected a file with \"ID KEY\"",
                targets->stamp_host);
    return FALSE;
}
