from stream.cli.shown.curves import POINTS, drawn, rolling


def test_a_point_is_the_share_of_hits_among_the_last_questions_once_there_are_so_many() -> None:
    # given five questions and a window of three: yes yes no, yes no no, no no yes
    assert rolling([True, True, False, False, True], 3) == [2 / 3, 1 / 3, 1 / 3]
    assert rolling([True, False], 2) == [0.5]


def test_of_one_moment_only_the_last_point_is_drawn_and_of_many_moments_no_more_than_can_be_told_apart() -> None:
    assert drawn([5, 5, 7, 9, 9, 9]) == [1, 2, 5]
    places = drawn(list(range(3 * POINTS - 1)))
    assert (len(places), places[-1] - places[0]) == (POINTS, 3 * (POINTS - 1))
    assert places[-1] == 3 * POINTS - 2
