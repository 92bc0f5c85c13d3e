"""The editor's addresses, below a procedure's."""

from collections.abc import Callable

from django.http.response import HttpResponseBase

from motcua.console.editor import files, previewing, source, verifying, views

# Route, view, name; the administrator's pages guard them all.
PAGES: tuple[tuple[str, Callable[..., HttpResponseBase], str], ...] = (
    ("thu-tuc/<str:number>/soan/", views.first, "editor_first"),
    ("thu-tuc/<str:number>/soan/loi/", views.mistakes, "editor_mistakes"),
    ("thu-tuc/<str:number>/soan/vi-du/", source.examples, "editor_examples"),
    ("thu-tuc/<str:number>/soan/chua-xac-minh/", verifying.unverified, "editor_unverified"),
    ("thu-tuc/<str:number>/soan/mau-in/", files.files, "editor_files"),
    ("thu-tuc/<str:number>/soan/mau-in/<str:name>/", files.template, "editor_template"),
    ("thu-tuc/<str:number>/soan/van-ban-nguon/", source.source, "editor_source"),
    ("thu-tuc/<str:number>/soan/xem-truoc/<str:kind>/", previewing.preview, "editor_preview"),
    ("thu-tuc/<str:number>/soan/<str:slug>/", views.page, "editor"),
    ("thu-tuc/<str:number>/soan/<str:slug>/<path:rest>/", views.page, "editor_item"),
)
