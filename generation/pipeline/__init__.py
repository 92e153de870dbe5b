"""From a request to decoded chunks: load a model once, make many clips. Read :mod:`generation.pipeline.pipeline`."""

from generation.pipeline.clip import Clip, DecodedChunk
from generation.pipeline.pipeline import VideoPipeline

__all__ = ["Clip", "DecodedChunk", "VideoPipeline"]
