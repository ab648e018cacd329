//! A server on a free port, and the smallest clients that can talk to it.

use api::{Journal, Live, Needles, Server};
use async_graphql::futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use store::{Store, Window};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// A server over a store that holds some windows.
pub struct Running {
    pub address: SocketAddr,
    pub live: Live,
    pub needles: Needles,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    pub async fn over(windows: &[Window]) -> Self {
        Running::with_journal(windows, None).await
    }

    pub async fn with_journal(windows: &[Window], journal: Option<Arc<dyn Journal>>) -> Self {
        Running::with(windows, journal, usize::MAX).await
    }

    /// With so many connections at most.
    pub async fn with_connections(connections: usize) -> Self {
        Running::with(&[], None, connections).await
    }

    async fn with(windows: &[Window], journal: Option<Arc<dyn Journal>>, connections: usize) -> Self {
        let store = Store::in_memory().unwrap();
        assert_eq!(store.write(windows).unwrap().refused, 0);
        let (live, needles, (stop, stopped)) = (Live::default(), Needles::default(), oneshot::channel());
        let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let mut server = server.with_connections(connections);
        if let Some(journal) = journal {
            server = server.with_journal(journal);
        }
        let address = server.address();
        let ended = tokio::spawn(server.run(Arc::new(store), live.clone(), needles.clone(), async {
            let _ = stopped.await;
        }));
        Running { address, live, needles, stop, ended }
    }

    /// Stops it and waits until it has ended.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.ended.await.unwrap();
    }

    /// Sends a request as it is and reads the answer to its end.
    pub async fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: body.into(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
            .await
    }

    /// Posts a body to /graphql with some more header lines.
    pub async fn post(&self, headers: &[&str], body: &str) -> Answer {
        let headers = headers.join("\r\n");
        self.send(&format!(
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n\r\n{body}",
            self.address,
            body.len()
        ))
        .await
    }

    /// The whole answer to a query, errors and all.
    pub async fn response(&self, query: &str) -> Value {
        let body = json!({ "query": query }).to_string();
        let answer = self.post(&["Content-Type: application/json"], &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The data of a query that must succeed.
    pub async fn ask(&self, query: &str) -> Value {
        let mut response = self.response(query).await;
        assert_eq!(response["errors"], Value::Null, "{response}");
        response["data"].take()
    }

    /// Opens a socket with these header lines.
    pub async fn open(&self, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpSocket::new_v4().unwrap();
        stream.set_recv_buffer_size(4096).unwrap(); // a client that does not read is soon felt
        let stream = stream.connect(self.address).await.unwrap();
        Ok(Socket(client_async(request, stream).await?.0))
    }

    /// Opens a socket and subscribes to the board with these fields, under the id "1".
    pub async fn subscribe(&self, fields: &str) -> Socket {
        self.subscribe_to("board", fields).await
    }

    /// The same to another subscription.
    pub async fn subscribe_to(&self, what: &str, fields: &str) -> Socket {
        let mut socket = self.open(&[PROTOCOL]).await.unwrap();
        socket.send(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.receive().await, Some(json!({ "type": "connection_ack" })));
        let query = format!("subscription {{ {what} {{ {fields} }} }}");
        socket.send(json!({ "id": "1", "type": "subscribe", "payload": { "query": query } })).await;
        socket
    }
}

pub const PROTOCOL: (&str, &str) = ("Sec-WebSocket-Protocol", "graphql-transport-ws");

/// Every field of a type, as a selection.
pub fn fields_of(of: &str) -> String {
    let sdl = api::sdl();
    let body = sdl.split(&format!("type {of} {{\n")).nth(1).unwrap().split("\n}").next().unwrap();
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with('"'));
    let field = |line: &str| {
        let name = line.split(['(', ':']).next().unwrap();
        let kind = line.rsplit(": ").next().unwrap().trim_matches(['[', ']', '!']);
        if sdl.contains(&format!("type {kind} {{")) {
            format!("{name} {{ {} }}", fields_of(kind))
        } else {
            name.to_owned()
        }
    };
    lines.map(field).collect::<Vec<_>>().join(" ")
}

pub struct Answer {
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    pub body: String,
}

pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message; `None` when the other side has gone.
    pub async fn receive(&mut self) -> Option<Value> {
        match self.0.next().await? {
            Ok(Message::Text(text)) => Some(serde_json::from_str(&text).unwrap()),
            _ => None,
        }
    }

    /// Why the other side closes, after whatever it still says.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("it is gone without a word: {other:?}"),
            }
        }
    }

    /// The board of the next message, which must bring one.
    pub async fn board(&mut self) -> Value {
        let mut message = self.receive().await.unwrap();
        assert_eq!((&message["id"], &message["type"]), (&json!("1"), &json!("next")), "{message}");
        assert_eq!(message["payload"]["errors"], Value::Null, "{message}");
        message["payload"]["data"]["board"].take()
    }
}
