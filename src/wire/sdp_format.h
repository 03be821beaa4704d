/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The payload types of a media section: a=rtpmap, a=fmtp, a=rtcp-fb (RFC 4585), a=extmap (RFC
 * 8285).
 */
#pragma once

#include "wire/sdp.h"

/* For the parser: NULL when the line is good, else what was expected. A payload type that the
 * section does not list is passed over. */
const char *mp_sdp_read_rtpmap(MpSdpMedia *media, const char *value);
const char *mp_sdp_read_fmtp(MpSdpMedia *media, const char *value);
const char *mp_sdp_read_feedback(MpSdpMedia *media, const char *value);
const char *mp_sdp_read_extension(MpSdpMedia *media, const char *value);
/* The numbers at the end of an m= line, after the protocol. */
const char *mp_sdp_read_formats(MpSdpMedia *media, char **numbers);

/* The numbers, each after a space, and the lines of the section's formats and extensions. */
void mp_sdp_write_payload_types(GString *text, const MpSdpMedia *media);
void mp_sdp_write_formats(GString *text, const MpSdpMedia *media);
void mp_sdp_format_free(gpointer format);
void mp_sdp_extension_free(gpointer extension);
