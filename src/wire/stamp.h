/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Test packets of STAMP, RFC 8762, with the TLVs of RFC 8972, and those of our own: 240 to 251 are
 * for experimental use, RFC 8972 section 5.1.
 */
#pragma once

#include <glib.h>

#include "base/time.h"

#define MP_STAMP_PORT 862
#define MP_STAMP_BASE_SIZE 44  /* RFC 8762 sections 4.2.1 and 4.3.1 */
#define MP_STAMP_AUTH_SIZE 112 /* RFC 8762 sections 4.2.2 and 4.3.2 */
#define MP_STAMP_HMAC_SIZE 16  /* of HMAC-SHA-256, truncated: RFC 8762 section 4.4 */

/* RFC 8972 section 5.1. */
typedef enum {
    MP_STAMP_TLV_PADDING = 1,
    MP_STAMP_TLV_LOCATION = 2,
    MP_STAMP_TLV_TIMESTAMP_INFORMATION = 3,
    MP_STAMP_TLV_CLASS_OF_SERVICE = 4,
    MP_STAMP_TLV_DIRECT_MEASUREMENT = 5,
    MP_STAMP_TLV_ACCESS_REPORT = 6,
    MP_STAMP_TLV_FOLLOW_UP = 7,
    MP_STAMP_TLV_HMAC = 8,
    MP_STAMP_TLV_KEY = 240,        /* 4 bytes: which site's key the HMAC TLV is made with */
    MP_STAMP_TLV_PORTS_SEEN = 241, /* question and answer: which ports of a range were seen */
} MpStampTlv;

/* First octet of a TLV, RFC 8972 section 4. */
#define MP_STAMP_FLAG_UNRECOGNIZED 0x80
#define MP_STAMP_FLAG_MALFORMED 0x40
#define MP_STAMP_FLAG_INTEGRITY_FAILED 0x20
