"""A draft moves to a newer version: nothing that was answered is lost, what is new is said."""

from motcua.dossiers import operations
from motcua.dossiers.renewal import renewal_changes
from tests.cast import MONDAY_9AM


def edit(content):
    record, form = content["record"], content["form"]
    record["channels"][0]["time_limit"] = {"amount": 4, "unit": "working_days"}
    record["components"].append({"id": "anh", "name": "Ảnh sản phẩm", "originals": 1})
    record["components"].append({"id": "khac", "name": "Giấy tờ của trường hợp khác", "when": "ten_goi == 'khác'"})
    gone = next(one for one in record["components"] if one["id"] == "tieu_chuan_cong_bo")
    record["components"].remove(gone)
    section = form["sections"][0]
    section["fields"].append({"id": "nam", "label": "Năm bắt đầu sản xuất", "type": "number", "required": True})
    section["fields"].append(
        {"id": "an", "label": "Câu hỏi của trường hợp khác", "type": "text", "required": True, "when": "ten_goi == 'khác'"}
    )
    content["fees"]["lines"] = [
        {"code": "P", "name": "Phí", "kind": "fee", "due": "before_result", "amount": 120000}
    ]


def test_only_what_concerns_this_citizen_is_told(version, changed, draft):
    old, new = version.definition, changed(edit).definition
    told = renewal_changes(old, new, draft.answers)
    assert told == [
        "Câu hỏi mới bắt buộc: Năm bắt đầu sản xuất.",
        "Giấy tờ mới phải nộp: Ảnh sản phẩm.",
        "Không còn phải nộp: " + old.component("tieu_chuan_cong_bo").name + ".",
        "Phí, lệ phí: từ 150.000 đồng thành 120.000 đồng.",
        "Thời hạn giải quyết: từ 05 ngày làm việc thành 04 ngày làm việc.",
    ]
    assert renewal_changes(old, old, draft.answers) == []


def test_renewing_keeps_every_answer_and_every_paper(changed, draft, an, as_actor):
    def fewer(content):
        section = next(one for one in content["form"]["sections"] if any(f["id"] == "nhan_hieu" for f in one["fields"]))
        section["fields"] = [one for one in section["fields"] if one["id"] != "nhan_hieu"]

    answers, papers = dict(draft.answers), set(draft.documents.values_list("pk", flat=True))
    made = changed(fewer)
    assert "Không còn hỏi: Nhãn hiệu." in renewal_changes(draft.definition, made.definition, answers)
    assert operations.renew_draft(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)
    draft.refresh_from_db()
    assert draft.procedure_version == made
    assert draft.answers == answers
    assert set(draft.documents.values_list("pk", flat=True)) == papers
    assert not operations.renew_draft(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)
