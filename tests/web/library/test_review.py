"""Verbs of review: two people, undo, split, merge, add, and that nothing changes without an event."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.library.domain import reshape, review
from kechuang.web.library.models import DraftItem


def test_a_measure_needs_two_different_people(document, measure, cast, second):
    review.confirm(measure.pk, document.public_id, actor=cast.officer)
    measure.refresh_from_db()
    assert (measure.status, measure.settled, measure.waits_for_second) == ("confirmed", False, True)
    with pytest.raises(UserError, match="两个人"):
        review.confirm(measure.pk, document.public_id, actor=cast.officer)
    item = review.confirm(measure.pk, document.public_id, actor=second)
    assert item.settled
    assert (item.confirmed_by, item.second_by) == (cast.officer, second)
    with pytest.raises(UserError, match="已经确认"):
        review.confirm(measure.pk, document.public_id, actor=second)


def test_the_database_refuses_one_person_twice(document, measure, cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftItem.objects.filter(pk=measure.pk).update(confirmed_by=cast.officer, second_by=cast.officer)


def test_targets_and_tasks_need_one(document, cast):
    target = document.draft.items.filter(kind="target").first()
    assert review.confirm(target.pk, document.public_id, actor=cast.officer).settled


def test_a_change_takes_the_signatures_away(document, measure, cast, second):
    review.confirm(measure.pk, document.public_id, actor=cast.officer)
    review.confirm(measure.pk, document.public_id, actor=second)
    item = review.edit(measure.pk, document.public_id, {**measure.fields, "rate": "0.06"}, actor=second)
    assert (item.status, item.confirmed_by, item.second_by, item.settled) == ("edited", None, None, False)


def test_undo_goes_back_step_by_step(document, measure, cast, second):
    review.confirm(measure.pk, document.public_id, actor=cast.officer)
    review.edit(measure.pk, document.public_id, {**measure.fields, "rate": "0.06"}, actor=second)
    review.reject(measure.pk, document.public_id, actor=second)
    assert review.undo(measure.pk, document.public_id, actor=second).status == "edited"
    back = review.undo(measure.pk, document.public_id, actor=second)
    back.refresh_from_db()
    assert (back.status, back.fields["rate"], back.confirmed_by) == ("confirmed", "0.05", cast.officer)
    assert review.undo(measure.pk, document.public_id, actor=second).status == "proposed"
    with pytest.raises(UserError, match="没有可以撤销"):
        review.undo(measure.pk, document.public_id, actor=second)


def test_two_people_cannot_overwrite_each_other_unseen(document, measure, cast, second):
    review.reject(measure.pk, document.public_id, actor=cast.officer, version=1)
    with pytest.raises(UserError) as caught:
        review.edit(measure.pk, document.public_id, {}, actor=second, version=1)
    assert caught.value.status == 409


def test_a_rule_that_does_not_compile_is_refused_and_changes_nothing(document, measure, cast):
    faulty = {"kind": "fixed", "amount_yuan": "12345678901234567890", "beneficiary": "企业"}
    with pytest.raises(UserError, match="算式有误"):
        review.edit(measure.pk, document.public_id, faulty, actor=cast.officer)
    measure.refresh_from_db()
    assert (measure.status, measure.version, measure.fields["rate"]) == ("proposed", 1, "0.05")


def test_split_and_undo(document, measure, cast):
    at = measure.start + measure.quote.index("按研发费用")
    first, other = reshape.split(measure.pk, document.public_id, at, actor=cast.officer)
    assert first.quote + other.quote == measure.quote
    assert (first.status, other.status) == ("edited", "added")
    assert other.fields["rate"] == "0.05"
    back = review.undo(first.pk, document.public_id, actor=cast.officer)
    other.refresh_from_db()
    assert (back.quote, back.status, other.status) == (measure.quote, "proposed", "rejected")


def test_merge_and_undo(document, measure, cast):
    following = reshape.following(measure)
    item = reshape.merge(measure.pk, document.public_id, actor=cast.officer)
    following.refresh_from_db()
    assert item.end == following.end
    assert (item.status, following.status, item.fields["rate"]) == ("edited", "rejected", "0.05")
    review.undo(item.pk, document.public_id, actor=cast.officer)
    following.refresh_from_db()
    item.refresh_from_db()
    assert (item.quote, following.status) == (measure.quote, "proposed")


def test_add_by_words_and_by_place(document, cast):
    made = reshape.add(document, "measure", actor=cast.officer, quote="本年度安排专项资金 3000万元。")
    assert (made.quote, made.clause, made.status) == ("本年度安排专项资金3000万元。", "4", "added")
    at = document.text.index("市科技局牵头")
    made = reshape.add(document, "task", actor=cast.officer, start=at, end=at + 16)
    assert made.fields["actor"] == "市科技局"


@pytest.mark.parametrize(
    ("quote", "said"), [("短", "至少四个字"), ("没有这样的一段话", "没有这段话"), ("给予补助，", "不止一处")]
)
def test_words_that_do_not_say_where(document, cast, quote, said):
    with pytest.raises(UserError, match=said):
        reshape.add(document, "measure", actor=cast.officer, quote=quote)


def test_every_change_leaves_one_event(document, measure, cast, second):
    before = AuditEvent.objects.count()
    review.confirm(measure.pk, document.public_id, actor=cast.officer)
    review.confirm(measure.pk, document.public_id, actor=second)
    review.reject(measure.pk, document.public_id, actor=second)
    review.undo(measure.pk, document.public_id, actor=second)
    events = list(AuditEvent.objects.order_by("pk")[before:])
    assert [event.action for event in events] == [
        "library.confirm", "library.confirm_second", "library.reject", "library.undo"]  # fmt: skip
    assert {event.object_id for event in events} == {f"{document.public_id}/{measure.pk}"}
    assert events[3].after == events[2].before


@pytest.mark.parametrize("who", ["firm_a", "county_officer", "auditor"])
def test_only_officers_change_anything(document, measure, cast, who):
    actor = getattr(cast, who)
    for change in (
        lambda: review.confirm(measure.pk, document.public_id, actor=actor),
        lambda: review.reject(measure.pk, document.public_id, actor=actor),
        lambda: review.edit(measure.pk, document.public_id, {}, actor=actor),
        lambda: review.undo(measure.pk, document.public_id, actor=actor),
        lambda: reshape.merge(measure.pk, document.public_id, actor=actor),
        lambda: reshape.split(measure.pk, document.public_id, measure.start + 5, actor=actor),
        lambda: reshape.add(document, "measure", actor=actor, start=0, end=5),
    ):
        with pytest.raises(UserError) as caught:
            change()
        assert caught.value.status == 403
    measure.refresh_from_db()
    assert (measure.status, measure.version) == ("proposed", 1)
