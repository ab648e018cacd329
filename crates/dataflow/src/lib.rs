//! Event-time windows and the timely graph that runs them.
