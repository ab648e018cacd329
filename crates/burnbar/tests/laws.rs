//! The laws of dependency, one line a rule.
