//! The fuel model: rate law, rate table, histograms.
