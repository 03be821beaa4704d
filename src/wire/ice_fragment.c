/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * application/trickle-ice-sdpfrag.
 */
#include "wire/ice_fragment.h"

#include <string.h>

#include "base/error.h"

#define MAX_TEXT ((gsize)64 * 1024)
#define MAX_CANDIDATES 64
/* RFC 8839 section 5.4. */
#define LEAST_UFRAG 4
#define LEAST_PWD 22
#define MOST_ICE_TEXT 256

MpIceFragment *mp_ice_fragment_new(void)
{
    MpIceFragment *fragment = g_new0(MpIceFragment, 1);
    fragment->candidates = g_ptr_array_new_with_free_func(g_free);
    return fragment;
}

void mp_ice_fragment_free(MpIceFragment *fragment)
{
    if (!fragment)
        return;
    g_free(fragment->ufrag);
    g_free(fragment->pwd);
    g_ptr_array_unref(fragment->candidates);
    g_free(fragment);
}

char *mp_ice_fragment_write(const MpIceFragment *fragment, const char *mid)
{
    GString *text = g_string_new("a=ice-options:ice2\r\n");
    g_string_append_printf(text,
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                           "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\n",
                           fragment->ufrag, fragment->pwd, mid);
    for (guint i = 0; i < fragment->candidates->len; i++)
        g_string_append_printf(text, "a=%s\r\n", (const char *)fragment->candidates->pdata[i]);
    g_string_append(text, "a=end-of-candidates\r\n");
    return g_string_free(text, FALSE);
}

static gboolean is_ice_text(const char *text, gsize least)
{
    gsize length = strlen(text);
    if (length < least || length > MOST_ICE_TEXT)
        return FALSE;
    for (const char *at = text; *at; at++)
        if (!g_ascii_isalnum(*at) && *at != '+' && *at != '/')
            return FALSE;
    return TRUE;
}

/* Each reader says what was expected; NULL: the value is good. */
static const char *read_ufrag(MpIceFragment *fragment, const char *value)
{
    if (!is_ice_text(value, LEAST_UFRAG))
        return "4 to 256 ICE characters";
    if (!fragment->ufrag)
        fragment->ufrag = g_strdup(value);
    return NULL;
}

static const char *read_pwd(MpIceFragment *fragment, const char *value)
{
    if (!is_ice_text(value, LEAST_PWD))
        return "22 to 256 ICE characters";
    if (!fragment->pwd)
        fragment->pwd = g_strdup(value);
    return NULL;
}

static const char *read_candidate(MpIceFragment *fragment, const char *value)
{
    if (fragment->candidates->len == MAX_CANDIDATES)
        return "at most 64 candidates";
    g_ptr_array_add(fragment->candidates, g_strconcat("candidate:", value, NULL));
    return NULL;
}

static const struct {
    const char *start;
    const char *(*read)(MpIceFragment *fragment, const char *value);
} lines[] = {
    {"a=ice-ufrag:", read_ufrag},
    {"a=ice-pwd:", read_pwd},
    {"a=candidate:", read_candidate},
};

static const char *read_line(MpIceFragment *fragment, const char *line)
{
    if (line[0] == '\0' || line[1] != '=')
        return "LETTER=VALUE";
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        if (g_str_has_prefix(line, lines[i].start))
            return lines[i].read(fragment, line + strlen(lines[i].start));
    return NULL;
}

static gboolean read_lines(MpIceFragment *fragment, char **texts, GError **error)
{
    for (guint i = 0; texts[i]; i++) {
        g_strchomp(texts[i]);
        if (texts[i][0] == '\0' && !texts[i + 1])
            break;
        const char *expected = read_line(fragment, texts[i]);
        if (expected) {
            g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                        "SDP fragment line %u: found \"%.80s\", expected %s", i + 1, texts[i],
                        expected);
            return FALSE;
        }
    }
    if (fragment->ufrag && fragment->pwd)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED, "SDP fragment: expected %s, found none",
                fragment->ufrag ? "a=ice-pwd" : "a=ice-ufrag");
    return FALSE;
}

MpIceFragment *mp_ice_fragment_parse(const char *text, gsize length, GError **error)
{
    if (length > MAX_TEXT || !g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "SDP fragment: found %" G_GSIZE_FORMAT
                    " bytes%s, expected at most %" G_GSIZE_FORMAT " of UTF-8 text",
                    length, length > MAX_TEXT ? "" : " that are not UTF-8", MAX_TEXT);
        return NULL;
    }
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) texts = g_strsplit(copy, "\n", -1);
    MpIceFragment *fragment = mp_ice_fragment_new();
    if (read_lines(fragment, texts, error))
        return fragment;
    mp_ice_fragment_free(fragment);
    return NULL;
}
