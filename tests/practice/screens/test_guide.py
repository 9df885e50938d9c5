"""The guide leads to the question of a trap and never to its answer; the page says how far the run has come."""

from collections import Counter

from flask import Flask

from tests.practice.shipped_scenarios import each, every
from tutoring.practice.engine import simulator, solver
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.screens.rendering import Play, screen_fragment
from tutoring.practice.screens.screen import shown

PLAY = Play("/", token=False)


@each
def test_the_guide_marks_the_question_of_every_trap_and_no_answer(app: Flask, scenario: Scenario) -> None:
    state, met = simulator.begin(scenario), 0
    with app.test_request_context():
        for event in scenario.events(solver.example(scenario)):
            if "choose" in event:
                met += 1
                html = str(screen_fragment(shown(scenario, state, "together", "vi"), "vi", PLAY))
                trap = html[html.index('data-control="trap:') :]
                assert trap.count("mock-next") == trap.count("Bước tiếp theo") == 1
                assert '<p class="mock-next">' in trap and 'class="hint"' not in trap
            simulator.apply(scenario, state, event)
    assert met == sum(screen.trap is not None for screen in scenario.screens.values())


def test_the_place_of_an_answer_says_nothing_about_it() -> None:
    traps = [one.trap for scenario in every().values() for one in scenario.screens.values() if one.trap]
    first = Counter(next(n for n, one in enumerate(trap.options) if one.bad) for trap in traps)
    assert len(first) >= 3 and max(first.values()) <= len(traps) / 2
    asked = [field for scenario in every().values() for screen in scenario.screens.values() for field in screen.fields]
    right = [next(n for n, one in enumerate(field.options) if one.say is None and not one.slip)
             for field in asked if any(one.say or one.slip for one in field.options)]  # fmt: skip
    assert max(Counter(right).values()) <= len(right) * 0.6


@each
def test_a_screen_says_its_number_but_not_in_an_exam_and_a_demonstration(app: Flask, scenario: Scenario) -> None:
    state = simulator.begin(scenario)
    with app.test_request_context():
        for mode in ("together", "alone"):
            html = str(screen_fragment(shown(scenario, state, mode, "vi"), "vi", PLAY))
            of = shown(scenario, state, mode, "vi").of
            assert f"<span>Bước 1 trong {of}</span>" in html and f'<progress value="1" max="{of}"' in html
        assert "<progress" not in str(screen_fragment(shown(scenario, state, "exam", "vi"), "vi", PLAY))
        assert "<progress" not in str(screen_fragment(shown(scenario, state, "watch", "vi"), "vi"))
