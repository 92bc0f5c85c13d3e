from django.urls import path

from motcua.portal.payment import views

urlpatterns = [
    path("thanh-toan/", views.payments, name="payments"),
    path("thanh-toan/<int:charge_id>/", views.pay, name="pay"),
    path("thanh-toan/<int:charge_id>/bat-dau/", views.start, name="pay_start"),
    path("thanh-toan/<int:charge_id>/kiem-tra/", views.check, name="payment_check"),
    path("thanh-toan/ket-qua/<str:gateway>/", views.come_back, name="payment_return"),
    path("thanh-toan/thong-bao/<str:gateway>/", views.ipn, name="ipn"),
]
