"""Addresses of accounts, included at /tai-khoan/. The names are those that django-allauth looks up."""

from allauth.account import views as library
from django.urls import URLPattern, path, re_path

from motcua.portal.account import views

urlpatterns: list[URLPattern] = [
    path("dang-nhap/", views.login, name="account_login"),
    path("dang-xuat/", library.logout, name="account_logout"),
    path("dang-ky/", views.signup, name="account_signup"),
    path("dang-ky/to-chuc/", views.signup_organisation, name="account_signup_organisation"),
    path("xac-minh-thu/", views.confirm_email, name="account_email_verification_sent"),
    path("quen-mat-khau/", library.password_reset, name="account_reset_password"),
    path("quen-mat-khau/da-gui/", library.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^dat-lai-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        library.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "dat-lai-mat-khau/xong/",
        library.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("doi-mat-khau/", library.password_change, name="account_change_password"),
    path("dat-mat-khau/", library.password_set, name="account_set_password"),
    path("nhap-lai-mat-khau/", library.reauthenticate, name="account_reauthenticate"),
    path("bi-khoa/", library.account_inactive, name="account_inactive"),
    path("thu-dien-tu/", views.email, name="account_email"),
    path("thong-tin/", views.profile, name="account_profile"),
    path("vao/", views.entry, name="account_entry"),
    path("du-lieu-ca-nhan/", views.privacy, name="account_privacy"),
]
