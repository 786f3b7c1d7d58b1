"""Read and understood: who is asked to confirm which version, and who did. Source: clause 67; feature A14."""
