"""Training: from the need to the certificate, with exams that people trust. Source: domain 1.2 and 5, features C."""
