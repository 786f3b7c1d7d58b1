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
    "knowledge.health.see", "knowledge.health.judge",
})

GRANTS: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset(),
    Role.TEAM_LEADER: frozenset({"knowledge.bulletin.see_team"}),
    Role.SUPERVISOR: frozenset({"knowledge.bulletin.send", "knowledge.gap.see", "knowledge.gap.see_people",
                                "knowledge.flow.see_walks", "knowledge.flow.see_people", "knowledge.health.see_all"}),
    Role.BUSINESS_OWNER: frozenset({"process.change.confirm_need", "process.change.sign", "knowledge.article.read_secret",
                                    "process.definition.review"}),
    Role.PROCESS_AUTHOR: frozenset({"process.change.author", "knowledge.article.read_secret"}),
    Role.PROCESS_MANAGER: frozenset({"knowledge.bulletin.send", "process.change.manage", "process.change.sign",
                                     "process.change.release_mail",
                                     "process.definition.manage", "process.definition.review",
                                     "process.definition.read_drafts", "knowledge.article.read_secret",
                                     "knowledge.gap.see", "knowledge.gap.handle", "knowledge.health.see_all",
                                     "knowledge.review.see", "knowledge.review.plan", "knowledge.review.judge",
                                     "knowledge.review.sign"}),
    Role.KNOWLEDGE_EDITOR: frozenset({"process.change.release_kb", "knowledge.article.edit", "knowledge.article.read_drafts",
                                      "knowledge.article.read_secret", "search.index.rebuild",
                                      "knowledge.vocabulary.keep", "knowledge.bench.keep", "knowledge.bench.run",
                                      "knowledge.learning.keep", "knowledge.export.make", "knowledge.export.see",
                                      "knowledge.bulletin.send", "knowledge.gap.see", "knowledge.gap.handle",
                                      "knowledge.flow.write", "knowledge.flow.see_walks",
                                      "knowledge.health.see_all",
                                      "knowledge.review.see", "knowledge.review.plan", "knowledge.review.judge"}),
    Role.TRAINER: frozenset({"process.change.plan_training", "knowledge.article.read_secret"}),
    Role.CLASS_TEACHER: frozenset(),
    Role.MARKER: frozenset(),
    Role.QA_INSPECTOR: frozenset({"process.change.check_live", "knowledge.article.read_secret"}),
    Role.COMPLIANCE: frozenset({"audit.trail.see", "access.entry.see", "access.secret.print", "people.permission.see",
                                "process.definition.read_drafts", "knowledge.article.read_secret", "standards.duty.see",
                                "knowledge.bulletin.see_readers", "knowledge.health.see_all", "knowledge.review.see",
                                "knowledge.export.see"}),
    Role.AUDITOR: frozenset({"audit.trail.see", "access.entry.see", "people.permission.see",
                             "process.definition.read_drafts", "knowledge.article.read_secret", "standards.duty.see",
                             "knowledge.bulletin.see_readers", "knowledge.health.see_all", "knowledge.review.see",
                                "knowledge.export.see"}),
    Role.MANAGER: frozenset({"process.definition.read_drafts", "knowledge.article.read_secret", "access.secret.print",
                             "standards.duty.see", "knowledge.export.make", "knowledge.export.see",
                             "knowledge.bulletin.send", "knowledge.gap.see", "knowledge.gap.see_people",
                             "knowledge.flow.see_walks", "knowledge.flow.see_people",
                             "knowledge.health.see_all", "knowledge.review.see", "knowledge.review.judge",
                             "knowledge.review.sign"}),
    Role.ADMIN: frozenset({"people.account.manage", "people.unit.manage", "people.permission.see", "operations.page.see",
                           "operations.delivery.retry", "operations.option.set", "audit.trail.see", "search.index.rebuild",
                           "access.entry.see", "knowledge.export.see"}),
}

SYSTEM_GRANTS = frozenset({
    "operations.deliver", "notices.notice.send", "notices.mail.send", "search.index.write", "search.index.rebuild",
    "process.definition.go_live", "knowledge.article.follow_process", "standards.duty.run", "standards.duty.complete",
    "knowledge.confirmation.ask", "knowledge.feedback.follow", "people.session.end", "files.file.sweep",
    "knowledge.bench.run", "knowledge.learning.learn", "knowledge.bulletin.keep_time", "knowledge.gap.follow",
    "knowledge.relation.follow", "knowledge.health.examine", "knowledge.flow.thin",
})

OPERATOR_GRANTS = SYSTEM_GRANTS | frozenset({
    "people.account.manage", "people.unit.manage", "people.permission.see", "operations.page.see", "operations.delivery.retry",
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
    "home.day.see", "files.file.see", "files.file.add",
    "files.file.remove",
})


def granted(roles: frozenset[str]) -> frozenset[str]:
    """All permission names these roles grant, with what everyone has."""
    names = set(EVERYONE)
    for role in roles:
        names |= GRANTS.get(Role(role), frozenset())
    return frozenset(names)
