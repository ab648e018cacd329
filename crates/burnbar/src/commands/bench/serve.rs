//! `burnbar bench serve`: a served model on loopback, asked at a steady rate for forty cars; and the inference alone.

use crate::args::{BenchServeArgs, Format};
use crate::commands::calibrate::read_model;
use crate::failure::Failure;
use crate::say::say;
use crate::time::Stopwatch;
use calibrate::model_file;
use infer::server::window;
use infer::wire::CarWindow;
use infer::{Current, ModelServer, Served};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const CARS: u32 = 40;
const SAMPLES: u32 = 20;
/// Connections, each with every so many-th request.
const CALLERS: u32 = 8;
/// How often the inference alone is done; the median counts.
const INFERENCES: usize = 200;

/// Runs the command.
pub fn run(args: &BenchServeArgs) -> Result<(), Failure> {
    let model = args.model.as_deref().map_or_else(|| Ok(fuel::model::priors()), read_model)?;
    let text = model_file::write(&model).map_err(Failure::input)?;
    let served = Served::new(model, text);
    let body = windows();
    let inference_us = inference_us(&served, &body)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(Failure::run)?;
    let server = runtime.block_on(ModelServer::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
    let server = server.map_err(Failure::run)?;
    let address = server.address();
    runtime.spawn(server.run(Arc::new(Current::new(served)), std::future::pending()));
    let asked = ask_all(args, address, &json!({ "windows": body }).to_string())?;
    let ms = |share: f64| asked.ms.get(((asked.ms.len() as f64 - 1.0) * share) as usize).copied();
    let (p50, p99) = (ms(0.5).unwrap_or(f64::NAN), ms(0.99).unwrap_or(f64::NAN));
    let (requests, errors) = (asked.ms.len(), asked.errors);
    match args.format {
        Format::Json => say(json!({
            "requests": requests, "requests_per_s": args.rate, "cars": CARS, "samples_per_car": SAMPLES,
            "errors": errors, "p50_ms": p50, "p99_ms": p99, "inference_us": inference_us,
        })),
        Format::Text => say(format_args!(
            "{requests} requests at {}/s, {CARS} cars each, {errors} errors\n\
             latency    p50 {p50:.2} ms, p99 {p99:.2} ms\ninference  {inference_us:.0} us",
            args.rate
        )),
    }
}

/// Latencies in order, and how many requests failed.
#[derive(Default)]
struct Asked {
    ms: Vec<f64>,
    errors: usize,
}

fn ask_all(args: &BenchServeArgs, address: SocketAddr, body: &str) -> Result<Asked, Failure> {
    let request = format!(
        "POST /invocations HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let requests = (args.time.as_secs_f64() * f64::from(args.rate.get())) as u32;
    let clock = Stopwatch::start();
    let call = |caller: u32| -> io::Result<Asked> {
        let mut connection = BufReader::new(TcpStream::connect(address)?);
        connection.get_ref().set_nodelay(true)?;
        let mut asked = Asked::default();
        for at in (caller..requests).step_by(CALLERS as usize) {
            // late because of the answer before is late all the same: latency counts from when it was due
            let due = Duration::from_secs(1) * at / args.rate.get();
            thread::sleep(due.saturating_sub(clock.elapsed()));
            connection.get_mut().write_all(request.as_bytes())?;
            asked.errors += usize::from(!is_ok(&mut connection)?);
            asked.ms.push((clock.elapsed() - due).as_secs_f64() * 1e3);
        }
        Ok(asked)
    };
    let all = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|caller| scope.spawn(move || call(caller))).collect();
        let join = |caller: thread::ScopedJoinHandle<'_, _>| {
            caller.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        callers.into_iter().map(join).collect::<io::Result<Vec<Asked>>>()
    });
    let mut asked = Asked::default();
    for one in all.map_err(Failure::run)? {
        asked.ms.extend(one.ms);
        asked.errors += one.errors;
    }
    asked.ms.sort_by(f64::total_cmp);
    Ok(asked)
}

/// Reads one answer whole.
fn is_ok(connection: &mut BufReader<TcpStream>) -> io::Result<bool> {
    let (mut line, mut length, mut is_ok) = (String::new(), 0, false);
    loop {
        line.clear();
        if connection.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.starts_with("http/1.1 ") {
            is_ok = line.contains(" 200");
        } else if let Some(size) = line.strip_prefix("content-length:") {
            length = size.trim().parse().map_err(io::Error::other)?;
        } else if line.is_empty() {
            break;
        }
    }
    io::copy(&mut connection.take(length), &mut io::sink())?;
    Ok(is_ok)
}

fn inference_us(served: &Served, body: &Value) -> Result<f64, Failure> {
    let windows: Vec<CarWindow> = serde_json::from_value(body.clone()).map_err(Failure::run)?;
    let mut us = Vec::with_capacity(INFERENCES);
    for _ in 0..INFERENCES {
        let watch = Stopwatch::start();
        std::hint::black_box(window::rates(served, &windows).map_err(Failure::run)?);
        us.push(watch.elapsed().as_secs_f64() * 1e6);
    }
    us.sort_by(f64::total_cmp);
    Ok(us[INFERENCES / 2])
}

/// Cars at speed, no two alike.
fn windows() -> Value {
    let sample = |car: u32, at: u32| {
        let throttle = f64::from((car * 7 + at * 13) % 101) / 100.0;
        (throttle, 6_500 + (car * 31 + at * 97) % 2_500, 0.05)
    };
    let window = |car: u32| {
        json!({
            "vehicle_id": car.to_string(), "package_hp": 670, "density_ratio": 0.97,
            "samples": (0..SAMPLES).map(|at| sample(car, at)).collect::<Vec<_>>(),
        })
    };
    (1..=CARS).map(window).collect()
}
