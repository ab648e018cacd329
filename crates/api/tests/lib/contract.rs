//! web/schema.graphql and docs/api.md state what the server does.

use crate::client::{PROTOCOL, Running};
use crate::race;
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../../web/schema.graphql");
const DOCUMENT: &str = include_str!("../../../../docs/api.md");

/// `BURNBAR_WRITE=1 cargo test -p api` writes the file anew.
#[test]
fn the_schema_is_the_file_that_the_pages_are_built_against() {
    if std::env::var_os("BURNBAR_WRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/schema.graphql");
        std::fs::write(path, api::sdl()).unwrap();
    } else {
        assert!(
            SCHEMA == api::sdl(),
            "web/schema.graphql is not what api::sdl() prints: see this test's source"
        );
    }
}

/// The fenced blocks of a language, in order.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[tokio::test]
async fn every_query_of_the_document_has_the_answer_it_shows() {
    let server = Running::over(&race::windows(80)).await;
    let (queries, answers) = (blocks(DOCUMENT, "graphql"), blocks(DOCUMENT, "json"));
    assert_eq!((queries.len(), answers.len()), (6, 6));
    for (query, answer) in queries.into_iter().zip(answers) {
        let expected: Value = serde_json::from_str(answer).unwrap();
        let found = server.response(query).await;
        assert_eq!(found, expected, "{query}{found:#}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_conversation_of_the_document_goes_as_it_shows() {
    let server = Running::over(&race::windows(80)).await;
    let mut socket = server.open(&[PROTOCOL]).await.unwrap();
    let conversation = blocks(DOCUMENT, "text");
    assert_eq!(conversation.len(), 1);
    for line in conversation[0].lines() {
        if let Some(sent) = line.strip_prefix("→ ") {
            socket.send(serde_json::from_str(sent).unwrap()).await;
        } else if let Some(received) = line.strip_prefix("← ") {
            let expected: Value = serde_json::from_str(received).unwrap();
            let end = expected["payload"]["data"]["board"]["windowEndUs"].as_str();
            if let Some(end) = end.map(|us| units::EventTime::from_us(us.parse().unwrap())) {
                server.live.publish(race::board(end, vec![race::insight("car-07", end)]).into());
            }
            assert_eq!(socket.receive().await, Some(expected));
        }
    }
    server.stop().await;
}
