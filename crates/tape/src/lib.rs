//! The one format of journal and recordings, byte by byte.
