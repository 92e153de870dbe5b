"""How a model that is judged makes its clips: as it would be served, but for what a comparison varies."""

from dataclasses import replace
from pathlib import Path

from generation.config import SamplingConfig
from generation.weights.starter_folder import read_starter


def sampling_of(
    served: SamplingConfig,
    *,
    folder: Path,
    steps: int | None,
    window: int | None,
    text: float | None,
    context: float | None,
) -> SamplingConfig:
    """The settings for one evaluation.

    Args:
        served: How the preset is served.
        folder: The model: a base model is run in three passes.
        steps: In place of the preset's.
        window: In place of the preset's.
        text: Guidance of a base model by its words, where it is guided at all.
        context: Guidance of a base model by its past, where it is guided at all.

    Raises:
        ConfigError: If they contradict each other.
        WeightsError: If there is no model.
    """
    distilled = read_starter(folder).dit.distilled
    guided = [timestep < served.near_clean_threshold for timestep in served.guidance_timesteps]
    return replace(
        served,
        num_steps=steps or served.num_steps,
        window_size=window or served.window_size,
        guidance_passes=1 if distilled else 3,
        text_guidance=_guidance(served.text_guidance, text, guided),
        context_guidance=_guidance(served.context_guidance, context, guided),
    )


def _guidance(served: tuple[float, ...], wanted: float | None, guided: list[bool]) -> tuple[float, ...]:
    if wanted is None:
        return served
    return tuple(wanted if here else before for before, here in zip(served, guided, strict=True))
