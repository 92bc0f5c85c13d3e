"""The lists of the desk: the word in addresses, the name, the states that each holds, what to say when it is empty."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.states import ENDED, WAITS_FOR_OWNER, State

UNDER_WAY = frozenset(State) - ENDED - {State.DRAFT}
WITH_DEADLINE = UNDER_WAY - {State.SETTLED}


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the desk. `key` is its letter after "g" on the keyboard."""

    key: str
    name: str | Promise
    states: frozenset[str]
    empty: str | Promise
    advice: str | Promise
    letter: str = ""

    @property
    def by_deadline(self) -> bool:
        """Whether the nearest deadline stands first; else the newest filing does."""
        return not self.states & ENDED


MINE = Tab(
    "viec",
    _("Việc của tôi"),
    UNDER_WAY,
    _("Không có việc nào đang chờ Ông/Bà"),
    _("Việc mới sẽ hiện ở đây, việc gần hết hạn đứng trước. Các mục khác cho xem toàn bộ hồ sơ của đơn vị."),
    "v",
)
UNASSIGNED = Tab(
    "chua-phan-cong",
    _("Chưa phân công"),
    frozenset({State.ACCEPTED, State.PROCESSING}),
    _("Hồ sơ nào của đơn vị cũng đã có người thụ lý"),
    _("Hồ sơ chờ phân công hoặc chưa ai nhận thẩm định sẽ hiện ở đây, hồ sơ gần hết hạn đứng trước."),
    "p",
)
WAITING = Tab(
    "cho-nguoi-khac",
    _("Chờ người khác"),
    UNDER_WAY,
    _("Không có hồ sơ nào phải chờ"),
    _("Hồ sơ chờ người nộp, chờ đơn vị khác cho ý kiến, hoặc Ông/Bà đã xử lý xong phần việc của mình."),
    "c",
)
TODAY = Tab(
    "hom-nay",
    _("Hôm nay đến hạn"),
    WITH_DEADLINE,
    _("Hôm nay không có hồ sơ nào đến hạn"),
    _("Hồ sơ có thời hạn rơi vào phần còn lại của hôm nay sẽ hiện ở đây; hồ sơ đã quá hạn nằm ở mục bên cạnh."),
    "h",
)
LATE = Tab(
    "qua-han",
    _("Quá hạn"),
    WITH_DEADLINE,
    _("Không có hồ sơ quá hạn"),
    _("Hồ sơ đã qua thời hạn của trạng thái hiện tại sẽ hiện ở đây, hồ sơ trễ lâu nhất đứng trước."),
    "q",
)
MENTIONED = Tab(
    "nhac-den",
    _("Nhắc đến tôi"),
    UNDER_WAY | ENDED,
    _("Chưa có ghi chú nào nhắc đến Ông/Bà"),
    _("Hồ sơ có ghi chú nội bộ nhắc tên Ông/Bà sẽ hiện ở đây."),
    "n",
)
SUBMITTED = Tab(
    "tiep-nhan",
    _("Chờ tiếp nhận"),
    frozenset({State.SUBMITTED}),
    _("Không có hồ sơ chờ tiếp nhận"),
    _("Hồ sơ nộp trực tuyến sẽ hiện ở đây ngay khi được nộp; thời hạn phản hồi là 08 giờ làm việc."),
    "t",
)
WAITS = Tab(
    "bo-sung",
    _("Chờ người nộp"),
    frozenset(WAITS_FOR_OWNER),
    _("Không có hồ sơ nào chờ người nộp"),
    _("Hồ sơ đã yêu cầu bổ sung hoặc nộp phí nằm ở đây cho đến khi người nộp thực hiện."),
    "b",
)
RUNNING = Tab(
    "dang-xu-ly",
    _("Đang xử lý"),
    frozenset({State.ACCEPTED, State.PROCESSING}),
    _("Không có hồ sơ đang xử lý"),
    _("Hồ sơ đã tiếp nhận nằm ở đây cho đến khi có kết quả."),
    "x",
)
SETTLED = Tab(
    "cho-tra",
    _("Chờ trả kết quả"),
    frozenset({State.SETTLED}),
    _("Không có kết quả nào chờ trả"),
    _("Kết quả đã ban hành nằm ở đây cho đến khi được trả cho người nộp."),
    "r",
)
ENDED_TAB = Tab(
    "ket-thuc",
    _("Đã kết thúc"),
    ENDED,
    _("Chưa có hồ sơ nào kết thúc"),
    _("Hồ sơ đã trả kết quả, bị từ chối, được rút hoặc dừng giải quyết sẽ nằm ở đây."),
    "k",
)
EVERYTHING = Tab(
    "tat-ca",
    _("Tất cả"),
    UNDER_WAY | ENDED,
    _("Đơn vị chưa có hồ sơ nào"),
    _("Mọi hồ sơ đã nộp đến đơn vị sẽ nằm ở đây, hồ sơ mới nhất đứng trước."),
    "a",
)

WORK = [MINE, UNASSIGNED, WAITING, TODAY, LATE, MENTIONED]  # what somebody has to do, or to look after
STATES = [SUBMITTED, WAITS, RUNNING, SETTLED, ENDED_TAB, EVERYTHING]  # where the dossiers of my units stand
TABS = [*WORK, *STATES]
BY_KEY = {tab.key: tab for tab in TABS}
