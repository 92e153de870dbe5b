"""What drifts of itself."""

from generation.evaluation.true_drift import true_drift
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.labels import CameraMove

CORPUS = CorpusConfig(height=24, width=24, canvas_size=128, pool_size=2, clips_per_canvas=4)


def test_a_camera_at_rest_changes_nothing_and_others_change_much():
    hold, pan = true_drift(CORPUS, (CameraMove.HOLD, CameraMove.PAN_LEFT), seconds=3, clips=4)

    assert (hold.move, pan.move) == (CameraMove.HOLD, CameraMove.PAN_LEFT)
    # Grain apart, which some clips have.
    assert hold.colour < 0.5
    assert hold.energy < 0.05
    assert pan.colour > 2
