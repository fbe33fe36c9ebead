"""Archives and letters on the route: opened in the sandboxed child, each member received like a file of the inbox.

The container's original is kept; its members are documents of their own that know it. It has no reading stored, so a
later round opens it again and finds its members to be duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from extractors import intake, sandbox
from extractors.containers import attachments
from extractors.containers.members import Expansion, Member, Room
from extractors.errors import Rejected
from flows.route import Outcome, Received, Refused, State
from flows.workplace import Workplace

LACKING = ("members_refused", "members_cut")
"""Codes of a partial container: something inside was refused, or there was more than the limits let out."""
_HEAD = 8192


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A container whose members lie in a directory; ``media_type`` as found in its content."""

    media_type: str
    expansion: Expansion


def media_type(received: Received, workplace: Workplace) -> str | None:
    """The container's media type; None for a file that holds no others, or that cannot be opened."""
    try:
        with workplace.originals.local(received.sha256) as original, original.open("rb") as file:
            found = intake.sniff(original, file.read(_HEAD))
    except (Rejected, OSError):
        return None  # reading it will say why
    return found if found in attachments.MEDIA_TYPES else None


def open_up(received: Received, kind: str, directory: Path, room: Room, workplace: Workplace) -> Opened | Refused:
    """Take the members out into ``directory``, an empty one."""
    try:
        if received.depth >= attachments.MAX_DEPTH:
            raise Rejected("too_deep")
        with workplace.originals.local(received.sha256) as original:
            path = str(original.resolve())
            answer = sandbox.run(attachments.expand_encoded, path, kind, str(directory), room)
    except Rejected as rejection:
        return Refused(rejection.code, rejection.message)
    return Opened(media_type=kind, expansion=msgspec.msgpack.decode(answer, type=Expansion))


def room_after(opened: Opened, room: Room) -> Room:
    """What is left for the containers inside this one."""
    members = opened.expansion.members
    return msgspec.structs.replace(
        room, members=room.members - len(members), total=room.total - sum(member.size for member in members)
    )


def receive(parent: Received, member: Member, directory: Path, batch: str, workplace: Workplace) -> Received | Outcome:
    """Keep a member that was taken out of ``parent``, or note why it was not. Raises OSError as `route.receive`."""
    name, place = f"{parent.name}/{member.name}", f"{parent.place}/{member.name}"
    blob = workplace.originals.put(directory / member.file, max_bytes=intake.LARGEST) if member.file else None
    arrival = workplace.repository.record_arrival(
        campaign_id=workplace.campaign.id,
        name=name,
        path=place,
        sha256=blob.sha256 if blob else None,
        size=blob.size if blob else 0,
        batch_id=batch,
        parent_sha256=parent.sha256,
    )
    if blob:
        return Received(
            name=name,
            place=place,
            sha256=blob.sha256,
            arrival_id=arrival.id,
            parent_sha256=parent.sha256,
            depth=parent.depth + 1,
        )
    refusal = Rejected(member.code or "damaged", member.detail)
    workplace.repository.finish_arrival(arrival.id, "rejected", code=refusal.code, message=refusal.message)
    return Outcome(
        name=name,
        sha256=None,
        state="rejected",
        code=refusal.code,
        message=refusal.message,
        parent_sha256=parent.sha256,
    )


def close(received: Received, opened: Opened | Refused, members: Sequence[Outcome], workplace: Workplace) -> Outcome:
    """The outcome of a container from those of its members: processed when all were taken in, partial when some were
    refused or left inside, duplicate when all were known, rejected when none can be used."""
    made = _judge(opened, members)
    ended = msgspec.structs.replace(
        made, name=received.name, sha256=received.sha256, parent_sha256=received.parent_sha256
    )
    workplace.repository.finish_arrival(received.arrival_id, ended.state, code=ended.code, message=ended.message)
    return ended


def _judge(opened: Opened | Refused, members: Sequence[Outcome]) -> Outcome:
    if isinstance(opened, Refused):
        return _outcome("rejected", opened.code, opened.message)
    refused = sum(member.state == "rejected" for member in members)
    kind = "Thư" if opened.media_type in (intake.EMAIL, intake.MSG) else "Tệp nén"
    message = f"{kind} gồm {len(members)} tệp"
    if refused == len(members):
        codes = {member.code for member in members}
        # of a single cause the container says it itself
        code = (codes.pop() if len(codes) == 1 else None) or "nothing_inside"
        return _outcome("rejected", code, Rejected("nothing_inside", message if members else "").message)
    if all(member.state == "duplicate" for member in members):
        return _outcome("duplicate", "duplicate", f"{message}, đều đã nhận trước đó.")
    lacks = [f"{refused} tệp không đọc được"] if refused else []
    if any(member.code in LACKING for member in members):
        lacks.append("tệp nén bên trong chưa đọc được hết")
    if opened.expansion.cut:
        lacks.append("số còn lại chưa được mở vì vượt giới hạn, đề nghị gửi riêng")
    if lacks:
        code = "members_cut" if opened.expansion.cut else "members_refused"
        return _outcome("partial", code, f"{message}: {'; '.join(lacks)}.")
    return _outcome("processed", None, f"{message}.")


def _outcome(state: State, code: str | None, message: str) -> Outcome:
    return Outcome(name="", sha256=None, state=state, code=code, message=message)
