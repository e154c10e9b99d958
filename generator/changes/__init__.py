"""What a change of content does to the published site: pages, people, topics, feeds, addresses."""
