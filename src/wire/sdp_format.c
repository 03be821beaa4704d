/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The payload types of a media section.
 */
#include "wire/sdp_format.h"

#include <string.h>

/* A browser offers about 40, of which each has one retransmission format. */
#define MAX_FORMATS 128
/* RFC 8285 section 4.2: identifiers of the one-byte form. Section 5: 1-255 otherwise. */
#define MAX_EXTENSIONS 32
#define LONGEST_PARAMETERS 512

static const struct {
    MpSdpFeedback bit;
    const char *words;
} feedbacks[] = {
    {MP_SDP_NACK, "nack"},
    {MP_SDP_PLI, "nack pli"},
    {MP_SDP_FIR, "ccm fir"},
    {MP_SDP_TRANSPORT_CC, "transport-cc"},
};

void mp_sdp_format_free(gpointer data)
{
    MpSdpFormat *format = data;
    g_free(format->encoding);
    g_free(format->parameters);
    g_free(format);
}

void mp_sdp_extension_free(gpointer data)
{
    MpSdpExtension *extension = data;
    g_free(extension->uri);
    g_free(extension);
}

MpSdpFormat *mp_sdp_media_add_format(MpSdpMedia *media, guint payload_type)
{
    MpSdpFormat *format = g_new0(MpSdpFormat, 1);
    format->payload_type = payload_type;
    g_ptr_array_add(media->formats, format);
    return format;
}

void mp_sdp_media_add_extension(MpSdpMedia *media, guint id, const char *uri)
{
    MpSdpExtension *extension = g_new0(MpSdpExtension, 1);
    extension->id = id;
    extension->uri = g_strdup(uri);
    g_ptr_array_add(media->extensions, extension);
}

guint mp_sdp_media_extension(const MpSdpMedia *media, const char *uri)
{
    for (guint i = 0; i < media->extensions->len; i++) {
        const MpSdpExtension *extension = media->extensions->pdata[i];
        if (g_str_equal(extension->uri, uri))
            return extension->id;
    }
    return 0;
}

static MpSdpFormat *find(const MpSdpMedia *media, guint64 payload_type)
{
    for (guint i = 0; i < media->formats->len; i++) {
        MpSdpFormat *format = media->formats->pdata[i];
        if (format->payload_type == payload_type)
            return format;
    }
    return NULL;
}

/* "NUMBER rest": FALSE when it does not begin with a payload type and one space. */
static gboolean split(const char *value, guint64 *payload_type, const char **rest)
{
    const char *space = strchr(value, ' ');
    if (!space || space[1] == '\0')
        return FALSE;
    g_autofree char *number = g_strndup(value, (gsize)(space - value));
    *rest = space + 1;
    return g_ascii_string_to_unsigned(number, 10, 0, 127, payload_type, NULL);
}

const char *mp_sdp_read_rtpmap(MpSdpMedia *media, const char *value)
{
    guint64 type;
    const char *encoding;
    if (!split(value, &type, &encoding))
        return "a payload type 0-127 and an encoding";
    MpSdpFormat *format = find(media, type);
    if (!format || format->encoding)
        return NULL;
    g_auto(GStrv) parts = g_strsplit(encoding, "/", 3);
    guint64 rate;
    guint64 channels = 1;
    if (!parts[0] || parts[0][0] == '\0' || !parts[1] ||
        !g_ascii_string_to_unsigned(parts[1], 10, 1, 1000000, &rate, NULL) ||
        (parts[2] && !g_ascii_string_to_unsigned(parts[2], 10, 1, 255, &channels, NULL)))
        return "ENCODING/CLOCK-RATE";
    format->encoding = g_strdup(parts[0]);
    format->clock_rate = (guint)rate;
    format->channels = (guint)channels;
    return NULL;
}

const char *mp_sdp_read_fmtp(MpSdpMedia *media, const char *value)
{
    guint64 type;
    const char *parameters;
    if (!split(value, &type, &parameters) || strlen(parameters) > LONGEST_PARAMETERS)
        return "a payload type 0-127 and at most 512 bytes of parameters";
    MpSdpFormat *format = find(media, type);
    if (format && !format->parameters)
        format->parameters = g_strdup(parameters);
    return NULL;
}

const char *mp_sdp_read_feedback(MpSdpMedia *media, const char *value)
{
    guint64 type = 0;
    const char *words = value + 2;
    gboolean is_for_all = g_str_has_prefix(value, "* ");
    if (!is_for_all && !split(value, &type, &words))
        return "a payload type 0-127 or *, and a kind of feedback";
    guint bit = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(feedbacks); i++)
        if (g_str_equal(feedbacks[i].words, words))
            bit = feedbacks[i].bit;
    for (guint i = 0; i < media->formats->len; i++) {
        MpSdpFormat *format = media->formats->pdata[i];
        if (is_for_all || format->payload_type == type)
            format->feedback |= bit;
    }
    return NULL;
}

const char *mp_sdp_read_extension(MpSdpMedia *media, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 3);
    guint64 id;
    g_autofree char *number = g_strndup(value, strcspn(value, "/ "));
    if (!words[0] || !words[1] || words[1][0] == '\0' ||
        !g_ascii_string_to_unsigned(number, 10, 1, 255, &id, NULL))
        return "an identifier 1-255 and a URI";
    if (media->extensions->len == MAX_EXTENSIONS)
        return "at most 32 header extensions";
    mp_sdp_media_add_extension(media, (guint)id, words[1]);
    return NULL;
}

const char *mp_sdp_read_formats(MpSdpMedia *media, char **numbers)
{
    for (guint i = 0; numbers[i]; i++) {
        guint64 type;
        if (!g_ascii_string_to_unsigned(numbers[i], 10, 0, 127, &type, NULL))
            return "a payload type 0-127";
        if (i == MAX_FORMATS)
            return "at most 128 payload types";
        if (!find(media, type))
            mp_sdp_media_add_format(media, (guint)type);
    }
    return NULL;
}

static void write_format(GString *text, const MpSdpFormat *format)
{
    guint type = format->payload_type;
    if (format->encoding)
        g_string_append_printf(text, "a=rtpmap:%u %s/%u", type, format->encoding,
                               format->clock_rate);
    if (format->encoding && format->channels > 1)
        g_string_append_printf(text, "/%u", format->channels);
    if (format->encoding)
        g_string_append(text, "\r\n");
    if (format->parameters)
        g_string_append_printf(text, "a=fmtp:%u %s\r\n", type, format->parameters);
    for (gsize i = 0; i < G_N_ELEMENTS(feedbacks); i++)
        if (format->feedback & feedbacks[i].bit)
            g_string_append_printf(text, "a=rtcp-fb:%u %s\r\n", type, feedbacks[i].words);
}

void mp_sdp_write_payload_types(GString *text, const MpSdpMedia *media)
{
    for (guint i = 0; i < media->formats->len; i++)
        g_string_append_printf(text, " %u",
                               ((const MpSdpFormat *)media->formats->pdata[i])->payload_type);
    if (media->formats->len == 0)
        g_string_append_printf(text, " %u", media->payload_type);
}

static void write_codec(GString *text, const MpSdpMedia *media)
{
    if (media->codec)
        g_string_append_printf(text, "a=rtpmap:%u %s/%u%s\r\n", media->payload_type, media->codec,
                               media->clock_rate, media->kind == MP_SDP_AUDIO ? "/2" : "");
    if (media->parameters)
        g_string_append_printf(text, "a=fmtp:%u %s\r\n", media->payload_type, media->parameters);
}

void mp_sdp_write_formats(GString *text, const MpSdpMedia *media)
{
    for (guint i = 0; i < media->extensions->len; i++) {
        const MpSdpExtension *extension = media->extensions->pdata[i];
        g_string_append_printf(text, "a=extmap:%u %s\r\n", extension->id, extension->uri);
    }
    for (guint i = 0; i < media->formats->len; i++)
        write_format(text, media->formats->pdata[i]);
    if (media->formats->len == 0)
        write_codec(text, media);
}
