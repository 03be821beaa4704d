/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Blocks of a pcapng file.
 */
#include "wire/pcapng.h"

#include <string.h>

/* Section 4: block types. */
#define SECTION_HEADER 0x0A0D0D0AU
#define INTERFACE_DESCRIPTION 1
#define ENHANCED_PACKET 6
#define DECRYPTION_SECRETS 10

#define BYTE_ORDER_MAGIC 0x1A2B3C4DU
#define UNKNOWN_LENGTH G_MAXUINT64
/* IPv4 or IPv6 by its first four bits. */
#define LINKTYPE_RAW 101
#define TLS_KEY_LOG 0x544C534BU

/* Options, section 3.5 and those of the blocks. */
#define OPTION_END 0
#define OPTION_COMMENT 1
#define SECTION_APPLICATION 4
#define INTERFACE_RESOLUTION 9
#define PACKET_FLAGS 2
/* Of PACKET_FLAGS, bits 0 and 1. */
#define INBOUND 1
#define OUTBOUND 2

#define NANOSECONDS 9
#define LONGEST_OPTION 0xFFFF

static void add_u16(GByteArray *out, guint16 value)
{
    g_byte_array_append(out, (const guint8 *)&value, sizeof value);
}

static void add_u32(GByteArray *out, guint32 value)
{
    g_byte_array_append(out, (const guint8 *)&value, sizeof value);
}

/* Everything begins at a multiple of four. */
static void pad(GByteArray *out)
{
    static const guint8 zeros[4] = {0};
    g_byte_array_append(out, zeros, -out->len & 3);
}

static void add_option(GByteArray *out, guint16 code, const void *value, gsize length)
{
    add_u16(out, code);
    add_u16(out, (guint16)length);
    g_byte_array_append(out, value, (guint)length);
    pad(out);
}

static void add_text(GByteArray *out, guint16 code, const char *text)
{
    if (text)
        add_option(out, code, text, MIN(strlen(text), LONGEST_OPTION));
}

/* The block's length is not known yet. Returns where it begins. */
static guint begin(GByteArray *out, guint32 type)
{
    const guint start = out->len;
    add_u32(out, type);
    add_u32(out, 0);
    return start;
}

/* The length stands at both ends. */
static void end(GByteArray *out, guint start)
{
    const guint32 length = out->len - start + (guint32)sizeof length;
    add_u32(out, length);
    memcpy(out->data + start + sizeof(guint32), &length, sizeof length);
}

static void write_section(GByteArray *out, const char *application, const char *comment)
{
    const guint64 section_length = UNKNOWN_LENGTH;
    const guint start = begin(out, SECTION_HEADER);
    add_u32(out, BYTE_ORDER_MAGIC);
    add_u16(out, 1); /* version 1.0 */
    add_u16(out, 0);
    g_byte_array_append(out, (const guint8 *)&section_length, sizeof section_length);
    add_text(out, SECTION_APPLICATION, application);
    add_text(out, OPTION_COMMENT, comment);
    add_option(out, OPTION_END, NULL, 0);
    end(out, start);
}

static void write_interface(GByteArray *out)
{
    const guint8 resolution = NANOSECONDS;
    const guint start = begin(out, INTERFACE_DESCRIPTION);
    add_u16(out, LINKTYPE_RAW);
    add_u16(out, 0);
    add_u32(out, 0); /* packets are whole */
    add_option(out, INTERFACE_RESOLUTION, &resolution, sizeof resolution);
    add_option(out, OPTION_END, NULL, 0);
    end(out, start);
}

void mp_pcapng_write_head(GByteArray *out, const char *application, const char *comment)
{
    write_section(out, application, comment);
    write_interface(out);
}

void mp_pcapng_write_packet(GByteArray *out, const MpPcapngPacket *packet)
{
    const guint32 length = (guint32)(packet->headers.length + packet->payload.length);
    const guint32 flags = packet->is_outgoing ? OUTBOUND : INBOUND;
    const guint start = begin(out, ENHANCED_PACKET);
    add_u32(out, 0); /* the interface */
    add_u32(out, (guint32)((guint64)packet->time >> 32));
    add_u32(out, (guint32)packet->time);
    add_u32(out, length);
    add_u32(out, length);
    g_byte_array_append(out, packet->headers.data, (guint)packet->headers.length);
    g_byte_array_append(out, packet->payload.data, (guint)packet->payload.length);
    pad(out);
    add_option(out, PACKET_FLAGS, &flags, sizeof flags);
    add_text(out, OPTION_COMMENT, packet->comment);
    add_option(out, OPTION_END, NULL, 0);
    end(out, start);
}

void mp_pcapng_write_keys(GByteArray *out, const char *key_log)
{
    const gsize length = strlen(key_log);
    const guint start = begin(out, DECRYPTION_SECRETS);
    add_u32(out, TLS_KEY_LOG);
    add_u32(out, (guint32)length);
    g_byte_array_append(out, (const guint8 *)key_log, (guint)length);
    pad(out);
    end(out, start);
}
