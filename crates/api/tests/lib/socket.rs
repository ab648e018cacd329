//! Subscriptions: the newest board, and only the newest.

use crate::client::{PROTOCOL, Running, fields_of};
use crate::race::{board, end, insight};
use events::{Needle, NeedleCar, VehicleId};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

#[tokio::test]
async fn a_subscriber_gets_the_newest_board_at_once_and_then_every_newer_one() {
    let server = Running::over(&[]).await;
    server.live.publish(board(end(1), vec![]).into());
    server.live.publish(board(end(2), vec![]).into());
    let mut socket = server.subscribe("windowEndUs flag cars { vehicleId }").await;
    let answer = |window, cars: Value| json!({ "windowEndUs": end(window).us().to_string(), "flag": "GREEN", "cars": cars });
    assert_eq!(socket.board().await, answer(2, json!([])));
    server.live.publish(board(end(3), vec![insight("car-24", end(3))]).into());
    assert_eq!(socket.board().await, answer(3, json!([{ "vehicleId": "car-24" }])));
    server.stop().await;
}

#[tokio::test]
async fn before_the_first_board_a_subscriber_waits() {
    let server = Running::over(&[]).await;
    let mut socket = server.subscribe("windowEndUs").await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.receive().await, Some(json!({ "type": "pong" })), "and the socket lives");
    server.live.publish(board(end(1), vec![]).into());
    assert_eq!(socket.board().await["windowEndUs"], end(1).us().to_string());
    server.stop().await;
}

#[tokio::test]
async fn a_slow_reader_misses_boards_and_never_gets_an_old_one() {
    let server = Running::over(&[]).await;
    let mut slow = server.subscribe(&format!("windowEndUs cars {{ {} }}", fields_of("CarInsight"))).await;
    let mut quick = server.subscribe("windowEndUs").await;
    // 100 times some 270 kB, far beyond what the system buffers for a reader that does not read
    let cars: Vec<_> = (0..400).map(|n| insight(&format!("car-{n}"), end(1))).collect();
    let count = 100;
    for window in 1..=count {
        server.live.publish(board(end(window), cars.clone()).into());
        assert_eq!(
            quick.board().await["windowEndUs"],
            end(window).us().to_string(),
            "others do not wait for it"
        );
    }
    let mut had = Vec::new();
    while had.last() != Some(&end(count).us()) {
        had.push(slow.board().await["windowEndUs"].as_str().unwrap().parse::<i64>().unwrap());
    }
    assert!(had.is_sorted_by(|a, b| a < b), "{had:?}");
    assert!(had.len() < 50, "{}", had.len());
    server.stop().await;
}

#[tokio::test]
async fn the_needle_is_wanted_while_somebody_listens_and_comes_in_the_unit_asked_for() {
    let server = Running::over(&[]).await;
    assert!(!server.needles.is_wanted());
    let mut socket = server
        .subscribe_to(
            "needle",
            "slotEndUs cars { vehicleId newestUs rateGS economy metric: economy(unit: LITRES_PER_100_KM) }",
        )
        .await;
    while !server.needles.is_wanted() {
        tokio::task::yield_now().await;
    }
    let car = |name, rate_g_s, mpg| NeedleCar {
        vehicle_id: VehicleId::new(name).unwrap(),
        newest_us: end(1),
        rate_g_s,
        mpg,
    };
    let cars = vec![car("car-07", Some(30.0), Some(4.0)), car("car-24", None, Some(f64::NAN))];
    server
        .needles
        .publish(Needle { session: board(end(1), vec![]).session, slot_end_us: end(2), cars }.into());
    let answer = |name, rate: Value, economy: Value, metric: Value| json!({ "vehicleId": name, "newestUs": end(1).us().to_string(), "rateGS": rate, "economy": economy, "metric": metric });
    // 235.214583 mpg·L/100 km: 378.5411784 L per 100 gal over 1.609344 km per mile
    let metric = socket.receive().await.unwrap()["payload"]["data"]["needle"].take();
    let litres = metric["cars"][0]["metric"].as_f64().unwrap();
    assert!((litres - 235.214583 / 4.0).abs() < 1e-6, "{litres}");
    assert_eq!(
        metric,
        json!({ "slotEndUs": end(2).us().to_string(), "cars": [
            answer("car-07", json!(30.0), json!(4.0), json!(litres)),
            answer("car-24", json!(null), json!(null), json!(null)),
        ] })
    );
    drop(socket);
    while server.needles.is_wanted() {
        tokio::task::yield_now().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_number_that_is_none_reaches_nobody() {
    let server = Running::over(&[]).await;
    let mut odd = insight("car-07", end(1));
    odd.burn.rate_g_s = Some(f64::NAN);
    odd.tank.remaining_kg = Some(f64::INFINITY);
    odd.economy.mpg_5 = Some(-0.0);
    let mut bad = insight("car-24", end(1));
    bad.trust.imputed_pct = f64::NAN;
    let mut odd_board = board(end(1), vec![odd, bad]);
    odd_board.field_mpg = Some(f64::NAN);
    server.live.publish(odd_board.into());
    let fields =
        "fieldEconomy cars { vehicleId rateGS remaining(unit: US_GALLON) economy5(unit: LITRES_PER_100_KM) }";
    let mut socket = server.subscribe(fields).await;
    let odd = json!({ "vehicleId": "car-07", "rateGS": null, "remaining": null, "economy5": null });
    assert_eq!(socket.board().await, json!({ "fieldEconomy": null, "cars": [odd] }));
    server.stop().await;
}

#[tokio::test]
async fn a_socket_is_for_this_machine_and_for_the_one_protocol() {
    let server = Running::over(&[]).await;
    for (status, headers) in [
        (403, vec![PROTOCOL, ("Origin", "https://evil.example")]),
        (403, vec![PROTOCOL, ("Origin", "null")]),
        (403, vec![PROTOCOL, ("Host", "evil.example"), ("Origin", "http://evil.example")]),
        (400, vec![]),
        (400, vec![("Sec-WebSocket-Protocol", "graphql-ws")]),
    ] {
        match server.open(&headers).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), status, "{headers:?}"),
            other => panic!("{headers:?}: {:?}", other.map(|_| "a socket")),
        }
    }
    for origin in [format!("http://{}", server.address), "http://localhost:5173".into()] {
        assert!(server.open(&[PROTOCOL, ("Origin", &origin)]).await.is_ok(), "{origin}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_message_over_16_kib_ends_the_socket() {
    let server = Running::over(&[]).await;
    let mut socket = server.subscribe("windowEndUs").await;
    socket.send(json!({ "type": "ping", "payload": { "x": "x".repeat(16 << 10) } })).await;
    assert_eq!(socket.receive().await, None);
    server.stop().await;
}

#[tokio::test]
async fn a_stopped_server_ends_its_sockets() {
    let server = Running::over(&[]).await;
    let mut socket = server.subscribe("windowEndUs").await;
    server.stop().await;
    assert_eq!(socket.receive().await, None);
}

#[tokio::test]
async fn what_a_client_may_not_do_ends_its_socket_with_a_code_and_a_reason() {
    let server = Running::over(&[]).await;
    let subscribe = |id: &str| json!({ "id": id, "type": "subscribe", "payload": { "query": "subscription { board { lap } }" } });
    let init = || json!({ "type": "connection_init" });
    let many = || (0..33).map(|id| subscribe(&id.to_string()));
    for (what, messages, code, reason) in [
        ("before it has greeted", vec![subscribe("1")], 4401, "Unauthorized"),
        (
            "one id twice",
            vec![init(), subscribe("1"), subscribe("1")],
            4409,
            "Subscriber for 1 already exists",
        ),
        ("greeting twice", vec![init(), init()], 4429, "Too many initialisation requests."),
        ("no message", vec![json!({ "type": "nonsense" })], 4400, "Invalid message"),
        ("too many", std::iter::once(init()).chain(many()).collect(), 4400, "at most 32 subscriptions"),
    ] {
        let mut socket = server.open(&[PROTOCOL]).await.unwrap();
        for message in messages {
            socket.send(message).await;
        }
        let (found, why) = socket.closed().await;
        assert!(found == code && why.contains(reason), "{what}: {found} {why}");
    }
    // one that has ended makes room, and its id may be used again
    let mut socket = server.open(&[PROTOCOL]).await.unwrap();
    socket.send(init()).await;
    assert_eq!(socket.receive().await, Some(json!({ "type": "connection_ack" })));
    for _ in 0..40 {
        socket
            .send(json!({ "id": "1", "type": "subscribe", "payload": { "query": "{ sessions { id } }" } }))
            .await;
        assert_eq!(socket.receive().await.unwrap()["type"], "next");
        assert_eq!(socket.receive().await, Some(json!({ "type": "complete", "id": "1" })));
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_says_nothing_is_closed_and_holds_its_connection_until_then() {
    let server = Running::with_connections(1).await;
    let mut silent = server.open(&[PROTOCOL]).await.unwrap();
    let (answer, closed) = tokio::join!(server.get("/healthz"), silent.closed());
    assert_eq!(closed, (4408, "Connection initialisation timeout".into()));
    assert_eq!(answer.status, 200, "then there is room");
    server.stop().await;
}
