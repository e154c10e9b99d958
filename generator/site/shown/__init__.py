"""What of a paper stands on many pages, and in feeds: cards, scores, days, drawings of numbers. Knows no page."""
