//! Subscriptions over a `graphql-transport-ws` socket.

use crate::connections::Held;
use crate::schema::Schema;
use async_graphql::futures_util::{SinkExt, StreamExt, future, pin_mut};
use async_graphql::http::{ClientMessage, WebSocket as Conversation, WebSocketProtocols, WsMessage};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

const PROTOCOL: &str = "graphql-transport-ws";
/// A subscription with every field takes 2 KiB.
const MESSAGE_BYTES_MAX: usize = 16 << 10;

/// Subscriptions that go on at a time on one socket; a page has two.
const SUBSCRIPTIONS_MAX: usize = 32;
/// How soon a client says `connection_init`.
const GREETED_WITHIN: Duration = Duration::from_secs(5);

/// Turns a request into a socket that lives until the client leaves or `stopped` is over.
pub(crate) fn subscribe(
    upgrade: WebSocketUpgrade,
    schema: Schema,
    stopped: watch::Receiver<()>,
    held: Held,
) -> Response {
    let upgrade = upgrade.protocols([PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let advice = format!("a socket here speaks {PROTOCOL}: ask for it in Sec-WebSocket-Protocol\n");
        return (StatusCode::BAD_REQUEST, advice).into_response();
    }
    upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        // by default each of the two keeps 128 KiB for every socket
        .read_buffer_size(2048)
        .write_buffer_size(0)
        .on_upgrade(async |socket| {
            let (mut stopped, _held) = (stopped, held);
            tokio::select! {
                () = talk(socket, schema) => {}
                _ = stopped.changed() => {}
            }
        })
}

async fn talk(socket: WebSocket, schema: Schema) {
    let (mut sink, stream) = socket.split();
    let open: Arc<Mutex<Open>> = Arc::default();
    let taking = open.clone();
    let messages = stream
        .take_while(|message| future::ready(message.is_ok()))
        .filter_map(|message| {
            future::ready(message.ok().filter(|m| matches!(m, Message::Text(_) | Message::Binary(_))))
        })
        .map(|message| ClientMessage::from_bytes(message.into_data()))
        .take_while(move |message| future::ready(locked(&taking).take(message)));
    let answers = Conversation::from_message_stream(schema, messages, WebSocketProtocols::GraphQLWS);
    pin_mut!(answers);
    let greeting = tokio::time::sleep(GREETED_WITHIN);
    pin_mut!(greeting);
    // An answer is made when the one before has left: what a slow reader gets is new.
    loop {
        let is_greeted = locked(&open).is_greeted;
        let answer = tokio::select! {
            answer = answers.next() => answer,
            () = &mut greeting, if !is_greeted => {
                locked(&open).close = Some((4408, "Connection initialisation timeout".into()));
                None
            }
        };
        let message = match answer {
            Some(WsMessage::Text(text)) => {
                locked(&open).answered(&text);
                Message::Text(text.into())
            }
            Some(WsMessage::Close(code, reason)) => closing(code, reason),
            None => break,
        };
        if sink.send(message).await.is_err() {
            return;
        }
    }
    let close = locked(&open).close.take();
    if let Some((code, reason)) = close {
        // whoever is to hear it may have gone
        let _ = sink.send(closing(code, reason)).await;
    }
}

fn closing(code: u16, reason: String) -> Message {
    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
}

fn locked(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a socket has begun, and why it is to be closed. Close codes are those of the protocol.
#[derive(Default)]
struct Open {
    is_greeted: bool,
    /// Of subscriptions that go on.
    ids: BTreeSet<String>,
    close: Option<(u16, String)>,
}

impl Open {
    /// Whether the conversation goes on with this message.
    fn take(&mut self, message: &serde_json::Result<ClientMessage>) -> bool {
        self.close = match message {
            Ok(ClientMessage::ConnectionInit { .. }) => {
                self.is_greeted = true;
                None
            }
            Ok(ClientMessage::Start { .. }) if !self.is_greeted => Some((4401, "Unauthorized".into())),
            Ok(ClientMessage::Start { id, .. }) if self.ids.contains(id) => {
                Some((4409, shortened(format!("Subscriber for {id} already exists"))))
            }
            Ok(ClientMessage::Start { .. }) if self.ids.len() >= SUBSCRIPTIONS_MAX => {
                Some((4400, format!("a socket has at most {SUBSCRIPTIONS_MAX} subscriptions")))
            }
            Ok(ClientMessage::Start { id, .. }) => {
                self.ids.insert(id.clone());
                None
            }
            Ok(ClientMessage::Stop { id }) => {
                self.ids.remove(id);
                None
            }
            Ok(_) => None,
            Err(error) => Some((4400, shortened(format!("Invalid message: {error}")))),
        };
        self.close.is_none()
    }

    /// Sees what is sent: a subscription may end by itself.
    fn answered(&mut self, text: &str) {
        let id = text.strip_prefix(r#"{"type":"complete","id":"#).and_then(|rest| rest.strip_suffix('}'));
        if let Some(id) = id.and_then(|id| serde_json::from_str::<String>(id).ok()) {
            self.ids.remove(&id);
        }
    }
}

/// A reason to close has at most 123 bytes.
fn shortened(mut reason: String) -> String {
    let end = (0..=reason.len().min(123)).rev().find(|end| reason.is_char_boundary(*end));
    reason.truncate(end.unwrap_or(0));
    reason
}
