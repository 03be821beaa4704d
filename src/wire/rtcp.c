/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP reports, RFC 3550 section 6.
 */
#include "wire/rtcp.h"

#include <string.h>

#define TYPE_SR 200
#define TYPE_RR 201
#define TYPE_SDES 202
#define TYPE_BYE 203
#define TYPE_APP 204
#define APP_NAME_LENGTH 4
#define SDES_CNAME 1

/* Seconds from 1900 to 1970, RFC 868. */
#define NTP_OFFSET G_GUINT64_CONSTANT(2208988800)

static gsize begin(MpWriter *writer, guint count, guint8 type)
{
    mp_writer_u8(writer, (guint8)(2 << 6 | count));
    mp_writer_u8(writer, type);
    mp_writer_u16(writer, 0);
    return writer->position - 2;
}

static void finish(MpWriter *writer, gsize length_position)
{
    gsize bytes = writer->position - (length_position - 2);
    mp_writer_patch_u16(writer, length_position, (guint16)(bytes / 4 - 1));
}

static void write_block(MpWriter *writer, const MpRtcpBlock *block)
{
    mp_writer_u32(writer, block->ssrc);
    mp_writer_u8(writer, block->fraction_lost);
    mp_writer_u24(writer, (guint32)block->cumulative_lost & 0xffffff);
    mp_writer_u32(writer, block->highest_sequence);
    mp_writer_u32(writer, block->jitter);
    mp_writer_u32(writer, block->last_sr);
    mp_writer_u32(writer, block->delay_since_sr);
}

static void write_cname(MpWriter *writer, guint32 ssrc, const char *cname)
{
    gsize length = strlen(cname);
    g_assert(length >= 1 && length <= 255);
    gsize mark = begin(writer, 1, TYPE_SDES);
    mp_writer_u32(writer, ssrc);
    mp_writer_u8(writer, SDES_CNAME);
    mp_writer_u8(writer, (guint8)length);
    mp_writer_bytes(writer, cname, length);
    /* At least one zero ends the list, then up to a multiple of four. */
    mp_writer_zeros(writer, 4 - (length + 2) % 4);
    finish(writer, mark);
}

static void write_app(MpWriter *writer, const MpRtcpReport *report)
{
    const MpRtcpApp *app = &report->app;
    g_assert(app->subtype <= 31 && app->data.length % 4 == 0);
    gsize mark = begin(writer, app->subtype, TYPE_APP);
    mp_writer_u32(writer, report->ssrc);
    mp_writer_bytes(writer, app->name, APP_NAME_LENGTH);
    mp_writer_bytes(writer, app->data.data, app->data.length);
    finish(writer, mark);
}

void mp_rtcp_write(MpWriter *writer, const MpRtcpReport *report, const char *cname)
{
    g_assert(report->n_blocks <= MP_RTCP_MAX_BLOCKS);
    gsize mark = begin(writer, report->n_blocks, report->has_sender_info ? TYPE_SR : TYPE_RR);
    mp_writer_u32(writer, report->ssrc);
    if (report->has_sender_info) {
        mp_writer_u64(writer, report->ntp_time);
        mp_writer_u32(writer, report->rtp_timestamp);
        mp_writer_u32(writer, report->packet_count);
        mp_writer_u32(writer, report->octet_count);
    }
    for (guint i = 0; i < report->n_blocks; i++)
        write_block(writer, &report->blocks[i]);
    finish(writer, mark);

    write_cname(writer, report->ssrc, cname);
    if (report->app.data.data)
        write_app(writer, report);
    if (report->is_bye) {
        mark = begin(writer, 1, TYPE_BYE);
        mp_writer_u32(writer, report->ssrc);
        finish(writer, mark);
    }
}

static MpRtcpBlock read_block(MpReader *reader)
{
    MpRtcpBlock block = {.ssrc = mp_reader_u32(reader)};
    block.fraction_lost = mp_reader_u8(reader);
    /* 24 bits in two's complement. */
    block.cumulative_lost = (gint32)(mp_reader_u24(reader) << 8) >> 8;
    block.highest_sequence = mp_reader_u32(reader);
    block.jitter = mp_reader_u32(reader);
    block.last_sr = mp_reader_u32(reader);
    block.delay_since_sr = mp_reader_u32(reader);
    return block;
}

static void read_report(MpReader *reader, guint8 type, guint count, MpRtcpReport *report)
{
    report->ssrc = mp_reader_u32(reader);
    if (type == TYPE_SR) {
        report->has_sender_info = TRUE;
        report->ntp_time = mp_reader_u64(reader);
        report->rtp_timestamp = mp_reader_u32(reader);
        report->packet_count = mp_reader_u32(reader);
        report->octet_count = mp_reader_u32(reader);
    }
    for (guint i = 0; i < count && report->n_blocks < MP_RTCP_MAX_BLOCKS; i++)
        report->blocks[report->n_blocks++] = read_block(reader);
}

static void read_app(MpReader *reader, guint subtype, MpRtcpApp *app)
{
    mp_reader_u32(reader);
    const MpBytes name = mp_reader_bytes(reader, APP_NAME_LENGTH);
    *app = (MpRtcpApp){.subtype = (guint8)subtype};
    if (name.data)
        memcpy(app->name, name.data, APP_NAME_LENGTH);
    app->data = mp_reader_bytes(reader, mp_reader_left(reader));
}

gboolean mp_rtcp_parse(const guint8 *data, gsize length, MpRtcpReport *report)
{
    *report = (MpRtcpReport){0};
    MpReader reader = mp_reader_init(data, length);
    for (gboolean is_first = TRUE; mp_reader_left(&reader) > 0; is_first = FALSE) {
        guint8 first = mp_reader_u8(&reader);
        guint8 type = mp_reader_u8(&reader);
        MpBytes body = mp_reader_bytes(&reader, (gsize)4 * mp_reader_u16(&reader));
        gboolean is_report = type == TYPE_SR || type == TYPE_RR;
        if (reader.is_bad || first >> 6 != 2 || (is_first && !is_report))
            return FALSE;

        MpReader content = mp_reader_init(body.data, body.length);
        if (is_report)
            read_report(&content, type, first & 0x1f, report);
        else if (type == TYPE_BYE)
            report->is_bye = TRUE;
        else if (type == TYPE_APP)
            read_app(&content, first & 0x1f, &report->app);
        if (content.is_bad)
            return FALSE;
    }
    return !reader.is_bad && length > 0;
}

guint64 mp_rtcp_ntp_time(MpTime realtime)
{
    guint64 seconds = (guint64)(realtime / MP_SEC(1)) + NTP_OFFSET;
    guint64 fraction = ((guint64)(realtime % MP_SEC(1)) << 32) / (guint64)MP_SEC(1);
    return seconds << 32 | fraction;
}

guint32 mp_rtcp_ntp_middle(guint64 ntp_time)
{
    return (guint32)(ntp_time >> 16);
}

MpTime mp_rtcp_round_trip(const MpRtcpBlock *block, guint64 ntp_arrival)
{
    if (block->last_sr == 0)
        return -1;
    guint32 units = mp_rtcp_ntp_middle(ntp_arrival) - block->last_sr - block->delay_since_sr;
    if (units > G_MAXINT32)
        return -1;
    return (MpTime)((guint64)units * (guint64)MP_SEC(1) >> 16);
}
