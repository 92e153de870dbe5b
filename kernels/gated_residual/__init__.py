"""A branch, gated per chunk and normed, joins the residual stream."""
