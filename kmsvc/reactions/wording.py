"""Words for facts and reactions, for whoever looks after the outbox. English sources, translated where they are shown."""

from __future__ import annotations

from kmsvc.core.texts import N_

FACT_WORDS: dict[str, str] = {
    "process.change.submitted": N_("A change was asked for"),
    "process.change.step_entered": N_("A change came to another step"),
    "process.change.awaited": N_("Somebody is awaited within a step"),
    "process.change.comment_answered": N_("A comment was answered"),
    "process.change.version_released": N_("A version was released"),
    "process.change.closed": N_("A change came to its end"),
    "process.definition.added": N_("A process was added"),
    "process.definition.went_live": N_("A version took effect"),
    "process.definition.retired": N_("A process was retired"),
    "process.definition.kept": N_("Owner, group or audience of a process changed"),
    "process.definition.reviewed": N_("A process was reviewed"),
    "knowledge.article.published": N_("An article was published"),
    "knowledge.article.retired": N_("An article was retired"),
    "knowledge.article.changed": N_("An article was edited"),
    "knowledge.article.imported": N_("Articles were imported"),
    "knowledge.feedback.sent": N_("A reader said something of an answer"),
    "knowledge.feedback.moved": N_("Something came of feedback"),
    "knowledge.bulletin.began": N_("A bulletin began, or is to be read again"),
    "knowledge.bulletin.reminded": N_("Somebody reminded of a bulletin"),
    "knowledge.bulletin.ended": N_("A bulletin is over"),
    "knowledge.flow.published": N_("A guided flow was published"),
    "knowledge.flow.retired": N_("A guided flow was retired"),
    "knowledge.vocabulary.changed": N_("A term of the vocabulary came, went or changed"),
    "knowledge.bench.broke": N_("Saved searches no longer find their article"),
    "knowledge.gap.assigned": N_("Somebody is to close a gap"),
    "knowledge.gap.moved": N_("A gap came to another state"),
    "knowledge.review.drawn": N_("The sample of a yearly review was drawn"),
    "knowledge.review.judged": N_("An article was judged in a yearly review"),
    "knowledge.review.signed": N_("A yearly review was signed"),
    "standards.duty.reminder_due": N_("A reminder is due"),
    "people.person.rights_changed": N_("Rights of a person changed"),
}

REACTION_WORDS: dict[str, str] = {
    "tell_next_actors": N_("Tell who has it now"),
    "tell_asker_of_end": N_("Tell the asker how it ended"),
    "tell_commenter": N_("Tell who commented"),
    "mark_change": N_("Find the request in the search"),
    "mark_process": N_("Find the process in the search"),
    "mark_article": N_("Find the article in the search"),
    "mark_flow": N_("Look at the guided flow again for the search"),
    "mark_imported": N_("Find the imported articles in the search"),
    "mail_release": N_("Mail the release to its audience"),
    "publish_to_knowledge": N_("Bring the text into the knowledge base"),
    "close_released_change": N_("Close the request that is released"),
    "close_overtaken_changes": N_("Close requests that were overtaken"),
    "renew_review": N_("Count the review anew"),
    "retire_article_of_process": N_("Retire the article of the process"),
    "move_article_of_process": N_("Let the article follow owner and audience"),
    "ask_readers": N_("Ask readers to confirm"),
    "tell_who_replies": N_("Tell who replies to feedback"),
    "tell_sender": N_("Tell the sender what came of it"),
    "link_change_to_feedback": N_("Join the request to the feedback it came from"),
    "settle_feedback": N_("Close feedback that the new text took up"),
    "settle_imported_feedback": N_("Close feedback that imported texts took up"),
    "settle_change_feedback": N_("Close feedback whose request has ended"),
    "tell_twin": N_("Tell who holds the twin of a new text"),
    "tell_imported_twins": N_("Tell who holds the twins of imported texts"),
    "relate_successor": N_("Relate a retired article to its successor"),
    "tell_audience": N_("Tell everybody concerned of the bulletin"),
    "tell_unread": N_("Tell who has not read the bulletin"),
    "tell_sender_of_end": N_("Tell the sender how far it was read"),
    "warn_of_lost_searches": N_("Warn who changed something, and who saved the searches"),
    "tell_who_closes": N_("Tell who is to close the gap"),
    "tell_who_searched": N_("Tell who searched what came of it"),
    "link_change_to_gap": N_("Join the request to the gap it came from"),
    "settle_change_gap": N_("Look for the answer once the request has ended"),
    "tell_reviewers": N_("Tell the reviewers what waits for them"),
    "tell_who_mends": N_("Tell the owner what is to be mended"),
    "end_judging": N_("Tell who may sign that everything is judged"),
    "end_year": N_("Note that the year is reviewed, and tell who took part"),
    "end_mending": N_("Note that the owner has mended the article"),
    "examine_article": N_("Look at the health of the article anew"),
    "examine_said": N_("Look at the health of the article a reader spoke of"),
    "remind_owner": N_("Remind the owner"),
}


def fact_word(kind: str) -> str:
    """The English source for a kind of fact."""
    return FACT_WORDS.get(kind, kind)


def reaction_word(name: str) -> str:
    """The English source for a reaction."""
    return REACTION_WORDS.get(name, name)
