"""The kinds of notice with their words; parameters are filled in the reader's language when shown or sent."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.texts import N_


@dataclass(frozen=True)
class NoticeKind:
    """subject: mail subject, never a restricted title; line: the inbox line; icon: its mark."""

    kind: str
    subject: str
    line: str
    icon: str = "bell"


KINDS = {one.kind: one for one in (
    NoticeKind("process.change.your_turn", N_("%(number)s: step %(step)s is yours"),
               N_("%(number)s %(title)s: step %(step)s, %(step_label)s, waits for you"), "branch"),
    NoticeKind("process.change.submitted", N_("%(number)s: a new change request"),
               N_("%(number)s %(title)s was submitted"), "branch"),
    NoticeKind("process.change.closed", N_("%(number)s: %(state_label)s"),
               N_("Your request %(number)s %(title)s: %(state_label)s"), "branch"),
    NoticeKind("process.version.released", N_("%(number)s version %(version)s in force from %(effective_on)s"),
               N_("%(number)s %(title)s, version %(version)s, in force from %(effective_on)s"), "flow"),
    NoticeKind("knowledge.confirmation.asked", N_("Please read and confirm: %(number)s version %(version)s"),
               N_("Read and confirm %(number)s %(title)s, version %(version)s"), "book"),
    NoticeKind("knowledge.feedback.sent", N_("%(feedback)s: please reply by %(due_on)s"),
               N_("%(feedback)s on %(number)s %(title)s: %(said)s. Please reply by %(due_on)s"), "chat"),
    NoticeKind("knowledge.feedback.moved", N_("%(feedback)s: %(outcome)s"),
               N_("What you said of %(number)s %(title)s: %(outcome)s"), "chat"),
    NoticeKind("knowledge.bulletin.began", N_("%(number)s: a bulletin, please read it"),
               N_("Bulletin %(number)s: %(title)s"), "mega"),
    NoticeKind("knowledge.bulletin.reminded", N_("%(number)s: you have not read this bulletin yet"),
               N_("Not read yet, bulletin %(number)s: %(title)s"), "mega"),
    NoticeKind("knowledge.bulletin.ended", N_("%(number)s is over, %(read)s of %(asked)s have read it"),
               N_("Bulletin %(number)s %(title)s is over; %(read)s of %(asked)s have read it"), "mega"),
    NoticeKind("knowledge.bench.lost", N_("A saved search no longer finds %(number)s"),
               N_("“%(query)s” no longer finds %(number)s among the first five"), "search"),
    NoticeKind("knowledge.bench.lost_many", N_("%(count)s saved searches no longer find their article"),
               N_("%(count)s saved searches no longer find their article among the first five, “%(query)s” is one"), "search"),
    NoticeKind("knowledge.twin.drifted", N_("%(number)s: its twin %(twin)s says something new"),
               N_("%(twin)s has a new text; please bring %(number)s %(title)s up or find both equal"), "book"),
    NoticeKind("knowledge.citation.marked", N_("%(thing)s cites a paragraph that changed"),
               N_("%(thing)s %(name)s cites a paragraph that changed; please look whether it is still right"), "link"),
    NoticeKind("knowledge.citation.marked_many", N_("%(thing)s cites %(count)s paragraphs that changed"),
               N_("%(thing)s %(name)s cites %(count)s paragraphs that changed; please look whether it is still right"), "link"),
    NoticeKind("hooks.hook.stopped", N_("Hook %(name)s stopped after many failures"),
               N_("Hook %(name)s failed %(count)s times in a row and is called no longer; what happens meanwhile waits"), "link"),
    NoticeKind("knowledge.gap.assigned", N_("%(gap)s: please close it by %(due_on)s"),
               N_("%(gap)s “%(query)s” is searched and not found. Please close it by %(due_on)s"), "gapq"),
    NoticeKind("knowledge.gap.closed", N_("%(gap)s: found now"), N_("What you searched for is found now: “%(query)s”"), "gapq"),
    NoticeKind("knowledge.gap.dismissed", N_("%(gap)s: not ours to answer"),
               N_("“%(query)s” is not ours to answer: %(reason)s"), "gapq"),
    NoticeKind("training.course.assigned", N_("%(number)s: please take it by %(due_on)s"),
               N_("Take the course %(number)s %(title)s by %(due_on)s"), "cap"),
    NoticeKind("training.course.due", N_("%(number)s: a course is due by %(due_on)s"),
               N_("The course %(number)s %(title)s is due by %(due_on)s"), "cap"),
    NoticeKind("training.course.newer", N_("%(number)s: there is a newer version"),
               N_("The course %(number)s %(title)s has a newer version; you keep yours, or begin the newer one"), "cap"),
    NoticeKind("knowledge.review.drawn", N_("%(review)s: articles wait for your judgement"),
               N_("Yearly review %(review)s: %(count)s articles wait for your judgement until %(due_on)s"), "shield"),
    NoticeKind("knowledge.review.update", N_("%(number)s: please bring it up to date by %(due_on)s"),
               N_("The yearly review found that %(number)s %(title)s must be brought up to date by %(due_on)s"), "book"),
    NoticeKind("knowledge.review.retire", N_("%(number)s: please take it out of force by %(due_on)s"),
               N_("The yearly review found that %(number)s %(title)s is needed no longer; please take it out of force by %(due_on)s"),
               "book"),
    NoticeKind("knowledge.review.ready", N_("%(review)s: ready to be signed"),
               N_("Every article of the yearly review %(review)s has been judged; it can be concluded and signed"), "shield"),
    NoticeKind("knowledge.review.signed", N_("%(review)s is signed"),
               N_("The yearly review %(review)s is signed and archived"), "shield"),
    NoticeKind("knowledge.alignment.signed", N_("%(review)s: some of your contacts were looked at"),
               N_("%(coach)s looked at some of your contacts and signed %(review)s; read it and answer if you like"), "ear"),
    NoticeKind("knowledge.alignment.answered", N_("%(review)s: an answer"), N_("%(person)s answered your review %(review)s"), "ear"),
    NoticeKind("knowledge.review.due", N_("The yearly review of knowledge for %(year)s is due by %(due_on)s"),
               N_("The yearly review of knowledge for %(year)s is due by %(due_on)s"), "shield"),
    NoticeKind("knowledge.health.seen", N_("%(number)s: %(sign)s"),
               N_("%(number)s %(title)s: %(sign)s. Please look at it"), "chart"),
    NoticeKind("knowledge.health.seen_many", N_("%(count)s signs on your articles"),
               N_("%(count)s signs were seen on your articles. Please look at them"), "chart"),
    NoticeKind("knowledge.proposal.sent", N_("%(proposal)s: please look at it by %(due_on)s"),
               N_("%(proposal)s %(title)s is proposed. Please look at it by %(due_on)s"), "pen"),
    NoticeKind("knowledge.proposal.live", N_("%(proposal)s: a correction is in force, please look at it by %(due_on)s"),
               N_("%(proposal)s %(title)s was corrected and is in force. Please look at it by %(due_on)s"), "pen"),
    NoticeKind("knowledge.proposal.moved", N_("%(proposal)s: %(outcome)s"),
               N_("What you proposed, %(proposal)s %(title)s: %(outcome)s"), "pen"),
    NoticeKind("knowledge.proposal.reasoned", N_("%(proposal)s: %(outcome)s"),
               N_("What you proposed, %(proposal)s %(title)s: %(outcome)s. %(reason)s"), "pen"),
    NoticeKind("knowledge.licence.granted", N_("You have a licence to write: %(level)s"),
               N_("You have a licence to write, %(level)s, until %(until)s"), "shield"),
    NoticeKind("knowledge.licence.moved", N_("Your licence to write: %(outcome)s"),
               N_("Your licence to write: %(outcome)s. %(reason)s"), "shield"),
    NoticeKind("knowledge.licence.due", N_("The licence of %(person)s ends on %(due_on)s"),
               N_("The licence to write of %(person)s ends on %(due_on)s. Renew it or let it end"), "shield"),
    NoticeKind("knowledge.licence.ends", N_("Your licence to write ends on %(due_on)s"),
               N_("Your licence to write ends on %(due_on)s, unless it is renewed"), "shield"),
    NoticeKind("process.review.due", N_("%(number)s: review due %(due_on)s"),
               N_("Review %(number)s %(title)s: due %(due_on)s"), "hist"),
    NoticeKind("process.change.comment_answered", N_("%(number)s: your comment was answered"),
               N_("%(number)s %(title)s: the author answered your comment"), "chat"),
    NoticeKind("people.training.planned", N_("%(number)s: training on %(held_on)s"),
               N_("You are planned for «%(course)s» on %(held_on)s"), "cap"),
)}
