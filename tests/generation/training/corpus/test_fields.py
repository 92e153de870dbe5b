"""Fields have the statistics they promise."""

import numpy as np
import pytest
import torch

from generation.training.corpus.fields import (
    blur,
    cell_distances,
    octave_noise,
    pixel_centres,
    power_noise,
    standardise,
    unit_range,
    warp,
)

CPU = torch.device("cpu")


def spectrum_slope(field):
    """Exponent a of an amplitude spectrum that falls as 1/f^a, by least squares."""
    size = field.shape[0]
    amplitude = torch.fft.fft2(field).abs().numpy()
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None, :])
    band = (frequency > 4 / size) & (frequency < 0.4)
    return -np.polyfit(np.log(frequency[band]), np.log(amplitude[band] + 1e-9), 1)[0]


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_power_noise_falls_as_asked(exponent):
    field = power_noise(np.random.default_rng(0), 128, exponent, CPU)

    assert spectrum_slope(field) == pytest.approx(exponent, abs=0.1)


def test_noise_is_standardised():
    field = octave_noise(np.random.default_rng(0), 64, cells=2, persistence=0.5, ridged=True, device=CPU)

    assert float(field.mean()) == pytest.approx(0, abs=1e-5)
    assert float(field.std()) == pytest.approx(1, abs=1e-2)


def test_octaves_add_detail_to_the_coarse_ones():
    rough = octave_noise(np.random.default_rng(0), 64, cells=2, persistence=0.9, ridged=False, device=CPU)
    smooth = octave_noise(np.random.default_rng(0), 64, cells=2, persistence=0.1, ridged=False, device=CPU)

    assert rough.diff(dim=0).abs().mean() > 2 * smooth.diff(dim=0).abs().mean()


def test_a_constant_field_becomes_zero_and_not_nan():
    assert standardise(torch.full((8, 8), 3.0)).abs().max() == 0
    assert unit_range(torch.full((8, 8), 3.0)).unique().tolist() == [0.5]


def test_cells_are_those_of_the_nearest_point():
    cells, size = 5, 40
    nearest, border, owner = cell_distances(np.random.default_rng(4), size, cells=cells, device=CPU)

    points = torch.from_numpy(np.random.default_rng(4).random((cells, cells, 2), dtype=np.float32))
    x, y = pixel_centres(size, CPU)
    # The plane repeats: every point stands in nine copies.
    distances = []
    for row in range(-cells, 2 * cells):
        for column in range(-cells, 2 * cells):
            px, py = points[row % cells, column % cells]
            distances.append(((column + px - x * cells / size) ** 2 + (row + py - y * cells / size) ** 2).sqrt())
    two = torch.stack(distances).topk(2, dim=0, largest=False).values
    torch.testing.assert_close(nearest, two[0], atol=1e-5, rtol=0)
    # Looking at 3 x 3 points may miss the second nearest, never the nearest by much.
    assert (border >= two[1] - two[0] - 1e-5).all()
    assert ((border - (two[1] - two[0])).abs() < 1e-5).float().mean() > 0.9
    assert int(owner.max()) < cells * cells


def test_warping_by_nothing_changes_nothing():
    field = torch.rand(2, 16, 16, generator=torch.Generator().manual_seed(0))

    torch.testing.assert_close(warp(field, torch.zeros(16, 16), torch.zeros(16, 16)), field, atol=1e-5, rtol=0)


def test_warping_reads_at_the_displaced_place():
    field = torch.rand(1, 16, 16, generator=torch.Generator().manual_seed(0))

    warped = warp(field, torch.full((16, 16), 2.0), torch.zeros(16, 16))

    torch.testing.assert_close(warped[:, :, :13], field[:, :, 2:15], atol=1e-5, rtol=0)


def test_blur_keeps_the_mean_and_takes_the_detail():
    field = torch.rand(1, 32, 32, generator=torch.Generator().manual_seed(0))

    blurred = blur(field, 2.0)

    assert float(blurred.mean()) == pytest.approx(float(field.mean()), abs=0.02)
    assert blurred.std() < 0.3 * field.std()
    assert blur(field, 0.0) is field
