"""The administrator's page of rules, and their trial on a dossier."""

from html import unescape

import pytest
from django.urls import reverse

from motcua.dossiers.models import AssignmentRule


@pytest.fixture
def with_chi(chi, department):
    return chi


def given(chi, **more):
    return {"name": "Công bố hợp chuẩn", "method": "person", "people": [chi.pk], "is_active": "yes"} | more


def test_a_rule_is_made_tried_on_a_dossier_and_removed(console, with_chi, submitted, department):
    page = f"{reverse('console:assignment_add')}?don-vi={department.code}"
    assert console.get(page).status_code == 200
    answer = console.post(page, given(with_chi, procedure="2.001207"))
    assert answer.status_code == 302
    rule = AssignmentRule.objects.get()
    shown = unescape(console.get(f"{reverse('console:assignment')}?don-vi={department.code}&ho-so={submitted.code}").content.decode())
    assert "Hồ sơ mẫu này sẽ giao cho Phạm Thị Chi." in shown
    assert console.get(reverse("console:assignment_rule", args=[rule.pk])).status_code == 200
    console.post(reverse("console:assignment_remove", args=[rule.pk]))
    shown = unescape(console.get(f"{reverse('console:assignment')}?don-vi={department.code}&ho-so={submitted.code}").content.decode())
    assert "Không quy tắc nào giao hồ sơ này" in shown


def test_what_is_wrong_with_a_condition_is_said_on_its_page(console, with_chi, version, department):
    page = f"{reverse('console:assignment_add')}?don-vi={department.code}"
    answer = console.post(page, given(with_chi, procedure="2.001207", condition="khong_co > 5"))
    assert 'href="#condition"' in answer.content.decode()
    assert answer.status_code == 422
    assert "khong_co" in unescape(answer.content.decode())
    assert not AssignmentRule.objects.exists()


def test_people_of_another_unit_cannot_be_chosen(console, with_chi, giang, department):
    answer = console.post(f"{reverse('console:assignment_add')}?don-vi={department.code}", given(giang))
    assert answer.status_code == 422


def test_the_page_of_rules_costs_the_same_for_many(console, with_chi, department, django_assert_max_num_queries):
    for number in range(12):
        console.post(f"{reverse('console:assignment_add')}?don-vi={department.code}", given(with_chi, name=f"Quy tắc {number}"))
    with django_assert_max_num_queries(16):
        assert "Quy tắc 11" in unescape(console.get(reverse("console:assignment")).content.decode())


def test_without_anybody_to_assign_to_the_page_says_so(console):
    assert "Chưa có đơn vị nào có chuyên viên thụ lý" in unescape(console.get(reverse("console:assignment")).content.decode())
