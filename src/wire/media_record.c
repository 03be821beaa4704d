/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end of a media session sent and received, as bytes.
 */
#include "wire/media_record.h"

#include "base/error.h"
#include "wire/dtls.h"

#define MAGIC 0x4d50524bu /* "MPRK" */
#define VERSION 3         /* 1 had no handshake, 2 nothing of duplicates and of the host */
#define HEADER_SIZE 76
#define ENTRY_SIZE 20
#define FLAG_KERNEL_STAMPED 1
#define FLAG_RETRANSMISSION 2
/* A handshake in small pieces, each sent several times, at the head of the record. */
#define MOST_DTLS 256
#define MOST_DROPS 1000

MpMediaRecord *mp_media_record_new(void)
{
    MpMediaRecord *record = g_new0(MpMediaRecord, 1);
    record->sent = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    record->received = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    record->drops = g_array_new(FALSE, FALSE, sizeof(MpRecordDrop));
    return record;
}

void mp_media_record_free(MpMediaRecord *record)
{
    if (!record)
        return;
    g_array_unref(record->sent);
    g_array_unref(record->received);
    g_array_unref(record->drops);
    g_free(record);
}

void mp_media_record_add_dtls(GArray *entries, const guint8 *data, gsize length, MpTime time)
{
    MpRecordEntry entry = {.ssrc = MP_RECORD_DTLS, .size = (guint16)length, .time = time};
    if (entries->len < MOST_DTLS && length <= G_MAXUINT16 &&
        mp_dtls_datagram_number(data, length, &entry.sequence))
        g_array_append_val(entries, entry);
}

void mp_media_record_add_drop(MpMediaRecord *record, MpTime after, MpTime until, guint32 packets)
{
    const MpRecordDrop drop = {after, until, packets};
    if (record->drops->len < MOST_DROPS) {
        g_array_append_val(record->drops, drop);
        return;
    }
    MpRecordDrop *last = &g_array_index(record->drops, MpRecordDrop, MOST_DROPS - 1);
    last->until = until;
    last->packets += packets;
}

static void write_drops(MpWriter *writer, const GArray *drops)
{
    for (guint i = 0; i < drops->len; i++) {
        const MpRecordDrop *drop = &g_array_index(drops, MpRecordDrop, i);
        mp_writer_u64(writer, (guint64)drop->after);
        mp_writer_u64(writer, (guint64)drop->until);
        mp_writer_u32(writer, drop->packets);
    }
}

static void write_entries(MpWriter *writer, const GArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        const MpRecordEntry *entry = &g_array_index(entries, MpRecordEntry, i);
        mp_writer_u32(writer, entry->ssrc);
        mp_writer_u32(writer, entry->sequence);
        mp_writer_u64(writer, (guint64)entry->time);
        mp_writer_u16(writer, entry->size);
        mp_writer_u16(writer, (guint16)((entry->is_kernel_stamped ? FLAG_KERNEL_STAMPED : 0) |
                                        (entry->is_retransmission ? FLAG_RETRANSMISSION : 0)));
    }
}

GBytes *mp_media_record_write(const MpMediaRecord *record)
{
    const gsize entries = (gsize)record->sent->len + record->received->len + record->drops->len;
    const gsize size = HEADER_SIZE + ENTRY_SIZE * entries;
    guint8 *data = g_malloc(size);
    MpWriter writer = mp_writer_init(data, size);
    mp_writer_u32(&writer, MAGIC);
    mp_writer_u32(&writer, VERSION);
    mp_writer_u32(&writer, record->sent->len);
    mp_writer_u32(&writer, record->received->len);
    mp_writer_u32(&writer, record->receive_overflows);
    mp_writer_u64(&writer, (guint64)record->timer_late_p50);
    mp_writer_u64(&writer, (guint64)record->timer_late_p99);
    mp_writer_u32(&writer, record->duplicates);
    mp_writer_u64(&writer, (guint64)record->clock_stepped);
    mp_writer_u64(&writer, (guint64)record->watched);
    mp_writer_u64(&writer, (guint64)record->run_queue);
    mp_writer_u64(&writer, (guint64)record->stolen);
    mp_writer_u32(&writer, record->drops->len);
    write_entries(&writer, record->sent);
    write_entries(&writer, record->received);
    write_drops(&writer, record->drops);
    g_assert(!writer.is_bad && writer.position == size);
    return g_bytes_new_take(data, size);
}

static void read_entries(MpReader *reader, GArray *entries, guint32 count)
{
    for (guint32 i = 0; i < count; i++) {
        MpRecordEntry entry = {.ssrc = mp_reader_u32(reader), .sequence = mp_reader_u32(reader)};
        entry.time = (MpTime)mp_reader_u64(reader);
        entry.size = mp_reader_u16(reader);
        const guint16 flags = mp_reader_u16(reader);
        entry.is_kernel_stamped = (flags & FLAG_KERNEL_STAMPED) != 0;
        entry.is_retransmission = (flags & FLAG_RETRANSMISSION) != 0;
        g_array_append_val(entries, entry);
    }
}

static void read_drops(MpReader *reader, GArray *drops, guint32 count)
{
    for (guint32 i = 0; i < count; i++) {
        MpRecordDrop drop = {.after = (MpTime)mp_reader_u64(reader)};
        drop.until = (MpTime)mp_reader_u64(reader);
        drop.packets = mp_reader_u32(reader);
        g_array_append_val(drops, drop);
    }
}

/* What stands before the entries, and how many of each there are. */
typedef struct {
    guint32 sent, received, drops;
} Counts;

/* `record` gets the figures, no list. */
static void read_header(MpReader *reader, MpMediaRecord *record, Counts *counts)
{
    counts->sent = mp_reader_u32(reader);
    counts->received = mp_reader_u32(reader);
    record->receive_overflows = mp_reader_u32(reader);
    record->timer_late_p50 = (MpTime)mp_reader_u64(reader);
    record->timer_late_p99 = (MpTime)mp_reader_u64(reader);
    record->duplicates = mp_reader_u32(reader);
    record->clock_stepped = (MpTime)mp_reader_u64(reader);
    record->watched = (MpTime)mp_reader_u64(reader);
    record->run_queue = (MpTime)mp_reader_u64(reader);
    record->stolen = (MpTime)mp_reader_u64(reader);
    counts->drops = mp_reader_u32(reader);
}

MpMediaRecord *mp_media_record_parse(const guint8 *data, gsize length, GError **error)
{
    MpReader reader = mp_reader_init(data, length);
    const guint32 magic = mp_reader_u32(&reader);
    const guint32 version = mp_reader_u32(&reader);
    MpMediaRecord header = {0};
    Counts counts;
    read_header(&reader, &header, &counts);
    if (reader.is_bad || magic != MAGIC || version != VERSION) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "media record: found %" G_GSIZE_FORMAT " bytes starting with %08x, version %u; "
                    "expected \"MPRK\", version %d",
                    length, magic, version, VERSION);
        return NULL;
    }
    const guint64 entries = (guint64)counts.sent + counts.received + counts.drops;
    const guint64 expected = HEADER_SIZE + ENTRY_SIZE * entries;
    if (expected != length) {
        g_set_error(error, MP_ERROR, MP_ERROR_MALFORMED,
                    "media record: found %" G_GSIZE_FORMAT " bytes, expected %" G_GUINT64_FORMAT,
                    length, expected);
        return NULL;
    }

    MpMediaRecord *record = mp_media_record_new();
    header.sent = record->sent;
    header.received = record->received;
    header.drops = record->drops;
    *record = header;
    read_entries(&reader, record->sent, counts.sent);
    read_entries(&reader, record->received, counts.received);
    read_drops(&reader, record->drops, counts.drops);
    g_assert(!reader.is_bad);
    return record;
}
