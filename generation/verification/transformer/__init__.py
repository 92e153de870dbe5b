"""The transformer and the sampler: from single layers to whole clips."""
