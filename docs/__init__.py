"""The site: ``python -m docs FOLDER`` builds it, offline."""
