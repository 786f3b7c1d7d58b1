"""The floor everything stands on: transactions, facts, audit, permissions, time, errors. No domain words here."""
