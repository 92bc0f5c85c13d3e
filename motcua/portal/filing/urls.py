from django.urls import path

from motcua.portal.filing import papers, tus, views

_DRAFT = "nop-ho-so/<uuid:public_id>/"
urlpatterns = [
    path("thu-tuc/<str:number>/nop/", views.start, name="start"),
    path(f"{_DRAFT}luu-nhap/", views.autosave, name="autosave"),
    path(f"{_DRAFT}ma-xac-nhan/", views.new_code, name="new_code"),
    path(f"{_DRAFT}da-nop/", views.submitted, name="submitted"),
    path(f"{_DRAFT}da-nop/thong-bao/", views.acknowledgement, name="acknowledgement"),
    path(f"{_DRAFT}giay-to/<str:component_id>/tai-len/", papers.upload, name="upload"),
    path(f"{_DRAFT}giay-to/<int:pk>/go/", papers.detach, name="detach"),
    path(f"{_DRAFT}tep/<int:pk>/", papers.document, name="document"),
    path(f"{_DRAFT}tep/<int:pk>/anh/", papers.thumbnail, name="thumbnail"),
    path(f"{_DRAFT}tep/<int:pk>/trang/<int:number>/", papers.thumbnail, name="page_picture"),
    path(f"{_DRAFT}giay-to/<int:pk>/giu/", papers.keep, name="keep_paper"),
    path(f"{_DRAFT}giay-to/<int:pk>/ngay/", papers.dates, name="date_paper"),
    path(f"{_DRAFT}giay-to/<str:component_id>/danh-sach/", papers.listed, name="paper_files"),
    path(f"{_DRAFT}giay-to/<str:component_id>/co-san/", papers.existing, name="existing_papers"),
    path(f"{_DRAFT}giay-to/<str:component_id>/ghep-anh/", papers.join, name="join_photos"),
    path(f"{_DRAFT}giay-to/<str:component_id>/ban-in/", papers.form_preview, name="form_preview"),
    path(f"{_DRAFT}giay-to/<str:component_id>/mau/", papers.template, name="paper_template"),
    path(f"{_DRAFT}tai-tep/", tus.uploads, name="tus"),
    path(f"{_DRAFT}tai-tep/<uuid:upload_id>/", tus.upload, name="tus_upload"),
    path(f"{_DRAFT}tai-tep/<uuid:upload_id>/xong/", tus.finish, name="tus_finish"),
    path(f"{_DRAFT}tai-tep/<uuid:upload_id>/bo/", papers.drop, name="drop_upload"),
    path(f"{_DRAFT}to-khai/bang/<str:table>/", views.read_rows, name="read_rows"),
    path(f"{_DRAFT}to-khai/bang/<str:table>/mau.xlsx", views.table_form, name="table_form"),
    path(f"{_DRAFT}to-khai/<int:number>/", views.step, {"step": "to-khai"}, name="form_page"),
    path(f"{_DRAFT}<str:step>/", views.step, name="filing_step"),
    path("dia-danh/<str:province>/", views.communes, name="communes"),
    path("ma-xac-nhan/<str:key>/anh.png", views.code_picture, name="code_picture"),
    path("ma-xac-nhan/<str:key>/nghe.wav", views.code_sound, name="code_sound"),
]
