/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the NAT before this computer behaves, and what each behaviour means for a call. What is not
 * known is not said.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"

/* A call sends consent checks about every 5 s, RFC 7675 section 5.1: 4 to 6 s. */
#define CONSENT_S 6

typedef struct {
    const char *fact;
    const char *value;
    MpStyle style;
    const char *name;
    const char *text;
} Behaviour;

#define SYMMETRIC                                                                                  \
    N_("symmetric: a direct call to another such NAT needs a relay; toward a media server this "   \
       "does not matter")
#define GUARDED                                                                                    \
    N_("only who was sent to may answer: usual, and enough for every call that this side begins")

/* RFC 4787 names the behaviours; RFC 5780 asks for them. */
static const Behaviour behaviours[] = {
    {"mapping", "none", MP_STYLE_PLAIN, N_("Mapping"),
     N_("no NAT: this computer is seen under its own address")},
    {"mapping", "endpoint-independent", MP_STYLE_PLAIN, N_("Mapping"),
     N_("the same port toward everyone: direct calls between participants can come about")},
    {"mapping", "address-dependent", MP_STYLE_PLAIN, N_("Mapping"), SYMMETRIC},
    {"mapping", "address-and-port-dependent", MP_STYLE_PLAIN, N_("Mapping"), SYMMETRIC},
    {"filtering", "endpoint-independent", MP_STYLE_PLAIN, N_("Filtering"),
     N_("anyone may send to an open port: the easiest for direct calls")},
    {"filtering", "address-dependent", MP_STYLE_PLAIN, N_("Filtering"), GUARDED},
    {"filtering", "address-and-port-dependent", MP_STYLE_PLAIN, N_("Filtering"), GUARDED},
    {"hairpin", "yes", MP_STYLE_PLAIN, N_("Hairpin"),
     N_("two computers behind this NAT can meet by its outer address")},
    {"hairpin", "no", MP_STYLE_PLAIN, N_("Hairpin"),
     N_("two computers behind this NAT cannot meet by its outer address; they take their own "
        "addresses or a relay")},
    {"port_preserved", "yes", MP_STYLE_PLAIN, N_("Port"),
     N_("the computer's own port is kept as long as it is free; calls do not depend on it")},
    {"port_preserved", "no", MP_STYLE_PLAIN, N_("Port"),
     N_("another port than the computer's own is seen outside; calls do not depend on it")},
    {"carrier_nat", "yes", MP_STYLE_PLAIN, N_("Layers"),
     N_("a provider's NAT (CGNAT) stands outside: its ports cannot be opened from this site")},
    {"address_tampered", "yes", MP_STYLE_WARNING, N_("Rewriting"),
     N_("something rewrites addresses inside packets (ALG): turn it off, it can break the setup "
        "of calls")},
    {"fragments_pass", "yes", MP_STYLE_PLAIN, N_("Fragments"),
     N_("UDP packets in fragments pass, so large handshakes get through")},
    {"fragments_pass", "no", MP_STYLE_WARNING, N_("Fragments"),
     N_("UDP packets in fragments are lost: media is small enough, a large DTLS certificate may "
        "not be")},
};

static const MpMeasurement *find(const MpResult *result, const char *kind)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        if (g_str_equal(measurement->kind, kind) && measurement->outcome == MP_OUTCOME_ANSWERED)
            return measurement;
    }
    return NULL;
}

static gboolean add_behaviours(MpTable *table, const MpMeasurement *nat)
{
    gboolean has_any = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(behaviours); i++) {
        const Behaviour *behaviour = &behaviours[i];
        if (g_strcmp0(mp_facts_string(nat->facts, behaviour->fact), behaviour->value) != 0)
            continue;
        mp_table_add(table, MP_STYLE_DIM, _(behaviour->name));
        mp_table_add(table, behaviour->style, _(behaviour->text));
        has_any = has_any || g_str_equal(behaviour->fact, "mapping");
    }
    return has_any;
}

static char *lifetime_text(JsonObject *facts)
{
    double more_than;
    double at_most;
    const gboolean has_least = mp_facts_number(facts, "lifetime_s.more_than", &more_than);
    const gboolean has_most = mp_facts_number(facts, "lifetime_s.at_most", &at_most);
    g_autofree char *from = has_least ? mp_template_number(more_than) : NULL;
    g_autofree char *to = has_most ? mp_template_number(at_most) : NULL;
    if (has_least && has_most)
        return mp_template_fill_pairs(
            _("kept for more than {from} s and lost before {to} s without a packet"), "from", from,
            "to", to, NULL);
    if (has_least)
        return mp_template_fill_pairs(_("kept for more than {from} s without a packet"), "from",
                                      from, NULL);
    return has_most
               ? mp_template_fill_pairs(_("lost before {to} s without a packet"), "to", to, NULL)
               : NULL;
}

static void add_lifetime(MpTable *table, const MpMeasurement *lifetime)
{
    char *text = lifetime_text(lifetime->facts);
    if (!text)
        return;
    double at_most;
    const gboolean is_short = mp_facts_number(lifetime->facts, "lifetime_s.at_most", &at_most) &&
                              at_most <= CONSENT_S;
    mp_table_add(table, MP_STYLE_DIM, _("Idle flows"));
    mp_table_take(table, is_short ? MP_STYLE_WARNING : MP_STYLE_PLAIN, text);
}

void mp_section_nat(const MpReport *report)
{
    const MpMeasurement *nat = find(report->result, "nat");
    const MpMeasurement *lifetime = find(report->result, "nat-lifetime");
    if (!nat && !lifetime)
        return;
    g_autoptr(MpTable) table = mp_table_new("ll");
    if (nat && !add_behaviours(table, nat)) {
        mp_table_add(table, MP_STYLE_DIM, _("Mapping"));
        mp_table_add(table, MP_STYLE_DIM,
                     _("unknown: the STUN server has no second address to ask from (RFC 5780)"));
    }
    if (lifetime)
        add_lifetime(table, lifetime);
    report->medium->heading(report, _("NAT and firewall"));
    report->medium->table(report, table);
}
