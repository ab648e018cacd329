//! Bytes to events: mappings, judgement, importers.
