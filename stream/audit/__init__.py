"""The audit: what was published, derived once more from the features, weights and policy that it names."""
