"""Names compared: what can be one person's, what cannot; nothing about who is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.names import Likeness, alike, likeness, parse_name

ONE = [
    ("José García", "Jose Garcia", Likeness.SAME),
    ("Jun-Yan Zhu", "Junyan Zhu", Likeness.SAME),
    ("Jun-Yan Zhu", "Jun Yan Zhu", Likeness.SAME),
    ("Smith, John", "John Smith", Likeness.SAME),
    ("Иван Петров", "Ivan Petrov", Likeness.SAME),
    ("Jiawen Liu", "Liu Jiawen", Likeness.ORDER),
    ("刘佳文", "Jiawen Liu", Likeness.ORDER),
    ("Hans Müller", "Hans Mueller", Likeness.SPELLING),
    ("John A. Smith", "John Smith", Likeness.SHORTER),
    ("Antonio Moreno", "Antonio Moreno-Sandoval", Likeness.SHORTER),
    ("J. Smith", "John Smith", Likeness.INITIALS),
    ("YJ Park", "Yong Jin Park", Likeness.INITIALS),
    ("Y. J. Park", "Yong-Jin Park", Likeness.INITIALS),
    ("L. van Beethoven", "Ludwig van Beethoven", Likeness.INITIALS),
]
TWO = [
    ("John Smith", "Jane Smith"),
    ("Bo Li", "Bo Liu"),
    ("A. B. Smith", "A. C. Smith"),
    ("Wu", "Wu Bing"),
    ("Ann Lee", "Anna Lee"),
    ("", "Ann Lee"),
]


@pytest.mark.parametrize(("one", "other", "how"), ONE)
def test_names_of_one_person_are_like_in_a_way_that_is_told(one: str, other: str, how: Likeness) -> None:
    assert likeness(parse_name(one), parse_name(other)) is how
    assert likeness(parse_name(other), parse_name(one)) is how


@pytest.mark.parametrize(("one", "other"), TWO)
def test_names_of_two_people_are_not_alike(one: str, other: str) -> None:
    assert likeness(parse_name(one), parse_name(other)) is None
    assert likeness(parse_name(other), parse_name(one)) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_of_any_two_texts_is_symmetric(one: str, other: str) -> None:
    assert likeness(parse_name(one), parse_name(other)) is likeness(parse_name(other), parse_name(one))


@given(st.lists(st.sampled_from(sorted({name for pair in (*ONE, *TWO) for name in pair[:2]})), max_size=12))
def test_pairs_are_found_without_comparing_all(names: list[str]) -> None:
    parsed = [parse_name(name) for name in names]
    every = [
        (i, j, how)
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if (how := likeness(parsed[i], parsed[j])) is not None
    ]
    assert alike(names) == every


def test_pairs_of_a_few_names_hold_one_of_them() -> None:
    names = ["John Smith", "J. Smith", "Ann Lee", "Lee Ann"]
    assert alike(names, {2}) == [(2, 3, Likeness.ORDER)]
