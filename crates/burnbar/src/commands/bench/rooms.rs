//! Which room of the program instructions belong to, by the name of their function.

use std::collections::BTreeMap;

/// Rooms, and what names of their functions hold. The first row that fits counts: what a library makes for a type of
/// ours is ours, but what writes one as JSON, or is timely's, comes before.
const ROOMS: &[(&str, &[&str])] = &[
    ("json", &["serde", "zmij::", "itoa::"]),
    ("timely", &["timely"]),
    ("journal", &["journal::"]),
    ("tape", &["tape::", "crc32fast::"]),
    ("dataflow", &["dataflow::"]),
    ("race.car", &["race::car::"]),
    ("race.driver", &["race::driver::"]),
    ("race.field", &["race::field::"]),
    ("race.scale", &["race::scale::"]),
    ("race", &["race::"]),
    ("fuel", &["fuel::", "libm::"]),
    ("events", &["events::", "units::"]),
    ("burnbar", &["burnbar::"]),
    ("std", &["core::", "alloc::", "std::"]),
    ("copying", &["memcpy", "memmove", "memset", "memcmp"]),
    ("allocator", &["alloc", "free", "unlink_chunk", "__rust_"]),
];
/// What no row fits: the loader, C's mathematics, libraries without a row.
const OTHER: &str = "other";

/// Instructions by room, of instructions by function.
pub fn by_room<'f>(by_function: impl IntoIterator<Item = (&'f str, u64)>) -> BTreeMap<&'static str, u64> {
    let mut rooms = BTreeMap::new();
    for (function, instructions) in by_function {
        *rooms.entry(room_of(function)).or_default() += instructions;
    }
    rooms
}

fn room_of(function: &str) -> &'static str {
    let fits = |parts: &[&str]| parts.iter().any(|part| function.contains(part));
    ROOMS.iter().find(|(_, parts)| fits(parts)).map_or(OTHER, |(room, _)| room)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names as callgrind prints them of a release build.
    #[test]
    fn a_function_belongs_to_one_room() {
        for (function, room) in [
            ("race::car::trace::Trace::observe", "race.car"),
            ("race::driver::DriverWatch::hold", "race.driver"),
            ("race::session::timeline::Timeline<T>::records", "race"),
            ("tape::reader::Reader::next_block", "tape"),
            ("<events::insight::CarInsight as serde_core::ser::Serialize>::serialize", "json"),
            ("zmij::write", "json"),
            (
                "timely::dataflow::operators::generic::builder_rc::OperatorBuilder<T>::build::{{closure}}",
                "timely",
            ),
            ("dataflow::graph::build::{{closure}}", "dataflow"),
            ("core::ptr::drop_in_place<alloc::sync::Arc<race::car::profile::LapEdges>>", "race.car"),
            ("alloc::collections::btree::map::BTreeMap<K,V,A>::insert", "std"),
            ("__rustc::__rdl_realloc", "allocator"),
            ("_int_malloc", "allocator"),
            ("__memcpy_avx_unaligned_erms", "copying"),
            ("_dl_relocate_object", "other"),
        ] {
            assert_eq!(room_of(function), room, "{function}");
        }
        let rooms = by_room([("fuel::knots::Cell::locate", 3), ("libm::math::exp::exp", 4), ("round", 5)]);
        assert_eq!(rooms, BTreeMap::from([("fuel", 7), ("other", 5)]));
    }
}
