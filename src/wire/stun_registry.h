/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The numbers that STUN and TURN messages carry, with their names in IANA's registries.
 */
#pragma once

#include <glib.h>

/* RFC 8489 section 18.2, RFC 8656 section 17, RFC 6062. */
#define MP_STUN_METHODS(X)                                                                         \
    X(BINDING, 0x001, "Binding")                                                                   \
    X(ALLOCATE, 0x003, "Allocate")                                                                 \
    X(REFRESH, 0x004, "Refresh")                                                                   \
    X(SEND, 0x006, "Send")                                                                         \
    X(DATA, 0x007, "Data")                                                                         \
    X(CREATE_PERMISSION, 0x008, "CreatePermission")                                                \
    X(CHANNEL_BIND, 0x009, "ChannelBind")                                                          \
    X(CONNECT, 0x00A, "Connect")                                                                   \
    X(CONNECTION_BIND, 0x00B, "ConnectionBind")                                                    \
    X(CONNECTION_ATTEMPT, 0x00C, "ConnectionAttempt")

/* RFC 8489 section 18.3, RFC 8656 section 18, RFC 8445 section 16.1, RFC 5780 section 7, RFC 6062,
 * RFC 7635, RFC 8016. From 0x8000 on a receiver may ignore what it does not know. */
#define MP_STUN_ATTRIBUTES(X)                                                                      \
    X(MAPPED_ADDRESS, 0x0001, "MAPPED-ADDRESS")                                                    \
    X(CHANGE_REQUEST, 0x0003, "CHANGE-REQUEST")                                                    \
    X(USERNAME, 0x0006, "USERNAME")                                                                \
    X(MESSAGE_INTEGRITY, 0x0008, "MESSAGE-INTEGRITY")                                              \
    X(ERROR_CODE, 0x0009, "ERROR-CODE")                                                            \
    X(UNKNOWN_ATTRIBUTES, 0x000A, "UNKNOWN-ATTRIBUTES")                                            \
    X(CHANNEL_NUMBER, 0x000C, "CHANNEL-NUMBER")                                                    \
    X(LIFETIME, 0x000D, "LIFETIME")                                                                \
    X(XOR_PEER_ADDRESS, 0x0012, "XOR-PEER-ADDRESS")                                                \
    X(DATA, 0x0013, "DATA")                                                                        \
    X(REALM, 0x0014, "REALM")                                                                      \
    X(NONCE, 0x0015, "NONCE")                                                                      \
    X(XOR_RELAYED_ADDRESS, 0x0016, "XOR-RELAYED-ADDRESS")                                          \
    X(REQUESTED_ADDRESS_FAMILY, 0x0017, "REQUESTED-ADDRESS-FAMILY")                                \
    X(EVEN_PORT, 0x0018, "EVEN-PORT")                                                              \
    X(REQUESTED_TRANSPORT, 0x0019, "REQUESTED-TRANSPORT")                                          \
    X(DONT_FRAGMENT, 0x001A, "DONT-FRAGMENT")                                                      \
    X(ACCESS_TOKEN, 0x001B, "ACCESS-TOKEN")                                                        \
    X(MESSAGE_INTEGRITY_SHA256, 0x001C, "MESSAGE-INTEGRITY-SHA256")                                \
    X(PASSWORD_ALGORITHM, 0x001D, "PASSWORD-ALGORITHM")                                            \
    X(USERHASH, 0x001E, "USERHASH")                                                                \
    X(XOR_MAPPED_ADDRESS, 0x0020, "XOR-MAPPED-ADDRESS")                                            \
    X(RESERVATION_TOKEN, 0x0022, "RESERVATION-TOKEN")                                              \
    X(PRIORITY, 0x0024, "PRIORITY")                                                                \
    X(USE_CANDIDATE, 0x0025, "USE-CANDIDATE")                                                      \
    X(PADDING, 0x0026, "PADDING")                                                                  \
    X(RESPONSE_PORT, 0x0027, "RESPONSE-PORT")                                                      \
    X(CONNECTION_ID, 0x002A, "CONNECTION-ID")                                                      \
    X(ADDITIONAL_ADDRESS_FAMILY, 0x8000, "ADDITIONAL-ADDRESS-FAMILY")                              \
    X(ADDRESS_ERROR_CODE, 0x8001, "ADDRESS-ERROR-CODE")                                            \
    X(PASSWORD_ALGORITHMS, 0x8002, "PASSWORD-ALGORITHMS")                                          \
    X(ALTERNATE_DOMAIN, 0x8003, "ALTERNATE-DOMAIN")                                                \
    X(ICMP, 0x8004, "ICMP")                                                                        \
    X(SOFTWARE, 0x8022, "SOFTWARE")                                                                \
    X(ALTERNATE_SERVER, 0x8023, "ALTERNATE-SERVER")                                                \
    X(CACHE_TIMEOUT, 0x8027, "CACHE-TIMEOUT")                                                      \
    X(FINGERPRINT, 0x8028, "FINGERPRINT")                                                          \
    X(ICE_CONTROLLED, 0x8029, "ICE-CONTROLLED")                                                    \
    X(ICE_CONTROLLING, 0x802A, "ICE-CONTROLLING")                                                  \
    X(RESPONSE_ORIGIN, 0x802B, "RESPONSE-ORIGIN")                                                  \
    X(OTHER_ADDRESS, 0x802C, "OTHER-ADDRESS")                                                      \
    X(THIRD_PARTY_AUTHORIZATION, 0x802E, "THIRD-PARTY-AUTHORIZATION")                              \
    X(MOBILITY_TICKET, 0x8030, "MOBILITY-TICKET")

/* RFC 8489 section 14.8, RFC 8656 section 19, RFC 8445 section 16.2, RFC 6062, RFC 8016. */
#define MP_STUN_ERRORS(X)                                                                          \
    X(TRY_ALTERNATE, 300, "Try Alternate")                                                         \
    X(BAD_REQUEST, 400, "Bad Request")                                                             \
    X(UNAUTHENTICATED, 401, "Unauthenticated")                                                     \
    X(FORBIDDEN, 403, "Forbidden")                                                                 \
    X(MOBILITY_FORBIDDEN, 405, "Mobility Forbidden")                                               \
    X(UNKNOWN_ATTRIBUTE, 420, "Unknown Attribute")                                                 \
    X(ALLOCATION_MISMATCH, 437, "Allocation Mismatch")                                             \
    X(STALE_NONCE, 438, "Stale Nonce")                                                             \
    X(ADDRESS_FAMILY_NOT_SUPPORTED, 440, "Address Family not Supported")                           \
    X(WRONG_CREDENTIALS, 441, "Wrong Credentials")                                                 \
    X(UNSUPPORTED_TRANSPORT_PROTOCOL, 442, "Unsupported Transport Protocol")                       \
    X(PEER_ADDRESS_FAMILY_MISMATCH, 443, "Peer Address Family Mismatch")                           \
    X(CONNECTION_ALREADY_EXISTS, 446, "Connection Already Exists")                                 \
    X(CONNECTION_TIMEOUT_OR_FAILURE, 447, "Connection Timeout or Failure")                         \
    X(ALLOCATION_QUOTA_REACHED, 486, "Allocation Quota Reached")                                   \
    X(ROLE_CONFLICT, 487, "Role Conflict")                                                         \
    X(SERVER_ERROR, 500, "Server Error")                                                           \
    X(INSUFFICIENT_CAPACITY, 508, "Insufficient Capacity")

#define MP_STUN_METHOD_CONSTANT(constant, value, name) MP_STUN_METHOD_##constant = (value),
#define MP_STUN_ATTRIBUTE_CONSTANT(constant, value, name) MP_STUN_ATTRIBUTE_##constant = (value),
#define MP_STUN_ERROR_CONSTANT(constant, value, name) MP_STUN_ERROR_##constant = (value),

typedef enum { MP_STUN_METHODS(MP_STUN_METHOD_CONSTANT) } MpStunMethod;
typedef enum { MP_STUN_ATTRIBUTES(MP_STUN_ATTRIBUTE_CONSTANT) } MpStunAttributeType;
typedef enum { MP_STUN_ERRORS(MP_STUN_ERROR_CONSTANT) } MpStunError;

/* NULL for a number that is not in the tables above. */
const char *mp_stun_method_name(guint method);
const char *mp_stun_attribute_name(guint type);
const char *mp_stun_error_name(guint code);
