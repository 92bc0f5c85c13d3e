import pytest
from django.test import RequestFactory

from motcua.ui import views
from motcua.ui.display import Display


def wish(query: str):
    return views.display(RequestFactory().get(f"/hien-thi/?{query}"))


def test_a_wish_is_kept_and_one_goes_back_to_the_same_page():
    response = wish("chu=2&ve=/thu-tuc/?q=bức+xạ")

    assert response.status_code == 302
    assert response["Location"].startswith("/thu-tuc/?q=")
    assert response.cookies["mc_text"].value == "2"
    assert "mc_contrast" not in response.cookies


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "https:///evil.example",
        "",
    ],
)
def test_one_is_never_sent_to_another_place(back):
    assert wish(f"tuong-phan=1&ve={back}")["Location"] == "/"


def test_an_unknown_wish_keeps_nothing():
    assert not wish("chu=9&tuong-phan=x&ve=/").cookies


@pytest.mark.parametrize(("cookies", "classes"), [
    ({}, "mc-text-1"),
    ({"mc_text": "3", "mc_contrast": "1"}, "mc-text-3 mc-contrast"),
    ({"mc_text": '"><b>', "mc_contrast": "yes"}, "mc-text-1"),
])  # fmt: skip
def test_the_page_is_drawn_as_wished_from_the_first_byte(cookies, classes):
    request = RequestFactory().get("/")
    request.COOKIES = cookies

    assert Display.of(request).classes == classes


def test_text_grows_and_shrinks_within_its_bounds():
    assert (Display(text=0).smaller, Display(text=3).larger, Display(text=1).larger) == (0, 3, 2)
