/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two rules of nftables by netlink: an ICMP error that quotes a datagram with the KEY TLV of a
 * sender at its place is dropped on its way out. `nft` itself could not hold the table: it would
 * have to run as long as we do.
 *
 *   table inet mediapath-PID {
 *       flags owner
 *       chain output {
 *           type filter hook output priority filter
 *           icmp type 3 icmp code 3 @th,136,8 17 @th,640,16 0x80f0 drop
 *           icmpv6 type 1 icmpv6 code 4 @th,112,8 17 @th,800,16 0x80f0 drop
 *       }
 *   }
 */
#include "responder/reflect_quiet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/stamp.h"

#define LONGEST 4096
#define ICMP_HEADER 8
#define UDP_HEADER 8

typedef struct {
    _Alignas(struct nlmsghdr) guint8 bytes[LONGEST];
    gsize length;
    gsize message; /* where the message begins that is being written */
    guint32 number;
    char table[32];
} Batch;

static void *append(Batch *batch, gsize length)
{
    g_assert(batch->length + NLMSG_ALIGN(length) <= sizeof batch->bytes);
    void *place = batch->bytes + batch->length;
    batch->length += NLMSG_ALIGN(length);
    return place;
}

static void begin_message(Batch *batch, guint16 type, guint16 flags, guint8 family,
                          guint16 resource)
{
    batch->message = batch->length;
    struct nlmsghdr *header = append(batch, sizeof *header);
    *header = (struct nlmsghdr){
        .nlmsg_type = type,
        .nlmsg_flags = (guint16)(NLM_F_REQUEST | flags),
        .nlmsg_seq = ++batch->number,
    };
    struct nfgenmsg *family_header = append(batch, sizeof *family_header);
    *family_header = (struct nfgenmsg){family, NFNETLINK_V0, htons(resource)};
}

static void end_message(Batch *batch)
{
    struct nlmsghdr *header = (struct nlmsghdr *)(void *)(batch->bytes + batch->message);
    header->nlmsg_len = (guint32)(batch->length - batch->message);
}

static void add(Batch *batch, guint16 type, const void *data, gsize length)
{
    struct nlattr *attribute = append(batch, NLA_HDRLEN + length);
    *attribute = (struct nlattr){(guint16)(NLA_HDRLEN + length), type};
    memcpy((guint8 *)attribute + NLA_HDRLEN, data, length);
}

static void add_text(Batch *batch, guint16 type, const char *text)
{
    add(batch, type, text, strlen(text) + 1);
}

static void add_number(Batch *batch, guint16 type, guint32 number)
{
    const guint32 wire = htonl(number);
    add(batch, type, &wire, sizeof wire);
}

/* Where the nest begins, for end_nest(). */
static gsize begin_nest(Batch *batch, guint16 type)
{
    gsize start = batch->length;
    struct nlattr *attribute = append(batch, NLA_HDRLEN);
    attribute->nla_type = (guint16)(type | NLA_F_NESTED);
    return start;
}

static void end_nest(Batch *batch, gsize start)
{
    struct nlattr *attribute = (struct nlattr *)(void *)(batch->bytes + start);
    attribute->nla_len = (guint16)(batch->length - start);
}

typedef struct {
    gsize element;
    gsize data;
} Expression;

static Expression begin_expression(Batch *batch, const char *name)
{
    Expression expression = {.element = begin_nest(batch, NFTA_LIST_ELEM)};
    add_text(batch, NFTA_EXPR_NAME, name);
    expression.data = begin_nest(batch, NFTA_EXPR_DATA);
    return expression;
}

static void end_expression(Batch *batch, Expression expression)
{
    end_nest(batch, expression.data);
    end_nest(batch, expression.element);
}

static void compare(Batch *batch, const void *value, gsize length)
{
    Expression expression = begin_expression(batch, "cmp");
    add_number(batch, NFTA_CMP_SREG, NFT_REG_1);
    add_number(batch, NFTA_CMP_OP, NFT_CMP_EQ);
    gsize data = begin_nest(batch, NFTA_CMP_DATA);
    add(batch, NFTA_DATA_VALUE, value, length);
    end_nest(batch, data);
    end_expression(batch, expression);
}

static void match_protocol(Batch *batch, guint8 protocol)
{
    Expression expression = begin_expression(batch, "meta");
    add_number(batch, NFTA_META_DREG, NFT_REG_1);
    add_number(batch, NFTA_META_KEY, NFT_META_L4PROTO);
    end_expression(batch, expression);
    compare(batch, &protocol, 1);
}

/* `length` bytes of the ICMP message at `offset`. */
static void match_bytes(Batch *batch, guint32 offset, const void *value, guint32 length)
{
    Expression expression = begin_expression(batch, "payload");
    add_number(batch, NFTA_PAYLOAD_DREG, NFT_REG_1);
    add_number(batch, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
    add_number(batch, NFTA_PAYLOAD_OFFSET, offset);
    add_number(batch, NFTA_PAYLOAD_LEN, length);
    end_expression(batch, expression);
    compare(batch, value, length);
}

static void drop(Batch *batch)
{
    Expression expression = begin_expression(batch, "immediate");
    add_number(batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    gsize data = begin_nest(batch, NFTA_IMMEDIATE_DATA);
    gsize verdict = begin_nest(batch, NFTA_DATA_VERDICT);
    add_number(batch, NFTA_VERDICT_CODE, NF_DROP);
    end_nest(batch, verdict);
    end_nest(batch, data);
    end_expression(batch, expression);
}

#define NFT(type) (guint16)(NFNL_SUBSYS_NFTABLES << 8 | (type))

static void add_table(Batch *batch)
{
    begin_message(batch, NFT(NFT_MSG_NEWTABLE), NLM_F_CREATE | NLM_F_EXCL, NFPROTO_INET, 0);
    add_text(batch, NFTA_TABLE_NAME, batch->table);
    add_number(batch, NFTA_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    end_message(batch);
}

static void add_chain(Batch *batch)
{
    begin_message(batch, NFT(NFT_MSG_NEWCHAIN), NLM_F_CREATE, NFPROTO_INET, 0);
    add_text(batch, NFTA_CHAIN_TABLE, batch->table);
    add_text(batch, NFTA_CHAIN_NAME, "output");
    gsize hook = begin_nest(batch, NFTA_CHAIN_HOOK);
    add_number(batch, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_OUT);
    add_number(batch, NFTA_HOOK_PRIORITY, 0);
    end_nest(batch, hook);
    add_text(batch, NFTA_CHAIN_TYPE, "filter");
    end_message(batch);
}

/* How each family says "port unreachable", and where it quotes what. */
static const struct {
    guint8 protocol;
    guint8 type_and_code[2];
    guint8 ip_header;
    guint8 ip_protocol_at;
} errors[] = {
    {IPPROTO_ICMP, {3, 3}, 20, 9},   /* RFC 792 */
    {IPPROTO_ICMPV6, {1, 4}, 40, 6}, /* RFC 4443 section 3.1 */
};

static void add_rule(Batch *batch, gsize row)
{
    const guint8 udp = IPPROTO_UDP;
    const guint8 key_tlv[] = {MP_STAMP_FLAG_UNRECOGNIZED, MP_STAMP_TLV_KEY};
    begin_message(batch, NFT(NFT_MSG_NEWRULE), NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK,
                  NFPROTO_INET, 0);
    add_text(batch, NFTA_RULE_TABLE, batch->table);
    add_text(batch, NFTA_RULE_CHAIN, "output");
    gsize expressions = begin_nest(batch, NFTA_RULE_EXPRESSIONS);
    match_protocol(batch, errors[row].protocol);
    match_bytes(batch, 0, errors[row].type_and_code, 2);
    match_bytes(batch, ICMP_HEADER + errors[row].ip_protocol_at, &udp, sizeof udp);
    match_bytes(batch, ICMP_HEADER + errors[row].ip_header + UDP_HEADER + MP_STAMP_BASE_SIZE,
                key_tlv, sizeof key_tlv);
    drop(batch);
    end_nest(batch, expressions);
    end_message(batch);
}

static void write_batch(Batch *batch)
{
    begin_message(batch, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    end_message(batch);
    add_table(batch);
    add_chain(batch);
    for (gsize row = 0; row < G_N_ELEMENTS(errors); row++)
        add_rule(batch, row);
    begin_message(batch, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    end_message(batch);
}

/* Each rule is acknowledged; the first refusal ends it. */
static gboolean read_answers(int fd)
{
    for (gsize n_left = G_N_ELEMENTS(errors); n_left > 0;) {
        _Alignas(struct nlmsghdr) guint8 bytes[8192];
        gssize got = recv(fd, bytes, sizeof bytes, 0);
        if (got < 0)
            return FALSE;
        const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)bytes;
        for (guint length = (guint)got; NLMSG_OK(header, length) && n_left > 0;
             header = NLMSG_NEXT(header, length)) {
            const struct nlmsgerr *answer = NLMSG_DATA(header);
            if (header->nlmsg_type != NLMSG_ERROR)
                continue;
            errno = -answer->error;
            if (answer->error)
                return FALSE;
            n_left--;
        }
    }
    return TRUE;
}

static gboolean install(int fd)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    const struct timeval patience = {.tv_sec = 1};
    g_autofree Batch *batch = g_new0(Batch, 1);
    (void)snprintf(batch->table, sizeof batch->table, "mediapath-%d", (int)getpid());
    write_batch(batch);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return sendto(fd, batch->bytes, batch->length, 0, (const struct sockaddr *)&kernel,
                  sizeof kernel) == (gssize)batch->length &&
           read_answers(fd);
}

int mp_reflect_quiet(GError **error)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (fd >= 0 && install(fd))
        return fd;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "a table of nftables (CAP_NET_ADMIN): %s",
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}
