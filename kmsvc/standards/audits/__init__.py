"""Internal audits of what clauses ask to be audited yearly: programme, engagement, checklist, sample, findings and what is done about
them. Source: features E9, E10, E11, E18; domain sections 10.4 and 10.5."""
