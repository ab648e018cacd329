//! A process that is killed at any moment and started again writes the same bytes as one that never was.

use crate::program::{Folder, burnbar, stdout_of, summary};
use std::fs;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::time::Duration;
use store::{QueryAnswer, Store};

const RACE: &str = "simulate --seed 24 --cars 8 --minutes 3 --hz 10 --out race.tape";
const OUTPUTS: [&str; 3] = ["insights.ndjson", "laps.ndjson", "late.ndjson"];
/// Kills on the way from one start of the log to its end.
const KILLS_A_RUN: usize = 5;

fn replay(workers: usize) -> String {
    let [insights, laps, late] = OUTPUTS;
    format!(
        "replay race.tape --workers {workers} --state state --checkpoint-every 4s --out {insights} --laps {laps} --quarantine {late} --store race.db"
    )
}

/// Every row of the store.
fn rows(folder: &Path) -> Vec<QueryAnswer> {
    let store = Store::open(&folder.join("race.db")).unwrap();
    ["sessions", "cars", "windows", "insights", "laps", "race_events"]
        .map(|table| store.query(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3")).unwrap())
        .into()
}

/// SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Kills `child` when `file` has reached `bytes`, a few looks later. Whether it was still at work.
fn kill_at(mut child: Child, file: &Path, bytes: u64, mut looks: u64) -> bool {
    let is_reached = || fs::metadata(file).is_ok_and(|data| data.len() >= bytes);
    while child.try_wait().unwrap().is_none() {
        if is_reached() {
            if looks == 0 {
                break;
            }
            looks -= 1;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    child.kill().unwrap();
    was_killed(child.wait().unwrap())
}

fn was_killed(status: ExitStatus) -> bool {
    status.code().is_none()
}

#[test]
fn killed_at_any_moment_and_started_again_it_writes_the_same_bytes() {
    let folder = Folder::new("kill");
    let path = folder.path();
    stdout_of(path, RACE);
    let straight_summary = summary(path, &replay(1));
    let straight = OUTPUTS.map(|name| fs::read(path.join(name)).unwrap());
    let (bytes, straight_rows) = (straight[0].len() as u64, rows(path));
    assert!(straight_rows.iter().all(|table| !table.rows.is_empty()));

    let kills = if std::env::var_os("BURNBAR_FULL").is_some() { 100 } else { 20 };
    let (mut landed, mut resumed) = (0, 0);
    for run in 0..kills / KILLS_A_RUN {
        let mut chance = Chance(run as u64);
        fs::remove_dir_all(path.join("state")).unwrap();
        OUTPUTS.iter().for_each(|name| fs::remove_file(path.join(name)).unwrap());
        for name in ["race.db", "race.db-wal", "race.db-shm"] {
            let _ = fs::remove_file(path.join(name)); // the last two go when a process ends by itself
        }
        let mut moments: Vec<u64> = (0..KILLS_A_RUN).map(|_| chance.below(bytes)).collect();
        moments.sort_unstable();
        for moment in moments {
            let workers = [1, 2, 4][chance.below(3) as usize];
            let child = burnbar(path, &replay(workers)).spawn().unwrap();
            landed += usize::from(kill_at(child, &path.join(OUTPUTS[0]), moment, chance.below(40)));
        }
        let mut summary = summary(path, &replay(2));
        resumed += usize::from(!summary["resumed_at_window"].is_null());
        for (name, expected) in OUTPUTS.iter().zip(&straight) {
            let got = fs::read(path.join(name)).unwrap();
            assert!(
                got == *expected,
                "run {run}: {name} has {} bytes, not the {} expected",
                got.len(),
                expected.len()
            );
        }
        assert!(rows(path) == straight_rows, "run {run}: the store holds other rows");
        summary["resumed_at_window"] = straight_summary["resumed_at_window"].clone();
        assert_eq!(summary, straight_summary, "run {run}: every entry counts once");
    }
    println!("{landed} of {kills} kills landed, {resumed} runs resumed");
    assert!(landed * 10 >= kills * 8, "only {landed} of {kills} kills came before the end");
    assert_eq!(resumed, kills / KILLS_A_RUN, "each of the last starts went on from a checkpoint");
}
