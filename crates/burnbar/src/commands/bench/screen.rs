//! A screen: a subscriber that notes what it got, and when.

use crate::failure::Failure;
use crate::time::Stopwatch;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, Utf8Bytes, WebSocket};

/// What the pages ask for, and as much of it.
pub const BOARD: &str = "subscription { board { sessionId windowEndUs flag lap fieldEconomy cars { vehicleId lap lapDistance \
    position flag burnedLap(unit: US_GALLON) lastLapEconomy economy5 economy5Sd stintEconomy stintLaps greenLaps stops \
    remaining(unit: US_GALLON) remainingSd(unit: US_GALLON) lapsLeft lapsLeftSd relativePct relativeSdPct \
    relativeLastLapPct mode quality imputedPct ageMs } } }";
/// The needle, whole.
pub const NEEDLE: &str =
    "subscription { needle { sessionId slotEndUs cars { vehicleId newestUs rateGS economy } } }";

/// A message as it came, and when by the bench's watch.
pub struct Got {
    pub after: Duration,
    message: Utf8Bytes,
}

impl Got {
    /// What the subscription `field` brought.
    pub fn data(&self, field: &str) -> Result<Value, Failure> {
        let mut message: Value = serde_json::from_str(&self.message).map_err(Failure::run)?;
        match message["payload"]["data"][field].take() {
            Value::Null => Err(Failure::run(format!("the server says {}", self.message))),
            data => Ok(data),
        }
    }
}

type Socket = WebSocket<TcpStream>;

/// Subscribes, and listens in a thread until the server goes.
pub fn open(
    address: SocketAddr,
    query: &str,
    watch: Arc<Stopwatch>,
) -> Result<JoinHandle<Vec<Got>>, Failure> {
    let mut socket = connect(address)?;
    say(&mut socket, &json!({ "type": "connection_init" }))?;
    hear(&mut socket).ok_or_else(|| Failure::run("the server does not take a subscriber"))?;
    say(&mut socket, &json!({ "id": "1", "type": "subscribe", "payload": { "query": query } }))?;
    Ok(thread::spawn(move || {
        let mut got = Vec::new();
        while let Some(message) = hear(&mut socket) {
            got.push(Got { after: watch.elapsed(), message });
        }
        got
    }))
}

fn connect(address: SocketAddr) -> Result<Socket, Failure> {
    let mut request = format!("ws://{address}/graphql").into_client_request().map_err(Failure::run)?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("graphql-transport-ws"));
    let stream = TcpStream::connect(address).map_err(Failure::run)?;
    Ok(tungstenite::client(request, stream).map_err(Failure::run)?.0)
}

fn say(socket: &mut Socket, message: &Value) -> Result<(), Failure> {
    socket.send(Message::text(message.to_string())).map_err(Failure::run)
}

/// The next text; `None` when the server has gone.
fn hear(socket: &mut Socket) -> Option<Utf8Bytes> {
    loop {
        if let Message::Text(text) = socket.read().ok()? {
            return Some(text);
        }
    }
}
