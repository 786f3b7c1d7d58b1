"""Who: organisation units and posts, persons with their roles and sign-ins, sessions and tokens."""
