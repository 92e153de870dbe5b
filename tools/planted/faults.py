"""All planted faults, those of the actions first."""

from tools.planted.action_faults import ACTION_FAULTS
from tools.planted.edge_faults import EDGE_FAULTS
from tools.planted.fault import PlantedFault

FAULTS: tuple[PlantedFault, ...] = (*ACTION_FAULTS, *EDGE_FAULTS)
