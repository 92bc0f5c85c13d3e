"""How the shapes of `parts.py` are called by people: for each key a label and a sentence of help, for each word a name.

The editor, the comparison of versions and the JSON Schema speak with these words. A test asks that none is missing.
"""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motcua.foundation.working_time import TimeLimit
from motcua.procedures import parts

Text = str | Promise


class Words(NamedTuple):
    """What a key is called, and what to write there."""

    label: Text
    help: Text


_CONDITION = _("Điều kiện theo câu trả lời trong tờ khai; để trống là luôn áp dụng.")
_ID = _("Mã ngắn không dấu dùng trong các điều kiện; chỉ gồm chữ thường, số và dấu gạch dưới.")

NAMES: dict[type, Text] = {
    parts.SectorName: _("Lĩnh vực"),
    parts.Elsewhere: _("Nơi nộp khác"),
    parts.Decision: _("Quyết định công bố"),
    parts.FormerAgency: _("Cơ quan trước đây"),
    parts.Agencies: _("Cơ quan"),
    parts.Validity: _("Thời gian hiệu lực"),
    parts.Channel: _("Cách thức nộp"),
    TimeLimit: _("Thời hạn"),
    parts.Scenario: _("Trường hợp"),
    parts.Template: _("Mẫu tải về"),
    parts.ResultOf: _("Kết quả thay thế"),
    parts.Component: _("Giấy tờ"),
    parts.Result: _("Kết quả"),
    parts.LegalBasis: _("Căn cứ pháp lý"),
    parts.Record: _("Thông tin thủ tục"),
    parts.Option: _("Lựa chọn"),
    parts.Field: _("Câu hỏi"),
    parts.Section: _("Phần của tờ khai"),
    parts.Check: _("Kiểm tra chéo"),
    parts.Form: _("Tờ khai"),
    parts.Account: _("Tài khoản thu"),
    parts.Percent: _("Thu theo tỷ lệ"),
    parts.Tier: _("Bậc thu"),
    parts.Tiers: _("Thu theo bậc"),
    parts.Share: _("Mức thu theo phần"),
    parts.FeeLine: _("Khoản phí, lệ phí"),
    parts.Relief: _("Miễn, giảm"),
    parts.Fees: _("Phí, lệ phí"),
    parts.Outcome: _("Hướng xử lý"),
    parts.Consultation: _("Lấy ý kiến"),
    parts.Step: _("Bước xử lý"),
    parts.Limits: _("Giới hạn tạm dừng"),
    parts.Process: _("Quy trình"),
}

KEYS: dict[type, dict[str, Words]] = {
    parts.SectorName: {
        "code": Words(_("Mã lĩnh vực"), _("Mã trong Cơ sở dữ liệu quốc gia về thủ tục hành chính, ví dụ G06-KC03.")),
        "name": Words(_("Tên lĩnh vực"), _("Tên lĩnh vực như trong quyết định công bố.")),
    },
    parts.Elsewhere: {
        "name": Words(_("Tên hệ thống"), _("Tên của hệ thống hoặc cơ quan nhận hồ sơ.")),
        "url": Words(_("Địa chỉ trang"), _("Địa chỉ đầy đủ, bắt đầu bằng https://.")),
        "since": Words(_("Từ ngày"), _("Ngày thủ tục chuyển sang nơi nộp này, nếu có.")),
        "basis": Words(_("Văn bản quy định"), _("Số của văn bản chuyển nơi nộp.")),
    },
    parts.Decision: {
        "number": Words(_("Số quyết định"), _("Số, ký hiệu của quyết định công bố thủ tục.")),
        "issued_on": Words(_("Ngày ban hành"), _("Ngày ký quyết định công bố.")),
    },
    parts.FormerAgency: {
        "code": Words(_("Mã cơ quan"), _("Mã định danh trước đây của cơ quan.")),
        "name": Words(_("Tên cơ quan"), _("Tên trước đây của cơ quan.")),
        "until": Words(_("Đến ngày"), _("Ngày cuối cùng cơ quan này phụ trách thủ tục.")),
    },
    parts.Agencies: {
        "implementing": Words(_("Cơ quan thực hiện"), _("Mã định danh của cơ quan giải quyết hồ sơ, mỗi dòng một mã.")),
        "competent": Words(_("Cơ quan có thẩm quyền"), _("Mã của cơ quan có thẩm quyền quyết định, mỗi dòng một mã.")),
        "delegated": Words(_("Cơ quan được ủy quyền"), _("Mã của cơ quan được ủy quyền, mỗi dòng một mã.")),
        "cooperating": Words(_("Cơ quan phối hợp"), _("Mã của cơ quan phối hợp giải quyết, mỗi dòng một mã.")),
        "reception": Words(_("Nơi tiếp nhận"), _("Mã của bộ phận một cửa tiếp nhận hồ sơ.")),
        "address": Words(_("Địa chỉ tiếp nhận"), _("Địa chỉ nơi nộp trực tiếp, như người dân cần biết.")),
        "former": Words(_("Cơ quan trước đây"), _("Cơ quan phụ trách trước khi sắp xếp, để tra cứu giấy tờ cũ.")),
    },
    parts.Validity: {
        "from": Words(_("Có hiệu lực từ"), _("Ngày thủ tục bắt đầu được áp dụng.")),
        "to": Words(_("Hết hiệu lực sau ngày"), _("Ngày cuối cùng còn áp dụng; để trống là chưa xác định.")),
    },
    parts.Channel: {
        "channel": Words(_("Hình thức nộp"), _("Trực tuyến, trực tiếp hoặc qua bưu chính công ích.")),
        "time_limit": Words(_("Thời hạn giải quyết"), _("Tính từ khi nhận đủ hồ sơ hợp lệ.")),
        "note": Words(_("Ghi chú"), _("Điều người nộp theo hình thức này cần biết.")),
    },
    TimeLimit: {
        "amount": Words(_("Số lượng"), _("Số ngày, giờ hoặc tháng.")),
        "unit": Words(_("Đơn vị thời gian"), _("Cách tính thời hạn theo văn bản.")),
    },
    parts.Scenario: {
        "id": Words(_("Mã trường hợp"), _ID),
        "name": Words(_("Tên trường hợp"), _("Tên như người nộp hồ sơ đọc, ví dụ: Cấp mới.")),
        "when": Words(_("Áp dụng khi"), _("Trường hợp đầu tiên đúng điều kiện được áp dụng; chỉ trường hợp cuối được để trống.")),
        "sequence": Words(_("Trình tự riêng"), _("Mỗi dòng một bước; để trống là theo trình tự chung.")),
        "channels": Words(_("Cách thức và thời hạn riêng"), _("Để trống là theo cách thức và thời hạn chung.")),
        "note": Words(_("Ghi chú"), _("Điều cần biết thêm về trường hợp này.")),
    },
    parts.Template: {
        "name": Words(_("Tên mẫu"), _("Tên hoặc ký hiệu của mẫu, ví dụ: Mẫu 01.")),
        "file": Words(_("Tệp mẫu"), _("Tên tệp đã tải lên ở trang Mẫu in, tệp mẫu.")),
    },
    parts.ResultOf: {
        "procedure": Words(_("Mã thủ tục"), _("Mã của thủ tục đã cấp kết quả, ví dụ 2.001207.")),
        "result": Words(_("Mã kết quả"), _("Mã của kết quả trong thủ tục đó; để trống là mọi kết quả.")),
    },
    parts.Component: {
        "id": Words(_("Mã giấy tờ"), _ID),
        "name": Words(_("Tên giấy tờ"), _("Tên như trong quyết định công bố.")),
        "originals": Words(_("Số bản chính"), _("Số bản chính phải nộp.")),
        "copies": Words(_("Số bản sao"), _("Số bản sao phải nộp.")),
        "required": Words(_("Bắt buộc"), _("Bỏ chọn nếu giấy tờ chỉ nộp khi có.")),
        "form": Words(_("Hệ thống lập từ tờ khai"), _("Nội dung kê khai chính là giấy tờ này, người nộp không phải tải lên.")),
        "template": Words(_("Mẫu tải về"), _("Mẫu trống để người nộp tải về, nếu có.")),
        "when": Words(_("Chỉ cần khi"), _CONDITION),
        "note": Words(_("Ghi chú"), _("Hướng dẫn ngắn hiện cạnh giấy tờ.")),
        "code": Words(_("Mã giấy tờ quốc gia"), _("Mã trong danh mục giấy tờ quốc gia, nếu biết.")),
        "scenarios": Words(_("Thuộc trường hợp"), _("Không chọn trường hợp nào là thuộc mọi trường hợp.")),
        "one_of": Words(_("Nhóm thay thế nhau"), _("Các giấy tờ cùng tên nhóm chỉ cần nộp một loại.")),
        "for_each": Words(_("Mỗi dòng của bảng"), _("Mã của bảng trong tờ khai: mỗi dòng cần một giấy tờ như vậy.")),
        "row_name": Words(_("Cột đặt tên"), _("Cột của bảng dùng để phân biệt giấy tờ của từng dòng.")),
        "sections": Words(_("Phần tờ khai được in"), _("Không chọn phần nào là in toàn bộ tờ khai.")),
        "layout": Words(_("Mẫu in"), _("Tên tệp mẫu in ở trang Mẫu in, tệp mẫu; để trống là in theo mẫu chung.")),
        "max_age_months": Words(_("Cấp không quá (tháng)"), _("Giấy tờ phải được cấp trong số tháng này trước ngày nộp.")),
        "min_validity_days": Words(_("Còn hiệu lực ít nhất (ngày)"), _("Số ngày còn hiệu lực tính từ ngày nộp.")),
        "replaced_by": Words(_("Kết quả có thể thay thế"), _("Kết quả đã cấp trên hệ thống được dùng thay cho giấy tờ này.")),
    },
    parts.Result: {
        "id": Words(_("Mã kết quả"), _ID),
        "name": Words(_("Tên kết quả"), _("Tên của văn bản, giấy phép được trả.")),
        "type": Words(_("Loại kết quả"), _("Loại văn bản được trả.")),
        "template": Words(_("Mẫu kết quả"), _("Tên mẫu dùng để lập kết quả, nếu có.")),
        "validity": Words(_("Thời hạn hiệu lực"), _("Viết thành lời, ví dụ: 3 năm kể từ ngày cấp.")),
        "validity_months": Words(_("Hiệu lực (tháng)"), _("Số tháng để hệ thống nhắc khi sắp hết hạn; để trống là không tính được.")),
        "code": Words(_("Mã kết quả quốc gia"), _("Mã trong danh mục kết quả quốc gia, nếu biết.")),
    },
    parts.LegalBasis: {
        "number": Words(_("Số, ký hiệu"), _("Số, ký hiệu của văn bản, ví dụ 28/2012/TT-BKHCN.")),
        "title": Words(_("Trích yếu"), _("Trích yếu nội dung của văn bản.")),
        "issued_on": Words(_("Ngày ban hành"), _("Ngày ký văn bản.")),
        "issuer": Words(_("Cơ quan ban hành"), _("Tên cơ quan ban hành văn bản.")),
        "from": Words(_("Có hiệu lực từ"), _("Ngày văn bản có hiệu lực.")),
        "to": Words(_("Hết hiệu lực sau ngày"), _("Ngày cuối cùng văn bản còn hiệu lực; để trống là còn hiệu lực.")),
    },
    parts.Record: {
        "format": Words(_("Định dạng"), _("Số của định dạng dữ liệu; hệ thống tự ghi.")),
        "number": Words(_("Mã thủ tục"), _("Mã quốc gia gồm 7 chữ số, ví dụ 2.001207.")),
        "name": Words(_("Tên thủ tục"), _("Tên đầy đủ đúng như quyết định công bố.")),
        "sector": Words(_("Lĩnh vực"), _("Lĩnh vực của thủ tục trong danh mục quốc gia.")),
        "kind": Words(_("Nơi nộp hồ sơ"), _("Hồ sơ được nộp tại đây, ở hệ thống khác, hay chỉ cung cấp thông tin.")),
        "agencies": Words(_("Cơ quan"), _("Các cơ quan tiếp nhận, giải quyết và phối hợp.")),
        "service_level": Words(_("Mức độ dịch vụ công"), _("Toàn trình, một phần hoặc chỉ cung cấp thông tin.")),
        "short_name": Words(_("Tên ngắn"), _("Tên dùng ở chỗ hẹp; để trống là dùng tên đầy đủ.")),
        "elsewhere": Words(_("Nơi nộp khác"), _("Chỉ ghi khi hồ sơ nộp ở hệ thống khác.")),
        "decision": Words(_("Quyết định công bố"), _("Quyết định công bố thủ tục hành chính.")),
        "type": Words(_("Loại thủ tục"), _("Loại thủ tục theo quyết định công bố.")),
        "administrative_level": Words(_("Cấp thực hiện"), _("Cấp hành chính giải quyết thủ tục.")),
        "subjects": Words(_("Đối tượng thực hiện"), _("Ai được nộp hồ sơ.")),
        "partial_cause": Words(_("Nhóm lý do chưa toàn trình"), _("Chỉ ghi khi dịch vụ công một phần.")),
        "partial_reason": Words(_("Lý do chưa toàn trình"), _("Vì sao chưa thực hiện được toàn trình, viết cho người dân đọc.")),
        "old_numbers": Words(_("Mã cũ"), _("Các mã trước đây mà người dân có thể dùng để tìm, mỗi dòng một mã.")),
        "linked": Words(_("Thủ tục liên thông"), _("Chọn nếu nhiều thủ tục được giải quyết cùng một hồ sơ.")),
        "has_result": Words(_("Có trả kết quả"), _("Bỏ chọn nếu thủ tục không có kết quả trả cho người nộp.")),
        "at_one_stop": Words(_("Thực hiện tại bộ phận một cửa"), _("Bỏ chọn nếu không tiếp nhận tại bộ phận một cửa.")),
        "no_boundary": Words(_("Phi địa giới hành chính"), _("Chọn nếu được nộp tại mọi điểm tiếp nhận của tỉnh.")),
        "validity": Words(_("Thời gian hiệu lực"), _("Thủ tục được áp dụng trong khoảng thời gian nào.")),
        "summary": Words(_("Mô tả ngắn"), _("Một câu dễ hiểu cho biết thủ tục dành cho ai, để làm gì.")),
        "sequence": Words(_("Trình tự thực hiện"), _("Mỗi dòng một bước, viết cho người nộp hồ sơ đọc.")),
        "channels": Words(_("Cách thức và thời hạn"), _("Mỗi hình thức nộp một dòng, kèm thời hạn giải quyết.")),
        "scenarios": Words(_("Trường hợp"), _("Các trường hợp có trình tự, giấy tờ, thời hạn hoặc mức phí khác nhau.")),
        "components": Words(_("Thành phần hồ sơ"), _("Các giấy tờ của hồ sơ theo thứ tự hiện ra.")),
        "copies_of_dossier": Words(_("Số bộ hồ sơ"), _("Số bộ phải nộp.")),
        "results": Words(_("Kết quả thực hiện"), _("Văn bản, giấy phép mà cơ quan trả.")),
        "requirements": Words(_("Yêu cầu, điều kiện"), _("Mỗi dòng một yêu cầu theo quy định.")),
        "legal_basis": Words(_("Căn cứ pháp lý"), _("Các văn bản quy định thủ tục.")),
        "related": Words(_("Thủ tục liên quan"), _("Mã của thủ tục liên quan, mỗi dòng một mã.")),
        "unverified": Words(_("Chưa xác minh"), _("Các mục chưa đối chiếu được với văn bản công bố.")),
    },
    parts.Option: {
        "value": Words(_("Giá trị"), _("Mã ngắn không dấu của lựa chọn, dùng trong các điều kiện.")),
        "label": Words(_("Nội dung lựa chọn"), _("Lời mà người nộp hồ sơ đọc.")),
    },
    parts.Field: {
        "id": Words(_("Mã câu hỏi"), _ID),
        "label": Words(_("Câu hỏi"), _("Lời mà người nộp hồ sơ đọc, ví dụ: Tên tổ chức, cá nhân.")),
        "type": Words(_("Kiểu trả lời"), _("Người nộp trả lời bằng cách nào.")),
        "required": Words(_("Bắt buộc trả lời"), _("Chọn nếu không được để trống.")),
        "max_length": Words(_("Số ký tự tối đa"), _("Để trống là theo mức chung của kiểu trả lời.")),
        "help": Words(_("Hướng dẫn"), _("Một câu hiện dưới câu hỏi.")),
        "example": Words(_("Ví dụ"), _("Một câu trả lời mẫu.")),
        "prefill": Words(_("Điền sẵn từ"), _("Nguồn để hệ thống điền sẵn câu trả lời.")),
        "when": Words(_("Chỉ hỏi khi"), _CONDITION),
        "personal": Words(_("Dữ liệu cá nhân"), _("Chọn nếu câu trả lời là dữ liệu cá nhân cần bảo vệ.")),
        "options": Words(_("Các lựa chọn"), _("Mỗi lựa chọn có giá trị và nội dung.")),
        "min": Words(_("Nhỏ nhất"), _("Giá trị nhỏ nhất được nhận.")),
        "max": Words(_("Lớn nhất"), _("Giá trị lớn nhất được nhận.")),
        "decimals": Words(_("Số chữ số thập phân"), _("Số 0 nghĩa là chỉ nhận số nguyên.")),
        "not_after": Words(_("Không sau ngày"), _("Ghi today cho ngày nộp hồ sơ, hoặc một ngày dạng 2026-11-24.")),
        "not_before": Words(_("Không trước ngày"), _("Ghi today cho ngày nộp hồ sơ, hoặc một ngày dạng 2026-11-24.")),
        "max_age_months": Words(_("Không cũ hơn (tháng)"), _("Ngày trả lời phải trong số tháng này trước ngày nộp.")),
        "columns": Words(_("Các cột"), _("Câu hỏi của mỗi dòng trong bảng hoặc của nhóm.")),
        "min_rows": Words(_("Số dòng ít nhất"), _("Số dòng phải kê khai.")),
        "max_rows": Words(_("Số dòng nhiều nhất"), _("Để trống là không giới hạn riêng.")),
        "layout": Words(_("Cách trình bày bảng"), _("Mỗi dòng một thẻ, hoặc như một bảng tính.")),
        "parts": Words(_("Các mục được hỏi"), _("Không chọn mục nào là hỏi tất cả.")),
        "formula": Words(_("Công thức"), _("Biểu thức tính từ các câu trả lời khác; kết quả chỉ để xem.")),
        "shown_as": Words(_("Cách hiển thị"), _("Kết quả tính được viết ra như thế nào.")),
        "tone": Words(_("Mức độ nhấn mạnh"), _("Lời nhắc thông thường hay cảnh báo.")),
    },
    parts.Section: {
        "id": Words(_("Mã phần"), _ID),
        "title": Words(_("Tên phần"), _("Tiêu đề của phần, ví dụ: Tổ chức, cá nhân công bố.")),
        "fields": Words(_("Các câu hỏi"), _("Câu hỏi của phần theo thứ tự hiện ra.")),
        "help": Words(_("Hướng dẫn"), _("Một đoạn ngắn hiện dưới tên phần.")),
        "when": Words(_("Chỉ hiện khi"), _CONDITION),
    },
    parts.Check: {
        "rule": Words(_("Điều phải đúng"), _("Biểu thức theo các câu trả lời; khi không đúng, lời nhắc hiện ra.")),
        "message": Words(_("Lời nhắc"), _("Câu nói cho người nộp biết cần sửa gì.")),
        "field": Words(_("Hiện tại câu hỏi"), _("Câu hỏi mà lời nhắc đứng cạnh.")),
        "level": Words(_("Mức độ"), _("Lỗi thì phải sửa mới nộp được; nhắc nhở thì vẫn nộp được.")),
    },
    parts.Form: {
        "sections": Words(_("Các phần của tờ khai"), _("Mỗi phần gồm một số câu hỏi cùng nội dung.")),
        "checks": Words(_("Kiểm tra chéo"), _("Các quy tắc liên quan đến nhiều câu hỏi.")),
    },
    parts.Account: {
        "number": Words(_("Số tài khoản"), _("Số tài khoản thu tại Kho bạc Nhà nước hoặc ngân hàng.")),
        "bank": Words(_("Nơi mở tài khoản"), _("Tên Kho bạc Nhà nước hoặc ngân hàng.")),
        "holder": Words(_("Chủ tài khoản"), _("Tên đơn vị thụ hưởng.")),
        "bin": Words(_("Mã ngân hàng"), _("Mã gồm 6 chữ số để lập mã QR, nếu có.")),
    },
    parts.Percent: {
        "of": Words(_("Tính trên giá trị"), _("Câu hỏi hoặc biểu thức cho giá trị bằng đồng.")),
        "rate": Words(_("Tỷ lệ (%)"), _("Ví dụ 0,1 cho 0,1 %.")),
        "min_vnd": Words(_("Không thấp hơn (đồng)"), _("Mức thu thấp nhất; để trống là không giới hạn.")),
        "max_vnd": Words(_("Không cao hơn (đồng)"), _("Mức thu cao nhất; để trống là không giới hạn.")),
    },
    parts.Tier: {
        "up_to": Words(_("Đến hết giá trị"), _("Giá trị lớn nhất của bậc; bậc cuối cùng để trống.")),
        "amount": Words(_("Số tiền (đồng)"), _("Một số tiền cho cả bậc.")),
        "each": Words(_("Mỗi đơn vị (đồng)"), _("Số tiền cho mỗi đơn vị trong bậc.")),
        "percent": Words(_("Tỷ lệ (%)"), _("Phần trăm của giá trị trong bậc.")),
    },
    parts.Tiers: {
        "of": Words(_("Theo giá trị"), _("Câu hỏi hoặc biểu thức cho giá trị dùng để chọn bậc.")),
        "steps": Words(_("Các bậc"), _("Từ bậc thấp đến bậc cao; mỗi bậc ghi một trong: số tiền, mỗi đơn vị, tỷ lệ.")),
        "mode": Words(_("Cách tính"), _("Cả giá trị theo một bậc, hay từng phần theo bậc của nó.")),
    },
    parts.Share: {
        "when": Words(_("Áp dụng khi"), _("Điều kiện đầu tiên đúng được áp dụng.")),
        "percent": Words(_("Tỷ lệ phải nộp (%)"), _("Ví dụ 75 khi chỉ nộp ba phần tư mức thu.")),
        "name": Words(_("Tên gọi"), _("Viết ngắn cho người nộp đọc, ví dụ: Gia hạn.")),
    },
    parts.FeeLine: {
        "code": Words(_("Mã khoản thu"), _("Mã ngắn không dấu, ví dụ PHI_THAM_DINH.")),
        "name": Words(_("Tên khoản thu"), _("Tên như văn bản quy định mức thu.")),
        "kind": Words(_("Loại khoản thu"), _("Phí hoặc lệ phí theo Luật Phí và lệ phí.")),
        "due": Words(_("Nộp khi nào"), _("Trước khi hồ sơ được tiếp nhận, hoặc trước khi nhận kết quả.")),
        "amount": Words(_("Mức thu cố định (đồng)"), _("Số tiền nguyên, không có dấu chấm cũng được.")),
        "formula": Words(_("Công thức tính"), _("Biểu thức cho số tiền bằng đồng, ví dụ so_may * 20000.")),
        "percent": Words(_("Thu theo tỷ lệ"), _("Phần trăm của một giá trị, có thể có mức thấp nhất và cao nhất.")),
        "tiers": Words(_("Thu theo bậc"), _("Mức thu khác nhau theo độ lớn của một giá trị.")),
        "quantity": Words(_("Nhân với số lượng"), _("Câu hỏi hoặc biểu thức cho số lượng; để trống là một.")),
        "shares": Words(_("Phần phải nộp theo trường hợp"), _("Ví dụ gia hạn chỉ nộp 75 % mức thu.")),
        "round_to": Words(_("Làm tròn đến (đồng)"), _("Số 1 nghĩa là đến từng đồng.")),
        "when": Words(_("Chỉ thu khi"), _CONDITION),
        "basis": Words(_("Văn bản quy định mức thu"), _("Số, ký hiệu của văn bản, ví dụ 183/2016/TT-BTC.")),
        "unit": Words(_("Đơn vị tính"), _("Ví dụ: giấy, hồ sơ, thiết bị.")),
        "scenarios": Words(_("Thuộc trường hợp"), _("Không chọn trường hợp nào là thuộc mọi trường hợp.")),
    },
    parts.Relief: {
        "id": Words(_("Mã miễn, giảm"), _ID),
        "name": Words(_("Tên miễn, giảm"), _("Tên hiện trên bảng phí, ví dụ: Giảm khi nộp trực tuyến.")),
        "percent": Words(_("Mức giảm (%)"), _("Ghi 100 nếu miễn toàn bộ.")),
        "when": Words(_("Áp dụng khi"), _CONDITION),
        "from": Words(_("Từ ngày"), _("Ngày đầu tiên được giảm; để trống là không giới hạn.")),
        "to": Words(_("Đến hết ngày"), _("Ngày cuối cùng được giảm; để trống là không giới hạn.")),
        "basis": Words(_("Văn bản quy định"), _("Số, ký hiệu của văn bản miễn, giảm.")),
        "lines": Words(_("Giảm cho khoản thu"), _("Không chọn khoản nào là giảm cho mọi khoản.")),
    },
    parts.Fees: {
        "account": Words(_("Tài khoản thu"), _("Tài khoản nhận phí, lệ phí.")),
        "lines": Words(_("Các khoản phí, lệ phí"), _("Để trống nếu thủ tục không thu phí, lệ phí.")),
        "reliefs": Words(_("Miễn, giảm"), _("Các trường hợp miễn hoặc giảm và thời gian áp dụng.")),
    },
    parts.Outcome: {
        "id": Words(_("Mã hướng xử lý"), _ID),
        "name": Words(_("Tên hướng xử lý"), _("Lời trên nút bấm, ví dụ: Đạt, trình phê duyệt.")),
        "to": Words(_("Chuyển đến"), _("Bước tiếp theo, một bước trước đó, hoặc kết thúc.")),
    },
    parts.Consultation: {
        "id": Words(_("Mã lấy ý kiến"), _ID),
        "unit": Words(_("Cơ quan được hỏi"), _("Mã định danh của cơ quan được lấy ý kiến.")),
        "question": Words(_("Nội dung hỏi"), _("Điều cần cơ quan đó trả lời.")),
        "hours": Words(_("Số giờ làm việc"), _("Thời gian để cơ quan đó trả lời.")),
        "required": Words(_("Phải có trả lời"), _("Bước xử lý không kết thúc được trước khi có trả lời.")),
        "when": Words(_("Chỉ hỏi khi"), _CONDITION),
    },
    parts.Step: {
        "id": Words(_("Mã bước"), _ID),
        "act": Words(_("Việc phải làm"), _("Loại công việc của bước này.")),
        "role": Words(_("Người thực hiện"), _("Vai trò của cán bộ thực hiện bước này.")),
        "unit": Words(_("Nơi thực hiện"), _("Cơ quan giải quyết, bộ phận một cửa, hoặc mã của một cơ quan khác.")),
        "hours": Words(_("Số giờ làm việc"), _("Thời gian tối đa của bước, 8 giờ là một ngày làm việc.")),
        "outcomes": Words(_("Các hướng xử lý"), _("Hướng đầu tiên là hướng thông thường.")),
        "name": Words(_("Tên bước"), _("Để trống là lấy tên của việc phải làm.")),
        "when": Words(_("Chỉ thực hiện khi"), _("Không đúng điều kiện thì bước được bỏ qua theo hướng đầu tiên.")),
        "consults": Words(_("Lấy ý kiến"), _("Các cơ quan được hỏi song song khi bước bắt đầu.")),
        "prints": Words(_("Giấy tờ được lập"), _("Loại giấy tờ mà bước này in ra, mỗi dòng một loại.")),
        "needs": Words(_("Phải có trước khi kết thúc"), _("Bước chỉ kết thúc khi đã đủ các điều này.")),
        "signs": Words(_("Ký số"), _("Chọn nếu người thực hiện phải ký số ở bước này.")),
    },
    parts.Limits: {
        "supplement": Words(_("Thời hạn bổ sung hồ sơ"), _("Thời gian để người nộp bổ sung, hoàn thiện.")),
        "supplement_at_intake": Words(
            _("Thời hạn bổ sung khi tiếp nhận"), _("Chỉ ghi khi khác với thời hạn bổ sung trong quá trình thẩm định.")
        ),
        "supplement_times": Words(_("Số lần yêu cầu bổ sung"), _("Số lần được yêu cầu trong quá trình thẩm định.")),
        "payment": Words(_("Thời hạn nộp phí"), _("Thời gian để người nộp thanh toán khi được yêu cầu.")),
        "extension_times": Words(_("Số lần xin lỗi, hẹn lại"), _("Số lần được gia hạn thời gian giải quyết bằng văn bản xin lỗi.")),
    },
    parts.Process: {
        "intake_hours": Words(_("Số giờ tiếp nhận"), _("Thời gian để bộ phận một cửa kiểm tra và tiếp nhận hồ sơ.")),
        "clock": Words(_("Thời hạn bắt đầu tính khi"), _("Điều phải có để thời hạn giải quyết bắt đầu.")),
        "limits": Words(_("Giới hạn tạm dừng"), _("Thời hạn giải quyết được tạm dừng bao lâu.")),
        "steps": Words(_("Các bước xử lý"), _("Các bước bên trong cơ quan, bắt đầu từ bước đầu tiên.")),
    },
}  # fmt: skip

_VALUES: dict[tuple[type, str], dict[str, Text]] = {
    (parts.Channel, "channel"): {
        "online": _("Trực tuyến"),
        "in_person": _("Trực tiếp"),
        "post": _("Bưu chính công ích"),
    },
    (TimeLimit, "unit"): {
        "working_days": _("ngày làm việc"),
        "calendar_days": _("ngày"),
        "hours": _("giờ làm việc"),
        "months": _("tháng"),
    },
    (parts.Result, "type"): {
        "notice": _("Thông báo"),
        "decision": _("Quyết định"),
        "licence": _("Giấy phép"),
        "certificate": _("Giấy chứng nhận, chứng chỉ"),
        "document": _("Văn bản"),
    },
    (parts.Record, "kind"): {
        "filed_here": _("Nộp tại đây"),
        "filed_elsewhere": _("Nộp ở hệ thống khác"),
        "information_only": _("Chỉ cung cấp thông tin"),
    },
    (parts.Record, "service_level"): {
        "full": _("Toàn trình"),
        "partial": _("Một phần"),
        "information": _("Cung cấp thông tin"),
    },
    (parts.Record, "type"): {
        "statutory": _("Thủ tục do luật định"),
        "delegated": _("Thủ tục luật giao địa phương quy định"),
        "specific": _("Thủ tục đặc thù"),
    },
    (parts.Record, "administrative_level"): {
        "ministry": _("Cấp Bộ"),
        "province": _("Cấp tỉnh"),
        "commune": _("Cấp xã"),
    },
    (parts.Record, "subjects"): {
        "citizen": _("Công dân Việt Nam"),
        "foreigner": _("Người nước ngoài"),
        "business": _("Doanh nghiệp, hộ kinh doanh"),
        "organisation": _("Tổ chức khác"),
        "state_agency": _("Cơ quan nhà nước"),
    },
    (parts.Record, "partial_cause"): {
        "presence": _("Phải có mặt"),
        "field_verification": _("Phải kiểm tra, xác minh thực tế"),
        "incident": _("Do sự cố"),
        "technical": _("Do điều kiện kỹ thuật"),
    },
    (parts.Field, "type"): {
        "text": _("Một dòng chữ"),
        "long_text": _("Đoạn văn bản"),
        "number": _("Số"),
        "money": _("Số tiền (đồng)"),
        "date": _("Ngày, tháng, năm"),
        "choice": _("Chọn một"),
        "choices": _("Chọn nhiều"),
        "yes_no": _("Có hoặc không"),
        "email": _("Thư điện tử"),
        "phone": _("Số điện thoại"),
        "citizen_id": _("Số định danh cá nhân"),
        "tax_code": _("Mã số thuế"),
        "address": _("Địa chỉ, viết một dòng"),
        "table": _("Bảng nhiều dòng"),
        "year": _("Năm"),
        "place": _("Địa chỉ theo tỉnh, xã"),
        "person": _("Thông tin cá nhân"),
        "organisation": _("Thông tin tổ chức"),
        "group": _("Nhóm câu hỏi"),
        "file": _("Tệp đính kèm"),
        "computed": _("Kết quả tính"),
        "note": _("Lời nhắc"),
    },
    (parts.Field, "layout"): {
        "cards": _("Mỗi dòng một thẻ"),
        "grid": _("Như bảng tính"),
    },
    (parts.Field, "shown_as"): {
        "text": pgettext_lazy("way to show", "Chữ"),
        "number": pgettext_lazy("way to show", "Số"),
        "money": _("Số tiền"),
        "date": _("Ngày"),
    },
    (parts.Field, "tone"): {
        "info": _("Thông tin"),
        "warning": _("Cảnh báo"),
    },
    (parts.Check, "level"): {
        "error": _("Lỗi, phải sửa"),
        "warning": _("Nhắc nhở"),
    },
    (parts.Tiers, "mode"): {
        "whole": _("Cả giá trị theo một bậc"),
        "sliced": _("Từng phần theo bậc của nó"),
    },
    (parts.FeeLine, "kind"): {
        "fee": _("Phí"),
        "levy": _("Lệ phí"),
    },
    (parts.FeeLine, "due"): {
        "before_acceptance": _("Trước khi hồ sơ được tiếp nhận"),
        "before_result": _("Trước khi nhận kết quả"),
    },
    (parts.Step, "act"): {
        "assign": _("Phân công thụ lý"),
        "appraise": _("Thẩm định hồ sơ"),
        "approve": _("Phê duyệt kết quả"),
        "stamp": _("Cấp số, đóng dấu"),
        "return_result": _("Trả kết quả"),
    },
    (parts.Step, "role"): {
        "receiver": _("Cán bộ tiếp nhận"),
        "cashier": _("Kế toán"),
        "head": _("Lãnh đạo phòng"),
        "appraiser": _("Chuyên viên thụ lý"),
        "leader": _("Lãnh đạo cơ quan"),
        "clerk": _("Văn thư"),
        "returner": _("Cán bộ trả kết quả"),
        "controller": _("Cán bộ kiểm soát thủ tục hành chính"),
        "administrator": _("Quản trị hệ thống"),
    },
    (parts.Step, "needs"): {
        "fee_paid": _("Đã nộp phí, lệ phí"),
        "result_draft": _("Đã có dự thảo kết quả"),
        "opinions": _("Đã có ý kiến của các cơ quan được hỏi"),
    },
    (parts.Process, "clock"): {
        "accepted": _("Hồ sơ hợp lệ được tiếp nhận"),
        "accepted_and_paid": _("Hồ sơ hợp lệ được tiếp nhận và đã nộp phí"),
    },
}


def label(shape: type, key: str) -> str:
    """What a key is called: the key itself when nobody named it."""
    words = KEYS.get(shape, {}).get(key)
    return str(words.label) if words else key


def help_text(shape: type, key: str) -> str:
    """One sentence about what to write there; empty when nobody wrote it."""
    words = KEYS.get(shape, {}).get(key)
    return str(words.help) if words else ""


def values(shape: type, key: str) -> dict[str, str]:
    """The words that may stand at a key, each with its name; empty for a key that takes anything."""
    return {word: str(name) for word, name in _VALUES.get((shape, key), {}).items()}


def value(shape: type, key: str, word: Any) -> str:
    """What a word is called: the word itself when nobody named it."""
    return str(_VALUES.get((shape, key), {}).get(word, word))


def name(shape: type) -> str:
    """What one such thing is called."""
    return str(NAMES[shape])


def any_label(key: str) -> str:
    """What a key is called wherever it stands, where all who have it agree or nearly so; else the key."""
    return next((str(keys[key].label) for keys in KEYS.values() if key in keys), key)
