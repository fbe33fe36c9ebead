"""The appendix as a unit drew it: answers × a way to draw them → grids, headings and the truth.

A form (``forms: NAME`` of a report):

``draw``      table (default), transposed (columns as rows), per_item (one small table an item), stacked (a row across
              for each item, below it column name and answer), lines (no table: item title, then ``label: answer``),
              subrows (an answer given as a list takes a row for each piece beside one title), long (a row for each
              answer: number and title over the item's rows, column name, answer; ``told``: head of the last two),
              points (a table of the letter's narrative points, ``texts`` by point, under ``head``; ``titles`` by
              point where the unit put them in its own words)
``items``     which items, in this order (default: all that have answers)
``columns``   list of column ids or ``{of: id or [ids], head, part, extra}``; ``extra`` gives a column of its own words
              by item; ``part`` picks one piece of an answer given as a list
``stt``       head of the number column, null: none; ``number``: ``{n}``, ``{roman}``, ``{order}``, ``{oroman}``
``subject``   head of the title column, null: none; ``titles``: other titles by item, or ``short``
``over``      second head row: ``[[head, first column, last column], ...]`` over the places of ``columns``
``numbered``  a row ``(1) (2) ...`` under the head;   ``measure``: a line above (``ĐVT: ...``)
``merges``    ``[{items, column}]``: one cell over these rows, text of the first
``repeat``    the head again after so many items;  ``hints``: the letter's own words left in blank cells

Answers come from the report's ``answers`` (item → column → text); what ``fill`` asks for is taken from `bank.py`.
"""

from __future__ import annotations

import re
from typing import Any

from benchmarks.gold import bank
from benchmarks.gold.content import MONEY, Gold, Want, matrix, said
from samples.content import Line

ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
WIDTH = {"results": 1.9, "funding": 1.2, "directives": 1.2}


def draw(gold: Gold, form: dict[str, Any]) -> None:
    """Add the form's blocks and truth to ``gold``."""
    if form.get("draw") == "points":
        _points(gold, form)
        return
    _Form(gold, form).draw()


def _points(gold: Gold, form: dict[str, Any]) -> None:
    """The points of the unit's group as rows: (number,) title, answer."""
    titles = {point.id: point.title for group in gold.campaign.groups.values() for point in group.points}
    rows = [list(form["head"])]
    for order, (point, value) in enumerate(form["texts"].items(), start=1):
        status, text = said(value)
        lead = [str(order)] if len(form["head"]) == 3 else []
        rows.append([*lead, form.get("titles", titles)[point], gold.say(text)])
        gold.wants.append(Want(((point,),), status, (MONEY.sub(lambda found: found[3], text),)))
    gold.blocks.append(matrix(rows, 1, (0.3, 1.5, 3.0)[-len(form["head"]) :]))


class _Form:
    def __init__(self, gold: Gold, form: dict[str, Any]) -> None:
        self.gold, self.form = gold, form
        self.answers = bank.answers(gold)
        self.items = form.get("items") or sorted(self.answers)
        heads = {column.id: column.title for column in gold.campaign.columns}
        given = form.get("columns") or list(heads)
        self.columns = [self._column(column, heads) for column in given]
        self.shown: dict[tuple[int, int], str] = {}
        self._tell()

    @staticmethod
    def _column(column: Any, heads: dict[str, str]) -> dict[str, Any]:
        spec = dict(column) if isinstance(column, dict) else {"of": column}
        of = spec.get("of", [])
        spec["of"] = [of] if isinstance(of, str) else of
        spec.setdefault("head", heads[spec["of"][0]] if spec["of"] else "")
        return spec

    # -- truth

    def _tell(self) -> None:
        """Fill ``shown`` and the truth; an answer split over several places is one answer in parts."""
        split: dict[tuple[int, str], list[tuple[str, str, str]]] = {}
        covered = {
            (item, merge["column"]): merge["items"][0]
            for merge in self.form.get("merges", [])
            for item in merge["items"][1:]
        }
        for item in self.items:
            for at, spec in enumerate(self.columns):
                if "extra" in spec:
                    self.shown[item, at] = self.gold.say(spec["extra"].get(item, ""))
                    continue
                column = spec["of"][0]
                source = covered.get((item, column), item)
                value = self.answers.get(source, {}).get(column, "")
                if "part" in spec:
                    pieces = value if isinstance(value, list) else [value]
                    value = pieces[spec["part"]] if spec["part"] < len(pieces) else ""
                    status, text = said(value)
                    self.shown[item, at] = self.gold.say(text)
                    if self.gold.content.writer == "xlsx":
                        text = re.sub(r"(?<=\d)\.(?=\d{3}\b)", "", text)  # typed as a number
                    split.setdefault((item, column), []).append((status, self._clean(text), spec["head"]))
                    continue
                texts = [self._one(source, name) for name in spec["of"]]
                told = [pair for pair in texts if pair[1]]
                status = "answered" if len(told) > 1 else (told or texts)[0][0]
                text = "\n".join(text for _, text in told)
                if source != item:
                    self.shown[item, at] = "^"
                else:
                    self.shown[item, at] = self.gold.say(text)
                places = tuple((item, name) for name in spec["of"])
                self.gold.wants.append(Want(places, status, (self._clean(text),)))
        for (item, column), pieces in split.items():
            told = [piece for piece in pieces if piece[0] != "no_answer"]
            kinds = {piece[0] for piece in told}
            status = "no_answer" if not told else kinds.pop() if len(kinds) == 1 else "answered"
            parts = tuple(text for kind, text, _ in told if status != "answered" or kind == "answered")
            heads = tuple(head for _, _, head in pieces)
            self.gold.wants.append(Want(((item, column),), status, parts, heads=heads))

    def _one(self, item: int, column: str) -> tuple[str, str]:
        value = self.answers.get(item, {}).get(column, "")
        pieces = [said(piece) for piece in (value if isinstance(value, list) else [value])]
        kinds = {kind for kind, _ in pieces}
        return kinds.pop() if len(kinds) == 1 else "answered", "\n".join(text for _, text in pieces)

    @staticmethod
    def _clean(text: str) -> str:
        return MONEY.sub(lambda found: found[3], text)

    # -- drawing

    def draw(self) -> None:
        if self.form.get("measure"):
            self.gold.blocks.append(Line("right", self.form["measure"]))
        getattr(self, f"_{self.form.get('draw', 'table')}")()

    def _title(self, item: int) -> str:
        titles = self.form.get("titles", {})
        known = next(asked for asked in self.gold.campaign.items if asked.id == item)
        if titles == "short":
            return known.aliases[0] if known.aliases else known.title
        return titles.get(item, known.title)

    def _number(self, item: int) -> str:
        order = self.items.index(item) + 1
        style = self.form.get("number", "{n}")
        return style.format(n=item, roman=ROMANS[item - 1], order=order, oroman=ROMANS[order - 1])

    def _lead(self) -> list[str]:
        return [name for name in ("stt", "subject") if self.form.get(name, "") is not None]

    def _lead_cells(self, item: int) -> list[str]:
        made = {"stt": self._number(item), "subject": self._title(item)}
        if self.form.get("joined"):  # number and title in one cell
            made["subject"] = f"{made['stt']}. {made['subject']}"
        return [made[name] for name in self._lead()]

    def _head_rows(self) -> list[list[str]]:
        named = {"stt": self.form.get("stt", "STT"), "subject": self.form.get("subject", "Nội dung")}
        lead = [named[name] for name in self._lead()]
        heads = [spec["head"] for spec in self.columns]
        rows = [[*lead, *heads]]
        if over := self.form.get("over"):
            upper, lower = [*lead, *heads], [*["^"] * len(lead), *["^"] * len(heads)]
            for text, first, last in over:
                for at in range(first, last + 1):
                    upper[len(lead) + at] = text if at == first else "<"
                    lower[len(lead) + at] = heads[at]
            rows = [upper, lower]
        if self.form.get("numbered"):
            rows.append([f"({at})" for at in range(1, len(rows[0]) + 1)])
        return rows

    def _table(self) -> None:
        head = self._head_rows()
        rows = [list(row) for row in head]
        for order, item in enumerate(self.items):
            if order and self.form.get("repeat") and order % self.form["repeat"] == 0:
                rows += [list(row) for row in head]
            if item in self.form.get("bands", {}):
                rows.append([self.form["bands"][item], *["<"] * (len(head[0]) - 1)])
            rows.append([*self._lead_cells(item), *(self.shown[item, at] for at in range(len(self.columns)))])
        widths = [0.4 if name == "stt" else 1.5 for name in self._lead()]
        widths += [WIDTH.get((spec["of"] or [""])[0], 1.3) for spec in self.columns]
        centre = (0,) if "stt" in self._lead() else ()
        self.gold.blocks.append(matrix(rows, len(head), tuple(widths), centre))

    def _subrows(self) -> None:
        rows = self._head_rows()
        head = len(rows)
        for item in self.items:
            columns = [self.answers[item].get(spec["of"][0], "") for spec in self.columns]
            pieces = [value if isinstance(value, list) else [value] for value in columns]
            for at in range(max(len(piece) for piece in pieces)):
                lead = self._lead_cells(item) if at == 0 else ["^"] * len(self._lead())
                cells = [said(MONEY.sub(lambda found: found[3], str(p[at])))[1] if at < len(p) else "^" for p in pieces]
                rows.append([*lead, *cells])
        widths = [0.4 if name == "stt" else 1.5 for name in self._lead()] + [1.3] * len(self.columns)
        self.gold.blocks.append(matrix(rows, head, tuple(widths)))

    def _long(self) -> None:
        rows = [[*self._head_rows()[0][: len(self._lead())], *self.form.get("told", ("Tiêu chí", "Trả lời"))]]
        for item in self.items:
            lead = self._lead_cells(item)
            for at, spec in enumerate(self.columns):
                if self.shown[item, at] or self.form.get("blanks"):
                    rows.append([*lead, spec["head"], self.shown[item, at]])
                    lead = ["^"] * len(lead)
        widths = [0.4 if name == "stt" else 1.5 for name in self._lead()]
        self.gold.blocks.append(matrix(rows, 1, (*widths, 1.0, 2.6)))

    def _transposed(self) -> None:
        head = ["", *(f"{self._number(item)}. {self._title(item)}" for item in self.items)]
        head[0] = self.form.get("corner", "Nội dung báo cáo")
        rows = [head]
        for at, spec in enumerate(self.columns):
            rows.append([spec["head"], *(self.shown[item, at] for item in self.items)])
        self.gold.blocks.append(matrix(rows, 1))

    def _per_item(self) -> None:
        for item in self.items:
            name = f"{self.form.get('lead', 'Nội dung')} {self._number(item)}: {self._title(item)}"
            self.gold.blocks.append(Line("subheading", name))
            if self.form.get("across"):
                rows = [[spec["head"] for spec in self.columns]]
                rows.append([self.shown[item, at] for at in range(len(self.columns))])
                self.gold.blocks.append(matrix(rows, 1))
            else:
                rows = [[spec["head"], self.shown[item, at]] for at, spec in enumerate(self.columns)]
                self.gold.blocks.append(matrix(rows, 0, (1.0, 2.4)))

    def _stacked(self) -> None:
        rows = []
        for item in self.items:
            rows.append([f"{self._number(item)}. {self._title(item)}", "<"])
            rows += [[spec["head"], self.shown[item, at]] for at, spec in enumerate(self.columns)]
        self.gold.blocks.append(matrix(rows, 0, (1.0, 2.4)))

    def _lines(self) -> None:
        for item in self.items:
            lead = self.form.get("lead", "")
            name = f"{lead} {self._number(item)}{self.form.get('after', '.')} {self._title(item)}".strip()
            self.gold.blocks.append(Line(self.form.get("look", "subheading"), name))
            for at, spec in enumerate(self.columns):
                shown = self.shown[item, at]
                if shown or self.form.get("blanks"):
                    label = self.form.get("label", "- {head}: {text}").format(
                        head=spec["head"], text=shown.replace("\n", " "), letter="abcdefgh"[at], n=at + 1
                    )
                    self.gold.blocks.append(Line("text", label.rstrip()))
