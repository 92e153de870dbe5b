"""Run one frame through a chain of libavfilter filters."""

from fractions import Fraction

import av
from av.filter import Graph

# A filter graph insists on one; single frames have no time.
_ANY_TIME_BASE = Fraction(1, 24)


def filtered(frame: av.VideoFrame, filters: tuple[str, ...]) -> av.VideoFrame:
    """The frame after ``filters``, each written ``name`` or ``name=arguments``; the frame itself if there are none."""
    if not filters:
        return frame
    graph = Graph()
    nodes = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_ANY_TIME_BASE)]
    for description in filters:
        name, _, arguments = description.partition("=")
        nodes.append(graph.add(name, arguments or None))
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes)
    graph.configure()
    graph.push(frame)
    result = graph.pull()
    assert isinstance(result, av.VideoFrame)  # noqa: S101 - a video graph yields video
    return result
