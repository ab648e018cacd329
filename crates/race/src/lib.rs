//! Two pure operators: Car, per vehicle, and Field, per session.
