"""Words for columns of governed rows and for the fields of inputs, as people see them. English sources.

A column whose word depends on its table stands in `OF_TABLE`."""

from __future__ import annotations

from kmsvc.core.labels import LABELS, label_source
from kmsvc.core.texts import N_

COLUMNS: dict[str, str] = {
    "changed_by_id": N_("Changed by"), "created_by_id": N_("Made by"), "direction": N_("Direction"), "sayings": N_("Customers say"),
    "term": N_("Our term"), "term_id": N_("Our term"), "article": N_("Article"), "query": N_("Search"), "hit1": N_("Found first"),
    "hit5": N_("Among the first five"), "searches": N_("Searches"),
    "account_id": N_("Account"), "act": N_("Act"), "added_at": N_("Added"), "again": N_("The same once more"),
    "aliases": N_("Other words for it"), "answer": N_("Answer"), "answered_at": N_("Answered"),
    "answered_by_id": N_("Answered by"), "article_id": N_("Article"), "asked_at": N_("Asked"),
    "asked_back": N_("Asked back"), "asker_id": N_("Asked by"), "at": N_("When"), "audience": N_("For whom"),
    "audience_unit": N_("Audience"), "audience_unit_id": N_("Audience"), "author": N_("Author"), "author_id": N_("Author"),
    "block_id": N_("Paragraph"), "blocks": N_("Paragraphs"), "body": N_("Text"), "cancelled_at": N_("Cancelled"),
    "candidate_id": N_("Version worked on"), "capacity": N_("In which capacity"), "category": N_("Category"),
    "category_id": N_("Category"), "change_id": N_("Change request"), "changed_at": N_("Changed"), "class": N_("Class"),
    "clause": N_("Clause"), "closed_at": N_("Closed"), "code": N_("Code"), "comment": N_("Comment"),
    "confidentiality": N_("Confidentiality"), "confirmed_at": N_("Confirmed"), "contact": N_("Contact"),
    "contacted_on": N_("Day of the contact"), "content_hash": N_("Hash of the text shown"), "course": N_("Course"),
    "created_at": N_("Made"), "cursor": N_("Place in the list"), "days": N_("Days"), "done_at": N_("Done"),
    "done_by_id": N_("Done by"), "done_on": N_("Done"), "draft": N_("Saved draft"), "draft_saved_at": N_("Draft saved"),
    "draft_version_id": N_("Draft version"), "dry_run": N_("Dry run"), "due_on": N_("Due"),
    "effective_at": N_("In force from"), "effective_on": N_("In force from"), "email": N_("E-mail"),
    "entries": N_("Entries"), "error": N_("Error"), "exam": N_("Exam"), "expired": N_("Expired"),
    "expires_at": N_("Expires"), "external_id": N_("Outside id"), "file": N_("File"), "first_password": N_("First password"),
    "format": N_("As"), "from_state": N_("State before"), "gap": N_("Gap"), "group": N_("Group"),
    "held_on": N_("Day of the session"), "id": N_("Id"), "is_first": N_("First account"), "item": N_("Feedback item"),
    "joined_on": N_("Joined"), "kind": N_("Kind"), "klass": N_("Class"), "label": N_("Version"),
    "language": N_("Language"), "limit": N_("How many"), "line_id": N_("Training session"), "login": N_("Account"),
    "major": N_("Main number"), "make_units": N_("Make units that are missing"), "material": N_("Material"),
    "meaning": N_("Meaning"), "media_type": N_("Kind of file"), "minor": N_("Number after the dot"),
    "must_change": N_("To be replaced at the first sign-in"), "name": N_("Name"), "named_at": N_("Named"),
    "new": N_("New password"), "new_process": N_("New process"), "new_version_id": N_("Newer version"),
    "note": N_("What changed"), "number": N_("Number"), "old": N_("Present password"), "old_version_id": N_("Older version"),
    "ordinal": N_("Number in order"), "overtaken_at": N_("Overtaken"), "owner": N_("Owner"), "owner_id": N_("Owner"),
    "parent": N_("Stands below"), "parent_id": N_("Stands below"), "parties": N_("Parties"), "password": N_("Password"),
    "password_hash": N_("Password"), "passwords": N_("First passwords"), "period": N_("Period"), "person": N_("Person"),
    "person_id": N_("Person"), "place": N_("Asked from"),
    "plan_line": N_("Session"), "planned_by_id": N_("Planned by"), "post": N_("Post"),
    "post_id": N_("Post"), "present_state": N_("Present state"), "process_id": N_("Process"),
    "process_version_id": N_("Version of the process"), "publish": N_("Publish at once"),
    "published_version_id": N_("Version in force"), "purpose": N_("Purpose"), "q": N_("Search words"),
    "question": N_("Question"), "questions": N_("Questions asked"), "reaction": N_("Reaction"), "reason": N_("Reason"),
    "record_id": N_("Record"), "record_kind": N_("Kind of record"), "recorded_at": N_("Recorded"),
    "release_round": N_("Which release"), "remark": N_("Remark"), "reminded": N_("Last reminder"),
    "removed_at": N_("Removed"), "request_id": N_("Request number"), "result": N_("Result"), "retired_at": N_("Retired"),
    "review_months": N_("Months between reviews"), "review_on": N_("Next review"), "reviewed_on": N_("Last review"),
    "revoked_at": N_("Revoked"), "risk": N_("Risk"), "role": N_("Role"), "roles": N_("Roles"), "route": N_("Route"),
    "rule": N_("Rule"), "sample_id": N_("Sample"), "secret_hash": N_("Secret"), "sha256": N_("Fingerprint"),
    "since": N_("From this day"), "size": N_("Size"), "source": N_("Source"), "state": N_("State"), "step": N_("Step"),
    "step_since": N_("In this step since"), "stored_at": N_("Stored"), "subject": N_("What"), "subject_id": N_("What, by id"),
    "subject_kind": N_("Kind of thing"), "submitted_at": N_("Submitted"), "summary": N_("Summary"),
    "superseded_by": N_("What takes its place"), "superseded_by_id": N_("What takes its place"), "tags": N_("Tags"),
    "text": N_("Text"), "title": N_("Title"), "to_state": N_("State after"), "to_version": N_("Version"),
    "to_version_id": N_("Version"), "trainer": N_("Trainer"), "trainer_id": N_("Trainer"), "trigger": N_("Trigger"),
    "unit": N_("Unit"), "unit_id": N_("Unit"), "until": N_("To this day"), "urgency": N_("Urgency"),
    "unread": N_("Unread"), "valid_from": N_("Valid from"), "valid_to": N_("Valid to"), "value": N_("Value"), "verb": N_("Act"),
    "verdict": N_("Verdict"), "version": N_("Version of the row"), "version_id": N_("Version"),
    "view": N_("Part of the list"),
    "visit": N_("Round"), "visits": N_("Rounds"), "wanted_on": N_("Wanted from"), "wants_answer": N_("Waits for an answer"),
}
OF_TABLE: dict[tuple[str, str], str] = {
    ("process_comment", "text"): N_("Comment"), ("process_verdict", "at"): N_("Given"),
    ("process_plan_line", "unit_id"): N_("Only people of this unit"),
    ("knowledge_feedback", "note"): N_("Note"), ("knowledge_feedback", "query"): N_("Searched for"),
    ("knowledge_feedback", "kind"): N_("What the reader says"), ("knowledge_feedback", "contact"): N_("Number of the contact"),
    ("knowledge_feedback", "version_id"): N_("Version"), ("knowledge_feedback", "sender_id"): N_("Said by"),
    ("knowledge_feedback", "sent_at"): N_("Said on"), ("knowledge_feedback", "taker_id"): N_("Taken over by"),
    ("knowledge_feedback", "taken_at"): N_("Taken over"), ("knowledge_feedback", "due_on"): N_("Reply by"),
    ("knowledge_feedback", "result_version_id"): N_("Version that took it up"),
    ("knowledge_feedback", "duplicate_of_id"): N_("Said before"), ("knowledge_feedback", "once"): N_("Counts once as"),
    ("knowledge_gap", "title"): N_("Searched for"), ("knowledge_gap", "owner_id"): N_("Who closes it"),
    ("knowledge_gap", "due_on"): N_("By when"), ("knowledge_gap", "article_id"): N_("Article that answers it"),
    ("knowledge_gap", "merged_into_id"): N_("Joined to"), ("knowledge_gap", "opened_at"): N_("Noticed"),
    ("knowledge_gap", "closed_at"): N_("Settled"), ("knowledge_gap", "closed_by_id"): N_("Settled by"),
    ("knowledge_term", "note"): N_("Note"), ("knowledge_saved_search", "note"): N_("Note"),
    ("knowledge_saying", "text"): N_("Customers say"), ("knowledge_saved_search", "query"): N_("Search"),
    ("knowledge_term", "key"): N_("As the search knows it"), ("knowledge_saying", "key"): N_("As the search knows it"),
    ("knowledge_saved_search", "key"): N_("As the search knows it"),
}
LABELS.update(COLUMNS)


def column_label(table: str, name: str) -> str:
    """The English source for a column of a table."""
    return OF_TABLE.get((table, name)) or label_source(name)
