/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end of a simulated call sends to the other: packets and the frames they are made of.
 * Content is not simulated, only what it costs and when it is whole.
 */
#pragma once

#include "base/time.h"

typedef enum {
    MP_SIM_AUDIO,
    MP_SIM_VIDEO,
    MP_SIM_RETRANSMISSION, /* RTX (RFC 4588) of a video packet */
    MP_SIM_PROTECTION,     /* ULPFEC in RED (RFC 5109) */
    MP_SIM_PADDING,        /* of a probe or while loss limits the rate */
    MP_SIM_FEEDBACK,       /* RTCP: transport-wide feedback, NACK, PLI, receiver reports */
} MpSimKind;

/* One frame of video as its encoder made it. */
typedef struct {
    guint32 number;         /* from 0, every frame that was encoded */
    guint32 first_sequence; /* of its packets in MpSimPacket.sequence */
    guint n_packets;
    guint bytes; /* payload of all its packets */
    guint height;
    double qp; /* on the codec's scale */
    gboolean is_key;
    MpTime captured; /* when the picture was taken */
    MpTime encoded;  /* when it was ready to send */
} MpSimFrame;

/* The media packets that a protection packet is the sum of. */
typedef struct {
    guint32 first_sequence;
    guint64 members; /* bit i: first_sequence + i */
} MpSimCover;

typedef struct {
    MpSimKind kind;
    int probe;                  /* cluster of a bandwidth probe; -1: none */
    guint size;                 /* bytes of the IP packet */
    guint32 transport_sequence; /* transport-wide, from 0: everything but feedback has one */
    guint32 sequence;           /* audio, video, retransmission: of the media packet, from 0;
                                 * protection: of the last media packet that it protects */
    guint32 frame;              /* video, retransmission: the frame's number;
                                 * protection: of the last frame that it protects */
    MpTime sent;                /* left the pacer */
    MpSimCover cover;           /* protection */
} MpSimPacket;

/* IPv4, UDP, SRTP (RTP header with extensions, authentication tag) around a payload. */
#define MP_SIM_OVERHEAD 64
