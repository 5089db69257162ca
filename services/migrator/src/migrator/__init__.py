"""Applies ordered SQL files to PostgreSQL, once each, and records them in schema_migrations."""
