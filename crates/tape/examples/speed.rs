//! How fast and how small: `cargo run --release -p tape --example speed`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "it measures and tells"
)]

#[path = "../tests/stream.rs"]
mod stream;

use events::EntryBlock;
use std::time::Instant;
use tape::{Progress, Reader, Writer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let entries: Vec<_> = stream::race(300).collect();
    for (name, block) in [("full blocks", usize::MAX), ("blocks of 100 ms", 80)] {
        let dir = std::env::temp_dir().join(format!("tape-speed-{}", std::process::id()));
        let per_entry = |start: Instant| start.elapsed().as_nanos() as f64 / entries.len() as f64;

        let start = Instant::now();
        let mut writer = Writer::create(&dir)?;
        for some in entries.chunks(block.min(entries.len())) {
            for entry in some {
                writer.append(entry)?;
            }
            writer.flush()?;
        }
        writer.finish()?;
        let write_ns = per_entry(start);

        let mut read_ns = f64::INFINITY;
        for _ in 0..5 {
            let (start, mut reader, mut block) = (Instant::now(), Reader::open(&dir)?, EntryBlock::default());
            while reader.next_block(&mut block)? != Progress::End {}
            read_ns = read_ns.min(per_entry(start));
        }
        let mut bytes = 0;
        for file in std::fs::read_dir(&dir)? {
            bytes += file?.metadata()?.len();
        }
        let bytes = bytes as f64 / entries.len() as f64;
        println!("{name}: {bytes:.1} bytes, write {write_ns:.0} ns, read {read_ns:.0} ns a sample");
        std::fs::remove_dir_all(&dir)?;
    }
    Ok(())
}
