"""The operators of a PDF content stream, read and handed to a device that collects what they draw.

pdfminer.six's interpreter does the work; its reader of operators is replaced by one regular expression, because at one
method call a character it took half the time of a digital page. Transparency, which it passes over, is minded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, resolve1, stream_value
from pdfminer.psparser import LIT, PSLiteral, literal_name

_TOKEN = re.compile(
    rb"""(?:[\s\0]++|%[^\r\n]*+)*+(?:
      ([+-]?\d++)(?!\.)                                     # 1 integer
    | ([+-]?\d*+\.\d*+)                                     # 2 decimal
    | ([A-Za-z][^\#/%\[\]()<>{}\s]*+)                       # 3 keyword
    | /((?:[^\#/%\[\]()<>{}\s]++|\#[0-9a-fA-F]{0,2})*+)     # 4 name
    | \(([^()\\]*+)\)                                       # 5 string without escapes
    | <(?!<)([0-9a-fA-F\s]*+)>?                             # 6 hexadecimal string
    | (<<|>>|[\[\]{}])                                      # 7 bracket
    | \(                                                    # string with escapes or brackets in it
    | ([^\s\0])                                             # 8 anything else
    )""",
    re.X,
)
_INTEGER, _DECIMAL, _KEYWORD, _PLAIN_NAME, _STRING, _HEX, _BRACKET, _OTHER = range(1, 9)
_STRING_STEP = re.compile(rb"[^()\\]+|\\([0-7]{1,3}|\r\n|.)|[()]", re.S)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\r\n": b"", b"\n": b"", b"\r": b""}
_NAME_HEX = re.compile(rb"#([0-9a-fA-F]{1,2})")
_END_OF_IMAGE = re.compile(rb"[\s\0]EI(?=[\s\0]|$)|~>(?:[\s\0]*EI(?=[\s\0]|$))?")
_MOST_NESTED = 64
_CONSTANTS = {b"true": True, b"false": False, b"null": None}


class Device(PDFDevice):
    """A collector of what is drawn, with the opacity (0..1) that filled things are drawn with."""

    alpha: float = 1.0


class Interpreter(PDFPageInterpreter):
    """Carries out the operators of a page on a `Device`."""

    device: Device
    _methods: ClassVar[dict[bytes, tuple[str, int] | None]] = {}

    def execute(self, streams: Sequence[object]) -> None:
        data = []
        self.stream_ids.clear()
        for item in streams:
            stream = stream_value(item)
            if stream.objid is not None and stream.objid not in self.parent_stream_ids:  # else it would draw itself
                self.stream_ids.add(stream.objid)
                data.append(stream.get_data())
        self.run(b"\n".join(data))

    def run(self, data: bytes) -> None:
        """Carry out the operators of a content stream."""
        at, match = 0, _TOKEN.match
        stack: list[Any] = self.argstack
        outer: list[tuple[bytes, list[Any]]] = []  # arrays and dictionaries that are open
        while (token := match(data, at)) is not None:
            at, kind = token.end(), token.lastindex
            if kind in (_INTEGER, _DECIMAL):
                try:
                    stack.append(float(token[kind]) if kind == _DECIMAL else int(token[kind]))
                except ValueError:  # a lone point, or more digits than anyone needs
                    continue
            elif kind in (_KEYWORD, _OTHER):
                word = token[kind]
                if word in _CONSTANTS:
                    stack.append(_CONSTANTS[word])
                elif not outer:  # no operator stands inside an array
                    at = self._do(word, data, at)
            elif kind == _STRING:
                stack.append(token[kind])
            elif kind == _HEX:
                stack.append(_from_hex(token[kind]))
            elif kind == _PLAIN_NAME:
                stack.append(_name_of(token[kind]))
            elif kind == _BRACKET:
                stack = _bracket(token[kind], stack, outer)
            else:
                text, at = _string(data, at)
                stack.append(text)

    def _do(self, word: bytes, data: bytes, at: int) -> int:
        """Carry out an operator; where the next token begins."""
        if word == b"ID":
            return self._inline_image(data, at)
        found = self._methods.get(word)
        if found is None and (word in self._methods or (found := self._method(word)) is None):
            return at
        name, wanted = found
        if wanted:
            given = self.argstack[-wanted:]
            del self.argstack[-wanted:]
            if len(given) == wanted:
                getattr(self, name)(*given)
        else:
            getattr(self, name)()
        return at

    @classmethod
    def _method(cls, word: bytes) -> tuple[str, int] | None:
        """Name and number of operands of an operator's method; None for what is no operator."""
        name = "do_" + word.decode("latin-1").replace("*", "_a").replace('"', "_w").replace("'", "_q")
        method = getattr(cls, name, None)
        found = (name, method.__code__.co_argcount - 1) if method is not None else None
        if len(cls._methods) < 1000:
            cls._methods[word] = found
        return found

    def pop(self, n: int) -> list[Any]:
        taken = self.argstack[-n:] if n else []
        if n:
            del self.argstack[-n:]
        return taken

    def _inline_image(self, data: bytes, at: int) -> int:
        """Draw the image whose data begin after ``ID``; where the next operator begins."""
        end = _END_OF_IMAGE.search(data, at)
        self.argstack.clear()  # its dictionary
        self.device.render_image("inline", PDFStream({}, b""))
        return end.end() if end else len(data)

    def do_TJ(self, seq: Any) -> None:
        if self.textstate.font is not None and isinstance(seq, list):
            self.device.render_string(self.textstate, seq, self.graphicstate.ncs, self.graphicstate)

    def do_q(self) -> None:
        if len(self.gstack) < 10_000:
            self.gstack.append((*self.get_current_state(), self.device.alpha))  # type: ignore[arg-type]

    def do_Q(self) -> None:
        if self.gstack:
            *state, alpha = self.gstack.pop()
            self.device.alpha = cast(float, alpha)
            self.set_current_state(tuple(state))  # type: ignore[arg-type]

    def do_gs(self, name: Any) -> None:
        states = resolve1((self.resources or {}).get("ExtGState"))
        state = resolve1(states.get(literal_name(name))) if isinstance(states, dict) else None
        if not isinstance(state, dict):
            return
        alpha = resolve1(state.get("ca"))
        if isinstance(alpha, (int, float)):
            self.device.alpha = float(alpha)
        if resolve1(state.get("BM")) is LIT("Multiply"):  # what lies under it shows through
            self.device.alpha = min(self.device.alpha, 0.5)

    def do_Do(self, xobjid_arg: Any) -> None:
        if len(self.parent_stream_ids) > _MOST_NESTED:
            return
        alpha = self.device.alpha
        super().do_Do(xobjid_arg)
        self.device.alpha = alpha
        self.device.set_ctm(self.ctm)  # the form's own is over


def _from_hex(digits: bytes) -> bytes:
    digits = b"".join(digits.split())
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))


def _name_of(raw: bytes) -> PSLiteral:
    if b"#" in raw:
        raw = _NAME_HEX.sub(lambda found: bytes((int(found[1], 16),)), raw)
    try:
        return LIT(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return LIT(raw)


def _bracket(mark: bytes, stack: list[Any], outer: list[tuple[bytes, list[Any]]]) -> list[Any]:
    """The list that operands are put on after a bracket; a closing one that fits puts what it closes on the outer."""
    if mark in (b"[", b"<<", b"{"):
        if len(outer) < _MOST_NESTED:
            outer.append((mark, stack))
            return []
        return stack
    if not outer or outer[-1][0] != {b"]": b"[", b">>": b"<<", b"}": b"{"}[mark]:
        return stack
    opened, before = outer.pop()
    if opened == b"<<":
        before.append({literal_name(key): value for key, value in zip(stack[::2], stack[1::2], strict=False)})
    else:
        before.append(stack)
    return before


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """A bracketed string from after its opening bracket, and where it ends."""
    pieces: list[bytes] = []
    depth = 1
    for step in _STRING_STEP.finditer(data, at):
        piece = step[0]
        if piece == b"(":
            depth += 1
        elif piece == b")":
            depth -= 1
            if not depth:
                return b"".join(pieces), step.end()
        elif step[1] is not None:
            code = step[1]
            piece = bytes((int(code, 8) & 255,)) if code[:1].isdigit() and code < b"8" else _ESCAPED.get(code, code)
        pieces.append(piece)
    return b"".join(pieces), len(data)
