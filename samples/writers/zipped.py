"""Zip containers (DOCX, XLSX) with nothing in them that changes from one run to the next."""

from __future__ import annotations

import io
import re
import zipfile

MOMENT = (2024, 5, 2, 8, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")


def stable(data: bytes) -> bytes:
    """The same members with fixed times and fixed dates in ``docProps/core.xml``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = source.read(name)
            if name == "docProps/core.xml":
                member = MODIFIED.sub(rb"\g<1>2024-05-02T01:00:00Z\g<3>", member)
            info = zipfile.ZipInfo(name, date_time=MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, member)
    return out.getvalue()
