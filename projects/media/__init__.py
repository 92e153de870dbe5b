"""Files of people: taken in from strangers, made smaller, joined, labelled, handed out."""
