"""What is known of a customer and of an item: profile, fold, catalogue, and the store that keeps profiles."""
