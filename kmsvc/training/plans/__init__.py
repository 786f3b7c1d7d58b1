"""Training plans: course × time × people × teacher × room; sessions, who came, what speaks against a time. Source: domain 5.2, 5.6."""
