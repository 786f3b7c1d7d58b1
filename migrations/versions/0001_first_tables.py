"""The first tables: people, processes, changes, knowledge, notices, search, duties, outbox, audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_first_tables"
down_revision = None


def upgrade() -> None:
    op.create_table('core_audit',
        sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('login', sa.String(length=64), nullable=False),
        sa.Column('via', sa.String(length=64), nullable=False),
        sa.Column('session_ref', sa.String(length=64), nullable=True),
        sa.Column('request_id', sa.String(length=64), nullable=True),
        sa.Column('act', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.String(length=64), nullable=False),
        sa.Column('subject_id', sa.String(length=64), nullable=False),
        sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('after', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('previous', sa.String(length=64), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('seq', name=op.f('pk_core_audit'))
    )
    op.create_index('ix_core_audit_at', 'core_audit', ['at'], unique=False)
    op.create_index('ix_core_audit_person_id_at', 'core_audit', ['person_id', 'at'], unique=False)
    op.create_index('ix_core_audit_subject_subject_id', 'core_audit', ['subject', 'subject_id'], unique=False)
    op.create_table('core_audit_head',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_audit_head'))
    )
    op.create_table('core_counter',
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('value', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_core_counter'))
    )
    op.create_table('core_fact',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_fact'))
    )
    op.create_table('core_idempotency',
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('request_hash', sa.String(length=64), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_core_idempotency'))
    )
    op.create_table('core_lease',
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('owner', sa.String(length=64), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('fence', sa.Integer(), nullable=False),
        sa.Column('beat_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_core_lease'))
    )
    op.create_table('core_option',
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_core_option'))
    )
    op.create_table('files_file',
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('media_type', sa.String(length=200), nullable=False),
        sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('sha256', name=op.f('pk_files_file'))
    )
    op.create_table('knowledge_category',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['parent_id'], ['knowledge_category.id'], name=op.f('fk_knowledge_category_parent_id_knowledge_category')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_category')),
        sa.UniqueConstraint('name', name=op.f('uq_knowledge_category_name'))
    )
    op.create_table('people_guess',
        sa.Column('key', sa.String(length=100), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_people_guess'))
    )
    op.create_table('people_post',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_post')),
        sa.UniqueConstraint('code', name=op.f('uq_people_post_code'))
    )
    op.create_table('people_unit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['people_unit.id'], name=op.f('fk_people_unit_parent_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_unit')),
        sa.UniqueConstraint('code', name=op.f('uq_people_unit_code'))
    )
    op.create_index(op.f('ix_people_unit_parent_id'), 'people_unit', ['parent_id'], unique=False)
    op.create_table('search_dirty',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('ref_id', sa.Integer(), nullable=False),
        sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('mark', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_dirty')),
        sa.UniqueConstraint('kind', 'ref_id', name=op.f('uq_search_dirty_kind_ref_id'))
    )
    op.create_table('search_event',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('query', sa.String(length=500), nullable=False),
        sa.Column('filters', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('found', sa.Integer(), nullable=False),
        sa.Column('opened_kind', sa.String(length=64), nullable=True),
        sa.Column('opened_id', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_event'))
    )
    op.create_index('ix_search_event_at', 'search_event', ['at'], unique=False)
    op.create_index('ix_search_event_person_id_at', 'search_event', ['person_id', 'at'], unique=False)
    op.create_table('core_delivery',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('fact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('reaction', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['fact_id'], ['core_fact.id'], name=op.f('fk_core_delivery_fact_id_core_fact'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_core_delivery')),
        sa.UniqueConstraint('fact_id', 'reaction', name=op.f('uq_core_delivery_fact_id_reaction'))
    )
    op.create_index(op.f('ix_core_delivery_fact_id'), 'core_delivery', ['fact_id'], unique=False)
    op.create_index('ix_core_delivery_state_next_at', 'core_delivery', ['state', 'next_at'], unique=False)
    op.create_table('people_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('language', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('joined_on', sa.Date(), nullable=True),
        sa.Column('is_first', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f('ck_people_person_state')),
        sa.ForeignKeyConstraint(['post_id'], ['people_post.id'], name=op.f('fk_people_person_post_id_people_post')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_people_person_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_person'))
    )
    op.create_index(op.f('ix_people_person_post_id'), 'people_person', ['post_id'], unique=False)
    op.create_index(op.f('ix_people_person_unit_id'), 'people_person', ['unit_id'], unique=False)
    op.create_table('files_attachment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('subject_kind', sa.String(length=64), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_files_attachment_person_id_people_person')),
        sa.ForeignKeyConstraint(['sha256'], ['files_file.sha256'], name=op.f('fk_files_attachment_sha256_files_file')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_files_attachment'))
    )
    op.create_index(op.f('ix_files_attachment_sha256'), 'files_attachment', ['sha256'], unique=False)
    op.create_index('ix_files_attachment_subject_kind_subject_id', 'files_attachment', ['subject_kind', 'subject_id'], unique=False)
    op.create_table('knowledge_article',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('external_id', sa.String(length=400), nullable=True),
        sa.Column('category_id', sa.Integer(), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('audience_unit_id', sa.Integer(), nullable=True),
        sa.Column('process_id', sa.Integer(), nullable=True),
        sa.Column('draft_version_id', sa.Integer(), nullable=True),
        sa.Column('published_version_id', sa.Integer(), nullable=True),
        sa.Column('superseded_by_id', sa.Integer(), nullable=True),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('review_on', sa.Date(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('retired_at IS NULL OR published_version_id IS NULL', name=op.f('ck_knowledge_article_retired_is_unpublished')),
        sa.ForeignKeyConstraint(['audience_unit_id'], ['people_unit.id'], name=op.f('fk_knowledge_article_audience_unit_id_people_unit')),
        sa.ForeignKeyConstraint(['category_id'], ['knowledge_category.id'], name=op.f('fk_knowledge_article_category_id_knowledge_category')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_knowledge_article_owner_id_people_person')),
        sa.ForeignKeyConstraint(['superseded_by_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_article_superseded_by_id_knowledge_article')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_article')),
        sa.UniqueConstraint('external_id', name=op.f('uq_knowledge_article_external_id')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_article_number')),
        sa.UniqueConstraint('process_id', name=op.f('uq_knowledge_article_process_id'))
    )
    op.create_index(op.f('ix_knowledge_article_category_id'), 'knowledge_article', ['category_id'], unique=False)
    op.create_index(op.f('ix_knowledge_article_owner_id'), 'knowledge_article', ['owner_id'], unique=False)
    op.create_index('ix_knowledge_article_published_version_id', 'knowledge_article', ['published_version_id'], unique=False)
    op.create_table('notices_mail',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('url', sa.String(length=300), nullable=False),
        sa.Column('subject_kind', sa.String(length=64), nullable=True),
        sa.Column('subject_id', sa.Integer(), nullable=True),
        sa.Column('dedup', sa.String(length=200), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name=op.f('ck_notices_mail_state')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_notices_mail_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notices_mail')),
        sa.UniqueConstraint('dedup', name=op.f('uq_notices_mail_dedup'))
    )
    op.create_index(op.f('ix_notices_mail_person_id'), 'notices_mail', ['person_id'], unique=False)
    op.create_index('ix_notices_mail_state_next_at', 'notices_mail', ['state', 'next_at'], unique=False)
    op.create_table('notices_notice',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('url', sa.String(length=300), nullable=False),
        sa.Column('dedup', sa.String(length=200), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_notices_notice_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notices_notice')),
        sa.UniqueConstraint('dedup', name=op.f('uq_notices_notice_dedup'))
    )
    op.create_index(op.f('ix_notices_notice_person_id'), 'notices_notice', ['person_id'], unique=False)
    op.create_index('ix_notices_notice_person_id_read_at', 'notices_notice', ['person_id', 'read_at'], unique=False)
    op.create_table('people_account',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('login', sa.String(length=64), nullable=False),
        sa.Column('password_hash', sa.String(length=300), nullable=True),
        sa.Column('must_change', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_people_account_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_account')),
        sa.UniqueConstraint('login', name=op.f('uq_people_account_login'))
    )
    op.create_index(op.f('ix_people_account_person_id'), 'people_account', ['person_id'], unique=False)
    op.create_table('people_role_grant',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_people_role_grant_person_id_people_person'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_role_grant')),
        sa.UniqueConstraint('person_id', 'role', name=op.f('uq_people_role_grant_person_id_role'))
    )
    op.create_index(op.f('ix_people_role_grant_person_id'), 'people_role_grant', ['person_id'], unique=False)
    op.create_index(op.f('ix_people_role_grant_role'), 'people_role_grant', ['role'], unique=False)
    op.create_table('process_definition',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('process_group', sa.String(length=64), nullable=False),
        sa.Column('process_class', sa.String(length=64), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('audience_unit_id', sa.Integer(), nullable=True),
        sa.Column('draft_version_id', sa.Integer(), nullable=True),
        sa.Column('published_version_id', sa.Integer(), nullable=True),
        sa.Column('superseded_by_id', sa.Integer(), nullable=True),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('review_months', sa.Integer(), nullable=False),
        sa.Column('reviewed_on', sa.Date(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('retired_at IS NULL OR published_version_id IS NULL', name=op.f('ck_process_definition_retired_is_unpublished')),
        sa.ForeignKeyConstraint(['audience_unit_id'], ['people_unit.id'], name=op.f('fk_process_definition_audience_unit_id_people_unit')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_process_definition_owner_id_people_person')),
        sa.ForeignKeyConstraint(['superseded_by_id'], ['process_definition.id'], name=op.f('fk_process_definition_superseded_by_id_process_definition')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_definition')),
        sa.UniqueConstraint('number', name=op.f('uq_process_definition_number'))
    )
    op.create_index(op.f('ix_process_definition_owner_id'), 'process_definition', ['owner_id'], unique=False)
    op.create_index('ix_process_definition_process_group', 'process_definition', ['process_group'], unique=False)
    op.create_table('standards_obligation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('rule', sa.String(length=64), nullable=False),
        sa.Column('subject_kind', sa.String(length=64), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('period', sa.String(length=64), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_on', sa.Date(), nullable=True),
        sa.Column('done_by_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('reminded', sa.String(length=20), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'moot')", name=op.f('ck_standards_obligation_state')),
        sa.ForeignKeyConstraint(['done_by_id'], ['people_person.id'], name=op.f('fk_standards_obligation_done_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_standards_obligation_owner_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_obligation')),
        sa.UniqueConstraint('rule', 'subject_kind', 'subject_id', 'period', name=op.f('uq_standards_obligation_rule_subject_kind_subject_id_period'))
    )
    op.create_index(op.f('ix_standards_obligation_owner_id'), 'standards_obligation', ['owner_id'], unique=False)
    op.create_index('ix_standards_obligation_state_due_on', 'standards_obligation', ['state', 'due_on'], unique=False)
    op.create_table('knowledge_article_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('label', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('blocks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('tags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('aliases', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('language', sa.String(length=64), nullable=False),
        sa.Column('confidentiality', sa.String(length=64), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=True),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.Column('process_version_id', sa.Integer(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("confidentiality IN ('sayable', 'internal', 'secret')", name=op.f('ck_knowledge_article_version_confidentiality')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_article_version_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_knowledge_article_version_author_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_article_version')),
        sa.UniqueConstraint('article_id', 'ordinal', name=op.f('uq_knowledge_article_version_article_id_ordinal'))
    )
    op.create_index(op.f('ix_knowledge_article_version_article_id'), 'knowledge_article_version', ['article_id'], unique=False)
    op.create_table('people_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('secret_hash', sa.String(length=64), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('fresh_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('address', sa.String(length=64), nullable=True),
        sa.Column('browser', sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['people_account.id'], name=op.f('fk_people_session_account_id_people_account'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_session')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_people_session_secret_hash'))
    )
    op.create_index(op.f('ix_people_session_account_id'), 'people_session', ['account_id'], unique=False)
    op.create_table('people_token',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('secret_hash', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['people_account.id'], name=op.f('fk_people_token_account_id_people_account')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_people_token_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_token')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_people_token_secret_hash'))
    )
    op.create_index(op.f('ix_people_token_account_id'), 'people_token', ['account_id'], unique=False)
    op.create_index(op.f('ix_people_token_person_id'), 'people_token', ['person_id'], unique=False)
    op.create_table('process_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=True),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('major', sa.Integer(), nullable=False),
        sa.Column('minor', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('blocks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_process_version_author_id_people_person')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'], name=op.f('fk_process_version_process_id_process_definition')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_version')),
        sa.UniqueConstraint('process_id', 'ordinal', name=op.f('uq_process_version_process_id_ordinal'))
    )
    op.create_index(op.f('ix_process_version_change_id'), 'process_version', ['change_id'], unique=False)
    op.create_index(op.f('ix_process_version_process_id'), 'process_version', ['process_id'], unique=False)
    op.create_table('knowledge_confirmation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=True),
        sa.Column('overtaken_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_confirmation_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_confirmation_person_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_article_version.id'], name=op.f('fk_knowledge_confirmation_version_id_knowledge_article_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_confirmation')),
        sa.UniqueConstraint('version_id', 'person_id', name=op.f('uq_knowledge_confirmation_version_id_person_id'))
    )
    op.create_index(op.f('ix_knowledge_confirmation_article_id'), 'knowledge_confirmation', ['article_id'], unique=False)
    op.create_index(op.f('ix_knowledge_confirmation_person_id'), 'knowledge_confirmation', ['person_id'], unique=False)
    op.create_index('ix_knowledge_confirmation_person_id_confirmed_at', 'knowledge_confirmation', ['person_id', 'confirmed_at'], unique=False)
    op.create_index(op.f('ix_knowledge_confirmation_version_id'), 'knowledge_confirmation', ['version_id'], unique=False)
    op.create_table('knowledge_publication',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('old_version_id', sa.Integer(), nullable=True),
        sa.Column('new_version_id', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_publication_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['new_version_id'], ['knowledge_article_version.id'], name=op.f('fk_knowledge_publication_new_version_id_knowledge_article_version')),
        sa.ForeignKeyConstraint(['old_version_id'], ['knowledge_article_version.id'], name=op.f('fk_knowledge_publication_old_version_id_knowledge_article_version')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_publication_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_publication'))
    )
    op.create_index(op.f('ix_knowledge_publication_article_id'), 'knowledge_publication', ['article_id'], unique=False)
    op.create_table('people_token_use',
        sa.Column('token_id', sa.Integer(), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['token_id'], ['people_token.id'], name=op.f('fk_people_token_use_token_id_people_token'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('token_id', name=op.f('pk_people_token_use'))
    )
    op.create_table('process_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('trigger', sa.String(length=64), nullable=False),
        sa.Column('urgency', sa.String(length=64), nullable=False),
        sa.Column('wanted_on', sa.Date(), nullable=True),
        sa.Column('process_id', sa.Integer(), nullable=True),
        sa.Column('new_process', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('visits', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('asked_back', sa.Boolean(), nullable=False),
        sa.Column('asker_id', sa.Integer(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('candidate_id', sa.Integer(), nullable=True),
        sa.Column('draft', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('draft_saved_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('step_since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (state NOT IN ('released2','rejected','withdrawn','closed_no_need'))", name=op.f('ck_process_change_closed')),
        sa.CheckConstraint("state IN ('received', 'research', 'assisting', 'drafting', 'initial_review', 'correcting', 'final1', 'releasing1', 'training', 'sitin', 'live_check', 'qa_feedback', 'updating', 'final2', 'releasing2', 'released2', 'rejected', 'withdrawn', 'closed_no_need')", name=op.f('ck_process_change_state')),
        sa.CheckConstraint('process_id IS NOT NULL OR new_process IS NOT NULL', name=op.f('ck_process_change_concerns')),
        sa.ForeignKeyConstraint(['asker_id'], ['people_person.id'], name=op.f('fk_process_change_asker_id_people_person')),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_process_change_author_id_people_person')),
        sa.ForeignKeyConstraint(['candidate_id'], ['process_version.id'], name=op.f('fk_process_change_candidate_id_process_version')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'], name=op.f('fk_process_change_process_id_process_definition')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_change')),
        sa.UniqueConstraint('number', name=op.f('uq_process_change_number'))
    )
    op.create_index(op.f('ix_process_change_asker_id'), 'process_change', ['asker_id'], unique=False)
    op.create_index(op.f('ix_process_change_author_id'), 'process_change', ['author_id'], unique=False)
    op.create_index(op.f('ix_process_change_process_id'), 'process_change', ['process_id'], unique=False)
    op.create_index(op.f('ix_process_change_state'), 'process_change', ['state'], unique=False)
    op.create_table('process_publication',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('old_version_id', sa.Integer(), nullable=True),
        sa.Column('new_version_id', sa.Integer(), nullable=True),
        sa.Column('change_id', sa.Integer(), nullable=True),
        sa.Column('release_round', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('effective_on', sa.Date(), nullable=False),
        sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['new_version_id'], ['process_version.id'], name=op.f('fk_process_publication_new_version_id_process_version')),
        sa.ForeignKeyConstraint(['old_version_id'], ['process_version.id'], name=op.f('fk_process_publication_old_version_id_process_version')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_publication_person_id_people_person')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'], name=op.f('fk_process_publication_process_id_process_definition')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_publication'))
    )
    op.create_index(op.f('ix_process_publication_change_id'), 'process_publication', ['change_id'], unique=False)
    op.create_index('ix_process_publication_done_at_effective_at', 'process_publication', ['done_at', 'effective_at'], unique=False)
    op.create_index(op.f('ix_process_publication_process_id'), 'process_publication', ['process_id'], unique=False)
    op.create_table('process_affected_unit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_affected_unit_change_id_process_change')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_process_affected_unit_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_affected_unit')),
        sa.UniqueConstraint('change_id', 'unit_id', name=op.f('uq_process_affected_unit_change_id_unit_id'))
    )
    op.create_index(op.f('ix_process_affected_unit_change_id'), 'process_affected_unit', ['change_id'], unique=False)
    op.create_table('process_assistant',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('named', 'accepted', 'declined', 'replaced')", name=op.f('ck_process_assistant_state')),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_assistant_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_assistant_person_id_people_person')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_process_assistant_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_assistant'))
    )
    op.create_index(op.f('ix_process_assistant_change_id'), 'process_assistant', ['change_id'], unique=False)
    op.create_index(op.f('ix_process_assistant_person_id'), 'process_assistant', ['person_id'], unique=False)
    op.create_table('process_change_history',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('from_state', sa.String(length=64), nullable=False),
        sa.Column('to_state', sa.String(length=64), nullable=False),
        sa.Column('comment', sa.Text(), nullable=True),
        sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('record_kind', sa.String(length=64), nullable=True),
        sa.Column('record_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_change_history_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_change_history_person_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_change_history_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_change_history'))
    )
    op.create_index(op.f('ix_process_change_history_change_id'), 'process_change_history', ['change_id'], unique=False)
    op.create_table('process_comment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('block_id', sa.String(length=64), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('wants_answer', sa.Boolean(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['answered_by_id'], ['people_person.id'], name=op.f('fk_process_comment_answered_by_id_people_person')),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_comment_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_comment_person_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_comment_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_comment'))
    )
    op.create_index(op.f('ix_process_comment_change_id'), 'process_comment', ['change_id'], unique=False)
    op.create_table('process_plan_line',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('course', sa.String(length=200), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('trainer_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('material', sa.String(length=200), nullable=True),
        sa.Column('exam', sa.String(length=200), nullable=True),
        sa.Column('planned_by_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_plan_line_change_id_process_change')),
        sa.ForeignKeyConstraint(['planned_by_id'], ['people_person.id'], name=op.f('fk_process_plan_line_planned_by_id_people_person')),
        sa.ForeignKeyConstraint(['trainer_id'], ['people_person.id'], name=op.f('fk_process_plan_line_trainer_id_people_person')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_process_plan_line_unit_id_people_unit')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_plan_line_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_plan_line'))
    )
    op.create_index(op.f('ix_process_plan_line_change_id'), 'process_plan_line', ['change_id'], unique=False)
    op.create_table('process_release',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('act', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('effective_on', sa.Date(), nullable=True),
        sa.Column('audience_unit_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['audience_unit_id'], ['people_unit.id'], name=op.f('fk_process_release_audience_unit_id_people_unit')),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_release_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_release_person_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_release_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_release')),
        sa.UniqueConstraint('change_id', 'step', 'visit', 'act', name=op.f('uq_process_release_change_id_step_visit_act'))
    )
    op.create_index(op.f('ix_process_release_change_id'), 'process_release', ['change_id'], unique=False)
    op.create_table('process_research',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('parties', sa.Text(), nullable=True),
        sa.Column('present_state', sa.Text(), nullable=False),
        sa.Column('gap', sa.Text(), nullable=True),
        sa.Column('risk', sa.Text(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_research_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_research_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_research'))
    )
    op.create_index(op.f('ix_process_research_change_id'), 'process_research', ['change_id'], unique=False)
    op.create_table('process_sample',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('contact', sa.String(length=200), nullable=False),
        sa.Column('contacted_on', sa.Date(), nullable=False),
        sa.Column('result', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_sample_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_sample_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_sample'))
    )
    op.create_index(op.f('ix_process_sample_change_id'), 'process_sample', ['change_id'], unique=False)
    op.create_table('process_signature',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('capacity', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.Column('meaning', sa.String(length=64), nullable=False),
        sa.Column('comment', sa.Text(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_signature_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_signature_person_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_signature_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_signature')),
        sa.UniqueConstraint('change_id', 'step', 'visit', 'capacity', name=op.f('uq_process_signature_change_id_step_visit_capacity')),
        sa.UniqueConstraint('change_id', 'step', 'visit', 'person_id', name=op.f('uq_process_signature_change_id_step_visit_person_id'))
    )
    op.create_index(op.f('ix_process_signature_change_id'), 'process_signature', ['change_id'], unique=False)
    op.create_index('ix_process_signature_version_id', 'process_signature', ['version_id'], unique=False)
    op.create_table('process_verdict',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=64), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_verdict_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_verdict_person_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_verdict_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_verdict')),
        sa.UniqueConstraint('change_id', 'visit', 'person_id', name=op.f('uq_process_verdict_change_id_visit_person_id'))
    )
    op.create_index(op.f('ix_process_verdict_change_id'), 'process_verdict', ['change_id'], unique=False)
    op.create_table('process_feedback_item',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('route', sa.String(length=64), nullable=True),
        sa.Column('sample_id', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['answered_by_id'], ['people_person.id'], name=op.f('fk_process_feedback_item_answered_by_id_people_person')),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_feedback_item_change_id_process_change')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_feedback_item_person_id_people_person')),
        sa.ForeignKeyConstraint(['sample_id'], ['process_sample.id'], name=op.f('fk_process_feedback_item_sample_id_process_sample')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_feedback_item'))
    )
    op.create_index(op.f('ix_process_feedback_item_change_id'), 'process_feedback_item', ['change_id'], unique=False)
    op.create_table('process_plan_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('line_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['line_id'], ['process_plan_line.id'], name=op.f('fk_process_plan_person_line_id_process_plan_line')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_plan_person_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_plan_person')),
        sa.UniqueConstraint('line_id', 'person_id', name=op.f('uq_process_plan_person_line_id_person_id'))
    )
    op.create_index(op.f('ix_process_plan_person_line_id'), 'process_plan_person', ['line_id'], unique=False)
    op.create_index(op.f('ix_process_plan_person_person_id'), 'process_plan_person', ['person_id'], unique=False)
    op.create_table('process_sit_in',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=False),
        sa.Column('visit', sa.Integer(), nullable=False),
        sa.Column('line_id', sa.Integer(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('verdict', sa.String(length=64), nullable=False),
        sa.Column('questions', sa.Text(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_sit_in_change_id_process_change')),
        sa.ForeignKeyConstraint(['line_id'], ['process_plan_line.id'], name=op.f('fk_process_sit_in_line_id_process_plan_line')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_sit_in_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_sit_in'))
    )
    op.create_index(op.f('ix_process_sit_in_change_id'), 'process_sit_in', ['change_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_process_sit_in_change_id'), table_name='process_sit_in')
    op.drop_table('process_sit_in')
    op.drop_index(op.f('ix_process_plan_person_person_id'), table_name='process_plan_person')
    op.drop_index(op.f('ix_process_plan_person_line_id'), table_name='process_plan_person')
    op.drop_table('process_plan_person')
    op.drop_index(op.f('ix_process_feedback_item_change_id'), table_name='process_feedback_item')
    op.drop_table('process_feedback_item')
    op.drop_index(op.f('ix_process_verdict_change_id'), table_name='process_verdict')
    op.drop_table('process_verdict')
    op.drop_index('ix_process_signature_version_id', table_name='process_signature')
    op.drop_index(op.f('ix_process_signature_change_id'), table_name='process_signature')
    op.drop_table('process_signature')
    op.drop_index(op.f('ix_process_sample_change_id'), table_name='process_sample')
    op.drop_table('process_sample')
    op.drop_index(op.f('ix_process_research_change_id'), table_name='process_research')
    op.drop_table('process_research')
    op.drop_index(op.f('ix_process_release_change_id'), table_name='process_release')
    op.drop_table('process_release')
    op.drop_index(op.f('ix_process_plan_line_change_id'), table_name='process_plan_line')
    op.drop_table('process_plan_line')
    op.drop_index(op.f('ix_process_comment_change_id'), table_name='process_comment')
    op.drop_table('process_comment')
    op.drop_index(op.f('ix_process_change_history_change_id'), table_name='process_change_history')
    op.drop_table('process_change_history')
    op.drop_index(op.f('ix_process_assistant_person_id'), table_name='process_assistant')
    op.drop_index(op.f('ix_process_assistant_change_id'), table_name='process_assistant')
    op.drop_table('process_assistant')
    op.drop_index(op.f('ix_process_affected_unit_change_id'), table_name='process_affected_unit')
    op.drop_table('process_affected_unit')
    op.drop_index(op.f('ix_process_publication_process_id'), table_name='process_publication')
    op.drop_index('ix_process_publication_done_at_effective_at', table_name='process_publication')
    op.drop_index(op.f('ix_process_publication_change_id'), table_name='process_publication')
    op.drop_table('process_publication')
    op.drop_index(op.f('ix_process_change_state'), table_name='process_change')
    op.drop_index(op.f('ix_process_change_process_id'), table_name='process_change')
    op.drop_index(op.f('ix_process_change_author_id'), table_name='process_change')
    op.drop_index(op.f('ix_process_change_asker_id'), table_name='process_change')
    op.drop_table('process_change')
    op.drop_table('people_token_use')
    op.drop_index(op.f('ix_knowledge_publication_article_id'), table_name='knowledge_publication')
    op.drop_table('knowledge_publication')
    op.drop_index(op.f('ix_knowledge_confirmation_version_id'), table_name='knowledge_confirmation')
    op.drop_index('ix_knowledge_confirmation_person_id_confirmed_at', table_name='knowledge_confirmation')
    op.drop_index(op.f('ix_knowledge_confirmation_person_id'), table_name='knowledge_confirmation')
    op.drop_index(op.f('ix_knowledge_confirmation_article_id'), table_name='knowledge_confirmation')
    op.drop_table('knowledge_confirmation')
    op.drop_index(op.f('ix_process_version_process_id'), table_name='process_version')
    op.drop_index(op.f('ix_process_version_change_id'), table_name='process_version')
    op.drop_table('process_version')
    op.drop_index(op.f('ix_people_token_person_id'), table_name='people_token')
    op.drop_index(op.f('ix_people_token_account_id'), table_name='people_token')
    op.drop_table('people_token')
    op.drop_index(op.f('ix_people_session_account_id'), table_name='people_session')
    op.drop_table('people_session')
    op.drop_index(op.f('ix_knowledge_article_version_article_id'), table_name='knowledge_article_version')
    op.drop_table('knowledge_article_version')
    op.drop_index('ix_standards_obligation_state_due_on', table_name='standards_obligation')
    op.drop_index(op.f('ix_standards_obligation_owner_id'), table_name='standards_obligation')
    op.drop_table('standards_obligation')
    op.drop_index('ix_process_definition_process_group', table_name='process_definition')
    op.drop_index(op.f('ix_process_definition_owner_id'), table_name='process_definition')
    op.drop_table('process_definition')
    op.drop_index(op.f('ix_people_role_grant_role'), table_name='people_role_grant')
    op.drop_index(op.f('ix_people_role_grant_person_id'), table_name='people_role_grant')
    op.drop_table('people_role_grant')
    op.drop_index(op.f('ix_people_account_person_id'), table_name='people_account')
    op.drop_table('people_account')
    op.drop_index('ix_notices_notice_person_id_read_at', table_name='notices_notice')
    op.drop_index(op.f('ix_notices_notice_person_id'), table_name='notices_notice')
    op.drop_table('notices_notice')
    op.drop_index('ix_notices_mail_state_next_at', table_name='notices_mail')
    op.drop_index(op.f('ix_notices_mail_person_id'), table_name='notices_mail')
    op.drop_table('notices_mail')
    op.drop_index('ix_knowledge_article_published_version_id', table_name='knowledge_article')
    op.drop_index(op.f('ix_knowledge_article_owner_id'), table_name='knowledge_article')
    op.drop_index(op.f('ix_knowledge_article_category_id'), table_name='knowledge_article')
    op.drop_table('knowledge_article')
    op.drop_index('ix_files_attachment_subject_kind_subject_id', table_name='files_attachment')
    op.drop_index(op.f('ix_files_attachment_sha256'), table_name='files_attachment')
    op.drop_table('files_attachment')
    op.drop_index(op.f('ix_people_person_unit_id'), table_name='people_person')
    op.drop_index(op.f('ix_people_person_post_id'), table_name='people_person')
    op.drop_table('people_person')
    op.drop_index('ix_core_delivery_state_next_at', table_name='core_delivery')
    op.drop_index(op.f('ix_core_delivery_fact_id'), table_name='core_delivery')
    op.drop_table('core_delivery')
    op.drop_index('ix_search_event_person_id_at', table_name='search_event')
    op.drop_index('ix_search_event_at', table_name='search_event')
    op.drop_table('search_event')
    op.drop_table('search_dirty')
    op.drop_index(op.f('ix_people_unit_parent_id'), table_name='people_unit')
    op.drop_table('people_unit')
    op.drop_table('people_post')
    op.drop_table('people_guess')
    op.drop_table('knowledge_category')
    op.drop_table('files_file')
    op.drop_table('core_option')
    op.drop_table('core_lease')
    op.drop_table('core_idempotency')
    op.drop_table('core_fact')
    op.drop_table('core_counter')
    op.drop_table('core_audit_head')
    op.drop_index('ix_core_audit_subject_subject_id', table_name='core_audit')
    op.drop_index('ix_core_audit_person_id_at', table_name='core_audit')
    op.drop_index('ix_core_audit_at', table_name='core_audit')
    op.drop_table('core_audit')
