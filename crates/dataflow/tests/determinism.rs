//! The same log gives the same bytes.

use crate::races::{race, troubled};
use crate::ran::{Setup, assert_same_bytes, assert_same_laps, run, run_with};
use units::Span;

#[test]
fn workers_and_blocks_change_no_byte() {
    let straight = run(troubled());
    let (folded, late, duplicate) = straight.samples();
    assert!(
        folded > 9_000 && late > 50 && duplicate > 200,
        "the log has its troubles: {:?}",
        straight.samples()
    );
    assert!(straight.laps().iter().any(|lap| lap.stint == 1), "somebody stops");
    for workers in [1, 2, 4] {
        for block in [1, 7, 1024] {
            let what = format!("{workers} workers, blocks of {block}");
            let ran = run_with(troubled(), Setup { workers, block, ..Setup::default() });
            assert_same_bytes(&ran.windows, &straight.windows, &what);
            assert_eq!(ran.report, straight.report, "{what}");
        }
    }
}

#[test]
fn the_width_of_a_window_changes_no_lap() {
    for log in [race(), troubled()] {
        let laps = run(log).laps();
        for window in [Span::from_ms(250), Span::from_secs(5)] {
            let ran = run_with(log, Setup { window, ..Setup::default() });
            assert_same_laps(&ran.laps(), &laps, &format!("{window:?}"));
        }
    }
}

#[test]
fn windows_come_in_order_and_end_on_multiples_of_their_width() {
    for window in [Span::from_secs(1), Span::from_secs(5)] {
        let ran = run_with(race(), Setup { window, ..Setup::default() });
        let ends: Vec<i64> =
            ran.windows.iter().map(|written| written.closed.board.window_end_us.us()).collect();
        assert!(ends.iter().all(|end| end % window.us() == 0));
        assert!(
            ends.windows(2).all(|pair| pair[1] - pair[0] == window.us()),
            "none is left out, none comes twice"
        );
    }
}
