"""The yearly review of knowledge: is it complete, is it fit; planned, drawn by lot, judged, signed and archived. Source: clause 61."""
