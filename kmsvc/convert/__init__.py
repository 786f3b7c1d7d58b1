"""Files that people bring, as Markdown sections: Word, Excel, PowerPoint, PDF, HTML, text, CSV and JSON lines.

A file is hostile until it is read, so it is read by a limited child process: `service` starts the child and is
what other packages call; `child` runs inside. `export` goes the other way, to CSV and XLSX without formulas.
"""
