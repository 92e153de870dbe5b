"""Speed, memory and seams on this machine, as ratios to something measured in the same minute."""
