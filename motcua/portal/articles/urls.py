from django.urls import path

from motcua.portal.articles import views

urlpatterns = [
    path("huong-dan/", views.articles, name="articles"),
    path("huong-dan/<slug:slug>/", views.article, name="article"),
    path("huong-dan/<slug:slug>/danh-gia/", views.rate, name="article_rate"),
]
