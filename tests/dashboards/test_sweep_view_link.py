"""The link of the Sweeps page."""

from dashboards.page_link import parse_link


def test_former_names_of_the_factors_of_a_sweep_are_read():
    link, notes = parse_link("s=us-iran-2026&page=sweeps&across=states.iran.patience&upwards=facilitation.shading")
    assert link.sweep_view[2:4] == ("states.iran.discount_factor", "facilitation.distortion")
    assert len(notes) == 1
    assert "`facilitation.shading` is now `facilitation.distortion`" in notes[0]
