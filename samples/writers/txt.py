"""Plain text as it is pasted into a mail or saved by an old program: tabs for cells, one line a paragraph."""

from __future__ import annotations

from samples import damage
from samples.content import Content
from samples.grid import appendix_grid
from samples.writers import letterhead as lh


def lines(content: Content) -> list[str]:
    out = [*lh.parent_lines(content), *lh.issuer_lines(content), ""]
    out += [lh.STATE, lh.MOTTO, ""]
    out.append(lh.printed_number(content))
    if content.letterhead.get("printed_subject"):
        out.append(content.letterhead["printed_subject"])
    out += [lh.printed_date(content), ""]
    for line in content.lines:
        if line.kind in ("title", "heading"):
            out.append("")
        out.append(f"{line.label} {line.visible}".strip())
    out += ["", content.option("receivers_head", "Nơi nhận:")]
    out += [f"- {receiver}" for receiver in lh.receivers(content)]
    out += ["", *lh.title_lines(content), "", "", content.letterhead["signer"]]
    if content.appendix:
        style = content.option("appendix", {})
        out += ["", "", style.get("title", "PHỤ LỤC"), *style.get("caption", [])]
        grid = appendix_grid(content)
        rows = [[""] * grid.columns for _ in range(grid.rows)]
        for cell in grid.cells:
            rows[cell.row][cell.column] = cell.text.replace("\n", " ")
        out += ["\t".join(row) for row in rows]
    return out


def write(content: Content) -> bytes:
    text = "\n".join(lines(content)) + "\n"
    kind = content.raw.get("damage")
    if kind:
        text = damage.SIMPLE[kind](text)
    text = text.replace("\n", content.option("newline", "\n"))
    return text.encode(content.option("codec", "utf-8"))
