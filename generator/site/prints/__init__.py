"""What files are made from, as hashes: equal ones mean that nothing has to be made again."""
