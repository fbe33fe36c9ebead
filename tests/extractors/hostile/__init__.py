"""Files as someone with bad intentions, or bad luck, might send them: each made here, byte by byte where need be."""

from tests.extractors.hostile import archives, packages, pages  # noqa: F401 - each notes its files in `MAKERS`
from tests.extractors.hostile.archives import really_locked_zip
from tests.extractors.hostile.making import MAKERS, READ
from tests.extractors.hostile.packages import MACRO_TRACE

__all__ = ["MACRO_TRACE", "MAKERS", "READ", "really_locked_zip"]
