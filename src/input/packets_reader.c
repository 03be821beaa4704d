/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of every packet: lines of eight fields with tabs between them, see docs/RESULT.md.
 */
#include "input/packets_reader.h"

#include <string.h>

#include "base/error.h"
#include "input/bounded_file.h"
#include "model/packet_fate.h"

#define FORMAT "# mediapath-packets/1"
#define START "# start"
/* Ten minutes of six ways at 10 Mbps each way. */
#define MOST_BYTES ((gsize)512 * 1024 * 1024)
#define LONGEST_QUOTE 40
/* A day, before or after the first packet, which left before the year 2100. */
#define FURTHEST_US G_GINT64_CONSTANT(86400000000)
#define LATEST_START_US G_GINT64_CONSTANT(4102444800000000)

typedef enum { UP, DOWN, N_DIRECTIONS } Direction;

static const char *const directions[N_DIRECTIONS] = {"up", "down"};

/* Of one measurement. */
typedef struct {
    MpMeasurement *measurement;
    MpTime start;
    GArray *packets[N_DIRECTIONS]; /* MpPacketFate; NULL: none yet */
} Call;

typedef struct {
    const char *name;
    MpResult *result;
    GArray *calls; /* Call */
    guint line;
    /* Of the line at hand: */
    Call *call;
    Direction direction;
    MpPacketFate packet;
} Reader;

static void clear_call(gpointer data)
{
    Call *call = data;
    for (guint i = 0; i < N_DIRECTIONS; i++)
        g_clear_pointer(&call->packets[i], g_array_unref);
}

static gboolean refuse(const Reader *reader, gsize column, const char *found, const char *expected,
                       GError **error)
{
    g_autofree char *part = g_strndup(found, LONGEST_QUOTE);
    g_autofree char *valid = g_utf8_make_valid(part, -1);
    g_autofree char *printable = g_strescape(valid, NULL);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s:%u:%zu: \"%s%s\" was found, expected %s",
                reader->name, reader->line, column + 1, printable,
                strlen(found) > LONGEST_QUOTE ? "..." : "", expected);
    return FALSE;
}

/* -- fields ------------------------------------------------------------------------------------ */

static Call *call_of(Reader *reader, const char *id)
{
    for (guint i = reader->calls->len; i-- > 0;) {
        Call *call = &g_array_index(reader->calls, Call, i);
        if (g_str_equal(call->measurement->id, id))
            return call;
    }
    const MpMeasurement *measurement = mp_result_measurement(reader->result, id);
    if (!measurement || !g_str_equal(measurement->kind, "media"))
        return NULL;
    const Call call = {.measurement = (MpMeasurement *)measurement};
    g_array_append_val(reader->calls, call);
    return &g_array_index(reader->calls, Call, reader->calls->len - 1);
}

static gboolean read_measurement(Reader *reader, const char *text)
{
    reader->call = call_of(reader, text);
    return reader->call != NULL;
}

static gboolean read_direction(Reader *reader, const char *text)
{
    for (guint i = 0; i < N_DIRECTIONS; i++)
        if (g_str_equal(directions[i], text)) {
            reader->direction = (Direction)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean read_unsigned(const char *text, guint base, guint64 most, guint64 *value)
{
    return g_ascii_string_to_unsigned(text, base, 0, most, value, NULL);
}

static gboolean read_stream(Reader *reader, const char *text)
{
    guint64 value;
    if (strlen(text) != 8 || !read_unsigned(text, 16, G_MAXUINT32, &value))
        return FALSE;
    reader->packet.stream = (guint32)value;
    return TRUE;
}

static gboolean read_sequence(Reader *reader, const char *text)
{
    guint64 value;
    if (!read_unsigned(text, 10, G_MAXUINT32, &value))
        return FALSE;
    reader->packet.sequence = (guint32)value;
    return TRUE;
}

static gboolean read_size(Reader *reader, const char *text)
{
    guint64 value;
    if (!read_unsigned(text, 10, G_MAXUINT16, &value))
        return FALSE;
    reader->packet.size = (guint16)value;
    return TRUE;
}

static gboolean read_start_word(Reader *reader, const char *text)
{
    (void)reader;
    return g_str_equal(text, START);
}

/* The result tells its start in whole seconds. */
#define SLACK MP_SEC(5)

/* What another check wrote has the same names. */
static gboolean is_during_check(const MpResult *result, MpTime time)
{
    g_autoptr(GDateTime)
        started = result->started ? g_date_time_new_from_iso8601(result->started, NULL) : NULL;
    if (!started)
        return TRUE;
    const MpTime from = MP_SEC(g_date_time_to_unix(started)) - SLACK;
    const MpTime span = (MpTime)(result->duration_ms * 1e6) + 2 * SLACK;
    return time >= from && time - from <= span;
}

/* Its packets count from there. */
static gboolean read_start(Reader *reader, const char *text)
{
    guint64 value;
    if (reader->call->packets[UP] || reader->call->packets[DOWN] ||
        !read_unsigned(text, 10, LATEST_START_US, &value))
        return FALSE;
    reader->call->start = (MpTime)value * MP_USEC(1);
    return is_during_check(reader->result, reader->call->start);
}

static gboolean read_time(const Reader *reader, const char *text, MpTime *time)
{
    gint64 value;
    if (!g_ascii_string_to_signed(text, 10, -FURTHEST_US, FURTHEST_US, &value, NULL))
        return FALSE;
    *time = reader->call->start + value * MP_USEC(1);
    return TRUE;
}

static gboolean read_sent(Reader *reader, const char *text)
{
    const GArray *before = reader->call->packets[reader->direction];
    MpTime *sent = &reader->packet.sent;
    return read_time(reader, text, sent) && *sent >= 0 &&
           (!before || *sent + MP_PACKETS_LONGEST_BURST >=
                           g_array_index(before, MpPacketFate, before->len - 1).sent);
}

static gboolean read_received(Reader *reader, const char *text)
{
    const gboolean is_lost = g_str_equal(text, "lost");
    reader->packet.fate = is_lost                         ? MP_PACKET_LOST
                          : g_str_equal(text, "overflow") ? MP_PACKET_OVERFLOWN
                                                          : MP_PACKET_ARRIVED;
    reader->packet.received = MP_NEVER;
    return reader->packet.fate != MP_PACKET_ARRIVED ||
           read_time(reader, text, &reader->packet.received);
}

static gboolean read_stamps(Reader *reader, const char *text)
{
    reader->packet.is_kernel_stamped = g_str_equal(text, "kernel");
    return reader->packet.is_kernel_stamped || g_str_equal(text, "program");
}

typedef struct {
    gboolean (*read)(Reader *reader, const char *text);
    const char *expected;
} Field;

#define CALL_ID "the id of a measurement of media in the result"

static const Field packet_fields[] = {
    {read_measurement, CALL_ID},
    {read_direction, "up or down"},
    {read_stream, "a stream of 8 hexadecimal digits"},
    {read_sequence, "a sequence number from 0 to 4294967295"},
    {read_size, "bytes from 0 to 65535"},
    {read_sent, "whole microseconds, in the order of sending"},
    {read_received, "whole microseconds, lost or overflow"},
    {read_stamps, "kernel or program"},
};

static const Field start_fields[] = {
    {read_start_word, "\"" START "\""},
    {read_measurement, CALL_ID},
    {read_start,
     "whole microseconds since 1970, during the check of the result, before the packets of the "
     "measurement"},
};

/* -- lines ------------------------------------------------------------------------------------- */

/* `line` ends in a zero and is cut up. */
static gboolean read_fields(Reader *reader, char *line, const Field *fields, gsize n_fields,
                            GError **error)
{
    char *field = line;
    for (gsize i = 0; i < n_fields; i++) {
        char *end = strchrnul(field, '\t');
        const gboolean is_last = i + 1 == n_fields;
        if (!is_last && *end == '\0') {
            g_autofree char *expected = g_strdup_printf("%zu fields with tabs between them",
                                                        n_fields);
            return refuse(reader, (gsize)(end - line), "", expected, error);
        }
        if (!is_last)
            *end = '\0';
        if (!fields[i].read(reader, field))
            return refuse(reader, (gsize)(field - line), field, fields[i].expected, error);
        field = end + 1;
    }
    return TRUE;
}

/* Its first field said whose it is. */
static void keep_packet(const Reader *reader)
{
    g_assert(reader->call);
    GArray **packets = &reader->call->packets[reader->direction];
    if (!*packets)
        *packets = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    g_array_append_val(*packets, reader->packet);
}

static gboolean read_line(Reader *reader, char *line, GError **error)
{
    if (reader->line == 1)
        return g_str_equal(line, FORMAT) ||
               refuse(reader, 0, line, "\"" FORMAT "\", which mediapath check --packets writes",
                      error);
    if (g_str_has_prefix(line, START "\t"))
        return read_fields(reader, line, start_fields, G_N_ELEMENTS(start_fields), error);
    if (*line == '#')
        return TRUE;
    if (!read_fields(reader, line, packet_fields, G_N_ELEMENTS(packet_fields), error))
        return FALSE;
    keep_packet(reader);
    return TRUE;
}

static gboolean read_lines(Reader *reader, char *text, gsize length, GError **error)
{
    char *end = text + length;
    do {
        char *newline = memchr(text, '\n', (gsize)(end - text));
        char *line_end = newline ? newline : end;
        *line_end = '\0';
        reader->line++;
        if (strlen(text) != (gsize)(line_end - text)) {
            g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                        "%s:%u:%zu: a zero byte was found, expected text", reader->name,
                        reader->line, strlen(text) + 1);
            return FALSE;
        }
        if (!read_line(reader, text, error))
            return FALSE;
        text = line_end + 1;
    } while (text < end);
    return TRUE;
}

static void give(GArray **target, GArray **packets)
{
    g_clear_pointer(target, g_array_unref);
    *target = g_steal_pointer(packets);
}

gboolean mp_packets_parse(const char *name, const char *text, gsize length, MpResult *result,
                          GError **error)
{
    g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(Call));
    g_autofree char *copy = g_strndup(text, length);
    Reader reader = {.name = name, .result = result, .calls = calls};
    g_array_set_clear_func(calls, clear_call);
    if (!read_lines(&reader, copy, length, error))
        return FALSE;
    for (guint i = 0; i < calls->len; i++) {
        Call *call = &g_array_index(calls, Call, i);
        give(&call->measurement->packets_up, &call->packets[UP]);
        give(&call->measurement->packets_down, &call->packets[DOWN]);
    }
    return TRUE;
}

gboolean mp_packets_read(const char *path, MpResult *result, GError **error)
{
    gsize length = 0;
    g_autofree char *text = mp_bounded_file_read(path, MOST_BYTES, &length, error);
    if (!text)
        return FALSE;
    if (length <= MOST_BYTES)
        return mp_packets_parse(path, text, length, result, error);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "%s: more than %zu bytes were found, expected less", path, MOST_BYTES);
    return FALSE;
}
