"""The drawing of a process says what the table says, whatever somebody is just editing."""

import re
from xml.etree import ElementTree

import pytest

from motcua.procedures.parts import Consultation, Outcome, Process, Step
from motcua.ui.process_diagram import diagram, rows


def step(id, *ways, **facts):
    outcomes = tuple(Outcome(f"{id}{number}", name, to) for number, (name, to) in enumerate(ways))
    return Step(id, "appraise", "appraiser", "agency", 20, outcomes, **facts)


OPINION = Consultation("y_kien", "H34.05", "Ý kiến về an toàn", 16, when="moi")
PROCESS = Process(
    steps=(
        step("mot", ("Chuyển tiếp", "hai")),
        step("hai", ("Đạt", "bon"), ("Trả lại", "mot"), name="Thẩm định <kỹ>", consults=(OPINION,)),
        step("ba", ("Đạt", "bon"), ("Dừng", "end"), when="moi", signs=True),
        step("bon", ("Xong", "end"), needs=("fee_paid",)),
    )
)


def arrows(drawing, kind):
    return len(re.findall(rf"mc-diagram__arrow--{kind}\b", drawing))


def test_every_way_out_is_an_arrow():
    drawing = diagram(PROCESS)
    ElementTree.fromstring(drawing)
    assert (arrows(drawing, "next"), arrows(drawing, "back"), arrows(drawing, "ahead")) == (4, 1, 2)


def test_the_table_says_what_the_drawing_says():
    drawing, table = diagram(PROCESS, units={"H34.05": "Sở Y tế"}), rows(PROCESS, units={"H34.05": "Sở Y tế"})
    text = " ".join(str(cell) for row in table for cell in row)
    for said in ("Chuyên viên thụ lý", "20 giờ làm việc", "Trả lại", "Xin ý kiến Sở Y tế", "16 giờ làm việc"):
        assert said in drawing
        assert said in text
    assert "Thẩm định &lt;kỹ&gt;" in drawing
    assert "Trả lại → 1. Thẩm định hồ sơ" in text
    assert "nộp đủ phí" in text


def test_conditions_are_said_in_words():
    assert "Khi cấp mới" in diagram(PROCESS, condition=lambda _source: "cấp mới")


@pytest.mark.parametrize(
    "process",
    [
        Process(steps=(step("mot"),)),
        Process(steps=(step("mot", ("Đi đâu", "khong_co")), step("mot", ("Lặp", "mot")))),
        Process(steps=(step("mot", ("x" * 300, "mot"), name="y" * 300),)),
    ],
)
def test_a_process_that_is_being_written_is_drawn_as_far_as_it_goes(process):
    ElementTree.fromstring(diagram(process))
    assert len(rows(process)) == len(process.steps)


def test_no_steps_no_drawing():
    assert diagram(Process()) == ""
