"""Who looked at a dossier."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.models.dossier import Dossier


class Reading(models.Model):
    """Somebody looked at a dossier's personal data (Luật Bảo vệ dữ liệu cá nhân 91/2025)."""

    class Purpose(models.TextChoices):
        VIEW_DOSSIER = "view_dossier", _("Xem hồ sơ để giải quyết")
        CHECK_DOSSIER = "check_dossier", _("Kiểm tra thành phần, nội dung hồ sơ")
        VIEW_DOCUMENT = "view_document", _("Xem giấy tờ trong hồ sơ")
        VIEW_PAPER = "view_paper", _("Xem giấy tờ đã cấp")
        PRINT_PAPERS = "print_papers", _("In giấy tờ của hồ sơ")
        VIEW_HISTORY = "view_history", _("Xem lại lịch sử hồ sơ")
        VIEW_REGISTER = "view_register", _("Xem sổ theo dõi hồ sơ")
        EXPORT_REGISTER = "export_register", _("Kết xuất sổ theo dõi hồ sơ")
        EXPORT_LIST = "export_list", _("Tải danh sách hồ sơ")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="readings")
    actor_id = models.CharField(max_length=60)
    actor_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=40, choices=Purpose)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dossier", "-read_at"], name="reading_of_dossier")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.purpose}"
