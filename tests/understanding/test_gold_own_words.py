"""What a gold report says that its unit wrote: a text printed once is asked once, however many items it answers."""

from pathlib import Path

from benchmarks.gold import content

REPORT = """
kind: rows
file: a.docx
writer: docx
unit: null
group: school
head: {issuer: TRƯỜNG, number: 1/BC, place: Quận 1, date: 2024-05-02, subject: null}
body: |
  @drawn rows
drawn:
  rows:
    rows:
      - [Số, Nội dung, Đã làm, Vướng]
      - ["1, 2", Hồ sơ, Nhập xong hai khóa, "!none Không có"]
      - ["5", Sách, Mua kệ mới, "!none Không có"]
    wants:
      - [1, results, Nhập xong hai khóa]
      - [2, results, Nhập xong hai khóa]
      - [1, challenges, "!none Không có"]
      - [2, challenges, "!none Không có"]
      - [5, results, Mua kệ mới]
      - [5, challenges, "!none Không có"]
"""


def test_a_text_that_answers_two_items_is_asked_once(tmp_path: Path) -> None:
    path = tmp_path / "dev" / "1-rows.yaml"
    path.parent.mkdir()
    path.write_text(REPORT, encoding="utf-8")

    gold = content.load(path)

    assert sorted(gold.own) == ["Không có", "Không có", "Mua kệ mới", "Nhập xong hai khóa"]
    assert len(gold.wants) == 6
