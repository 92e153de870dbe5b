"""Reads a T5 encoder from safetensors into transformers' own class, tensor by tensor.

Names and shapes are checked here because transformers fills missing weights with random numbers and a warning.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from generation.errors import WeightsError
from generation.text.encoder_folder import EncoderFolder

if TYPE_CHECKING:
    from transformers import T5EncoderModel

_EMBEDDING = "shared.weight"
# Some conversions keep the embedding under its second name only.
_EMBEDDING_ALIAS = "encoder.embed_tokens.weight"
# Its products overflow float16.
_ALWAYS_FLOAT32 = "DenseReluDense.wo.weight"
_NAMES_TOLD = 5


def load_encoder(folder: EncoderFolder, *, device: torch.device, dtype: torch.dtype) -> "T5EncoderModel":
    """Load the encoder; weights of a decoder in the same files are left on disk.

    Args:
        folder: The checked folder.
        device: Where the weights go.
        dtype: What they are converted to; in float16 the last projection of each layer stays float32.

    Raises:
        WeightsError: If a file is damaged, or weights are missing or of another shape.
    """
    model = _build_on_meta(folder)
    shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
    tensors: dict[str, Tensor] = {}
    for path in folder.weight_files:
        try:
            with safe_open(path, framework="pt") as file:
                for stored_name in file.keys():  # noqa: SIM118 - a reader of the format, not a dict
                    name = _EMBEDDING if stored_name == _EMBEDDING_ALIAS else stored_name
                    if name in shapes and name not in tensors:
                        kept = torch.float32 if dtype == torch.float16 and name.endswith(_ALWAYS_FLOAT32) else dtype
                        tensors[name] = file.get_tensor(stored_name).to(device=device, dtype=kept)
        except (SafetensorError, OSError) as error:
            raise WeightsError(f"{path} is damaged: {error}; download it again") from error
    _check(folder, shapes, tensors)
    # Not strict about one name only: the embedding's alias, tied below.
    model.load_state_dict(tensors, strict=False, assign=True)
    model.encoder.embed_tokens.weight = model.shared.weight
    model.train(mode=False)
    model.requires_grad_(requires_grad=False)
    return model


def _build_on_meta(folder: EncoderFolder) -> "T5EncoderModel":
    # Here because transformers takes seconds to import, and most processes never encode.
    from huggingface_hub.errors import StrictDataclassError
    from transformers import T5Config, T5EncoderModel

    try:
        with torch.device("meta"):
            return T5EncoderModel(T5Config.from_dict(folder.config))
    except (StrictDataclassError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise WeightsError(f"the configuration of the text encoder in {folder.path} is wrong: {error}") from error


def _check(folder: EncoderFolder, shapes: Mapping[str, torch.Size], tensors: Mapping[str, Tensor]) -> None:
    missing = [name for name in shapes if name not in tensors]
    if missing:
        raise WeightsError(f"the text encoder in {folder.path} lacks {len(missing)} weights: {_told(missing)}")
    wrong = [
        f"{name} must be {tuple(shape)}, got {tuple(tensors[name].shape)}"
        for name, shape in shapes.items()
        if tensors[name].shape != shape
    ]
    if wrong:
        raise WeightsError(f"the text encoder in {folder.path} has weights of another shape: {_told(wrong)}")


def _told(names: list[str]) -> str:
    return "; ".join(names[:_NAMES_TOLD]) + ("; ..." if len(names) > _NAMES_TOLD else "")
