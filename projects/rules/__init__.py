"""What decides, as plain functions of plain values: order of the queue, cuts, trees, films. No database, no clock."""
