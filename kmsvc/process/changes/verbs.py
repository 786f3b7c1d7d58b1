"""Each verb with its inputs and its use case: the one table behind the buttons, `allowed`, the API routes and the commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kmsvc.core.forms import Input
from kmsvc.core.offers import schema_of
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.process.changes import approval, fieldsteps, usecases, writing
from kmsvc.process.changes.rules import VERBS as RULES
from kmsvc.process.changes.rules import Scene, VerbRule

LONG = 20_000
NOTE = 2_000


@dataclass(frozen=True)
class Verb:
    """A verb of the change request. `run(work, change_id, **inputs)`; `zoned`: it also wants the centre's time zone."""

    name: str
    run: Callable[..., Any]
    inputs: tuple[Input, ...] = ()
    zoned: bool = False

    @property
    def rule(self) -> VerbRule:
        """Steps, actors and target."""
        return RULES[self.name]

    def inputs_for(self, scene: Scene) -> tuple[Input, ...]:
        """The inputs that make sense now: an owner is asked for only where the process has none, a waiver only at the second release."""
        return tuple(one for one in self.inputs if not (self.name == "accept" and one.name == "owner" and scene.owner_id is not None)
                     and not (one.name == "untrained" and scene.step != 15))

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form; what only some moments need, the moment asks for."""
        inputs = [replace(one, required=False) if (self.name, one.name) == ("accept", "owner") else one for one in self.inputs]
        return schema_of(inputs, "".join(part.title() for part in self.name.split("_")))


def text(name: str, label: str, *, required: bool = False, most: int = NOTE) -> Input:
    """A text of several lines."""
    return Input(name, "text", label, required=required, most=most)


_REASON = text("reason", N_("Reason"), required=True)
_COMMENT = text("comment", N_("Comment"))
_UNTRAINED = Input("untrained", "line", N_("Why it takes effect before enough are trained"), most=500)
_WRITTEN = (Input("name", "line", N_("Name of the process")), text("purpose", N_("Purpose")))
_NOTE = text("note", N_("What changed"))


def _reason_only(name: str, runner: Callable[..., Any]) -> Verb:
    return Verb(name, partial(_named, runner, name), (_REASON,))


def _named(runner: Callable[..., Any], which: str, work: Work, change_id: int, **inputs: Any) -> Any:
    """Run a use case that serves several verbs, telling it which."""
    return runner(work, change_id, which, **inputs)


_TABLE = (
    Verb("accept", usecases.accept, (
        Input("author", "choice", N_("Author"), required=True, choices="authors"),
        Input("owner", "choice", N_("Business owner"), required=True, choices="owners"), _COMMENT)),
    Verb("ask_back", usecases.ask_back, (text("question", N_("Question"), required=True),)),
    Verb("resubmit", usecases.resubmit, (_REASON, Input("title", "line", N_("Title")))),
    _reason_only("reject", usecases.close_with_reason),
    Verb("record_research", usecases.record_research, (
        text("present_state", N_("Present state"), required=True),
        Input("affected_unit", "choice", N_("Affected unit"), choices="units"),
        text("parties", N_("Parties")), text("gap", N_("Gap")), text("risk", N_("Risk")))),
    Verb("add_affected_unit", usecases.add_affected_unit, (
        Input("unit", "choice", N_("Affected unit"), required=True, choices="units"),)),
    Verb("confirm_need", usecases.confirm_need, (_COMMENT,)),
    _reason_only("no_need", usecases.close_with_reason),
    _reason_only("change_scope", usecases.close_with_reason),
    Verb("name_assistant", usecases.name_assistant, (
        Input("unit", "choice", N_("Unit"), required=True, choices="units_without_assistant"),
        Input("person", "choice", N_("Assistant"), required=True, choices="assistants"))),
    Verb("accept_assistance", usecases.accept_assistance, (_COMMENT,)),
    Verb("decline_assistance", usecases.decline_assistance, (_REASON,)),
    Verb("submit_draft", writing.submit_draft, (*_WRITTEN, text("body", N_("Text"), required=True, most=LONG), _NOTE)),
    Verb("give_verdict", writing.give_verdict, (
        Input("verdict", "choice", N_("Verdict"), required=True, choices="verdicts"),
        text("remark", N_("Remark")))),
    Verb("answer_comment", writing.answer_comment, (
        Input("comment", "choice", N_("Comment"), required=True, choices="open_comments"),
        text("answer", N_("Answer"), required=True))),
    Verb("submit_correction", writing.submit_correction, (*_WRITTEN, text("body", N_("Text"), most=LONG), _NOTE)),
    Verb("review_again", writing.review_again, (
        *_WRITTEN, text("body", N_("Text"), most=LONG), text("note", N_("What changed"), required=True))),
    Verb("sign", approval.sign, (Input("content_hash", "const", N_("Hash of the text shown"), required=True), _COMMENT)),
    _reason_only("return_final", writing.send_back),
    Verb("release_mail", partial(_named, approval.release, "mail"), (
        Input("effective_on", "date", N_("In force from"), default="today"),
        Input("audience_unit", "choice", N_("Audience"), choices="units"), _UNTRAINED, _COMMENT), zoned=True),
    Verb("release_kb", partial(_named, approval.release, "kb"), (_UNTRAINED, _COMMENT), zoned=True),
    Verb("plan_training", fieldsteps.plan_training, (
        Input("course", "line", N_("Course"), required=True),
        Input("held_on", "date", N_("Day of the session"), required=True, default="today"),
        Input("trainer", "choice", N_("Trainer"), required=True, choices="trainers"),
        Input("unit", "choice", N_("Only people of this unit"), choices="affected_units"),
        Input("material", "line", N_("Material")),
        Input("exam", "line", N_("Exam"), hint=N_("The number of an exam: then it is to be passed too.")),
        Input("plan", "line", N_("Training plan that is there already"), hint=N_("Its number. Empty: a plan is made.")),
        Input("by_hand", "yes", N_("Without a training plan: enter by hand who was trained")))),
    Verb("finish_planning", partial(_named, fieldsteps.finish_step, "finish_planning"), (_COMMENT,)),
    Verb("record_sit_in", fieldsteps.record_sit_in, (
        Input("plan_line", "choice", N_("Training"), required=True, choices="plan_lines"),
        Input("session", "choice", N_("Session"), choices="plan_sessions"),
        Input("held_on", "date", N_("Day of the session"), default="today", past_only=True),
        Input("verdict", "choice", N_("Taught right?"), required=True, choices="taught_verdicts"),
        text("questions", N_("Questions asked")))),
    Verb("finish_sit_in", partial(_named, fieldsteps.finish_step, "finish_sit_in"), (_COMMENT,)),
    _reason_only("teach_again", writing.send_back),
    _reason_only("text_unclear", writing.send_back),
    Verb("record_sample", fieldsteps.record_sample, (
        Input("contact", "line", N_("Contact"), required=True),
        Input("contacted_on", "date", N_("Day of the contact"), default="today", past_only=True),
        Input("result", "choice", N_("Followed?"), required=True, choices="sample_results"),
        text("note", N_("Note")))),
    Verb("finish_sampling", partial(_named, fieldsteps.finish_step, "finish_sampling"), (_COMMENT,)),
    Verb("record_feedback", fieldsteps.record_feedback, (
        text("text", N_("What QA or the test says"), required=True),
        Input("source", "choice", N_("Source"), required=True, choices="feedback_sources", default="qa"),
        Input("route", "choice", N_("Route"), choices="feedback_routes"))),
    Verb("route_feedback", fieldsteps.route_feedback, (
        Input("item", "choice", N_("Feedback item"), required=True, choices="unrouted_items"),
        Input("route", "choice", N_("Route"), required=True, choices="feedback_routes"))),
    Verb("finish_feedback", partial(_named, fieldsteps.finish_step, "finish_feedback"), (_COMMENT,)),
    Verb("answer_feedback", writing.answer_feedback, (
        Input("item", "choice", N_("Feedback item"), required=True, choices="unanswered_items"),
        text("answer", N_("Answer"), required=True))),
    Verb("submit_update", writing.submit_update, (*_WRITTEN, text("body", N_("Text"), most=LONG), _NOTE)),
    Verb("confirm_unchanged", writing.confirm_unchanged, (_REASON,)),
    _reason_only("redesign", writing.send_back),
    Verb("save_draft", writing.save_draft, (*_WRITTEN, text("body", N_("Text"), most=LONG), _NOTE)),
    Verb("comment", usecases.comment, (text("text", N_("Comment"), required=True),
                                       Input("block_id", "line", N_("Paragraph"), most=64))),
    Verb("assign_author", usecases.assign_author, (
        Input("author", "choice", N_("Author"), required=True, choices="authors"), text("reason", N_("Reason")))),
    _reason_only("withdraw", usecases.close_with_reason),
)
VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _TABLE}
assert set(VERBS) == set(RULES), set(VERBS) ^ set(RULES)
