from django.urls import path

from motcua.portal.catalogue import views

urlpatterns = [
    path("", views.home, name="home"),
    path("thu-tuc/", views.procedures, name="procedures"),
    path("nop-ho-so/", views.file, name="file"),
    path("thu-tuc/goi-y/", views.suggest, name="suggest"),
    path("thu-tuc/<str:number>/", views.procedure, name="procedure"),
    path("thu-tuc/<str:number>/in/", views.procedure_print, name="procedure_print"),
    path("thong-ke/", views.statistics, name="statistics"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.txt", views.sitemap, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
]
