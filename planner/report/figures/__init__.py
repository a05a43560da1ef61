"""The pictures of the report, as static SVG."""
