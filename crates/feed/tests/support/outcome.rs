//! What an import did, as text to compare.

use feed::{Import, ImportError};

/// The error; or how many samples there are, and each refused line with its reason.
pub fn outcome(import: Result<Import, ImportError>) -> String {
    match import {
        Err(error) => error.to_string(),
        Ok(import) => {
            assert_eq!(
                import.received,
                import.samples.len() as u64 + import.quarantine.count() + import.skipped
            );
            match &import.arrivals {
                None => assert!(import.samples.is_sorted_by_key(|sample| sample.event_time)),
                Some(arrivals) => assert!(arrivals.is_sorted() && arrivals.len() == import.samples.len()),
            }
            let mut text = format!("{} samples", import.samples.len());
            for refused in &import.quarantine.kept {
                text += &format!("; {}: {}", refused.reason, refused.detail);
                assert!(refused.raw.len() <= 64 * 1024);
            }
            text
        }
    }
}
