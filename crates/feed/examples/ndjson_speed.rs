//! Prints what a line of NDJSON costs: `cargo run --release -p feed --example ndjson_speed`.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use feed::{Mapping, ndjson};
use std::fmt::Write as _;
use std::time::Instant;

const LINES: u32 = 200_000;
const PASSES: u32 = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = lines()?;
    let mapping = Mapping::standard()?;
    println!("{:.0} bytes a line, best of {PASSES}", text.len() as f64 / f64::from(LINES));
    let us = best_us(|| {
        let lines = ndjson::Lines::new(text.as_bytes(), mapping.clone());
        lines.filter(|line| matches!(line, Ok(Ok(_)))).count()
    });
    println!("ndjson::Lines  {us:.3} µs a line");
    let us = best_us(|| {
        ndjson::import("race", text.as_bytes(), &mapping).map(|i| i.samples.len()).unwrap_or_default()
    });
    println!("ndjson::import {us:.3} µs a line");
    Ok(())
}

/// The shortest of some passes, microseconds a line.
fn best_us(read: impl Fn() -> usize) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..PASSES {
        let started = Instant::now();
        assert_eq!(read(), LINES as usize, "every line is good");
        best = best.min(started.elapsed().as_secs_f64());
    }
    best / f64::from(LINES) * 1e6
}

/// Forty cars at 20 Hz, with the digits that a feed has.
fn lines() -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for i in 0..LINES {
        let (car, tick) = (i % 40, i / 40);
        let phase = f64::from((tick * 7 + car * 131) % 1000) / 1000.0;
        writeln!(
            text,
            r#"{{"event_time_ms":{},"vehicle_id":"{car}","throttle":{:.3},"rpm":{:.0},"brake":{:.2},"speed":{:.2},"lap":{},"lap_dist_pct":{phase:.4}}}"#,
            1_795_392_000_000_i64 + i64::from(tick) * 50,
            phase * 0.999,
            6000.0 + 2500.0 * phase,
            0.1 * phase,
            60.0 + 25.0 * phase,
            1 + tick / 600,
        )?;
    }
    Ok(text)
}
