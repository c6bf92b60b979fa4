"""A load: what Okta does to many people, played by Locust and judged."""
