from django.urls import path

from motcua.portal.filing import papers, views

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
    path(f"{_DRAFT}<str:step>/", views.step, name="filing_step"),
    path("ma-xac-nhan/<str:key>/anh.png", views.code_picture, name="code_picture"),
    path("ma-xac-nhan/<str:key>/nghe.wav", views.code_sound, name="code_sound"),
]
