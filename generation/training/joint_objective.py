"""What a decoder learns from made joints: that nothing leaps where a second begins that a model made.

The two windows that meet are drawn in one step, and what changes across them counts by itself. What a model made is
not what happened, so the truth is the aim at the joint alone: over the beginning's frames the aim fades to the
decoder's own drawing of what was made. Else it would learn to draw a mean of everything that might follow.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from generation.training.frames import to_video
from generation.training.made_joints import JointBatch
from generation.training.runs.loop import StepLoss
from generation.training.served_windows import joint_windows
from generation.training.vae_objective import VAELossWeights, psnr, pyramid_motion_loss, vae_loss
from generation.vae.vae import VideoVAE

# Steps whose second half is true: joints with what really followed shall stay as they are.
_TRUE_SHARE = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class JointTask:
    """One step's joints, and what they should look like."""

    # (B, Z, 3, h, w), noise added.
    before: Tensor
    after: Tensor
    # (B, 3, 16, H, W) in [-1, 1].
    target: Tensor

    def rows(self, rows: slice) -> "JointTask":
        """Some of the joints."""
        return JointTask(before=self.before[rows], after=self.after[rows], target=self.target[rows])

    def to(self, device: torch.device) -> "JointTask":
        """The same on a device."""
        return JointTask(before=self.before.to(device), after=self.after.to(device), target=self.target.to(device))


def draw_joint_task(batch: JointBatch, noise: float, generator: torch.Generator) -> JointTask:
    """Choose between what was made and what followed, and add noise.

    Args:
        batch: Joints.
        noise: At most so many deviations of a latent, which has 1.
        generator: On the CPU.
    """
    is_true = float(torch.rand((), generator=generator)) < _TRUE_SHARE
    level = noise * float(torch.rand((), generator=generator))
    target = to_video(batch.frames)
    if not is_true:
        target = faded(target, to_video(batch.drawn))
    before, after = (
        latents + level * torch.randn(latents.shape, generator=generator)
        for latents in (batch.before, batch.after if is_true else batch.made)
    )
    return JointTask(before=before, after=after, target=target)


def faded(target: Tensor, drawn: Tensor) -> Tensor:
    """True frames that fade to drawn ones over the second half; its first frame is all true.

    Args:
        target: ``(B, 3, 2 n, H, W)``.
        drawn: ``(B, 3, n, H, W)``.
    """
    count = drawn.shape[2]
    share = (torch.arange(count) / count).view(1, 1, count, 1, 1).to(target)
    before, after = target[:, :, :-count], target[:, :, -count:]
    return torch.cat([before, after * (1 - share) + drawn * share], dim=2)


def joint_loss(vae: VideoVAE, task: JointTask, weights: VAELossWeights) -> StepLoss:
    """The loss of some joints.

    Args:
        vae: Whose decoder learns.
        task: From :func:`draw_joint_task`.
        weights: How much each term counts.
    """
    windows = joint_windows(task.before, task.after, vae.config)
    shown = [vae.decoder(window.latents)[:, :, window.kept].float() for window in windows]
    output = torch.cat(shown, dim=2)
    # Latents are nobody's to change here.
    held = torch.zeros_like(task.before)
    loss = vae_loss(output, task.target, held, held, weights)
    border = slice(shown[0].shape[2] - 1, shown[0].shape[2] + 1)
    joint = pyramid_motion_loss(output[:, :, border], task.target[:, :, border], levels=weights.pyramid_levels)
    metrics = {
        "made_l1": loss.l1,
        "made_joint": joint,
        "made_psnr": psnr(output.detach(), task.target),
    }
    return StepLoss(total=loss.total + weights.joint * joint, metrics=metrics)
