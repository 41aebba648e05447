"""Writing cards: facts and answers in, a card with visible gaps out. Nothing is invented."""
