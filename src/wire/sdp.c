/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Session descriptions for a bundled ICE + DTLS-SRTP session.
 */
#include "wire/sdp.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/stream_spec.h"
#include "wire/sdp_format.h"

#define MAX_TEXT ((gsize)64 * 1024)
#define MAX_SECTIONS 16
#define MAX_CANDIDATES 64
#define FINGERPRINT_LENGTH (32 * 3 - 1)

static const char *const kind_names[] = {"audio", "video", "application"};

static void free_media(gpointer data)
{
    MpSdpMedia *media = data;
    g_free(media->mid);
    g_free(media->direction);
    g_free(media->parameters);
    g_free(media->codec);
    g_ptr_array_unref(media->formats);
    g_ptr_array_unref(media->extensions);
    g_free(media);
}

MpSdp *mp_sdp_new(void)
{
    MpSdp *sdp = g_new0(MpSdp, 1);
    sdp->candidates = g_ptr_array_new_with_free_func(g_free);
    sdp->media = g_ptr_array_new_with_free_func(free_media);
    sdp->streams = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    return sdp;
}

void mp_sdp_free(MpSdp *sdp)
{
    if (!sdp)
        return;
    g_free(sdp->ice_ufrag);
    g_free(sdp->ice_pwd);
    g_free(sdp->fingerprint);
    g_free(sdp->setup);
    g_ptr_array_unref(sdp->candidates);
    g_ptr_array_unref(sdp->media);
    g_array_unref(sdp->streams);
    g_free(sdp);
}

MpSdpMedia *mp_sdp_add_media(MpSdp *sdp, MpSdpKind kind)
{
    MpSdpMedia *media = g_new0(MpSdpMedia, 1);
    media->kind = kind;
    media->direction = g_strdup("sendrecv");
    media->formats = g_ptr_array_new_with_free_func(mp_sdp_format_free);
    media->extensions = g_ptr_array_new_with_free_func(mp_sdp_extension_free);
    g_ptr_array_add(sdp->media, media);
    return media;
}

/* Reading: one table entry for each line that we look at. `error` says what was expected; NULL: the
 * line is good. */
typedef struct {
    MpSdp *sdp;
    MpSdpMedia *media; /* the section being read; NULL: the session part */
} Parser;

static gboolean is_ice_text(const char *text, gsize least)
{
    gsize length = strlen(text);
    if (length < least || length > 256)
        return FALSE;
    for (const char *at = text; *at; at++)
        if (!g_ascii_isalnum(*at) && *at != '+' && *at != '/')
            return FALSE;
    return TRUE;
}

static void set_once(char **place, const char *value)
{
    if (!*place)
        *place = g_strdup(value);
}

static const char *read_ufrag(Parser *parser, const char *value)
{
    if (!is_ice_text(value, 4))
        return "4 to 256 ICE characters";
    set_once(&parser->sdp->ice_ufrag, value);
    return NULL;
}

static const char *read_pwd(Parser *parser, const char *value)
{
    if (!is_ice_text(value, 22))
        return "22 to 256 ICE characters";
    set_once(&parser->sdp->ice_pwd, value);
    return NULL;
}

static const char *read_fingerprint(Parser *parser, const char *value)
{
    const char *space = strchr(value, ' ');
    if (!space || g_ascii_strncasecmp(value, "sha-256", (gsize)(space - value)) != 0)
        return NULL; /* another hash: not ours to judge, a SHA-256 one must still come */
    g_autofree char *hash = g_ascii_strup(space + 1, -1);
    if (strlen(hash) != FINGERPRINT_LENGTH)
        return "32 bytes in hexadecimal with colons";
    for (gsize i = 0; i < FINGERPRINT_LENGTH; i++)
        if (i % 3 == 2 ? hash[i] != ':' : !g_ascii_isxdigit(hash[i]))
            return "32 bytes in hexadecimal with colons";
    set_once(&parser->sdp->fingerprint, hash);
    return NULL;
}

static const char *read_setup(Parser *parser, const char *value)
{
    static const char *const roles[] = {"actpass", "active", "passive", NULL};
    if (!g_strv_contains(roles, value))
        return "actpass, active or passive";
    set_once(&parser->sdp->setup, value);
    return NULL;
}

static const char *read_candidate(Parser *parser, const char *value)
{
    if (parser->sdp->candidates->len == MAX_CANDIDATES)
        return "at most 64 candidates";
    g_ptr_array_add(parser->sdp->candidates, g_strdup_printf("candidate:%s", value));
    return NULL;
}

static const char *read_mid(Parser *parser, const char *value)
{
    gsize length = strlen(value);
    if (!parser->media || length < 1 || length > 32 || strchr(value, ' '))
        return "a token of 1 to 32 characters in a media section";
    set_once(&parser->media->mid, value);
    return NULL;
}

static const char *read_of_section(Parser *parser, const char *value,
                                   const char *(*read)(MpSdpMedia *media, const char *value))
{
    return parser->media ? read(parser->media, value) : "a media section before it";
}

static const char *read_rtpmap(Parser *parser, const char *value)
{
    return read_of_section(parser, value, mp_sdp_read_rtpmap);
}

static const char *read_fmtp(Parser *parser, const char *value)
{
    return read_of_section(parser, value, mp_sdp_read_fmtp);
}

static const char *read_feedback(Parser *parser, const char *value)
{
    return read_of_section(parser, value, mp_sdp_read_feedback);
}

/* One of the session part is for every section (RFC 8285 section 5); no browser writes it. */
static const char *read_extension(Parser *parser, const char *value)
{
    return parser->media ? mp_sdp_read_extension(parser->media, value) : NULL;
}

static const char *read_ssrc(Parser *parser, const char *value)
{
    g_autofree char *number = g_strndup(value, strcspn(value, " "));
    guint64 ssrc;
    if (!parser->media || !g_ascii_string_to_unsigned(number, 10, 1, G_MAXUINT32, &ssrc, NULL))
        return "a number 1-4294967295 in a media section";
    if (!parser->media->ssrc)
        parser->media->ssrc = (guint32)ssrc;
    return NULL;
}

static const char *read_stream(Parser *parser, const char *value)
{
    MpStreamSpec spec;
    if (parser->sdp->streams->len == MP_MOST_SPECS)
        return "at most 48 streams";
    if (!mp_stream_spec_parse(&spec, value))
        return "SET KIND and every number of the kind, in range";
    g_array_append_val(parser->sdp->streams, spec);
    parser->sdp->is_tester = TRUE;
    return NULL;
}

static const char *read_rest(Parser *parser, const char *name)
{
    (void)name;
    parser->sdp->starts_at_rest = TRUE;
    return NULL;
}

static const char *read_direction(Parser *parser, const char *name)
{
    if (parser->media) {
        g_free(parser->media->direction);
        parser->media->direction = g_strdup(name);
    }
    return NULL;
}

/* RFC 8843 section 6: port 0 then stands for the bundle's port, and refuses nothing. */
static const char *read_bundle_only(Parser *parser, const char *name)
{
    (void)name;
    if (parser->media)
        parser->media->is_refused = FALSE;
    return NULL;
}

static const struct {
    const char *name;
    const char *(*read)(Parser *parser, const char *value);
} attributes[] = {
    {"ice-ufrag", read_ufrag},
    {"ice-pwd", read_pwd},
    {"fingerprint", read_fingerprint},
    {"setup", read_setup},
    {"candidate", read_candidate},
    {"mid", read_mid},
    {"rtpmap", read_rtpmap},
    {"ssrc", read_ssrc},
    {"mediapath-stream", read_stream},
    {"mediapath-at-rest", read_rest},
    {"sendrecv", read_direction},
    {"sendonly", read_direction},
    {"recvonly", read_direction},
    {"inactive", read_direction},
    {"fmtp", read_fmtp},
    {"rtcp-fb", read_feedback},
    {"extmap", read_extension},
    {"bundle-only", read_bundle_only},
};

static const char *read_attribute(Parser *parser, const char *line)
{
    const char *colon = strchr(line, ':');
    g_autofree char *name = colon ? g_strndup(line, (gsize)(colon - line)) : g_strdup(line);
    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++)
        if (g_str_equal(attributes[i].name, name))
            return attributes[i].read(parser, colon ? colon + 1 : name);
    return NULL;
}

static const char *read_section(Parser *parser, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint64 port;
    if (g_strv_length(words) < 4 ||
        !g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT16, &port, NULL))
        return "m=KIND PORT PROTOCOL FORMAT";
    if (parser->sdp->media->len == MAX_SECTIONS)
        return "at most 16 media sections";

    MpSdpKind kind = MP_SDP_OTHER;
    for (guint i = 0; i < MP_SDP_OTHER; i++)
        if (g_str_equal(words[0], kind_names[i]))
            kind = (MpSdpKind)i;
    parser->media = mp_sdp_add_media(parser->sdp, kind);
    parser->media->is_refused = port == 0;
    if (kind == MP_SDP_OTHER)
        return NULL;
    return mp_sdp_read_formats(parser->media, words + 3);
}

static const char *read_line(Parser *parser, const char *line, guint number)
{
    if (number == 1)
        return g_str_equal(line, "v=0") ? NULL : "v=0";
    if (line[0] == '\0' || line[1] != '=')
        return "LETTER=VALUE";
    if (line[0] == 'm')
        return read_section(parser, line + 2);
    if (line[0] == 'a')
        return read_attribute(parser, line + 2);
    return NULL;
}

static const char *what_is_missing(const MpSdp *sdp)
{
    gboolean has_section = FALSE;
    for (guint i = 0; i < sdp->media->len; i++) {
        const MpSdpMedia *media = sdp->media->pdata[i];
        if (!media->mid)
            return "a=mid in every media section";
        has_section |= !media->is_refused;
    }
    const struct {
        gboolean is_there;
        const char *name;
    } needed[] = {
        {sdp->ice_ufrag != NULL, "a=ice-ufrag"},
        {sdp->ice_pwd != NULL, "a=ice-pwd"},
        {sdp->fingerprint != NULL, "a=fingerprint with sha-256"},
        {sdp->setup != NULL, "a=setup"},
        {has_section, "a media section that is not refused"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!needed[i].is_there)
            return needed[i].name;
    return NULL;
}

/* The first payload type is the one that is preferred. */
static void note_codecs(MpSdp *sdp)
{
    for (guint i = 0; i < sdp->media->len; i++) {
        MpSdpMedia *media = sdp->media->pdata[i];
        if (media->formats->len == 0)
            continue;
        const MpSdpFormat *first = media->formats->pdata[0];
        media->payload_type = first->payload_type;
        media->codec = g_strdup(first->encoding);
        media->clock_rate = first->clock_rate;
    }
}

static gboolean read_lines(MpSdp *sdp, char **lines, GError **error)
{
    Parser parser = {.sdp = sdp};
    for (guint i = 0; lines[i]; i++) {
        g_strchomp(lines[i]);
        if (lines[i][0] == '\0' && !lines[i + 1])
            break;
        const char *expected = read_line(&parser, lines[i], i + 1);
        if (expected) {
            g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                        "SDP line %u: found \"%.80s\", expected %s", i + 1, lines[i], expected);
            return FALSE;
        }
    }
    note_codecs(sdp);
    const char *missing = what_is_missing(sdp);
    if (missing)
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED, "SDP: expected %s, found none", missing);
    return missing == NULL;
}

MpSdp *mp_sdp_parse(const char *text, gsize length, GError **error)
{
    if (length > MAX_TEXT || !g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "SDP: found %" G_GSIZE_FORMAT " bytes%s, expected at most %" G_GSIZE_FORMAT
                    " of UTF-8 text",
                    length, length > MAX_TEXT ? "" : " that are not UTF-8", MAX_TEXT);
        return NULL;
    }
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    MpSdp *sdp = mp_sdp_new();
    if (read_lines(sdp, lines, error))
        return sdp;
    mp_sdp_free(sdp);
    return NULL;
}
