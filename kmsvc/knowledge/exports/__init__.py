"""Taking the articles of a centre away as a file that can be brought in again; every file is noted (clause 60)."""
