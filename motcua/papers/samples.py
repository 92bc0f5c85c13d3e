"""One example of each kind of paper: for previews and tests. Every name and number is made up."""

from typing import Any

_HEAD = {
    "number": "",
    "issued_at": "2026-11-23T09:15:00+07:00",
    "place": "Kon Tum",
    "check_code": "7KQM-2XWA-4PBT",
    "check_url": "https://dichvucong.kontum.example/kiem-tra-giay-to/?ma=7KQM-2XWA-4PBT",
}
_CENTRE = {
    "superior": "Ủy ban nhân dân tỉnh Kon Tum",
    "name": "Trung tâm Phục vụ hành chính công",
    "address": "70 Lê Hồng Phong, thành phố Kon Tum, tỉnh Kon Tum",
    "phone": "0260.3797799",
}
_DEPARTMENT = {
    "superior": "Ủy ban nhân dân tỉnh Kon Tum",
    "name": "Sở Khoa học và Công nghệ",
    "address": "68 Lê Hồng Phong, thành phố Kon Tum, tỉnh Kon Tum",
    "phone": "0260.3862518",
    "email": "skhcn@kontum.example",
    "tax_code": "6100000014",
}
_OWNER = {
    "name": "Công ty TNHH Cà phê Đăk Hà Xanh",
    "tax_code": "6101234567",
    "address": "Số 12, đường Hùng Vương, thị trấn Đăk Hà, huyện Đăk Hà, tỉnh Kon Tum",
    "phone": "0905 123 456",
    "email": "lienhe@caphedakha.example",
}
_SUBMITTER = {
    "name": "Nguyễn Thị Hoài An",
    "citizen_id": "062185001234",
    "address": "Tổ 3, thị trấn Đăk Hà, huyện Đăk Hà, tỉnh Kon Tum",
    "phone": "0905 654 321",
    "email": "hoaian@thudientu.example",
}
_DOSSIER = {
    **_HEAD,
    "agency": _CENTRE,
    "code": "H34.12-261123-0007",
    "procedure": {
        "number": "2.001207",
        "name": "Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá của tổ chức, cá nhân sản xuất, kinh doanh",
    },
    "owner": _OWNER,
    "submitter": _SUBMITTER,
}
_LOOKUP = "https://dichvucong.kontum.example/tra-cuu-ho-so/?ma=H34.12-261123-0007"
_STANDARD = "TCVN 5251:2015 Cà phê bột"

SAMPLES: dict[str, dict[str, Any]] = {
    "acknowledgement": {
        **_DOSSIER,
        "lookup_secret": "482 913",
        "lookup_url": _LOOKUP,
        "submitted_at": "2026-11-23T09:15:00+07:00",
        "settled_by": "Sở Khoa học và Công nghệ tỉnh Kon Tum",
        "delivery": "Nhận bản điện tử và bản giấy qua dịch vụ bưu chính công ích",
        "documents": [
            {"name": "Bản công bố hợp chuẩn (Mẫu 2. CBHC/HQ)"},
            {
                "name": "Bản sao y Giấy chứng nhận đăng ký doanh nghiệp",
                "file_name": "GCN-dang-ky-doanh-nghiep.pdf",
                "size": 1_254_330,
                "sha256": "9f2c7ab01c44d8e5a6f7708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5",
            },
            {
                "name": "Bản sao y tiêu chuẩn sử dụng làm căn cứ để công bố",
                "file_name": "TCVN_5251_2015_ca_phe_bot_ban_sao_y_co_dau_giap_lai_lan_2.pdf",
                "size": 18_905_112,
                "sha256": "00e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c59f2c7ab01c44d8e5a6f7",
            },
            {
                "name": "Báo cáo đánh giá hợp chuẩn (Mẫu 5. BCĐG) kèm phiếu kết quả thử nghiệm",
                "file_name": "Báo cáo tự đánh giá 2026.pdf",
                "size": 842_001,
                "sha256": "5e6f708192a3b4c59f2c7ab01c44d8e5a6f700e1f2a3b4c5d6e7f8091a2b3c4d",
            },
        ],
        "answers": [
            {"label": "Tên tổ chức, cá nhân", "value": _OWNER["name"]},
            {"label": "Sản phẩm, hàng hóa công bố", "value": "Cà phê bột Đăk Hà Xanh, gói 250 g và 500 g"},
            {"label": "Tiêu chuẩn", "value": _STANDARD},
            {"label": "Ngày ký báo cáo đánh giá", "value": "10/11/2026"},
        ],
        "fees": [
            {
                "name": "Lệ phí cấp thông báo tiếp nhận công bố hợp chuẩn",
                "amount_vnd": 150_000,
                "kind": "levy",
            }
        ],
        "reply_by": "2026-11-25T09:15:00+07:00",
    },
    "acceptance_slip": {
        **_DOSSIER,
        "reception": "Trung tâm Phục vụ hành chính công tỉnh Kon Tum",
        "agency": {"name": "Văn phòng Ủy ban nhân dân tỉnh Kon Tum"},
        "settled_by": "Sở Khoa học và Công nghệ tỉnh Kon Tum",
        "components": [
            {"name": "Bản công bố hợp chuẩn (Mẫu 2. CBHC/HQ)", "electronic": True},
            {"name": "Bản sao y Giấy chứng nhận đăng ký doanh nghiệp", "electronic": True},
            {
                "name": "Bản sao y tiêu chuẩn sử dụng làm căn cứ để công bố",
                "certified": 1,
                "electronic": True,
            },
            {
                "name": "Quy trình sản xuất, kế hoạch kiểm soát chất lượng và kế hoạch giám sát",
                "originals": 1,
            },
            {
                "name": "Báo cáo đánh giá hợp chuẩn kèm phiếu kết quả thử nghiệm",
                "originals": 1,
                "copies": 2,
                "note": "phiếu thử nghiệm ngày 02/11/2026",
            },
        ],
        "time_limit": "05 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ",
        "received_at": "2026-11-23T10:05:00+07:00",
        "due_at": "2026-12-01T17:00:00+07:00",
        "delivery": "Nhận qua dịch vụ bưu chính công ích",
        "delivery_address": _OWNER["address"],
        "fee": "thu trước khi tiếp nhận: 150.000 đồng",
        "receiver": {"title": "Người tiếp nhận hồ sơ", "name": "Trần Thị Bình"},
        "book": "01/2026",
        "sequence": "412",
        "lookup_secret": "482 913",
        "lookup_url": _LOOKUP,
    },
    "supplement_request": {
        **_DOSSIER,
        "items": [
            {
                "name": "Báo cáo đánh giá hợp chuẩn (Mẫu 5. BCĐG)",
                "content": "Nộp phiếu kết quả thử nghiệm được cấp trong thời hạn 12 tháng tính đến ngày nộp hồ sơ.",
                "reason": "Phiếu kết quả thử nghiệm kèm báo cáo được cấp ngày 02/9/2025, đã quá 12 tháng.",
                "basis": "Khoản 1 Điều 9 Thông tư số 28/2012/TT-BKHCN",
            },
            {
                "name": "Bản công bố hợp chuẩn",
                "content": "Ghi đầy đủ số hiệu, ký hiệu và tên gọi của tiêu chuẩn.",
                "reason": "Bản công bố mới ghi số hiệu, thiếu tên gọi của tiêu chuẩn.",
            },
        ],
        "due_at": "2026-12-14T17:00:00+07:00",
        "time_limit": "15 ngày làm việc",
        "support": "bà Trần Thị Bình, Trung tâm Phục vụ hành chính công",
        "support_phone": "0260.3797799",
        "lookup_url": _LOOKUP,
        "signer": {"title": "Người hướng dẫn", "name": "Trần Thị Bình"},
    },
    "refusal": {
        **_DOSSIER,
        "number": "08/TCTN",
        "reception": "Trung tâm Phục vụ hành chính công tỉnh Kon Tum",
        "reasons": [
            {
                "reason": "Sản phẩm công bố thuộc đối tượng phải công bố hợp quy theo quy chuẩn kỹ thuật quốc gia, "
                "không thuộc phạm vi của thủ tục công bố hợp chuẩn.",
                "basis": "Điều 3 Thông tư số 28/2012/TT-BKHCN ngày 12 tháng 12 năm 2012 của Bộ trưởng Bộ Khoa học "
                "và Công nghệ",
            },
            {"reason": "Hồ sơ không có báo cáo đánh giá của tổ chức, cá nhân công bố."},
        ],
        "advice": "Đề nghị Ông/Bà lập hồ sơ theo thủ tục công bố hợp quy và nộp lại trên Cổng Dịch vụ công.",
        "signer": {"title": "Người tiếp nhận hồ sơ", "name": "Trần Thị Bình"},
    },
    "apology": {
        **_DOSSIER,
        "agency": _DEPARTMENT,
        "number": "215/SKHCN-XL",
        "received_at": "2026-11-23T10:05:00+07:00",
        "due_at": "2026-12-01T17:00:00+07:00",
        "new_due_at": "2026-12-04T17:00:00+07:00",
        "late_unit": "Phòng Quản lý Tiêu chuẩn Đo lường Chất lượng",
        "reason": "cần xác minh thêm kết quả thử nghiệm tại tổ chức thử nghiệm.",
        "signer": {"authority": "KT. Giám đốc", "title": "Phó Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": ["Như trên", "Trung tâm Phục vụ hành chính công", "Lưu: VT, hồ sơ"],
    },
    "stop_notice": {
        **_DOSSIER,
        "agency": _DEPARTMENT,
        "number": "216/TB-SKHCN",
        "received_at": "2026-11-23T10:05:00+07:00",
        "reason": "quá thời hạn bổ sung, hoàn thiện hồ sơ mà tổ chức chưa nộp giấy tờ theo yêu cầu.",
        "basis": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ số H34.12-261123-0007/HDHS ngày 23/11/2026.",
        "fee": "Khoản lệ phí 150.000 đồng được hoàn trả theo quy định về phí và lệ phí.",
        "advice": "Khi có đủ giấy tờ, Ông/Bà nộp hồ sơ mới trên Cổng Dịch vụ công.",
        "signer": {"title": "Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": ["Như trên", "Trung tâm Phục vụ hành chính công", "Lưu: VT, hồ sơ"],
    },
    "control_slip": {
        **_DOSSIER,
        "received_at": "2026-11-23T10:05:00+07:00",
        "due_at": "2026-12-01T17:00:00+07:00",
        "settled_by": "Sở Khoa học và Công nghệ tỉnh Kon Tum",
        "handovers": [
            {
                "giver": "Trung tâm Phục vụ hành chính công",
                "taker": "Phòng Quản lý Tiêu chuẩn Đo lường Chất lượng",
                "handed_at": "2026-11-23T10:20:00+07:00",
                "outcome": "Đúng hạn",
            },
            {
                "giver": "Phòng Quản lý Tiêu chuẩn Đo lường Chất lượng",
                "taker": "Phạm Minh Chi, chuyên viên",
                "handed_at": "2026-11-23T14:00:00+07:00",
                "outcome": "Trước hạn",
            },
            {
                "giver": "Phạm Minh Chi, chuyên viên",
                "taker": "Lê Văn Dũng, Giám đốc",
                "handed_at": "2026-11-30T15:40:00+07:00",
                "outcome": "Quá hạn",
                "note": "Chờ kết quả xác minh",
            },
        ],
    },
    "receipt": {
        **_HEAD,
        "number": "00000127",
        "form_symbol": "01BLP0-001",
        "series": "KT-26E",
        "collector": {key: value for key, value in _DEPARTMENT.items() if key != "email"},
        "payer": _OWNER,
        "reference": "H34.12-261123-0007",
        "description": "Lệ phí giải quyết thủ tục Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá",
        "lines": [
            {
                "name": "Lệ phí cấp thông báo tiếp nhận công bố hợp chuẩn",
                "amount_vnd": 150_000,
                "kind": "levy",
            },
            {"name": "Phí thẩm định hồ sơ công bố", "amount_vnd": 1_055_000, "kind": "fee"},
        ],
        "amount_vnd": 1_205_000,
        "method": "Thanh toán trực tuyến qua VNPAY",
        "transaction": "14590213",
    },
    "result_notice": {
        **_HEAD,
        "agency": _DEPARTMENT,
        "number": "37/TB-SKHCN",
        "declaration_number": "01/2026/CBHC-ĐHX",
        "declaration_on": "2026-11-20",
        "owner": _OWNER,
        "products": "Cà phê bột Đăk Hà Xanh, gói 250 g và 500 g; nhãn hiệu Đăk Hà Xanh",
        "standards": [_STANDARD],
        "basis": "kết quả tự đánh giá của tổ chức, Báo cáo đánh giá ký ngày 10/11/2026.",
        "valid_until": "2029-11-10",
        "signer": {"authority": "KT. Giám đốc", "title": "Phó Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": [
            "Công ty TNHH Cà phê Đăk Hà Xanh",
            "Ủy ban Tiêu chuẩn Đo lường Chất lượng Quốc gia (để b/c)",
            "Lưu: VT, TĐC",
        ],
    },
    "result_generic": {
        **_HEAD,
        "agency": _DEPARTMENT,
        "number": "512/QĐ-SKHCN",
        "title": "Quyết định",
        "subtitle": "Về việc cấp Giấy phép tiến hành công việc bức xạ (sử dụng thiết bị X-quang chẩn đoán trong y tế)",
        "grounds": [
            "Căn cứ Luật Năng lượng nguyên tử số 94/2025/QH15;",
            "Căn cứ Nghị định số 332/2025/NĐ-CP của Chính phủ;",
            "Xét đề nghị của Trưởng phòng Quản lý Công nghệ.",
        ],
        "resolution": "QUYẾT ĐỊNH:",
        "paragraphs": [
            "Điều 1. Cấp Giấy phép tiến hành công việc bức xạ cho Phòng khám đa khoa Hoa Sen với các thiết bị sau:",
        ],
        "tables": [
            {
                "columns": ["TT", "Thiết bị", "Model", "Số seri", "Nơi đặt"],
                "rows": [
                    ["1", "Thiết bị chụp X-quang thường quy", "RAD-X 500", "RX5-20931", "Phòng X-quang 1"],
                    ["2", "Thiết bị chụp X-quang răng", "DentaRay 70", "DR-1184", "Phòng X-quang 2"],
                ],
                "widths": [1, 5, 3, 3, 4],
            }
        ],
        "closing": [
            "Điều 2. Giấy phép có hiệu lực 03 năm kể từ ngày ký.",
            "Điều 3. Chánh Văn phòng, Trưởng phòng Quản lý Công nghệ và Phòng khám đa khoa Hoa Sen chịu trách nhiệm "
            "thi hành Quyết định này./.",
        ],
        "signer": {"title": "Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": ["Như Điều 3", "Ủy ban nhân dân tỉnh (để b/c)", "Lưu: VT, QLCN"],
    },
    "application_form": {
        **_HEAD,
        "number": "01/2026/CBHC-ĐHX",
        "title": "Bản công bố hợp chuẩn",
        "form_name": "Mẫu 2. CBHC/HQ",
        "organisation": _OWNER["name"],
        "addressed_to": ["Sở Khoa học và Công nghệ tỉnh Kon Tum"],
        "place": "Đăk Hà",
        "sections": [
            {
                "title": "Tổ chức, cá nhân công bố",
                "rows": [
                    {"label": "Tên tổ chức, cá nhân", "value": _OWNER["name"]},
                    {"label": "Địa chỉ", "value": _OWNER["address"]},
                    {"label": "Điện thoại", "value": _OWNER["phone"]},
                    {"label": "Fax", "value": ""},
                    {"label": "E-mail", "value": _OWNER["email"]},
                ],
            },
            {
                "title": "Nội dung công bố",
                "rows": [
                    {
                        "label": "Sản phẩm, hàng hóa, quá trình, dịch vụ, môi trường",
                        "value": "Cà phê bột Đăk Hà Xanh",
                    },
                    {
                        "label": "Đặc trưng kỹ thuật",
                        "value": "Độ ẩm ≤ 5 %; hàm lượng cafein ≥ 1 %; gói 250 g ± 5 g",
                    },
                ],
                "tables": [
                    {
                        "title": "Phù hợp với tiêu chuẩn:",
                        "columns": ["Số hiệu", "Ký hiệu", "Tên gọi"],
                        "rows": [["TCVN 5251:2015", "TCVN", "Cà phê bột"]],
                        "widths": [3, 2, 5],
                    }
                ],
            },
            {
                "title": "Căn cứ công bố",
                "rows": [
                    {"label": "Loại hình đánh giá", "value": "Tổ chức, cá nhân tự đánh giá"},
                    {"label": "Ngày ký báo cáo đánh giá", "value": "10/11/2026"},
                    {"label": "Phương thức đánh giá", "value": "Phương thức 5"},
                ],
            },
        ],
        "commitment": "Công ty TNHH Cà phê Đăk Hà Xanh cam kết và chịu trách nhiệm về tính phù hợp của sản phẩm, hàng "
        "hóa, quá trình, dịch vụ, môi trường do mình sản xuất, kinh doanh, bảo quản, vận chuyển, sử dụng, khai thác.",
        "signer": {
            "title": "Đại diện tổ chức, cá nhân",
            "name": "Nguyễn Văn Hòa",
            "note": "Xác nhận điện tử qua tài khoản đã định danh lúc 09:12, thứ Hai 23/11/2026",
        },
    },
    "not_eligible": {
        **_DOSSIER,
        "agency": _DEPARTMENT,
        "number": "38/TB",
        "received_at": "2026-11-23T10:05:00+07:00",
        "conclusion": "Kết quả thẩm định: phiếu kết quả thử nghiệm không chứng minh được sự phù hợp với tiêu chuẩn công bố.",
        "reasons": [
            {
                "reason": "Hàm lượng cafein theo phiếu kết quả thử nghiệm (0,7 %) thấp hơn mức quy định của tiêu chuẩn công bố.",
                "basis": "Mục 4.2 TCVN 5251:2015; khoản 1 Điều 9 Thông tư số 28/2012/TT-BKHCN",
            }
        ],
        "fee": "Lệ phí 150.000 đồng không được hoàn trả vì cơ quan đã thẩm định hồ sơ.",
        "advice": "Ông/Bà có thể nộp hồ sơ mới sau khi khắc phục; có quyền khiếu nại, khởi kiện theo quy định của pháp luật.",
        "signer": {"title": "Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": ["Như trên", "Trung tâm Phục vụ hành chính công", "Lưu: VT, hồ sơ"],
    },
    "fee_notice": {
        **_DOSSIER,
        "agency": _DEPARTMENT,
        "number": "19/TBP",
        "lines": [{"name": "Phí thẩm định hồ sơ công bố", "amount_vnd": 1_055_000, "kind": "fee"}],
        "amount_vnd": 1_055_000,
        "due_at": "2026-12-14T17:00:00+07:00",
        "account": [
            {"label": "Số tài khoản", "value": "3511.0.1234567"},
            {"label": "Ngân hàng, kho bạc", "value": "Kho bạc Nhà nước khu vực, phòng giao dịch Kon Tum"},
        ],
        "note": "Đề nghị nộp phí để cơ quan tiếp tục thẩm định.",
        "lookup_url": _LOOKUP,
        "signer": {"title": "Trưởng phòng", "name": "Lê Thị Hà"},
    },
    "refund_notice": {
        **_DOSSIER,
        "agency": _DEPARTMENT,
        "number": "05/HTP",
        "lines": [{"name": "Lệ phí cấp thông báo tiếp nhận công bố hợp chuẩn", "amount_vnd": 150_000, "kind": "levy"}],
        "amount_vnd": 150_000,
        "reason": "cơ quan chưa thẩm định hồ sơ.",
        "payee": _OWNER["name"],
        "how": "chuyển khoản vào tài khoản đã dùng để nộp, hoặc nhận tại nơi thu khi xuất trình biên lai.",
        "support": "Trung tâm Phục vụ hành chính công",
        "support_phone": "0260.3797799",
        "signer": {"title": "Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": ["Như trên", "Kế toán", "Lưu: VT, hồ sơ"],
    },
    "withdrawal_slip": {
        **_DOSSIER,
        "number": "07/RHS",
        "received_at": "2026-11-23T10:05:00+07:00",
        "requested_at": "2026-11-24T08:15:00+07:00",
        "asked_by": _SUBMITTER["name"],
        "reason": "Cần bổ sung sản phẩm trước khi công bố.",
        "fee": "Lệ phí 150.000 đồng được hoàn trả vì cơ quan chưa thẩm định hồ sơ.",
        "papers": "Giấy tờ đã nộp bản giấy được trả lại cho người nộp.",
        "signer": {"title": "Người tiếp nhận hồ sơ", "name": "Trần Thị Bình"},
    },
    "handover_slip": {
        **_HEAD,
        "agency": _CENTRE,
        "number": "41/PBG",
        "handed_at": "2026-11-23T16:30:00+07:00",
        "purpose": "Bàn giao hồ sơ giấy kèm hồ sơ điện tử đã tiếp nhận để giải quyết.",
        "giver": {"title": "Trung tâm Phục vụ hành chính công", "name": "Trần Thị Bình"},
        "taker": {"title": "Sở Khoa học và Công nghệ", "name": "Lê Thị Hà"},
        "items": [
            {
                "code": f"H34.12-261123-{number:04}",
                "owner": _OWNER["name"],
                "procedure": "Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá",
                "papers": "01 bản chính, 02 bản sao",
                "due_at": "2026-12-01T17:00:00+07:00",
            }
            for number in (7, 8, 12)
        ],
    },
    "many_acceptance": {
        **_HEAD,
        "agency": _CENTRE,
        "number": "13/TNNHS",
        "reception": "Trung tâm Phục vụ hành chính công tỉnh Kon Tum",
        "submitter": _SUBMITTER,
        "received_at": "2026-11-23T10:05:00+07:00",
        "items": [
            {
                "code": f"H34.12-261123-{number:04}",
                "owner": _OWNER["name"],
                "procedure": "Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá",
                "due_at": "2026-12-01T17:00:00+07:00",
                "lookup_secret": f"48{number} 913",
                "fee": "150.000 đồng",
            }
            for number in (1, 2, 3)
        ],
        "receiver": {"title": "Người tiếp nhận hồ sơ", "name": "Trần Thị Bình"},
        "lookup_url": _LOOKUP,
    },
    "return_receipt": {
        **_DOSSIER,
        "number": "22/BNKQ",
        "result": "Thông báo tiếp nhận hồ sơ công bố hợp chuẩn",
        "result_number": "37/TB-SKHCN",
        "returned_at": "2026-12-01T15:10:00+07:00",
        "due_at": "2026-12-01T17:00:00+07:00",
        "how": "Ký nhận trực tiếp",
        "received_by": _SUBMITTER,
        "giver": {"title": "Người trả kết quả", "name": "Đặng Thị Yến"},
    },
    "result_text": {
        **_HEAD,
        "agency": _DEPARTMENT,
        "number": "512/QĐ-SKHCN",
        "title": "Quyết định",
        "subtitle": "Về việc cấp Giấy phép tiến hành công việc bức xạ",
        "body": "Căn cứ Luật Năng lượng nguyên tử số 94/2025/QH15;\n\nXét đề nghị của Trưởng phòng Quản lý Công nghệ.\n\n"
        "# QUYẾT ĐỊNH:\n\nĐiều 1. Cấp Giấy phép tiến hành công việc bức xạ cho Phòng khám đa khoa Hoa Sen.\n\n"
        "Điều 2. Giấy phép có hiệu lực 03 năm kể từ ngày ký./.",
        "valid_until": "2029-11-23",
        "signer": {"title": "Giám đốc", "name": "Lê Văn Dũng"},
        "recipients": ["Như Điều 1", "Lưu: VT, QLCN"],
    },
    "table": {
        **_HEAD,
        "agency": _DEPARTMENT,
        "title": "Tình hình, kết quả giải quyết thủ tục hành chính",
        "subtitle": "Kỳ báo cáo: Quý IV năm 2026 (từ 15/9/2026 đến 14/12/2026)",
        "form_name": "Biểu số II.06a/VPCP/KSTT",
        "landscape": True,
        "numbered_columns": True,
        "columns": [
            {"label": "TT", "align": "center"},
            {"label": "Lĩnh vực giải quyết", "width": 5},
            {"label": "Tổng số", "group": "Số hồ sơ tiếp nhận", "align": "right", "width": 2},
            {"label": "Trực tuyến", "group": "Số hồ sơ tiếp nhận", "align": "right", "width": 2},
            {"label": "Trực tiếp, bưu chính", "group": "Số hồ sơ tiếp nhận", "align": "right", "width": 2},
            {"label": "Từ kỳ trước", "group": "Số hồ sơ tiếp nhận", "align": "right", "width": 2},
            {"label": "Tổng số", "group": "Số hồ sơ đã giải quyết", "align": "right", "width": 2},
            {"label": "Trước hạn", "group": "Số hồ sơ đã giải quyết", "align": "right", "width": 2},
            {"label": "Đúng hạn", "group": "Số hồ sơ đã giải quyết", "align": "right", "width": 2},
            {"label": "Quá hạn", "group": "Số hồ sơ đã giải quyết", "align": "right", "width": 2},
        ],
        "rows": [
            ["1", "Tiêu chuẩn đo lường chất lượng", "42", "30", "8", "4", "35", "20", "13", "2"],
            ["2", "An toàn bức xạ và hạt nhân", "18", "11", "5", "2", "12", "6", "6", "0"],
        ],
        "totals": ["", "Tổng số", "60", "41", "13", "6", "47", "26", "19", "2"],
        "notes": ["Số liệu tính đến 17:00 ngày 14/12/2026."],
        "signers": [
            {"title": "Người lập biểu", "name": "Phạm Minh Chi"},
            {"title": "Giám đốc", "name": "Lê Văn Dũng"},
        ],
    },
}
