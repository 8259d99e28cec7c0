"""Dead letters sent back to where they came from, once what made them fail is mended."""
