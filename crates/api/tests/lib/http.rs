//! Queries, refusals and pages over HTTP.

use crate::client::{Running, fields_of};
use crate::race::{self, blank, board, end, insight};
use api::{BindError, Server};
use events::SessionId;
use serde_json::{Value, json};
use std::time::Duration;
use store::Window;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn near(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} {expected}");
}

#[tokio::test]
async fn a_board_of_forty_cars_with_every_field_is_one_query() {
    let cars = (0..40).map(|n| insight(&format!("car-{n:02}"), end(1))).collect();
    let server = Running::over(&[Window::new(board(end(1), cars).into())]).await;
    let car = fields_of("CarInsight");
    // 40 of a car itself, 3 of each sign, 11 of its forecast, and the braces
    assert_eq!(car.split(' ').filter(|word| !"{}".contains(word)).count(), 40 + 3 + 11);
    let board = "sessionId windowEndUs flag lap fieldEconomy model assumptions stories { text }";
    let query = format!("{{ board {{ {board} cars {{ {car} }} }} }}");
    let found = server.ask(&query).await;
    assert_eq!(found["board"]["windowEndUs"], end(1).us().to_string());
    assert_eq!(found["board"]["cars"].as_array().unwrap().len(), 40);
    let first = &found["board"]["cars"][0];
    assert_eq!(first["vehicleId"], "car-00");
    assert_eq!(
        (&first["mode"], &first["quality"], &first["flag"]),
        (&json!("SAVING"), &json!("NOT_YET"), &json!("GREEN"))
    );
    assert_eq!((&first["economy5"], &first["ageMs"]), (&json!(4.5), &json!(120)));
    server.stop().await;
}

#[tokio::test]
async fn what_is_unknown_is_null() {
    let server = Running::over(&[Window::new(board(end(1), vec![blank("car-24", end(1))]).into())]).await;
    let found = server.ask(&format!("{{ board {{ cars {{ {} }} }} }}", fields_of("CarInsight"))).await;
    let car = found["board"]["cars"][0].as_object().unwrap();
    let known: Vec<_> =
        car.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()).collect();
    let always =
        "flag greenLaps imputedPct mode model quality sessionId signs stintLaps stops vehicleId windowEndUs";
    assert_eq!(known.join(" "), always);
    server.stop().await;
}

#[tokio::test]
async fn numbers_come_in_the_unit_asked_for() {
    let server = Running::over(&race::windows(40)).await;
    let found = server
        .ask(
            r#"{
            session { tank tankL: tank(unit: LITRE) tankGal: tank(unit: US_GALLON) }
            board {
                litres: fieldEconomy(unit: LITRES_PER_100_KM)
                cars { remaining litres: remaining(unit: LITRE) gallons: remaining(unit: US_GALLON)
                       economy: economy5(unit: LITRES_PER_100_KM) sd: economy5Sd(unit: LITRES_PER_100_KM) }
            }
            laps(vehicleId: "car-07") { burned(unit: LITRE) burnedSd(unit: LITRE) imputed(unit: LITRE)
                                        economy(unit: LITRES_PER_100_KM) }
        }"#,
        )
        .await;
    // by hand: 0.74 kg/L (race::conditions), 3.785411784 L a gallon, 235.2145833 = 378.5411784 / 1.609344
    near(&found["session"]["tank"], 20.0 * 3.785411784 * 0.74);
    near(&found["session"]["tankL"], 20.0 * 3.785411784);
    near(&found["session"]["tankGal"], 20.0);
    near(&found["board"]["litres"], 378.5411784 / 1.609344 / 4.4);
    let car = &found["board"]["cars"][0];
    near(&car["remaining"], 52.0);
    near(&car["litres"], 52.0 / 0.74);
    near(&car["gallons"], 52.0 / 0.74 / 3.785411784);
    near(&car["economy"], 378.5411784 / 1.609344 / 4.5);
    near(&car["sd"], 378.5411784 / 1.609344 / 4.5 / 4.5 * 0.05);
    let lap = &found["laps"][0];
    near(&lap["burned"], 1.4 / 0.74);
    near(&lap["burnedSd"], 0.02 / 0.74);
    near(&lap["imputed"], 0.01 / 0.74);
    near(&lap["economy"], 378.5411784 / 1.609344 / 4.0);
    server.stop().await;
}

#[tokio::test]
async fn laps_of_one_car_or_of_all_of_one_session_or_of_the_newest() {
    let server = Running::over(&race::windows(120)).await;
    let laps = async |arguments: &str| {
        let found = server.ask(&format!("{{ laps{arguments} {{ vehicleId lap label }} }}")).await;
        let lap =
            |lap: &Value| format!("{} {} {}", lap["vehicleId"], lap["lap"], lap["label"]).replace('"', "");
        found["laps"].as_array().unwrap().iter().map(lap).collect::<Vec<_>>().join(", ")
    };
    let of_24 = "car-24 1 GREEN, car-24 2 GREEN, car-24 3 PIT";
    assert_eq!(laps(r#"(vehicleId: "car-24")"#).await, of_24);
    assert_eq!(laps(r#"(sessionId: "michigan", vehicleId: "car-24")"#).await, of_24);
    assert_eq!(laps("").await, format!("car-07 1 GREEN, car-07 2 GREEN, car-07 3 GREEN, {of_24}"));
    assert_eq!(laps(r#"(sessionId: "nobody")"#).await, "");
    assert_eq!(laps(r#"(vehicleId: "nobody")"#).await, "");
    server.stop().await;
}

#[tokio::test]
async fn unless_named_the_session_is_the_one_on_air() {
    let mut replayed = board(end(-100), vec![]);
    replayed.session = SessionId::new("replayed").unwrap();
    let windows = [race::windows(1), vec![Window::new(replayed.clone().into())]].concat();
    let server = Running::over(&windows).await;
    let query = r#"{ session { id } board { sessionId } sessions { id cars { number } } none: board(sessionId: "x") { lap } }"#;
    let newest = json!({
        "session": { "id": "michigan" },
        "board": { "sessionId": "michigan" },
        "sessions": [
            { "id": "michigan", "cars": [{ "number": "07" }, { "number": "24" }] },
            { "id": "replayed", "cars": [] },
        ],
        "none": null,
    });
    assert_eq!(server.ask(query).await, newest);
    server.live.publish(replayed.into());
    let on_air = server.ask(query).await;
    assert_eq!(
        (&on_air["session"]["id"], &on_air["board"]["sessionId"]),
        (&json!("replayed"), &json!("replayed"))
    );
    server.stop().await;
}

#[tokio::test]
async fn an_empty_store_answers_nothing() {
    let server = Running::over(&[]).await;
    let found = server.ask("{ session { id } sessions { id } board { lap } laps { lap } }").await;
    assert_eq!(found, json!({ "session": null, "sessions": [], "board": null, "laps": [] }));
    server.stop().await;
}

#[tokio::test]
async fn what_a_foreign_page_could_send_is_refused() {
    let server = Running::over(&[]).await;
    let (json, query) = ("Content-Type: application/json", r#"{"query":"{ sessions { id } }"}"#);
    for (status, headers, body) in [
        (200, vec![json], query),
        (200, vec!["Content-Type: application/json; charset=utf-8", "Origin: http://localhost:5173"], query),
        (403, vec![json, "Origin: https://evil.example"], query),
        (403, vec![json, "Origin: null"], query),
        (415, vec!["Content-Type: text/plain"], query),
        (415, vec!["Content-Type: application/x-www-form-urlencoded"], query),
        (415, vec![], query),
        (400, vec![json], "{"),
        (422, vec![json], r#"[{"query":"{ sessions { id } }"}]"#),
    ] {
        let answer = server.post(&headers, body).await;
        assert_eq!(answer.status, status, "{headers:?} {}", answer.body);
    }
    let renamed = "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(server.send(renamed).await.status, 403);
    assert_eq!(server.get("/graphql?query=%7Bsessions%7Bid%7D%7D").await.status, 400, "no queries by GET");
    server.stop().await;
}

#[tokio::test]
async fn a_body_over_256_kib_is_refused() {
    let server = Running::over(&[]).await;
    let json = "Content-Type: application/json";
    let body = |bytes: usize| {
        let query = r#"{"query":"{ sessions { id } }"}"#;
        format!("{query}{}", " ".repeat(bytes - query.len()))
    };
    assert_eq!(server.post(&[json], &body(256 << 10)).await.status, 200);
    assert_eq!(server.post(&[json], &body((256 << 10) + 1)).await.status, 413);
    let chunked = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\n{json}\r\nTransfer-Encoding: chunked\r\n\r\n40001\r\n{}\r\n",
        body((256 << 10) + 1)
    );
    assert_eq!(server.send(&chunked).await.status, 413, "and its length need not be stated");
    server.stop().await;
}

#[tokio::test]
async fn a_query_can_only_be_so_deep_and_so_wide() {
    let server = Running::over(&[]).await;
    let message = async |query: &str| server.response(query).await["errors"][0]["message"].clone();
    let nested = |depth: usize| {
        let (open, close) = ("ofType { ".repeat(depth - 3), " }".repeat(depth - 3));
        format!("{{ __schema {{ types {{ {open}name{close} }} }} }}")
    };
    assert_eq!(message(&nested(16)).await, Value::Null);
    assert_eq!(message(&nested(17)).await, "Query is nested too deep.");

    let boards = |count: usize| {
        let boards = (0..count).map(|n| format!("b{n}: board {{ cars {{ lap }} }} "));
        format!("{{ {} }}", boards.collect::<String>())
    };
    assert_eq!(message(&boards(16)).await, Value::Null);
    assert_eq!(
        message(&boards(17)).await,
        "a query asks at most 16 questions: ask one after the other",
        "crates/api/src/cost.rs has the others"
    );
    let wide = (0..110).map(|n| format!("c{n}: cars {{ lap }} ")).collect::<String>();
    assert_eq!(message(&format!("{{ board {{ {wide} }} }}")).await, "Query is too complex.", "40 each");
    let brackets = |count: usize| format!("{{ board {}lap{} }}", "{ a ".repeat(count), "}".repeat(count));
    assert_eq!(message(&brackets(2_000)).await, "a query has at most 64 brackets in each other");
    let doubling = (0..30).map(|n| format!("fragment f{n} on Board {{ ...f{0} ...f{0} }} ", n + 1));
    let doubling: String = doubling.chain(["fragment f30 on Board { lap }".into()]).collect();
    assert_eq!(
        message(&format!("{{ board {{ ...f0 }} }} {doubling}")).await,
        "a query selects at most 4000 fields, with its fragments written out"
    );

    let directives = format!("{{ sessions {{ id {} }} }}", "@include(if: true) ".repeat(5));
    let too_many = "The number of directives on the field `id` cannot be greater than `4`";
    assert_eq!(message(&directives).await, too_many);
    server.stop().await;
}

#[tokio::test]
async fn tools_may_ask_for_the_schema() {
    let server = Running::over(&[]).await;
    // the query of graphql-js 16, nine types deep
    let of_type = "ofType { kind name ".repeat(9) + &"}".repeat(9);
    let found = server
        .ask(&format!(
            "{{ __schema {{ queryType {{ name }} subscriptionType {{ name }}
                types {{ kind name description
                    fields(includeDeprecated: true) {{ name description args {{ name type {{ kind name {of_type} }} defaultValue }}
                        type {{ kind name {of_type} }} }}
                    enumValues(includeDeprecated: true) {{ name }} }}
                directives {{ name locations args {{ name }} }} }} }}"
        ))
        .await;
    assert_eq!(found["__schema"]["subscriptionType"]["name"], "Subscription");
    server.stop().await;
}

#[tokio::test]
async fn pages_and_their_protection() {
    let server = Running::over(&[]).await;
    let built = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/dist/index.html")).exists();
    for path in ["/", "/cars/24"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, if built { 200 } else { 503 });
        assert!(built || answer.body.contains("run ./x web"), "{}", answer.body);
        assert!(answer.head.contains("x-content-type-options: nosniff"), "{}", answer.head);
        assert!(
            answer.head.contains("content-security-policy: default-src 'none'; script-src 'self';"),
            "{}",
            answer.head
        );
    }
    assert_eq!(server.get("/assets/gone.js").await.status, 404);
    assert_eq!(
        server.send("DELETE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.status,
        405
    );
    let health = server.get("/healthz").await;
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
    assert!(health.head.contains("cache-control: no-store"), "{}", health.head);
    server.stop().await;
}

#[tokio::test]
async fn an_address_that_cannot_be_served_is_refused_with_advice() {
    let error = async |address: &str| Server::bind(address.parse().unwrap()).await.unwrap_err();
    let open = error("0.0.0.0:0").await;
    assert_eq!(open.to_string(), "0.0.0.0:0 can be reached from other machines: serve on 127.0.0.1 or [::1]");
    let server = Running::over(&[]).await;
    let busy = error(&server.address.to_string()).await;
    assert!(matches!(busy, BindError::Busy { address } if address == server.address), "{busy}");
    server.stop().await;
}

#[tokio::test]
async fn a_board_of_the_past_has_the_answer_that_it_had_live() {
    let mut odd = insight("car-24", end(80));
    odd.burn.rate_g_s = Some(f64::NAN);
    odd.economy.mpg_5 = Some(0.1 + 0.2);
    let mut newest = board(end(80), vec![insight("car-07", end(80)), odd, blank("car-55", end(80))]);
    newest.field_mpg = Some(f64::INFINITY);
    let mut windows = race::windows(79);
    windows.push(Window::new(newest.clone().into()));
    let query = format!("{{ board {{ {} }} }}", fields_of("Board"));

    let past = Running::over(&windows).await;
    let from_store = past.response(&query).await;
    past.live.publish(newest.into());
    let live = past.response(&query).await;
    assert_eq!(from_store, live);
    let first = &live["data"]["board"]["cars"][0];
    for what in ["forecast", "modeReason", "scale", "saveAmountPct"] {
        assert!(!first[what].is_null(), "{what} is in question");
    }
    assert_eq!(first["signs"].as_array().unwrap().len(), 1);
    assert_eq!(live["data"]["board"]["stories"].as_array().unwrap().len(), 1);
    past.stop().await;
}

#[tokio::test]
async fn half_a_request_does_not_keep_a_stopped_server() {
    let server = Running::over(&[]).await;
    let mut half = tokio::net::TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Le").await.unwrap();
    // it would wait for ever
    tokio::time::timeout(Duration::from_secs(20), server.stop()).await.expect("it ends");
}

// time passes by itself here while nobody has anything to do
#[tokio::test(start_paused = true)]
async fn callers_that_send_nothing_or_half_hold_a_connection_for_a_while_only() {
    let server = Running::with_connections(3).await;
    let mut held = Vec::new();
    for sent in [
        "",
        "GET /healthz HT",
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    ] {
        let mut half = tokio::net::TcpStream::connect(server.address).await.unwrap();
        half.write_all(sent.as_bytes()).await.unwrap();
        held.push(half);
    }
    let answer = server.get("/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "a fourth waits for one of them to go");
    let mut late = String::new();
    held[2].read_to_string(&mut late).await.unwrap();
    assert!(late.starts_with("HTTP/1.1 408"), "{late}");
    server.stop().await;
}

#[tokio::test]
async fn it_is_ready_while_boards_come_and_says_why_not() {
    let server = Running::over(&[]).await;
    let ready = async || {
        let answer = server.get("/readyz").await;
        (answer.status, answer.body)
    };
    assert_eq!(ready().await, (503, "no window has closed yet\n".into()));
    server.live.publish(board(end(1), vec![]).into());
    assert_eq!(ready().await, (200, "ok\n".into()));
    server.live.hold_up(Some("the store is locked".into()));
    assert_eq!(ready().await, (503, "the store is locked\n".into()));
    server.live.hold_up(None);
    assert_eq!(ready().await, (200, "ok\n".into()));
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop().await;
}
