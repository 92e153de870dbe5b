"""Contact sheets are PNG grids."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from generation.errors import RequestError, StorageError
from generation.training.corpus.contact_sheet import contact_sheet, write_contact_sheet


@pytest.fixture
def clips():
    """Two clips whose frame t is grey t."""
    clip = torch.arange(12, dtype=torch.uint8)[:, None, None, None].expand(12, 8, 10, 3)
    return [clip, clip + 100]


def opened(png):
    return np.asarray(Image.open(BytesIO(png)))


def test_rows_are_clips_and_columns_frames_from_first_to_last(clips):
    sheet = opened(contact_sheet(clips, columns=3))

    assert sheet.shape == (16, 30, 3)
    assert [sheet[4, x, 0] for x in (5, 15, 25)] == [0, 6, 11]
    assert [sheet[12, x, 0] for x in (5, 15, 25)] == [100, 106, 111]


def test_small_frames_are_enlarged_by_whole_factors(clips):
    assert opened(contact_sheet(clips, columns=2, side=20)).shape == (48, 60, 3)


def test_captions_stand_under_their_rows(clips):
    sheet = opened(contact_sheet(clips, ["slow zoom in", "pan left"], columns=8))

    assert sheet.shape == (2 * (8 + 13), 80, 3)
    assert (sheet[8:21] > 200).any()


def test_it_is_written_to_a_file(clips, tmp_path):
    write_contact_sheet(tmp_path / "new" / "sheet.png", clips, columns=2)

    assert opened((tmp_path / "new" / "sheet.png").read_bytes()).shape == (16, 20, 3)


def test_what_cannot_be_drawn_is_refused(clips, tmp_path):
    with pytest.raises(RequestError, match="needs clips of one size"):
        contact_sheet([])
    with pytest.raises(RequestError, match="needs clips of one size"):
        contact_sheet([clips[0], torch.zeros(3, 4, 4, 3, dtype=torch.uint8)])
    with pytest.raises(RequestError, match="one per clip or none, got 1 for 2"):
        contact_sheet(clips, ["one"])
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_contact_sheet(tmp_path / "file" / "sheet.png", clips)
