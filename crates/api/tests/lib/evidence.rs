//! What operators tell: in which form it reaches the log, and what never does.

use crate::client::{PROTOCOL, Running};
use crate::race::{self, board, end, insight};
use api::{Evidence, Journal};
use events::EventId;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Keeps what it is evidence, and refuses an economy of 0.
#[derive(Debug, Default)]
struct Log(Mutex<Vec<Value>>);

impl Journal for Log {
    fn submit(&self, evidence: &Evidence) -> Result<EventId, String> {
        if matches!(evidence, Evidence::RadioMpg { mpg: 0.0, .. }) {
            return Err("mpg is 0, it must be above zero".into());
        }
        let mut log = self.0.lock().unwrap();
        log.push(serde_json::to_value(evidence).unwrap());
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
async fn each_mutation_is_a_race_event_in_the_form_of_the_import() {
    let (server, log) = live().await;
    // fields: docs/import.md, "Race events"
    let all = [
        (
            r#"submitStopFuel(sessionId: "michigan", vehicleId: "24", gallons: 17.2, sigmaGal: 0.15, full: true, stopTimeUs: "1795394390000500")"#,
            json!({"kind": "fuel_added", "vehicle_id": "24", "stop_time_ms": 1795394390000.5, "gallons": 17.2,
                   "sigma_gal": 0.15, "full": true, "fill_time_s": null}),
        ),
        (
            r#"submitStopFuel(vehicleId: "24", fillTimeS: 9.5)"#,
            json!({"kind": "fuel_added", "vehicle_id": "24", "stop_time_ms": null, "gallons": null,
                   "sigma_gal": null, "full": null, "fill_time_s": 9.5}),
        ),
        (
            r#"submitRunOut(vehicleId: "24", atUs: "1795394390000000")"#,
            json!({"kind": "run_out", "vehicle_id": "24", "at_ms": 1795394390000.0}),
        ),
        (
            r#"submitStillRunning(vehicleId: "24")"#,
            json!({"kind": "still_running", "vehicle_id": "24", "at_ms": null}),
        ),
        (
            r#"submitRadioMpg(vehicleId: "24", mpg: 4.4, sigmaMpg: 0.1)"#,
            json!({"kind": "radio_mpg", "vehicle_id": "24", "mpg": 4.4, "sigma_mpg": 0.1}),
        ),
        (
            r#"submitFuelUsed(vehicleId: "24", fromUs: "1000000", toUs: "61000000", gallons: 0.6)"#,
            json!({"kind": "fuel_used", "vehicle_id": "24", "from_ms": 1000.0, "to_ms": 61000.0, "gallons": 0.6,
                   "sigma_gal": null}),
        ),
    ];
    for (number, (mutation, event)) in (1..).zip(all) {
        let found = server.ask(&format!("mutation {{ id: {mutation} }}")).await;
        assert_eq!(found["id"], ((1_u64 << 48) + number).to_string(), "{mutation}");
        assert_eq!(log.0.lock().unwrap().pop(), Some(event.clone()), "{mutation}");
        log.0.lock().unwrap().resize(number as usize, Value::Null);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_told_says_why_and_is_not_in_the_log() {
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
    for (headers, status, tells) in [
        (vec![json], 200, true),
        (vec![json, &own], 200, true),
        (vec![json, "Origin: http://localhost:5173"], 200, false),
        (vec![json, "Origin: https://evil.example"], 403, false),
        (vec!["Content-Type: text/plain"], 415, false),
    ] {
        let before = log.0.lock().unwrap().len();
        assert_eq!(server.post(&headers, &body).await.status, status, "{headers:?}");
        assert_eq!(log.0.lock().unwrap().len() > before, tells, "{headers:?}");
    }
    let mut socket = server.open(&[PROTOCOL]).await.unwrap();
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.hear().await.unwrap()["type"], "connection_ack");
    let query = r#"mutation { submitRunOut(vehicleId: "24") }"#;
    socket.say(json!({"id": "1", "type": "subscribe", "payload": {"query": query}})).await;
    let heard = socket.hear().await.unwrap();
    assert!(heard.to_string().contains("only a POST"), "{heard}");
    assert_eq!(log.0.lock().unwrap().len(), 2, "a socket tells nothing: it checks no origin of its own");
    server.stop().await;
}
