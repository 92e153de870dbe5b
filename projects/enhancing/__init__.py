"""Better words for a shot: the person's own are always kept, and what was added can be seen."""
