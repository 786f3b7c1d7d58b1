"""What a text is before anybody stores it: cleaned, cut into blocks, levelled, shown as HTML, compared.

Pure functions over Markdown. No database, no web, no clock: every slice may import these rooms.

    cleaning   what may stand in a line or a text at all
    fences     the say, internal and secret blocks, found by lines; the one judge of where they end
    render     Markdown to safe HTML; visible() and plain_text() beside it
    blocks     paragraphs with ids that stay the same across versions
    diff       what changed between two versions, word by word
"""
