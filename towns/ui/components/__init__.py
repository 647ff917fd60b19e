"""Drawing code of each page, and what all of them share."""
