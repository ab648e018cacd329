//! Subscriptions over a `graphql-transport-ws` socket.

use crate::schema::Schema;
use async_graphql::futures_util::{SinkExt, StreamExt, future, pin_mut};
use async_graphql::http::{WebSocket as Conversation, WebSocketProtocols, WsMessage};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

const PROTOCOL: &str = "graphql-transport-ws";
/// A subscription with every field takes 2 KiB.
const MESSAGE_BYTES_MAX: usize = 16 << 10;

/// Turns a request into a socket that lives until the client leaves or `stopped` is over.
pub(crate) fn subscribe(upgrade: WebSocketUpgrade, schema: Schema, stopped: watch::Receiver<()>) -> Response {
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
            let mut stopped = stopped;
            tokio::select! {
                () = talk(socket, schema) => {}
                _ = stopped.changed() => {}
            }
        })
}

async fn talk(socket: WebSocket, schema: Schema) {
    let (mut sink, stream) = socket.split();
    let messages = stream
        .take_while(|message| future::ready(message.is_ok()))
        .filter_map(|message| {
            future::ready(message.ok().filter(|m| matches!(m, Message::Text(_) | Message::Binary(_))))
        })
        .map(Message::into_data);
    let answers = Conversation::new(schema, messages, WebSocketProtocols::GraphQLWS);
    pin_mut!(answers);
    // An answer is made when the one before has left: what a slow reader gets is new.
    while let Some(answer) = answers.next().await {
        let message = match answer {
            WsMessage::Text(text) => Message::Text(text.into()),
            WsMessage::Close(code, reason) => {
                Message::Close(Some(CloseFrame { code, reason: reason.into() }))
            }
        };
        if sink.send(message).await.is_err() {
            return;
        }
    }
}
