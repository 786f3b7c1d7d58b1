"""Questions: what each kind holds, what may be wrong with one, how an answer is scored, what a candidate sees of it, how it is
stored, and how well it has measured. Source: domain 1.2, features C3, C4, C10."""
