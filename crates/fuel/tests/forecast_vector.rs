//! Vector 06.
