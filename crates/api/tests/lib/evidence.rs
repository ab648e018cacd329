//! What operators submit: in which form it reaches the log, and what never does.

use crate::client::{PROTOCOL, Running};
use crate::race::{self, board, end, insight};
use api::Journal;
use events::{EventId, Evidence, VehicleId};
use serde_json::json;
use std::sync::{Arc, Mutex};
use units::EventTime;

/// Keeps what is submitted, and refuses an economy of 0.
#[derive(Debug, Default)]
struct Log(Mutex<Vec<Evidence>>);

impl Journal for Log {
    fn submit(&self, evidence: Evidence, _: EventTime) -> Result<EventId, String> {
        if matches!(evidence, Evidence::RadioMpg { mpg: 0.0, .. }) {
            return Err("mpg is 0, it must be above zero".into());
        }
        let mut log = self.0.lock().unwrap();
        log.push(evidence);
        Ok(EventId((1 << 48) + log.len() as u64))
    }
}

async fn live() -> (Running, Arc<Log>) {
    let log = Arc::new(Log::default());
    let server = Running::with_journal(&race::windows(1), Some(log.clone())).await;
    server.live.publish(board(end(1), vec![insight("24", end(1))]).into());
    (server, log)
}

#[tokio::test]
async fn each_mutation_is_evidence_of_a_car_on_the_board() {
    let (server, log) = live().await;
    let vehicle = VehicleId::new("24").unwrap();
    let at = |us: i64| EventTime::from_us(us);
    let stop_fuel = Evidence::StopFuel {
        vehicle,
        stop_time: None,
        gallons: None,
        gallons_sd: None,
        full: None,
        fill_time_s: Some(9.5),
    };
    let all = [
        (
            r#"submitStopFuel(sessionId: "michigan", vehicleId: "24", gallons: 17.2, sigmaGal: 0.15, full: true, stopTimeUs: "1795394390000500")"#,
            Evidence::StopFuel {
                vehicle,
                stop_time: Some(at(1_795_394_390_000_500)),
                gallons: Some(17.2),
                gallons_sd: Some(0.15),
                full: Some(true),
                fill_time_s: None,
            },
        ),
        (r#"submitStopFuel(vehicleId: "24", fillTimeS: 9.5)"#, stop_fuel),
        (
            r#"submitRunOut(vehicleId: "24", atUs: "1795394390000000")"#,
            Evidence::RunOut { vehicle, at: Some(at(1_795_394_390_000_000)) },
        ),
        (r#"submitStillRunning(vehicleId: "24")"#, Evidence::StillRunning { vehicle, at: None }),
        (
            r#"submitRadioMpg(vehicleId: "24", mpg: 4.4, sigmaMpg: 0.1)"#,
            Evidence::RadioMpg { vehicle, mpg: 4.4, mpg_sd: Some(0.1) },
        ),
        (
            r#"submitFuelUsed(vehicleId: "24", fromUs: "1000000", toUs: "61000000", gallons: 0.6)"#,
            Evidence::FuelUsed {
                vehicle,
                from: at(1_000_000),
                to: at(61_000_000),
                gallons: 0.6,
                gallons_sd: None,
            },
        ),
    ];
    for (number, (mutation, evidence)) in (1..).zip(all) {
        let found = server.ask(&format!("mutation {{ id: {mutation} }}")).await;
        assert_eq!(found["id"], ((1_u64 << 48) + number).to_string(), "{mutation}");
        assert_eq!(log.0.lock().unwrap().last(), Some(&evidence), "{mutation}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_submitted_says_why_and_is_not_in_the_log() {
    let (server, log) = live().await;
    let message = async |mutation: &str| {
        let answer = server.response(&format!("mutation {{ {mutation} }}")).await;
        answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    for (mutation, why) in [
        (r#"submitStopFuel(vehicleId: "25", full: true)"#, "no car 25 in michigan"),
        (
            r#"submitStopFuel(sessionId: "daytona", vehicleId: "24", full: true)"#,
            "daytona is not on air: michigan is",
        ),
        (r#"submitRadioMpg(vehicleId: "24", mpg: 0)"#, "mpg is 0, it must be above zero"),
        (r#"submitRunOut(vehicleId: "24", atUs: 5)"#, "Micros"),
    ] {
        let found = message(mutation).await;
        assert!(found.contains(why), "{mutation}: {found}");
    }
    assert!(log.0.lock().unwrap().is_empty());
    server.stop().await;

    let replayed = Running::over(&race::windows(1)).await;
    let answer = replayed.response(r#"mutation { submitRunOut(vehicleId: "24") }"#).await;
    let why = answer["errors"][0]["message"].as_str().unwrap();
    assert_eq!(why, "this session has no log that takes anything: it is replayed, not live");
    replayed.stop().await;
}

#[tokio::test]
async fn only_this_servers_pages_and_programs_may_tell() {
    let (server, log) = live().await;
    let body = json!({"query": r#"mutation { submitRunOut(vehicleId: "24") }"#}).to_string();
    let json = "Content-Type: application/json";
    let own = format!("Origin: http://{}", server.address);
    for (headers, status, submits) in [
        (vec![json], 200, true),
        (vec![json, &own], 200, true),
        (vec![json, "Origin: http://localhost:5173"], 200, false),
        (vec![json, "Origin: https://evil.example"], 403, false),
        (vec!["Content-Type: text/plain"], 415, false),
    ] {
        let before = log.0.lock().unwrap().len();
        assert_eq!(server.post(&headers, &body).await.status, status, "{headers:?}");
        assert_eq!(log.0.lock().unwrap().len() > before, submits, "{headers:?}");
    }
    let mut socket = server.open(&[PROTOCOL]).await.unwrap();
    socket.send(json!({"type": "connection_init"})).await;
    assert_eq!(socket.receive().await.unwrap()["type"], "connection_ack");
    let query = r#"mutation { submitRunOut(vehicleId: "24") }"#;
    socket.send(json!({"id": "1", "type": "subscribe", "payload": {"query": query}})).await;
    let received = socket.receive().await.unwrap();
    assert!(received.to_string().contains("only a POST"), "{received}");
    assert_eq!(log.0.lock().unwrap().len(), 2, "a socket submits nothing: it checks no origin of its own");
    server.stop().await;
}
