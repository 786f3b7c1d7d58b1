"""kmsvc: one service in which a contact centre's processes are written, reviewed, published, found and taught.

One address serves every door. For the use case "submit a change request":

    page        /process/changes/17              POST /process/changes/17/<verb>
    JSON        /api/v1/process/changes/17       POST /api/v1/process/changes/17/<verb>
    command     kmsvc process changes ...
    code        kmsvc/process/changes/usecases.py
    template    kmsvc/templates/process/changes/
    permission  kmsvc/process/changes/permissions.py
    results     kmsvc/reactions/process.py
    test        tests/process/changes/

`docs/find-your-way.md` is the map.
"""

__version__ = "0.1.0"
