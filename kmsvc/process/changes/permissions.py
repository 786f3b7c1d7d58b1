"""Permissions of change requests. Whose turn it is at which step stands in `rules.py`; the predicate here is visibility."""

from __future__ import annotations

from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

SUBMIT_CHANGE = Permission("process.change.submit", N_("Submit a change request"))
READ_CHANGE = Permission("process.change.read", N_("Read change requests"))
COMMENT = Permission("process.change.comment", N_("Comment on a change request"))
WITHDRAW = Permission("process.change.withdraw", N_("Withdraw one's own request"))
RESUBMIT = Permission("process.change.resubmit", N_("Submit one's own request again"))
MANAGE = Permission("process.change.manage", N_("Accept requests and name people"))
AUTHOR = Permission("process.change.author", N_("Research and write processes"))
CONFIRM_NEED = Permission("process.change.confirm_need", N_("Confirm the need as business owner"))
ACCEPT_ASSISTANCE = Permission("process.change.accept_assistance", N_("Answer to being named assistant"))
GIVE_VERDICT = Permission("process.change.give_verdict", N_("Give a verdict on a draft"))
SIGN = Permission("process.change.sign", N_("Approve and sign finals"))
RELEASE_MAIL = Permission("process.change.release_mail", N_("Release a version by mail"))
RELEASE_KB = Permission("process.change.release_kb", N_("Release a version into the knowledge base"))
PLAN_TRAINING = Permission("process.change.plan_training", N_("Plan the training of a change"))
LINK_TRAINING = Permission("process.change.link_training", N_("Note the real training plan of a change"))
SIT_IN = Permission("process.change.sit_in", N_("Record a sit-in"))
CHECK_LIVE = Permission("process.change.check_live", N_("Sample contacts and record feedback"))

BY_VERB: dict[str, Permission] = {
    "accept": MANAGE, "ask_back": MANAGE, "reject": MANAGE, "name_assistant": MANAGE, "assign_author": MANAGE,
    "resubmit": RESUBMIT, "withdraw": WITHDRAW, "comment": COMMENT,
    "record_research": AUTHOR, "change_scope": AUTHOR, "submit_draft": AUTHOR, "answer_comment": AUTHOR,
    "submit_correction": AUTHOR, "review_again": AUTHOR, "answer_feedback": AUTHOR, "submit_update": AUTHOR,
    "confirm_unchanged": AUTHOR, "redesign": AUTHOR, "save_draft": AUTHOR,
    "confirm_need": CONFIRM_NEED, "no_need": CONFIRM_NEED,
    "accept_assistance": ACCEPT_ASSISTANCE, "decline_assistance": ACCEPT_ASSISTANCE, "give_verdict": GIVE_VERDICT,
    "sign": SIGN, "return_final": SIGN, "release_mail": RELEASE_MAIL, "release_kb": RELEASE_KB,
    "plan_training": PLAN_TRAINING, "finish_planning": PLAN_TRAINING,
    "record_sit_in": SIT_IN, "finish_sit_in": SIT_IN, "text_unclear": SIT_IN,
    "record_sample": CHECK_LIVE, "finish_sampling": CHECK_LIVE, "record_feedback": CHECK_LIVE, "route_feedback": CHECK_LIVE,
    "finish_feedback": CHECK_LIVE,
    # held by either of two roles: the table of rules names who, this one only that it is asked
    "add_affected_unit": READ_CHANGE, "teach_again": READ_CHANGE,
}
