"""Certificates: what somebody has proven, until when it counts, when it is proven again, and what one may handle with it. Every passing
stays on record; none is overwritten. Source: clauses 28, 63, 64, 73, 80, 81, C19."""
