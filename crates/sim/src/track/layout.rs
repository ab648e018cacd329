//! The tracks as data. None is a real one: each is a kind of track, with the length, speeds and lap time of its kind
//! (docs/simulator.md §1).

use super::{Draft, Track};
use crate::config::TrackKind;
use crate::driver::SavingWay;
use crate::engine::Package;
use units::METRES_PER_MILE;

/// One part of the track, from the start line on; what is left of the lap after the last is straight.
#[derive(Clone, Copy, Debug)]
pub(super) enum TrackPart {
    Straight {
        m: f64,
    },
    Turn {
        m: f64,
        /// How far round it goes, positive to the left.
        degrees: f64,
        /// Lateral acceleration that tyres and banking bear, m/s².
        lateral: f64,
    },
}

const fn straight(m: f64) -> TrackPart {
    TrackPart::Straight { m }
}

const fn turn(m: f64, degrees: f64, lateral: f64) -> TrackPart {
    TrackPart::Turn { m, degrees, lateral }
}

const MPS_PER_MPH: f64 = METRES_PER_MILE / 3600.0;
const OPEN_AIR: Draft = Draft { share: 0.20, fades_m: 28.0, push: 0.03 };
const PACK: Draft = Draft { share: 0.40, fades_m: 38.0, push: 0.09 };

/// A track without its profile.
pub(super) fn of(kind: TrackKind) -> Track {
    match kind {
        TrackKind::Oval15 => OVAL_1_5,
        TrackKind::Triangle25 => TRIANGLE_2_5,
        TrackKind::Superspeedway25 => SUPERSPEEDWAY_2_5,
        TrackKind::Short05 => SHORT_0_5,
        TrackKind::Road24 => ROAD_2_4,
    }
}

const OVAL_1_5: Track = Track {
    name: TrackKind::Oval15.name(),
    lap_m: 1.5 * METRES_PER_MILE,
    parts: &[straight(163.5), turn(880.0, 180.0, 31.0), straight(327.0), turn(880.0, 180.0, 31.0)],
    entry_mps2: 4.6,
    coast_mps2: 2.7,
    pit_in_m: 2180.0,
    pit_road_m: 484.0,
    pit_mps: 24.6,
    pace_mps: 31.3,
    lap_s: 30.7,
    tank_laps: 57.0,
    package: Package::HP_670,
    gears: [225.0, 152.0, 125.0, 111.0, 100.0],
    trim: 1.0,
    draft: OPEN_AIR,
    ways: &[SavingWay::LiftAndCoast, SavingWay::PartThrottle],
    in_packs: false,
    points: Vec::new(),
};

const TRIANGLE_2_5: Track = Track {
    name: TrackKind::Triangle25.name(),
    lap_m: 2.5 * METRES_PER_MILE,
    parts: &[
        straight(520.0),
        turn(560.0, 140.0, 26.5),
        straight(870.0),
        turn(420.0, 90.0, 28.0),
        straight(500.0),
        turn(620.0, 130.0, 23.5),
    ],
    entry_mps2: 5.5,
    coast_mps2: 3.2,
    pit_in_m: 3620.0,
    pit_road_m: 700.0,
    pit_mps: 55.0 * MPS_PER_MPH,
    pace_mps: 70.0 * MPS_PER_MPH,
    lap_s: 54.0,
    tank_laps: 36.0,
    package: Package::HP_670,
    gears: [225.0, 165.0, 138.0, 117.0, 98.0],
    trim: 1.0,
    draft: OPEN_AIR,
    ways: &[SavingWay::LiftAndCoast, SavingWay::PartThrottle, SavingWay::ShortShift],
    in_packs: false,
    points: Vec::new(),
};

const SUPERSPEEDWAY_2_5: Track = Track {
    name: TrackKind::Superspeedway25.name(),
    lap_m: 2.5 * METRES_PER_MILE,
    parts: &[straight(540.0), turn(960.0, 180.0, 53.0), straight(1020.0), turn(960.0, 180.0, 53.0)],
    entry_mps2: 4.0,
    coast_mps2: 2.7,
    pit_in_m: 3560.0,
    pit_road_m: 800.0,
    pit_mps: 55.0 * MPS_PER_MPH,
    pace_mps: 70.0 * MPS_PER_MPH,
    lap_s: 49.0,
    tank_laps: 43.0,
    package: Package::HP_510,
    gears: [225.0, 150.0, 122.0, 106.0, 95.0],
    trim: 0.86,
    draft: PACK,
    ways: &[SavingWay::PartThrottle],
    in_packs: true,
    points: Vec::new(),
};

const SHORT_0_5: Track = Track {
    name: TrackKind::Short05.name(),
    lap_m: 0.5 * METRES_PER_MILE,
    parts: &[straight(95.0), turn(212.0, 180.0, 25.0), straight(190.0), turn(212.0, 180.0, 25.0)],
    entry_mps2: 7.5,
    coast_mps2: 4.5,
    pit_in_m: 650.0,
    pit_road_m: 330.0,
    pit_mps: 30.0 * MPS_PER_MPH,
    pace_mps: 35.0 * MPS_PER_MPH,
    lap_s: 19.0,
    tank_laps: 170.0,
    package: Package::HP_750,
    gears: [330.0, 250.0, 200.0, 160.0, 130.0],
    trim: 1.0,
    draft: OPEN_AIR,
    ways: &[SavingWay::LiftAndCoast, SavingWay::PartThrottle, SavingWay::ShortShift],
    in_packs: false,
    points: Vec::new(),
};

const ROAD_2_4: Track = Track {
    name: TrackKind::Road24.name(),
    lap_m: 2.4 * METRES_PER_MILE,
    parts: &[
        straight(260.0),
        turn(110.0, 90.0, 22.0),
        straight(160.0),
        turn(90.0, -60.0, 22.0),
        straight(60.0),
        turn(100.0, 75.0, 22.0),
        straight(330.0),
        turn(130.0, -110.0, 22.0),
        straight(100.0),
        turn(120.0, 100.0, 22.0),
        straight(80.0),
        turn(90.0, -70.0, 22.0),
        straight(600.0),
        turn(110.0, -100.0, 22.0),
        straight(60.0),
        turn(140.0, 130.0, 22.0),
        straight(200.0),
        turn(100.0, -50.0, 23.0),
        straight(60.0),
        turn(110.0, 85.0, 22.0),
        straight(140.0),
        turn(130.0, 160.0, 21.0),
        straight(110.0),
        turn(140.0, 110.0, 22.0),
    ],
    entry_mps2: 8.5,
    coast_mps2: 5.0,
    pit_in_m: 3570.0,
    pit_road_m: 480.0,
    pit_mps: 45.0 * MPS_PER_MPH,
    pace_mps: 50.0 * MPS_PER_MPH,
    lap_s: 88.0,
    tank_laps: 34.0,
    package: Package::HP_750,
    gears: [350.0, 245.0, 185.0, 145.0, 118.0],
    trim: 1.0,
    draft: OPEN_AIR,
    ways: &[SavingWay::LiftAndCoast, SavingWay::PartThrottle, SavingWay::ShortShift],
    in_packs: false,
    points: Vec::new(),
};
