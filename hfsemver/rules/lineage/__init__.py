"""Rules about lineage."""
