"""The fifteen steps and the verbs that move a change through them: tables and pure functions, no database in sight.

Source: domain 4.4 (names and order), clauses 63, 65 and 67; actors, gates and loops are defaults of this house."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kmsvc.core.texts import N_, Labelled


class State(Labelled):
    """The open step, or the end a change came to."""

    RECEIVED = "received", N_("Request received")
    RESEARCH = "research", N_("Needs research")
    ASSISTING = "assisting", N_("Name process assistants")
    DRAFTING = "drafting", N_("First draft")
    INITIAL_REVIEW = "initial_review", N_("Initial review")
    CORRECTING = "correcting", N_("Correction")
    FINAL1 = "final1", N_("Approved final (1st)")
    RELEASING1 = "releasing1", N_("Mail release and EKM update (1st)")
    TRAINING = "training", N_("Deploy training")
    SITIN = "sitin", N_("Training sit-in")
    LIVE_CHECK = "live_check", N_("Live sampling check")
    QA_FEEDBACK = "qa_feedback", N_("QA test feedback")
    UPDATING = "updating", N_("Feedback update")
    FINAL2 = "final2", N_("Approved final (2nd)")
    RELEASING2 = "releasing2", N_("Mail release and EKM update (2nd)")
    RELEASED2 = "released2", N_("Released, closed")
    REJECTED = "rejected", N_("Rejected")
    WITHDRAWN = "withdrawn", N_("Withdrawn")
    CLOSED_NO_NEED = "closed_no_need", N_("Closed, no need")


class Phase(Labelled):
    """Five phases that group the fifteen steps."""

    DEMAND = "demand", N_("Demand")
    DRAFTING = "drafting", N_("Drafting and approval")
    ROLLOUT = "rollout", N_("Release and training")
    FIELD = "field", N_("Field check")
    SETTLE = "settle", N_("Final and release")


@dataclass(frozen=True)
class Step:
    """One of the fifteen. limit_days: working days before it counts as late (default of this house)."""

    number: int
    state: State
    phase: Phase
    limit_days: int
    gate: str


STEPS: tuple[Step, ...] = (
    Step(1, State.RECEIVED, Phase.DEMAND, 2, N_("complete and accepted")),
    Step(2, State.RESEARCH, Phase.DEMAND, 5, N_("the business owner confirms the need")),
    Step(3, State.ASSISTING, Phase.DEMAND, 2, N_("one assistant per affected unit, all accepted")),
    Step(4, State.DRAFTING, Phase.DRAFTING, 5, N_("compulsory fields filled")),
    Step(5, State.INITIAL_REVIEW, Phase.DRAFTING, 3, N_("a verdict from every reviewer")),
    Step(6, State.CORRECTING, Phase.DRAFTING, 3, N_("no open comment")),
    Step(7, State.FINAL1, Phase.DRAFTING, 3, N_("all signed; nobody signs an own text")),
    Step(8, State.RELEASING1, Phase.ROLLOUT, 1, N_("mail out and knowledge base updated")),
    Step(9, State.TRAINING, Phase.ROLLOUT, 5, N_("every affected person planned")),
    Step(10, State.SITIN, Phase.FIELD, 10, N_("at least one sit-in recorded")),
    Step(11, State.LIVE_CHECK, Phase.FIELD, 10, N_("sample size reached")),
    Step(12, State.QA_FEEDBACK, Phase.FIELD, 5, N_("all feedback items have a route")),
    Step(13, State.UPDATING, Phase.SETTLE, 5, N_("every feedback item answered")),
    Step(14, State.FINAL2, Phase.SETTLE, 3, N_("all signed; nobody signs an own text")),
    Step(15, State.RELEASING2, Phase.SETTLE, 1, N_("mail out and knowledge base updated")),
)
BY_STATE: Mapping[str, Step] = {step.state: step for step in STEPS}
ENDS = frozenset({State.RELEASED2, State.REJECTED, State.WITHDRAWN, State.CLOSED_NO_NEED})
CAPACITIES = ("manager", "owner")
RELEASE_ACTS = ("mail", "kb")


@dataclass(frozen=True)
class Me:
    """The caller as the rules see one: a person and the names of what the roles grant."""

    person_id: int | None
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scene:
    """Everything the rules need to know of a change at one moment; counted outside, passed in.

    assistants: (unit, person, state) with state named or accepted. contributors: who wrote any version of this change.
    approved: step 7 was passed before, so that a redesign finds the request past withdrawing.
    gone: assistants who cannot act any more (their accounts are suspended); known at step 5.
    signed: capacity -> person, for the version that stands to be signed. Counts concern the present round.
    """

    state: str
    asker_id: int | None = None
    author_id: int | None = None
    owner_id: int | None = None
    asked_back: bool = False
    researched: bool = False
    units: frozenset[int] = frozenset()
    assistants: tuple[tuple[int, int, str], ...] = ()
    contributors: frozenset[int] = frozenset()
    verdicts: frozenset[int] = frozenset()
    open_comments: int = 0
    signed: Mapping[str, int] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    live_pending: bool = False
    live_on: date | None = None
    plan_lines: int = 0
    unplanned: int = 0
    sit_ins: int = 0
    samples: int = 0
    set_aside: int = 0
    sample_size: int = 5
    feedback_items: int = 0
    unrouted: int = 0
    unanswered: int = 0
    may_confirm_unchanged: bool = True
    drafted: bool = False
    approved: bool = False
    gone: frozenset[int] = frozenset()

    @property
    def step(self) -> int:
        """Number of the open step, 15 once released, 0 for other ends."""
        found = BY_STATE.get(self.state)
        return found.number if found else (15 if self.state == State.RELEASED2 else 0)

    def unassisted(self) -> frozenset[int]:
        """Affected units without a named assistant, or whose assistant is gone and leaves no verdict."""
        return self.units - {unit for unit, person, state in self.assistants
                             if state in ("named", "accepted") and (person not in self.gone or person in self.verdicts)}

    def reviewers(self) -> frozenset[int]:
        """Persons whose verdict step 5 waits for: assistants, also one named in place of another, and the owner."""
        people = {person for _, person, _state in self.assistants}
        return frozenset(people | ({self.owner_id} if self.owner_id is not None else set()))

    def may_sign_at_all(self, person_id: int | None) -> bool:
        """Nobody signs a text of which any version is one's own, whatever the role (R-W2)."""
        return person_id is not None and person_id not in self.contributors and person_id != self.author_id


Who = Callable[[Scene, Me], bool]
When = Callable[[Scene], bool]


def manager(scene: Scene, me: Me) -> bool:
    """Who manages processes."""
    return "process.change.manage" in me.permissions


def asker(scene: Scene, me: Me) -> bool:
    """Who asked for the change."""
    return me.person_id is not None and me.person_id == scene.asker_id


def author(scene: Scene, me: Me) -> bool:
    """The named author, while holding the role."""
    return me.person_id == scene.author_id and "process.change.author" in me.permissions


def owner(scene: Scene, me: Me) -> bool:
    """The business owner named on the process."""
    return me.person_id is not None and me.person_id == scene.owner_id and "process.change.confirm_need" in me.permissions


def named_assistant(scene: Scene, me: Me) -> bool:
    """A person named as assistant who has not answered yet."""
    return any(person == me.person_id and state == "named" for _, person, state in scene.assistants)


def author_or_assistant(scene: Scene, me: Me) -> bool:
    """Who may sit in on the training. Decision D17."""
    return author(scene, me) or any(p == me.person_id and s == "accepted" for _, p, s in scene.assistants)


def pending_reviewer(scene: Scene, me: Me) -> bool:
    """A reviewer of step 5 whose verdict is still missing."""
    return me.person_id in scene.reviewers() and me.person_id not in scene.verdicts


def capacity(scene: Scene, me: Me) -> str | None:
    """In which capacity this person may sign now: manager, owner, or not at all. One person fills one place."""
    if not scene.may_sign_at_all(me.person_id) or me.person_id in scene.signed.values():
        return None
    if owner(scene, me) and "owner" not in scene.signed:
        return "owner"
    if manager(scene, me) and "manager" not in scene.signed and me.person_id != scene.owner_id:
        return "manager"
    return None


def signer(scene: Scene, me: Me) -> bool:
    """Who may sign now."""
    return capacity(scene, me) is not None


def returner(scene: Scene, me: Me) -> bool:
    """Who may send a final back: a manager or the owner, unless it is their own text."""
    return scene.may_sign_at_all(me.person_id) and (manager(scene, me) or owner(scene, me))


def trainer(scene: Scene, me: Me) -> bool:
    """Who plans the training."""
    return "process.change.plan_training" in me.permissions


def inspector(scene: Scene, me: Me) -> bool:
    """Who samples contacts and records what QA and tests say."""
    return "process.change.check_live" in me.permissions


def mailer(scene: Scene, me: Me) -> bool:
    """Who releases by mail."""
    return "process.change.release_mail" in me.permissions


def kb_editor(scene: Scene, me: Me) -> bool:
    """Who updates the knowledge base."""
    return "process.change.release_kb" in me.permissions


def reader(scene: Scene, me: Me) -> bool:
    """Anybody who may read and comment."""
    return "process.change.comment" in me.permissions and me.person_id is not None


def always(scene: Scene) -> bool:
    """No further condition."""
    return True


def nowhere(scene: Scene) -> str | None:
    """Stays at the step."""


@dataclass(frozen=True)
class VerbRule:
    """A verb: at which steps, by whom, under which condition; whether it goes forward; where it leads (None: stays).

    `forward` may depend on the scene: recording the sixth sample is allowed but takes nobody further.
    """

    name: str
    label: str
    steps: tuple[int, ...]
    who: Who
    when: When = always
    forward: When = always
    to: Callable[[Scene], str | None] = nowhere
    back: bool = False


def to(state: State) -> Callable[[Scene], str | None]:
    """Leads to this state."""
    return lambda scene: state


def never(scene: Scene) -> bool:
    """Takes the change no further."""
    return False


def _signed_out(scene: Scene) -> str | None:
    if not all(name in scene.signed for name in CAPACITIES):
        return None
    return State.RELEASING1 if scene.state == State.FINAL1 else State.RELEASING2


def _released_out(scene: Scene) -> str | None:
    if not all(act in scene.released for act in RELEASE_ACTS):
        return None
    if scene.state == State.RELEASING1:
        return State.TRAINING
    return None if scene.live_pending else State.RELEASED2


OPEN = tuple(range(1, 16))

_VERBS = (
    VerbRule("accept", N_("Accept the request"), (1,), manager, when=lambda s: not s.asked_back, to=to(State.RESEARCH)),
    VerbRule("ask_back", N_("Ask the asker back"), (1,), manager, when=lambda s: not s.asked_back, forward=never, back=True),
    VerbRule("resubmit", N_("Submit again"), (1,), asker, when=lambda s: s.asked_back),
    VerbRule("reject", N_("Reject"), (1,), manager, forward=never, to=to(State.REJECTED), back=True),
    VerbRule("record_research", N_("Record the research"), (2,), author, forward=lambda s: not s.researched),
    VerbRule("add_affected_unit", N_("Add an affected unit"), (2, 3), lambda s, m: author(s, m) or manager(s, m),
             when=lambda s: s.researched, forward=never),
    VerbRule("confirm_need", N_("Confirm the need"), (2,), owner, when=lambda s: s.researched, to=to(State.ASSISTING)),
    VerbRule("no_need", N_("Close, no need"), (2,), owner, when=lambda s: s.researched, forward=never,
             to=to(State.CLOSED_NO_NEED), back=True),
    VerbRule("change_scope", N_("Scope changes: back to the request"), (2,), author, forward=never, to=to(State.RECEIVED),
             back=True),
    VerbRule("name_assistant", N_("Name an assistant"), (3, 5), manager, when=lambda s: s.step == 3 or bool(s.unassisted()),
             forward=lambda s: bool(s.unassisted())),
    VerbRule("accept_assistance", N_("Accept to assist"), (3,), named_assistant,
             to=lambda s: State.DRAFTING if not s.unassisted() and all(a[2] == "accepted" for a in s.assistants) else None),
    VerbRule("decline_assistance", N_("Decline to assist"), (3, 5), named_assistant, forward=never, back=True),
    VerbRule("submit_draft", N_("Hand in the first draft"), (4,), author, to=to(State.INITIAL_REVIEW)),
    VerbRule("give_verdict", N_("Give a verdict"), (5,), pending_reviewer,
             to=lambda s: State.CORRECTING if s.reviewers() <= s.verdicts and not s.unassisted() else None),
    VerbRule("answer_comment", N_("Answer a comment"), (6,), author, when=lambda s: s.open_comments > 0),
    VerbRule("submit_correction", N_("Hand in the correction"), (6,), author, when=lambda s: s.open_comments == 0,
             to=to(State.FINAL1)),
    VerbRule("review_again", N_("Big change: review again"), (6,), author, forward=never, to=to(State.INITIAL_REVIEW),
             back=True),
    VerbRule("sign", N_("Approve and sign"), (7, 14), signer, to=_signed_out),
    VerbRule("return_final", N_("Send back for correction"), (7, 14), returner, forward=never, back=True,
             to=lambda s: State.CORRECTING if s.state == State.FINAL1 else State.UPDATING),
    VerbRule("release_mail", N_("Release by mail"), (8, 15), mailer, when=lambda s: "mail" not in s.released,
             to=_released_out),
    VerbRule("release_kb", N_("Update the knowledge base"), (8, 15), kb_editor, when=lambda s: "kb" not in s.released,
             to=_released_out),
    VerbRule("plan_training", N_("Plan a training"), (9,), trainer,
             forward=lambda s: s.unplanned > 0 or s.plan_lines == 0),
    VerbRule("finish_planning", N_("Training is planned"), (9,), trainer,
             when=lambda s: s.plan_lines > 0 and s.unplanned == 0, to=to(State.SITIN)),
    VerbRule("record_sit_in", N_("Record a sit-in"), (10, 11, 12), author_or_assistant,
             forward=lambda s: s.step == 10 and s.sit_ins == 0),
    VerbRule("finish_sit_in", N_("Sit-in is done"), (10,), author_or_assistant, when=lambda s: s.sit_ins > 0,
             to=to(State.LIVE_CHECK)),
    VerbRule("teach_again", N_("Teach again"), (10, 11), lambda s, m: author_or_assistant(s, m) or inspector(s, m),
             when=lambda s: s.sit_ins + s.samples > 0, forward=never, to=to(State.TRAINING), back=True),
    VerbRule("text_unclear", N_("The text is unclear: update it"), (10,), author_or_assistant,
             when=lambda s: s.sit_ins > 0 and s.samples >= s.sample_size and s.feedback_items > 0 and s.unrouted == 0,
             forward=never, to=to(State.UPDATING), back=True),
    VerbRule("record_sample", N_("Record a sample"), (10, 11, 12), inspector,
             forward=lambda s: s.step == 11 and s.samples < s.sample_size),
    VerbRule("finish_sampling", N_("Sampling is done"), (11,), inspector, when=lambda s: s.samples >= s.sample_size,
             to=to(State.QA_FEEDBACK)),
    VerbRule("record_feedback", N_("Record a feedback item"), (10, 11, 12), inspector,
             forward=lambda s: s.step == 12 and s.feedback_items == 0),
    VerbRule("route_feedback", N_("Give a feedback item its route"), (10, 11, 12), inspector, when=lambda s: s.unrouted > 0,
             forward=lambda s: s.step == 12),
    VerbRule("finish_feedback", N_("Feedback is complete"), (12,), inspector,
             when=lambda s: s.feedback_items > 0 and s.unrouted == 0, to=to(State.UPDATING)),
    VerbRule("answer_feedback", N_("Answer a feedback item"), (13,), author, when=lambda s: s.unanswered > 0),
    VerbRule("submit_update", N_("Hand in the update"), (13,), author, when=lambda s: s.unanswered == 0,
             to=to(State.FINAL2)),
    VerbRule("confirm_unchanged", N_("Nothing changes: confirm the text"), (13,), author,
             when=lambda s: s.unanswered == 0 and s.may_confirm_unchanged, to=to(State.FINAL2)),
    VerbRule("redesign", N_("The design fails: draft again"), (13,), author, forward=never, to=to(State.DRAFTING), back=True),
    VerbRule("save_draft", N_("Save the draft"), (4, 6, 13), author, forward=never),
    VerbRule("comment", N_("Add a comment"), OPEN, reader, forward=never),
    VerbRule("assign_author", N_("Name another author"), tuple(range(2, 15)), manager, forward=never),
    VerbRule("withdraw", N_("Withdraw"), (1, 2, 3, 4, 5, 6, 7), asker, when=lambda s: not s.signed and not s.approved,
             forward=never,
             to=to(State.WITHDRAWN), back=True),
)
VERBS: Mapping[str, VerbRule] = {verb.name: verb for verb in _VERBS}
_AT_STEP: Mapping[int, tuple[VerbRule, ...]] = {step: tuple(verb for verb in _VERBS if step in verb.steps) for step in OPEN}


def is_open(state: str) -> bool:
    """Whether one of the fifteen steps is open."""
    return state in BY_STATE


def offered(scene: Scene, me: Me) -> Iterator[VerbRule]:
    """The verbs this caller may use now, in the order of the table."""
    if is_open(scene.state):
        for verb in _AT_STEP[scene.step]:
            if verb.when(scene) and verb.who(scene, me):
                yield verb


def may(scene: Scene, me: Me, name: str) -> bool:
    """Whether the verb is among those offered."""
    return any(verb.name == name for verb in offered(scene, me))


def why_not(scene: Scene, me: Me, name: str) -> str:
    """One sentence for a verb that is not offered."""
    verb = VERBS[name]
    if not is_open(scene.state):
        return N_("This request is closed.")
    if scene.step not in verb.steps:
        return N_("The request stands at another step.")
    if name == "sign" and not scene.may_sign_at_all(me.person_id):
        return N_("Whoever wrote a version cannot approve it.")
    if name == "sign" and me.person_id in scene.signed.values():
        return N_("You have signed already; the other signature comes from another person.")
    if not verb.who(scene, me):
        return N_("This act is not yours at this step.")
    return N_("Something is still missing before this can be done.")


def phase_rows() -> list[tuple[Phase, list[Step]]]:
    """The five phases with their steps, in order."""
    return [(phase, [step for step in STEPS if step.phase is phase]) for phase in Phase]
