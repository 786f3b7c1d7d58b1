"""The roles and what each may do: permission names, so that nothing is imported upward.

Whether an act fits *this* object is the permission's own predicate; separation of duties stands in the rules."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled


class Role(Labelled):
    """A product role. Source: domain sections 3 and 4.4."""

    AGENT = "agent", N_("Agent")
    TEAM_LEADER = "team_leader", N_("Team leader")
    SUPERVISOR = "supervisor", N_("Operations supervisor")
    BUSINESS_OWNER = "business_owner", N_("Business owner")
    PROCESS_AUTHOR = "process_author", N_("Process author")
    PROCESS_MANAGER = "process_manager", N_("Process manager")
    KNOWLEDGE_EDITOR = "knowledge_editor", N_("Knowledge editor")
    TRAINER = "trainer", N_("Trainer")
    CLASS_TEACHER = "class_teacher", N_("Class teacher")
    MARKER = "marker", N_("Marker")
    QA_INSPECTOR = "qa_inspector", N_("QA inspector")
    COMPLIANCE = "compliance", N_("Compliance")
    AUDITOR = "auditor", N_("Auditor")
    MANAGER = "manager", N_("Manager")
    ADMIN = "admin", N_("Administrator")


EVERYONE = frozenset({
    "home.day.see", "search.query", "access.entry.note", "notices.notice.read", "people.self.keep", "files.file.see",
    "files.file.add", "files.file.remove",
    "process.definition.read", "process.change.submit", "process.change.read", "process.change.comment",
    "process.change.withdraw", "process.change.resubmit", "process.change.accept_assistance", "process.change.give_verdict",
    "process.change.sit_in",
    "knowledge.article.read", "knowledge.confirmation.give",
    "knowledge.bulletin.read", "knowledge.bulletin.confirm", "knowledge.flow.read",
    "knowledge.feedback.send", "knowledge.feedback.see", "knowledge.feedback.answer", "knowledge.gap.report",
    "knowledge.licence.see", "knowledge.proposal.send", "knowledge.proposal.amend", "knowledge.proposal.decide",
    "knowledge.health.see", "knowledge.health.judge", "knowledge.contact.link", "knowledge.contact.see",
    "knowledge.alignment.see", "knowledge.alignment.reply",
    "training.learning.see", "training.learning.learn",
    "training.needs.answer", "training.needs.suggest", "training.evaluation.rate", "training.evaluation.adjust",
    "training.marking.see_own", "training.marking.appeal", "training.certificate.see", "training.onboarding.see",
    "training.sitting.sit", "training.exam.mine", "training.practice.do", "training.plan.attend",
})

GRANTS: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset(),
    Role.TEAM_LEADER: frozenset({"training.certificate.see_team", "training.marking.see_team", "training.plan.see",
                                 "knowledge.figure.see",
                                 "search.filter.set_unit", "knowledge.bulletin.see_team",
                                "knowledge.contact.see_team", "knowledge.contact.see_people",
                                 "knowledge.contact.see_numbers", "knowledge.contact.check", "knowledge.alignment.coach"}),
    Role.SUPERVISOR: frozenset({"training.onboarding.classes", "training.onboarding.see_all",
                                 "training.trainer.see", "training.plan.see",
                                 "training.certificate.see_all",
                                 "training.marking.see", "training.marking.see_results",
                                 "training.needs.see", "training.evaluation.see",
                                 "training.exam.see",
                                 "training.sitting.watch",
                                 "training.course.see", "training.course.assign", "training.course.see_people",
                                 "knowledge.figure.see",
                                 "search.filter.set_unit", "knowledge.bulletin.send", "knowledge.gap.see", "knowledge.gap.see_people",
                                "knowledge.flow.see_walks", "knowledge.flow.see_people", "knowledge.health.see_all",
                                "knowledge.contact.see_all", "knowledge.contact.see_all_people",
                                "knowledge.alignment.see_all"}),
    Role.BUSINESS_OWNER: frozenset({"process.change.confirm_need", "process.change.sign", "knowledge.article.read_secret",
                                    "process.definition.review"}),
    Role.PROCESS_AUTHOR: frozenset({"process.change.author", "knowledge.article.read_secret"}),
    Role.PROCESS_MANAGER: frozenset({"training.plan.see", "training.question.see", "training.paper.see", "training.exam.see",
                                 "training.course.see",
                                 "knowledge.figure.see", "knowledge.figure.see_all",
                                 "knowledge.bulletin.send", "process.change.manage", "process.change.sign",
                                     "process.change.release_mail",
                                     "process.definition.manage", "process.definition.review",
                                     "process.definition.read_drafts", "knowledge.article.read_secret",
                                     "knowledge.gap.see", "knowledge.gap.handle", "knowledge.health.see_all",
                                     "knowledge.review.see", "knowledge.review.plan", "knowledge.review.judge",
                                     "knowledge.review.sign",
                                 "knowledge.citation.see", "knowledge.citation.keep", "knowledge.lesson.read"}),
    Role.KNOWLEDGE_EDITOR: frozenset({"training.course.see",
                                 "knowledge.figure.see", "knowledge.figure.see_all",
                                 "process.change.release_kb", "knowledge.licence.see_all", "knowledge.licence.grant",
                                      "knowledge.template.keep", "knowledge.reshape.do", "people.readers.keep",
                                      "knowledge.article.edit", "knowledge.article.read_drafts",
                                      "knowledge.article.read_secret", "search.index.rebuild",
                                      "knowledge.vocabulary.keep", "knowledge.scope.keep", "knowledge.bench.keep", "knowledge.bench.run",
                                      "knowledge.learning.keep", "knowledge.export.make", "knowledge.export.see",
                                      "knowledge.bulletin.send", "knowledge.gap.see", "knowledge.gap.handle",
                                      "knowledge.flow.write", "knowledge.flow.see_walks",
                                      "knowledge.health.see_all",
                                      "knowledge.review.see", "knowledge.review.plan", "knowledge.review.judge",
                                      "knowledge.contact.see_all",
                                 "knowledge.citation.see", "knowledge.citation.keep", "knowledge.lesson.read",
                                 "knowledge.lesson.write"}),
    Role.TRAINER: frozenset({"training.onboarding.classes", "training.onboarding.see_all", "training.onboarding.plan",
                                 "training.trainer.see", "training.plan.see", "training.trainer.observe", "training.plan.make",
                                 "training.certificate.see_all", "training.certificate.keep", "training.certificate.award",
                                 "training.certificate.revoke",
                                 "training.marking.see", "training.marking.mark", "training.marking.lead",
                                 "training.marking.release", "training.marking.correct", "training.marking.decide",
                                 "training.marking.see_results", "training.marking.read_result",
                                 "training.question.see", "training.question.write", "training.question.take",
                                 "training.needs.see", "training.evaluation.see", "training.needs.run", "training.needs.plan",
                                 "training.evaluation.run", "knowledge.gap.see",
                                 "training.paper.see", "training.paper.write", "training.exam.see", "training.exam.plan",
                                 "training.sitting.watch", "training.sitting.steer", "training.sitting.read_answers",
                                 "training.course.see", "training.course.write", "training.course.assign", "training.course.see_people",
                                 "knowledge.figure.see", "knowledge.figure.see_all",
                                 "process.change.plan_training", "knowledge.article.read_secret", "knowledge.contact.see_all",
                             "knowledge.contact.see_all_people", "knowledge.contact.see_all_numbers", "knowledge.contact.check",
                             "knowledge.alignment.see_all", "knowledge.alignment.coach",
                                 "knowledge.citation.see", "knowledge.citation.keep", "knowledge.lesson.read",
                                 "knowledge.lesson.write"}),
    Role.CLASS_TEACHER: frozenset({"training.onboarding.classes", "training.onboarding.plan", "training.onboarding.decide",
                                 "training.trainer.see", "training.plan.see", "training.trainer.observe", "training.plan.make",
                                 "training.certificate.see_all", "training.certificate.award",
                                 "training.marking.see", "training.marking.see_results",
                                 "training.question.see", "training.needs.see", "training.evaluation.see", "training.evaluation.run",
                                 "training.paper.see", "training.exam.see", "training.exam.plan",
                                 "training.sitting.watch",
                                 "training.course.see", "training.course.assign", "training.course.see_people",
                                 "knowledge.lesson.read"}),
    Role.MARKER: frozenset({"training.marking.see", "training.marking.mark", "training.marking.decide",
                                 "training.question.see"}),
    Role.QA_INSPECTOR: frozenset({"training.onboarding.enter_results", "knowledge.figure.see", "knowledge.figure.see_all",
                                 "process.change.check_live", "knowledge.article.read_secret", "knowledge.contact.see_all",
                                  "knowledge.contact.see_all_people", "knowledge.contact.see_all_numbers", "knowledge.contact.check",
                                  "knowledge.alignment.see_all", "knowledge.alignment.coach",
                                 "knowledge.citation.see", "knowledge.citation.keep"}),
    Role.COMPLIANCE: frozenset({"training.onboarding.classes", "training.onboarding.see_all",
                                 "training.trainer.see", "training.plan.see",
                                 "training.certificate.see_all",
                                 "training.marking.see", "training.marking.see_results", "training.marking.read_result",
                                 "training.question.see", "training.needs.see", "training.evaluation.see",
                                 "training.paper.see", "training.exam.see",
                                 "training.sitting.watch", "training.sitting.read_answers",
                                 "training.course.see", "training.course.see_people",
                                 "knowledge.figure.see", "knowledge.figure.see_all",
                                 "knowledge.licence.see_all",
                                "audit.trail.see", "access.entry.see", "access.secret.print", "people.permission.see",
                                "process.definition.read_drafts", "knowledge.article.read_secret", "standards.duty.see",
                                "knowledge.bulletin.see_readers", "knowledge.health.see_all", "knowledge.review.see",
                                "knowledge.export.see", "knowledge.alignment.see_all",
                                "knowledge.contact.see_all",
                                 "knowledge.citation.see", "knowledge.lesson.read"}),
    Role.AUDITOR: frozenset({"training.onboarding.classes", "training.onboarding.see_all",
                                 "training.trainer.see", "training.plan.see",
                                 "training.certificate.see_all",
                                 "training.marking.see", "training.marking.see_results", "training.marking.read_result",
                                 "training.question.see", "training.needs.see", "training.evaluation.see",
                                 "training.paper.see", "training.exam.see",
                                 "training.sitting.watch", "training.sitting.read_answers",
                                 "training.course.see", "training.course.see_people",
                                 "knowledge.figure.see", "knowledge.figure.see_all",
                                 "knowledge.licence.see_all",
                             "audit.trail.see", "access.entry.see", "people.permission.see",
                             "process.definition.read_drafts", "knowledge.article.read_secret", "standards.duty.see",
                             "knowledge.bulletin.see_readers", "knowledge.health.see_all", "knowledge.review.see",
                                "knowledge.export.see", "knowledge.alignment.see_all",
                                "knowledge.contact.see_all",
                                 "knowledge.citation.see", "knowledge.lesson.read"}),
    Role.MANAGER: frozenset({"training.onboarding.classes", "training.onboarding.see_all", "training.onboarding.decide",
                                 "training.trainer.see", "training.plan.see", "training.trainer.authorise", "training.trainer.observe",
                                 "training.plan.approve",
                                 "training.certificate.see_all", "training.certificate.keep",
                                 "training.certificate.revoke",
                                 "training.marking.see", "training.marking.release", "training.marking.correct",
                                 "training.marking.decide",
                                 "training.marking.see_results", "training.marking.read_result",
                                 "training.question.see", "training.question.take",
                                 "training.needs.see", "training.evaluation.see", "training.needs.plan", "training.needs.sign",
                                 "training.paper.see", "training.exam.see", "training.exam.plan",
                                 "training.sitting.watch", "training.sitting.steer",
                                 "training.course.see", "training.course.assign", "training.course.see_people",
                                 "knowledge.figure.see",
                                 "knowledge.licence.see_all", "knowledge.licence.grant",
                             "process.definition.read_drafts", "knowledge.article.read_secret", "access.secret.print",
                             "standards.duty.see", "knowledge.export.make", "knowledge.export.see",
                             "knowledge.bulletin.send", "knowledge.gap.see", "knowledge.gap.see_people",
                             "knowledge.flow.see_walks", "knowledge.flow.see_people",
                             "knowledge.health.see_all", "knowledge.review.see", "knowledge.review.judge",
                             "knowledge.review.sign", "knowledge.contact.see_all", "knowledge.contact.see_all_people",
                                "knowledge.alignment.see_all",
                                 "knowledge.citation.see", "knowledge.lesson.read"}),
    Role.ADMIN: frozenset({"people.account.manage", "people.unit.manage", "people.readers.keep", "people.permission.see",
                           "operations.page.see", "operations.delivery.retry", "operations.option.set", "audit.trail.see",
                           "search.index.rebuild",
                           "access.entry.see", "knowledge.export.see",
                                 "hooks.hook.manage"}),
}

SYSTEM_GRANTS = frozenset({
    "training.certificate.award", "training.certificate.follow",
    "operations.deliver", "notices.notice.send", "notices.mail.send", "search.index.write", "search.index.rebuild",
    "process.definition.go_live", "knowledge.article.follow_process", "standards.duty.run", "standards.duty.complete",
    "knowledge.confirmation.ask", "knowledge.feedback.follow", "people.session.end", "files.file.sweep",
    "knowledge.bench.run", "knowledge.learning.learn", "knowledge.bulletin.keep_time", "knowledge.gap.follow",
    "knowledge.relation.follow", "knowledge.health.examine", "knowledge.flow.thin", "knowledge.contact.forget",
    "knowledge.citation.follow", "hooks.hook.deliver", "knowledge.figure.count",
    "training.course.follow", "training.question.follow",
    "training.sitting.keep_time", "training.exam.keep_time", "training.marking.follow", "training.plan.make",
    "process.change.link_training",
})

OPERATOR_GRANTS = SYSTEM_GRANTS | frozenset({
    "training.question.see", "training.question.write", "training.question.take",
    "knowledge.licence.see", "knowledge.licence.see_all", "knowledge.licence.grant", "knowledge.template.keep", "knowledge.reshape.do",
    "people.account.manage", "people.readers.keep", "people.unit.manage", "people.permission.see", "operations.page.see",
    "operations.delivery.retry",
    "operations.option.set", "audit.trail.see", "access.entry.see", "access.entry.note", "search.query",
    "process.definition.read", "process.definition.manage",
    "process.definition.adopt",
    "process.definition.read_drafts", "process.change.read", "process.change.manage",
    "knowledge.article.read", "knowledge.article.edit", "knowledge.article.read_secret", "knowledge.article.read_drafts",
    "knowledge.feedback.see", "knowledge.feedback.answer", "knowledge.bulletin.read", "knowledge.bulletin.send",
    "knowledge.vocabulary.keep", "knowledge.bench.keep", "knowledge.bench.run", "knowledge.gap.see", "knowledge.gap.handle",
    "knowledge.learning.keep",
    "knowledge.health.see", "knowledge.health.see_all", "knowledge.health.judge", "standards.duty.see",
    "knowledge.flow.read", "knowledge.flow.write", "knowledge.flow.see_walks",
    "knowledge.review.see", "knowledge.review.plan", "knowledge.export.make", "knowledge.export.see",
    "knowledge.contact.see", "knowledge.contact.see_all", "knowledge.alignment.see", "knowledge.alignment.see_all",
    "home.day.see", "files.file.see", "files.file.add",
    "files.file.remove",
    "knowledge.citation.see", "knowledge.citation.keep", "knowledge.lesson.read", "knowledge.lesson.write", "hooks.hook.manage",
    "knowledge.figure.see", "knowledge.figure.see_all", "knowledge.figure.count",
    "training.trainer.see", "training.plan.see", "training.trainer.authorise", "training.trainer.observe", "training.plan.approve",
    "training.needs.see", "training.needs.run", "training.needs.plan", "training.evaluation.see", "training.evaluation.run",
    "training.certificate.see", "training.certificate.see_all", "training.certificate.keep", "training.certificate.revoke",
    "training.learning.see", "training.course.see", "training.course.write", "training.course.assign", "training.course.see_people",
    "training.marking.see", "training.marking.lead", "training.marking.release", "training.marking.see_results",
    "training.sitting.watch", "training.sitting.steer",
    "training.paper.see", "training.paper.write", "training.exam.see", "training.exam.plan",
    "training.onboarding.see", "training.onboarding.see_all", "training.onboarding.plan", "training.onboarding.enter_results",
})


def granted(roles: frozenset[str]) -> frozenset[str]:
    """All permission names these roles grant, with what everyone has."""
    names = set(EVERYONE)
    for role in roles:
        names |= GRANTS.get(Role(role), frozenset())
    return frozenset(names)
