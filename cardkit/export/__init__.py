"""Cards in other forms: CycloneDX for inventories, HTML for readers."""
