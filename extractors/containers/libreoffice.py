"""LibreOffice as an outside program: one file in, the same document in a newer format out.

It runs headless with a profile of its own inside the job's temp directory: nothing of the operator's settings counts,
several conversions can run at once, and nothing stays behind. Macros never run, links to other files are not
followed, and the process has no network where the system lets it be taken away.

Measured with LibreOffice 7.4: about 1.0 s CPU and 220 MB resident for one small file; a limit of 1 GB address space
is enough, so the sandbox's ordinary limits hold.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import msgspec

from extractors import starvation
from extractors.errors import Rejected

TIMEOUT_S = 45.0
"""Below the sandbox's patience for a silent child (50 s), so that the refusal names its reason and tidies up."""
PROGRAMS = ("soffice", "libreoffice")
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SETTINGS = {
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("org.openoffice.Office.Writer/Content/Update", "Link"): "2",  # never
    ("org.openoffice.Office.Calc/Content/Update", "Link"): "2",
    ("org.openoffice.Inet/Settings", "ooInetProxyType"): "2",  # a proxy that does not exist
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyName"): "127.0.0.1",
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyPort"): "9",
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyName"): "127.0.0.1",
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort"): "9",
}


class Conversion(msgspec.Struct, frozen=True, kw_only=True):
    """What to do: extensions and LibreOffice's filter names. Naming the input filter keeps LibreOffice from opening
    a damaged file as something else, such as plain text."""

    suffix: str
    import_filter: str
    new_suffix: str
    export_filter: str


def program() -> str | None:
    """The path of LibreOffice's start program, None where it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(data: Path, conversion: Conversion, workspace: Path, timeout: float = TIMEOUT_S) -> Path:
    """The converted copy of ``data``, inside ``workspace`` (an empty directory of the caller's).

    Raises `Rejected`: ``damaged`` (LibreOffice could not load it), ``crashed`` or ``timeout``; ``no_converter`` when
    LibreOffice is not installed.
    """
    start = program()
    if start is None:
        raise Rejected("no_converter")
    profile, given, made = workspace / "profile", workspace / f"in{conversion.suffix}", workspace / "out"
    _write_profile(profile)
    shutil.copyfile(data, given)
    command = [
        start,
        f"-env:UserInstallation={profile.as_uri()}",
        *(
            "--headless",
            "--invisible",
            "--norestore",
            "--nolockcheck",
            "--nologo",
            "--nodefault",
            "--nofirststartwizard",
        ),
        f"--infilter={conversion.import_filter}",
        *("--convert-to", f"{conversion.new_suffix[1:]}:{conversion.export_filter}"),
        *("--outdir", str(made)),
        str(given),
    ]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(workspace),
        "TMPDIR": str(workspace),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",  # draws on no screen
    }
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        cwd=workspace,
        start_new_session=True,
        preexec_fn=_leave_network,  # noqa: PLW1509 - the sandboxed child has one thread
    )
    try:
        code = starvation.wait(process, timeout)
    except subprocess.TimeoutExpired:
        raise Rejected("timeout", f"chuyển đổi quá {timeout:.0f} giây") from None
    finally:
        _end(process)
        _pipe(profile).unlink(missing_ok=True)
    result = made / f"in{conversion.new_suffix}"
    if result.is_file() and result.stat().st_size:
        return result
    if code < 0 or code >= 128:
        raise Rejected("crashed", f"LibreOffice, mã thoát {code}")
    raise Rejected("damaged")


def _write_profile(profile: Path) -> None:
    items = "\n".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{items}\n</oor:items>\n',
        encoding="utf-8",
    )


_libc = ctypes.CDLL(None, use_errno=True)


def _leave_network() -> None:
    """Go into a network namespace with no interfaces; a system that forbids it leaves the settings above."""
    _libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process group: the start program waits for a second process."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _pipe(profile: Path) -> Path:
    """The socket through which LibreOffice finds itself, which it leaves in /tmp when it is killed."""
    digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    return Path("/tmp") / f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"  # noqa: S108
