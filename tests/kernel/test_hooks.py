"""A hook lets a higher feature add to a lower one: names, order, refusals, and how far it is read."""

import pytest

from tutoring.kernel.hooks import Hook


def test_results_come_in_the_order_of_registration_without_those_who_have_none() -> None:
    hook: Hook[[int], str] = Hook("test.results")

    @hook.register
    def first(number: int) -> str | None:
        return f"first {number}"

    @hook.register
    def none(_number: int) -> str | None:
        return None

    @hook.register
    def empty(_number: int) -> str | None:
        return ""

    assert list(hook.collect(3)) == ["first 3", ""] and first(4) == "first 4"


def test_a_lower_order_comes_first_and_equal_orders_stay_as_they_came() -> None:
    hook: Hook[[], str] = Hook("test.order")
    hook.register(order=2)(lambda: "last")
    hook.register(lambda: "first of equals")
    hook.register(order=-1)(lambda: "first")
    hook.register(lambda: "second of equals")
    assert list(hook.collect()) == ["first", "first of equals", "second of equals", "last"]


def test_only_as_many_are_called_as_are_needed() -> None:
    called: list[str] = []

    def says(name: str, answer: bool) -> bool:
        called.append(name)
        return answer

    hook: Hook[[], bool] = Hook("test.lazy")
    hook.register(lambda: says("no", False))
    hook.register(lambda: says("yes", True))
    hook.register(lambda: says("never asked", True))
    assert any(hook.collect()) and called == ["no", "yes"]


def test_a_hook_at_which_nothing_is_registered_has_no_results() -> None:
    hook: Hook[[int], str] = Hook("test.nothing")
    assert list(hook.collect(1)) == []


def test_a_function_is_registered_once_and_the_error_names_hook_and_function() -> None:
    hook: Hook[[], str] = Hook("test.twice")

    def panel() -> str:
        return "panel"

    hook.register(panel)
    with pytest.raises(ValueError, match=r"panel.*test\.twice"):
        hook.register(panel)
    with pytest.raises(ValueError, match=r"panel.*test\.twice"):
        hook.register(order=5)(panel)
    assert list(hook.collect()) == ["panel"]


def test_two_hooks_have_two_names() -> None:
    hook: Hook[[], str] = Hook("test.name")
    with pytest.raises(ValueError, match=r"test\.name"):
        Hook[[], str]("test.name")
    assert hook.name == "test.name"


def test_what_a_function_raises_reaches_the_caller() -> None:
    hook: Hook[[], int] = Hook("test.raises")

    @hook.register
    def broken() -> int | None:
        raise LookupError("of the feature")

    with pytest.raises(LookupError, match="of the feature"):
        list(hook.collect())
