"""Questions out of files and into files: sheets, Aiken, GIFT, Moodle XML, QTI 2.1 and 3.0. Source: C23.

Every reader counts all it finds: an item is taken, or turned away with its place and reasons, or passed over with a word why.
Every writer says before it writes what its format cannot hold of a question (`cannot_hold`)."""
