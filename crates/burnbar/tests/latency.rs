//! From a car to a screen, over real sockets, as the bench runs it. How long that takes is measured, not asserted: a test
//! may run on any machine.

use crate::program::{Folder, summary};

#[test]
fn boards_and_needles_of_a_live_race_reach_a_screen() {
    let folder = Folder::new("latency");
    let figures = summary(folder.path(), "bench latency --race 4s --cars 3 --hz 20");
    let latency = |name: &str| figures["latency_ms"][name].clone();
    // four seconds: three windows close on the way, half a second late each, and 40 slots end
    for (name, least) in
        [("window_end_to_board", 1), ("slot_end_to_needle", 10), ("car_arrived_to_needle", 30)]
    {
        let spread = latency(name);
        assert!(spread["count"].as_u64().unwrap() >= least, "{name}: {figures}");
        assert!(spread["p50"].as_f64().unwrap() > 0.0, "nothing comes before its time: {name}: {figures}");
    }
    // 3 cars at 20 Hz: 240 samples, and what is still on its way
    let samples = figures["samples"].as_u64().unwrap();
    assert!((100..=240).contains(&samples), "{figures}");
}
