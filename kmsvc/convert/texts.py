"""The sentences for what a file is refused for, what was left out, and how a sheet was read, by code."""

from __future__ import annotations

from kmsvc.core.texts import N_

REFUSALS = {
    "empty": N_("The file is empty."),
    "too_large": N_("The file is larger than the %(limit_mb)s MB that are allowed."),
    "type_not_allowed": N_("Files of the type “%(extension)s” are not taken here."),
    "content_mismatch": N_("The content of this file is not what its name says (“%(extension)s”)."),
    "svg": N_("SVG pictures can hold scripts. Save the picture as PNG."),
    "macros": N_("Files with macros are not taken. Save it without macros, as docx, xlsx or pptx."),
    "old_office": N_("This is the Office format from before 2007. Save it as docx, xlsx or pptx."),
    "encrypted": N_("The file is protected by a password. Save it without one."),
    "damaged": N_("The file is damaged: it is not the complete package that its name promises."),
    "too_many_parts": N_("The file has more than %(limit)s parts inside; no ordinary document has."),
    "expands": N_("The file grows beyond %(limit_mb)s MB when it is opened."),
    "ratio": N_("A part of the file is packed more tightly than any real document (%(part)s)."),
    "doctype": N_("A part of the file declares a document type, which Office files never do (%(part)s)."),
    "odd_part": N_("The file has a part with an impossible name or encoding (%(part)s)."),
    "picture_too_large": N_("The picture has more than %(limit)s million points."),
    "encoding": N_("The text is neither UTF-8 nor GB18030. Save it as UTF-8."),
    "not_text": N_("The file is not a text file."),
    "no_text": N_("There is no text in this file, only pictures. Text recognition is needed first."),
    "no_headings": N_("No heading row was found. Expected columns: %(columns)s."),
    "column_word": N_("“%(said)s” does not say which column is what. Write B=answer, or Sheet1!B=answer for one sheet."),
    "column_unknown": N_("“%(said)s” is nothing a column can be. Known are: %(known)s."),
    "column_said_twice": N_("Column %(column)s is said to be two things."),
    "column_twice": N_("Columns %(first)s and %(second)s cannot both be this; choose further text for one of them."),
    "column_no_answer": N_("No column is the answer. Say which one holds the text that agents read."),
    "column_beyond": N_("There is no column %(column)s in the sheet “%(sheet)s”; its last one is %(last)s."),
    "no_such_sheet": N_("There is no sheet “%(sheet)s” in this file; its sheets are: %(known)s."),
    "no_such_row": N_("Row %(row)s of the sheet “%(sheet)s” holds no headings: it is empty, or not among the first %(limit)s."),
    "heading_word": N_("“%(said)s” does not say where the headings stand. Write yes, no, or the number of their row."),
    "too_many_rows": N_("The table has more than %(limit)s rows. Split the file."),
    "too_much": N_("The text of this file is too long to be taken in one piece. Split the file."),
    "too_slow": N_("Reading the file took too long. Split it, or save it again from its program."),
    "busy": N_("Too many files are being read at this moment. Try again in a minute."),
    "unreadable": N_("The file could not be read."),
    "linked_part": N_("The package has a link in place of a file (%(part)s)."),
    "no_manifest": N_("There is no imsmanifest.xml and no cmi5.xml at the top of this package, so it is neither SCORM nor cmi5."),
    "odd_standard": N_("This is neither SCORM 1.2, SCORM 2004 nor cmi5 (%(part)s)."),
    "nothing_to_launch": N_("The manifest of this package names nothing that could be launched."),
    "launches_nothing": N_("The manifest names a page that is not in the package (%(part)s)."),
    "launches_elsewhere": N_("The manifest names a page at another address (%(part)s); a package must hold all its pages."),
    "missing": N_("The file is not there or may not be opened."),
}

WARNINGS = {
    "pictures_left_out": N_("%(count)s pictures were left out: their format or size is not taken."),
    "remote_pictures_left_out": N_("%(count)s pictures from other addresses were left out."),
    "sheet_hidden": N_("The hidden sheet “%(sheet)s” was skipped."),
    "sheet_empty": N_("The sheet “%(sheet)s” is empty."),
    "columns_ignored": N_("These columns were not used: %(columns)s."),
    "keys_ignored": N_("These keys are not known and were not used: %(keys)s."),
    "rows_blank": N_("%(count)s rows that say nothing in the columns used were passed over (%(rows)s)."),
    "sheet_left_out": N_("The sheet “%(sheet)s” was left out, as chosen."),
    "sheet_elsewhere": N_("There is no sheet “%(sheet)s” in this file; another file has it."),
    "no_such_row_here": N_("Row %(row)s of the sheet “%(sheet)s” holds no headings; they were looked for."),
    "only_numbers": N_("“%(column)s” only counts the rows (1, 2, 3 …), so it was not used as external id. Say so if it is one."),
    "lines_above_heading": N_("%(count)s lines above the heading row were skipped."),
    "pages_without_text": N_("%(count)s pages hold no text, only pictures."),
    "guessed_encoding": N_("The text was read as %(encoding)s."),
}

ROW_ERRORS = {
    "no_title": N_("There is neither a title nor a question in this row."),
    "no_body": N_("There is no answer in this row."),
    "bad_json": N_("This line is not a JSON object."),
    "double_key": N_("The key “%(key)s” stands twice."),
    "wrong_type": N_("The value of “%(key)s” must be a text."),
    "wrong_list": N_("The value of “%(key)s” must be a text or a list of texts."),
    "bad_text": N_("The value of “%(key)s” holds a broken or forbidden character."),
    "line_too_long": N_("This line is longer than %(limit_mb)s MB."),
}

DOUBTS = {
    "title_from_text": N_("The title is how the answer begins: the row has none of its own."),
    "answer_apart": N_("The cell of the answer is empty; the text is only what stands in further columns."),
    "title_cut": N_("The title was longer than %(limit)s characters and is cut off."),
    "title_asks": N_("The title reads like several questions. If it is, choose “Questions” for its column."),
    "may_be_heading": N_("This may be the row of headings. If it is, say so above."),
    "says_nothing": N_("The answer says only “%(said)s”."),
    "cell_error": N_("A formula went wrong in the sheet: “%(said)s” stands there."),
    "cells_beyond": N_("Cells without a heading were not used: %(said)s."),
    "other_title": N_("This changes the article that is called “%(title)s” until now: it has the same external id."),
    "same_title": N_("The same title stands in %(where)s."),
}

HOW_READ = {
    "heading_row": N_("Sheet “%(sheet)s”: headings in row %(row)s, columns read as %(columns)s."),
    "by_position": N_("Sheet “%(sheet)s”: no heading row found, columns read in order as %(columns)s."),
    "as_chosen": N_("Sheet “%(sheet)s”: columns read as chosen, %(columns)s."),
}

# The same for a csv file, which has no sheets to name.
WITHOUT_SHEET = {
    "heading_row": N_("Headings in row %(row)s, columns read as %(columns)s."),
    "by_position": N_("No heading row found, columns read in order as %(columns)s."),
    "as_chosen": N_("Columns read as chosen, %(columns)s."),
    "column_beyond": N_("There is no column %(column)s in this file; its last one is %(last)s."),
    "no_such_row": N_("Row %(row)s holds no headings: it is empty, or not among the first %(limit)s."),
    "no_such_row_here": N_("Row %(row)s holds no headings; they were looked for."),
}

ALL = {**REFUSALS, **WARNINGS, **ROW_ERRORS, **DOUBTS, **HOW_READ}
