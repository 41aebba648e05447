"""What changed between two versions of a card, in meaning rather than in lines."""
