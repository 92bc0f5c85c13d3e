"""Addresses of the officers' pages, below /can-bo/."""

from django.urls import include, path

from motcua.desk.bulk import views as bulk
from motcua.desk.counter import urls as counter
from motcua.desk.handover import views as handover
from motcua.desk.results import urls as results
from motcua.desk.views import board, charges, checking, dossier, inbox, money, notices, papers, past, reports, team

app_name = "desk"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("danh-sach.xlsx", inbox.export, name="export"),
    path("cot/", inbox.choose_columns, name="columns"),
    path("bo-loc/", inbox.save_view, name="save_view"),
    path("bo-loc/<int:pk>/", inbox.change_view, name="change_view"),
    path("tong-hop/", board.board, name="board"),
    path("tong-hop/ho-so/", board.board_dossiers, name="board_dossiers"),
    path("bao-cao/", reports.statistics, name="reports"),
    path("bao-cao/ho-so/", reports.dossiers, name="report_dossiers"),
    path("bao-cao/bieu.xlsx", reports.statistics_sheet, name="report_sheet"),
    path("bao-cao/bieu.pdf", reports.statistics_paper, name="report_paper"),
    path("so-theo-doi/", reports.register, name="register"),
    path("so-theo-doi/so.xlsx", reports.register_sheet, name="register_sheet"),
    path("so-theo-doi/so.pdf", reports.register_paper, name="register_paper"),
    path("thu-phi/", charges.charges, name="charges"),
    path("thu-phi/<str:code>/", money.payment, name="payment"),
    path("tiep-nhan-truc-tiep/", include(counter.urlpatterns)),
    *results.urlpatterns,
    path("bo-sung/", notices.decisions, name="notices"),
    path("bo-sung/cho-phep/<int:pk>/", notices.decide, name="override_decide"),
    path("bo-sung/tra-loi/<int:pk>/", notices.answer, name="objection_answer"),
    path("ly-do-tra/", notices.why_returned, name="why_returned"),
    path("giay/<uuid:paper_id>/", papers.paper, name="paper"),
    path("hang-loat/", bulk.runs, name="bulk"),
    path("hang-loat/lam/", bulk.order, name="bulk_order"),
    path("hang-loat/<uuid:public_id>/", bulk.run, name="bulk_run"),
    path("hang-loat/<uuid:public_id>/tep/", bulk.merged, name="bulk_file"),
    path("ban-giao/", handover.handovers, name="handovers"),
    path("ban-giao/lap/", handover.gather, name="handover_gather"),
    path("ban-giao/<int:pk>/", handover.slip, name="handover"),
    path("ban-giao/<int:pk>/phieu/", handover.paper, name="handover_paper"),
    path("vang-mat/", team.absence, name="absence"),
    path("vang-mat/<int:pk>/ket-thuc/", team.end_absence, name="absence_end"),
    path("mau-cau/", team.phrases, name="phrases"),
    path("mau-cau/<int:pk>/", team.phrase, name="phrase"),
    path("mau-cau/<int:pk>/xoa/", team.remove_phrase, name="phrase_remove"),
    path("ho-so/<str:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<str:code>/tep/<int:pk>/", papers.document, name="document"),
    path("ho-so/<str:code>/tai-thoi-diem/", past.past, name="past"),
    path("ho-so/<str:code>/kiem-tra/", checking.check, name="check"),
    path("ho-so/<str:code>/de-nghi-yeu-cau-lai/", notices.ask_override, name="ask_override"),
    path("ho-so/<str:code>/du-thao/", papers.draft_result, name="draft_result"),
    path("ho-so/<str:code>/phieu-kiem-soat/", papers.control_slip, name="control_slip"),
    path("ho-so/<str:code>/to-khai/<str:component_id>/", papers.form, name="form"),
    path("ho-so/<str:code>/<slug:slug>/", dossier.act, name="act"),
]
