/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a report for people is drawn on. The parts of a report name what is to be seen; how it
 * looks is the medium's own.
 */
#pragma once

#include "model/result.h"
#include "report/table.h"

typedef struct _MpMedium MpMedium;

typedef struct {
    const MpResult *result;
    const MpMedium *medium;
    gboolean use_color; /* terminal */
    guint columns;      /* terminal; elsewhere as many as there may be */
    GString *out;
} MpReport;

/* A text beside its label; one without a text is left out. */
typedef struct {
    const char *label;
    const char *text;
} MpLabelled;

typedef struct {
    MpStyle style;
    const char *word; /* in the style: "error" */
    const char *title;
    const MpLabelled *rows;
    guint n_rows;
    const char *const *labels; /* NULL-terminated: all that entries of this kind may have, so that
                                * their texts begin in one column */
} MpEntry;

/* One piece of a strip. */
typedef enum { MP_PIECE_OPEN, MP_PIECE_CLOSED, MP_PIECE_MIXED, MP_PIECE_UNKNOWN } MpPieceState;
#define MP_N_PIECES (MP_PIECE_UNKNOWN + 1)

typedef struct {
    guint first, last; /* what it stands for */
    MpPieceState state;
} MpPiece;

struct _MpMedium {
    void (*headline)(const MpReport *report, MpStyle style, const char *word, const char *sentence);
    /* Before the first heading. */
    void (*remark)(const MpReport *report, const char *text);
    /* NULL: a part without one. */
    void (*heading)(const MpReport *report, const char *text);
    void (*line)(const MpReport *report, const char *text);
    void (*table)(const MpReport *report, const MpTable *table);
    void (*entry)(const MpReport *report, const MpEntry *entry, gboolean is_first);
    /* How many pieces a strip from `first` to `last` may have. */
    guint (*strip_room)(const MpReport *report, guint first, guint last);
    /* `legend`: a word for each state. */
    void (*strip)(const MpReport *report, const MpPiece *pieces, guint n,
                  const char *const legend[MP_N_PIECES]);
};

extern const MpMedium mp_medium_terminal;
extern const MpMedium mp_medium_page;
