/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reflector on arbitrary bytes, as they are and as TLVs that a holder of the key signed. No
 * answer has another length than its request, every answer verifies, none is answered in turn.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "responder/stamp_reflector.h"

#define LARGEST 8192

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static MpStampReflector reflector;

static void set_up(void)
{
    g_autofree char *path = NULL;
    static const char text[] = "7 the key of site number seven\n";
    int fd = g_file_open_tmp("fuzz-stamp-XXXXXX", &path, NULL); /* mode 600 */
    g_assert_true(fd >= 0 && write(fd, text, strlen(text)) == (gssize)strlen(text));
    close(fd);
    reflector.keys = mp_stamp_keys_read_file(path, NULL);
    reflector.shared = g_new0(MpStampShared, 1);
    mp_stamp_shared_init(reflector.shared, 1000000, 1000000);
    (void)g_unlink(path);
}

static gsize reflect(MpBytes bytes, guint8 *out)
{
    static MpTime now;
    guint8 tos = 0;
    const MpStampArrival arrival = {
        .bytes = bytes,
        .source = mp_address_literal("192.0.2.1", 40000),
        .port = 5000,
        .time = MP_SEC(1700000000),
    };
    now += MP_SEC(1);
    return mp_stamp_reflect(&reflector, &arrival, now, MP_SEC(1700000000), out, &tos);
}

static void ask(MpBytes bytes, MpStampMode mode)
{
    guint8 answer[LARGEST];
    guint8 echo[LARGEST];
    MpStampKey *key = mp_stamp_keys_find(reflector.keys, 7);
    gsize length = reflect(bytes, answer);
    if (length == 0)
        return;
    MpBytes got = {answer, length};
    g_assert_cmpuint(length, ==, bytes.length);
    g_assert_true(mode == MP_STAMP_OPEN ? mp_stamp_has_hmac(got, mode, key)
                                        : mp_stamp_is_sealed(got, key));
    g_assert_cmpuint(reflect(got, echo), ==, 0);
}

/* The input's bytes as what stands behind the KEY TLV. */
static void ask_signed(const guint8 *data, gsize size, MpStampMode mode)
{
    static guint32 sequence;
    guint8 bytes[LARGEST];
    const MpStampPacket packet = {.sequence = ++sequence};
    MpStampKey *key = mp_stamp_keys_find(reflector.keys, 7);
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_stamp_write(&writer, mode, MP_STAMP_REQUEST, &packet);
    mp_stamp_write_key(&writer, &(MpStampSession){7, 1});
    mp_writer_bytes(&writer, data, size);
    mp_stamp_write_hmac(&writer, mode, key);
    if (mode == MP_STAMP_AUTHENTICATED)
        mp_stamp_seal(bytes, key);
    g_assert_false(writer.is_bad);
    ask((MpBytes){bytes, writer.position}, mode);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (!reflector.keys)
        set_up();
    if (size > LARGEST / 2)
        return 0;
    ask((MpBytes){data, size}, MP_STAMP_OPEN);
    ask_signed(data, size, MP_STAMP_OPEN);
    ask_signed(data, size, MP_STAMP_AUTHENTICATED);
    return 0;
}
