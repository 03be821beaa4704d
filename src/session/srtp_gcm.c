/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sending half of SRTP with AES-GCM.
 */
#include "session/srtp_gcm.h"

#include <openssl/evp.h>
#include <string.h>

#include "session/ssrc_map.h"
#include "wire/rtp.h"

/* Numbers behind the highest one of a stream of which it is known whether they were used. */
#define WINDOW 1024
/* RFC 7714 section 8.1: two zero bytes, SSRC, rollover counter, sequence number. */
#define IV_SIZE 12
/* RFC 3711 section 4.3.3: the counter mode's first block is the salt with the label, and 16 bits of
 * counter. */
#define BLOCK 16
#define LABEL_POSITION 7
/* RFC 3550 section 5.1. */
#define EXTENSION_FLAG 0x10
#define MOST_CSRC 0x0f

typedef struct {
    gboolean has_begun;
    guint64 highest; /* RFC 3711 section 3.3.1: rollover counter and sequence number */
    guint64 used[WINDOW / 64];
} Stream;

struct _MpSrtpGcm {
    EVP_CIPHER_CTX *cipher;
    guint8 salt[MP_SRTP_GCM_SALT];
    MpSsrcMap places;
    guint n_streams;
    Stream streams[MP_SRTP_GCM_STREAMS];
};

gboolean mp_srtp_derive(const guint8 *master_key, gsize key_size, const guint8 *master_salt,
                        gsize salt_size, guint8 label, guint8 *derived, gsize size)
{
    static const guint8 zeros[MP_SRTP_MOST_KEY];
    guint8 block[BLOCK] = {0};
    int length;
    g_return_val_if_fail((key_size == 16 || key_size == 32) && size <= sizeof zeros, FALSE);
    g_return_val_if_fail(salt_size <= BLOCK - 2, FALSE);
    /* RFC 7714 section 11: a shorter salt is filled up with zeros behind it. */
    memcpy(block, master_salt, salt_size);
    block[LABEL_POSITION] ^= label;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    const gboolean is_done = cipher &&
                             EVP_EncryptInit_ex(
                                 cipher, key_size == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr(),
                                 NULL, master_key, block) &&
                             EVP_EncryptUpdate(cipher, derived, &length, zeros, (int)size);
    EVP_CIPHER_CTX_free(cipher);
    explicit_bzero(block, sizeof block);
    return is_done;
}

MpSrtpGcm *mp_srtp_gcm_new(const guint8 *key, gsize key_size, const guint8 *salt)
{
    g_return_val_if_fail(key_size == 16 || key_size == 32, NULL);
    MpSrtpGcm *gcm = g_new0(MpSrtpGcm, 1);
    memcpy(gcm->salt, salt, sizeof gcm->salt);
    gcm->cipher = EVP_CIPHER_CTX_new();
    if (gcm->cipher &&
        EVP_EncryptInit_ex(gcm->cipher, key_size == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(),
                           NULL, key, NULL))
        return gcm;
    mp_srtp_gcm_free(gcm);
    return NULL;
}

void mp_srtp_gcm_free(MpSrtpGcm *gcm)
{
    if (!gcm)
        return;
    EVP_CIPHER_CTX_free(gcm->cipher);
    explicit_bzero(gcm, sizeof *gcm);
    g_free(gcm);
}

/* NULL: there are too many. */
static Stream *stream_of(MpSrtpGcm *gcm, guint32 ssrc)
{
    guint number;
    if (mp_ssrc_map_find(&gcm->places, ssrc, &number))
        return &gcm->streams[number];
    if (gcm->n_streams == MP_SRTP_GCM_STREAMS)
        return NULL;
    mp_ssrc_map_add(&gcm->places, ssrc, gcm->n_streams);
    return &gcm->streams[gcm->n_streams++];
}

/* RFC 3711 section 3.3.1: the index nearest to the highest one, as the far end will guess it.
 * FALSE: before the first. */
static gboolean find_index(const Stream *stream, guint16 sequence, guint64 *index)
{
    const gint16 step = (gint16)(guint16)(sequence - (guint16)stream->highest);
    if (stream->has_begun && step < 0 && stream->highest < (guint64) - (gint64)step)
        return FALSE;
    *index = stream->has_begun ? stream->highest + (guint64)(gint64)step : sequence;
    return TRUE;
}

static guint64 *word_of(Stream *stream, guint64 index)
{
    return &stream->used[index % WINDOW / 64];
}

static guint64 bit_of(guint64 index)
{
    return (guint64)1 << index % 64;
}

static gboolean is_fresh(Stream *stream, guint64 index)
{
    if (!stream->has_begun || index > stream->highest)
        return TRUE;
    return stream->highest - index < WINDOW && !(*word_of(stream, index) & bit_of(index));
}

static void note_used(Stream *stream, guint64 index)
{
    const guint64 first = stream->has_begun ? stream->highest + 1 : index;
    for (guint64 i = MAX(first, index >= WINDOW ? index - WINDOW + 1 : 0); i <= index; i++)
        *word_of(stream, i) &= ~bit_of(i);
    *word_of(stream, index) |= bit_of(index);
    stream->highest = stream->has_begun ? MAX(stream->highest, index) : index;
    stream->has_begun = TRUE;
}

/* The header with its sources and extension is authenticated, and what follows encrypted. 0: it is
 * no RTP packet. */
static gsize header_size(const guint8 *packet, gsize length)
{
    gsize size = MP_RTP_HEADER_SIZE;
    if (length < size || packet[0] >> 6 != 2)
        return 0;
    size += 4 * (gsize)(packet[0] & MOST_CSRC);
    if (packet[0] & EXTENSION_FLAG) {
        if (length < size + 4)
            return 0;
        size += 4 + 4 * ((gsize)packet[size + 2] << 8 | packet[size + 3]);
    }
    return length < size ? 0 : size;
}

static void make_iv(const MpSrtpGcm *gcm, guint32 ssrc, guint64 index, guint8 *iv)
{
    MpWriter writer = mp_writer_init(iv, IV_SIZE);
    mp_writer_u16(&writer, 0);
    mp_writer_u32(&writer, ssrc);
    mp_writer_u32(&writer, (guint32)(index >> 16));
    mp_writer_u16(&writer, (guint16)index);
    for (guint i = 0; i < IV_SIZE; i++)
        iv[i] ^= gcm->salt[i];
}

static void encrypt(const MpSrtpGcm *gcm, const guint8 *iv, guint8 *packet, gsize header,
                    gsize length)
{
    int done;
    const gboolean is_done = EVP_EncryptInit_ex(gcm->cipher, NULL, NULL, NULL, iv) &&
                             EVP_EncryptUpdate(gcm->cipher, NULL, &done, packet, (int)header) &&
                             EVP_EncryptUpdate(gcm->cipher, packet + header, &done, packet + header,
                                               (int)(length - header)) &&
                             EVP_EncryptFinal_ex(gcm->cipher, packet + length, &done) &&
                             EVP_CIPHER_CTX_ctrl(gcm->cipher, EVP_CTRL_AEAD_GET_TAG,
                                                 MP_SRTP_GCM_TAG, packet + length);
    g_assert(is_done);
}

gboolean mp_srtp_gcm_protect(MpSrtpGcm *gcm, guint8 *packet, gsize *length)
{
    const gsize header = header_size(packet, *length);
    if (header == 0)
        return FALSE;
    MpReader reader = mp_reader_init(packet, MP_RTP_HEADER_SIZE);
    (void)mp_reader_u16(&reader);
    const guint16 sequence = mp_reader_u16(&reader);
    (void)mp_reader_u32(&reader);
    const guint32 ssrc = mp_reader_u32(&reader);
    Stream *stream = stream_of(gcm, ssrc);
    guint64 index;
    if (!stream || !find_index(stream, sequence, &index) || !is_fresh(stream, index))
        return FALSE;
    note_used(stream, index);

    guint8 iv[IV_SIZE];
    make_iv(gcm, ssrc, index, iv);
    encrypt(gcm, iv, packet, header, *length);
    *length += MP_SRTP_GCM_TAG;
    return TRUE;
}
