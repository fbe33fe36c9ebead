"""Plain text: decoding without loss, and tables rebuilt from their dumped shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.containers import text
from extractors.document import Document, Paragraph, Source, Table, paragraphs
from extractors.errors import Rejected

SOURCE = Source(name="bao-cao.txt", sha256="0" * 64, media_type="text/plain", size=1)
LETTER = Path(__file__).parents[2].parent / "shared" / "seed" / "2542_SGDDT-GDTrH.txt"


def read(path: Path, data: bytes | str) -> Document:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return text.read(path, SOURCE)


def lines(document: Document) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(document.blocks())]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks() if isinstance(block, Table)]


def rows(table: Table) -> list[list[str]]:
    return [[found.text if (found := place) else "" for place in row] for row in table.grid()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    document = read(tmp_path / "a.txt", "Ủy ban nhân dân\r\n\r\nQuận 5".encode(encoding))
    assert lines(document) == ["Ủy ban nhân dân", "Quận 5"]
    assert [p.where.block for p in paragraphs(document.blocks())] == ["line[1]", "line[3]"]
    assert document.notices == ()


def test_every_byte_of_a_legacy_file_is_kept(tmp_path: Path) -> None:
    data = bytes(b for b in range(1, 256) if b not in b"\n\r\f\t")
    (line,) = lines(read(tmp_path / "a.txt", data))
    back = b"".join(
        char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252") for char in line
    )  # fmt: skip
    assert back == data


def test_legacy_file_is_told(tmp_path: Path) -> None:
    document = read(tmp_path / "a.txt", "B¸o c¸o kÕt qu¶ thùc hiÖn".encode("latin-1"))
    assert lines(document) == ["B¸o c¸o kÕt qu¶ thùc hiÖn"]
    assert [notice.code for notice in document.notices] == ["legacy_bytes"]


def test_one_bad_byte_does_not_make_a_unicode_file_legacy(tmp_path: Path) -> None:
    good = "Báo cáo kết quả thực hiện Đề án giáo dục thông minh và học tập suốt đời tại đơn vị".encode()
    document = read(tmp_path / "a.txt", good + b"\xe1\xba")
    assert lines(document)[0].startswith("Báo cáo kết quả")
    assert [notice.code for notice in document.notices] == ["damaged_bytes"]


def test_spaces_inside_lines_are_kept(tmp_path: Path) -> None:
    assert lines(read(tmp_path / "a.txt", " ? Y BAN   THÀNH PH ?  H ?  \nx")) == [" ? Y BAN   THÀNH PH ?  H ?  ", "x"]


@pytest.mark.parametrize(("data", "code"), [(b"\0\1\2\3" * 500, "damaged"), (b" \n\n", "no_text"), (b"", "no_text")])
def test_refused(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        read(tmp_path / "a.txt", data)
    assert refused.value.code == code


def dump(cells: list[list[str]]) -> str:
    """A table as Word's text of it: a tab before every cell, a blank line after every row."""
    return "".join("".join(f"\t{content}\n" for content in row) + "\n" for row in cells)


HEADER = ["STT", "Nội dung", "Văn bản chỉ đạo", "Kết quả:\n- Mục tiêu\n- Giải pháp"]


def test_cell_dump_with_answers_of_several_lines(tmp_path: Path) -> None:
    cells = [
        HEADER,
        ["1", "Cơ sở dữ liệu", "KH 12", "- Đã nhập 100%\n- Còn 2 lớp"],
        ["2", "Thư viện", "", "Không có"],
        ["3", "Phòng học", "KH 15", "Chưa thực hiện\n\nSẽ làm"],
        ["4", "STEM", "", "3 câu lạc bộ"],
    ]
    document = read(
        tmp_path / "a.txt", "\tUBND QUẬN 5\nPHÒNG GDĐT\n\tCỘNG HÒA\n\nPHỤ LỤC\n" + dump(cells) + "Nơi nhận:\n- Sở\n"
    )
    (table,) = tables(document)
    assert rows(table) == [
        ["STT", "Nội dung", "Văn bản chỉ đạo", "Kết quả:\n- Mục tiêu\n- Giải pháp"],
        ["1", "Cơ sở dữ liệu", "KH 12", "- Đã nhập 100%\n- Còn 2 lớp"],
        ["2", "Thư viện", "", "Không có"],
        ["3", "Phòng học", "KH 15", "Chưa thực hiện\nSẽ làm"],
        ["4", "STEM", "", "3 câu lạc bộ"],
    ]
    assert lines(document)[:4] == ["\tUBND QUẬN 5", "PHÒNG GDĐT", "\tCỘNG HÒA", "PHỤ LỤC"]
    assert lines(document)[-2:] == ["Nơi nhận:", "- Sở"]


def test_figures_in_cells_are_not_running_numbers(tmp_path: Path) -> None:
    cells = [["TT", "Đơn vị", "Số lớp", "Số máy"]] + [[str(i), f"Trường {i}", str(i), "2"] for i in range(1, 7)]
    (table,) = tables(read(tmp_path / "a.txt", dump(cells)))
    assert rows(table) == cells


def test_row_that_breaks_off_gives_back_what_clings_to_it(tmp_path: Path) -> None:
    whole = dump([HEADER, *([str(i), f"Việc {i}", "", ""] for i in range(1, 5))])
    document = read(tmp_path / "a.txt", whole + "\t5\n\tViệc 5\nĐoạn dính vào\n\nĐoạn sau\n")
    (table,) = tables(document)
    assert (table.rows, table.columns) == (6, 4)
    assert rows(table)[5] == ["5", "Việc 5", "", ""]
    assert lines(document)[-2:] == ["Đoạn dính vào", "Đoạn sau"]


def test_cell_too_many_in_one_row_does_not_shift_the_others(tmp_path: Path) -> None:
    cells = [HEADER, *([str(i), f"Việc {i}", "a", "b"] for i in range(1, 7))]
    cells[3] = ["3", "Việc 3", "a", "b\n\tdòng lùi đầu"]
    (table,) = tables(read(tmp_path / "a.txt", dump(cells)))
    assert [row[0] for row in rows(table)] == ["STT", "1", "2", "3", "4", "5", "6"]
    assert rows(table)[3][3] == "b\ndòng lùi đầu"


def test_total_row_belongs_to_the_table(tmp_path: Path) -> None:
    cells = [["TT", "Đơn vị", "Kinh phí"], *([str(i), "x", "5"] for i in range(1, 5)), ["", "Tổng cộng", "20"]]
    (table,) = tables(read(tmp_path / "a.txt", dump(cells)))
    assert rows(table) == cells


def test_tabs_without_running_numbers_stay_paragraphs(tmp_path: Path) -> None:
    document = read(tmp_path / "a.txt", "\tSỞ GIÁO DỤC\n\tCỘNG HÒA\n\tSố: 5\n\tNgày 3\nKính gửi")
    assert tables(document) == []
    assert len(lines(document)) == 5


def test_tabbed_rows_with_quoted_line_breaks(tmp_path: Path) -> None:
    data = 'STT\tNội dung\tKết quả\n1\tCSDL\t"Đợt 1: ""xong""\nĐợt 2"\n2\tThư viện\t\nHết.\n'
    document = read(tmp_path / "a.txt", data)
    (table,) = tables(document)
    assert rows(table) == [["STT", "Nội dung", "Kết quả"], ["1", "CSDL", 'Đợt 1: "xong"\nĐợt 2'], ["2", "Thư viện", ""]]
    assert lines(document)[-1] == "Hết."


def test_unclosed_quote_costs_nothing(tmp_path: Path) -> None:
    (table,) = tables(read(tmp_path / "a.txt", 'a\tb\tc\n1\t"x\ty\n2\tx\ty'))
    assert rows(table) == [["a", "b", "c"], ["1", '"x', "y"], ["2", "x", "y"]]


def test_letterhead_of_two_lines_is_no_table(tmp_path: Path) -> None:
    document = read(tmp_path / "a.txt", "UBND QUẬN 5\t\t\tCỘNG HÒA\nPHÒNG GDĐT\t\t\tĐộc lập\n\nBÁO CÁO")
    assert tables(document) == []


def test_drawn_tables(tmp_path: Path) -> None:
    plain = "| STT | Nội dung |\n|---:|:---|\n| 1 | a ? b |\n| 2 | |\n"
    boxed = "┌──┬──┐\n│TT│Việc│\n├──┼──┤\n│1│dòng một│\n││dòng hai│\n├──┼──┤\n│2│x│\n└──┴──┘\n"
    first, second = tables(read(tmp_path / "a.txt", plain + "Giữa\n" + boxed))
    assert rows(first) == [["STT", "Nội dung"], ["1", "a ? b"], ["2", ""]]
    assert rows(second) == [["TT", "Việc"], ["1", "dòng một\ndòng hai"], ["2", "x"]]


def test_large_irregular_text_stays_quick(tmp_path: Path) -> None:
    # widths that never agree, and number cells that start many chains
    data = "".join("x\t" * (2 + i % 5) + "x\n" for i in range(1_000)) + "\t1\n\t2\n" * 1_000
    document = read(tmp_path / "a.txt", data)
    assert sum(1 for _ in paragraphs(document.blocks())) > 1_000


@pytest.mark.skipif(not LETTER.exists(), reason="the letter is not here")
def test_the_letter(tmp_path: Path) -> None:
    document = text.read(LETTER, SOURCE)
    (table,) = tables(document)
    assert (table.rows, table.columns) == (13, 8)
    found = rows(table)
    assert [row[0] for row in found] == ["STT", *map(str, range(1, 13))]
    assert found[0][1] == "Nội dung" and found[0][7].startswith("Đề xuất")
    assert all(row[1] and not any(row[2:]) for row in found[1:])
    after = list(document.blocks())[list(document.blocks()).index(table) + 1 :]
    assert len(after) == 4 and all(isinstance(block, Paragraph) for block in after)
    assert isinstance(after[0], Paragraph) and after[0].text.startswith(" ? Y BAN NHÂN DÂN")
    # nothing is lost on the way, and nothing added
    letters = "".join(LETTER.read_text(encoding="utf-8").split())
    assert "".join("".join(line.split()) for line in lines(document)) == letters
