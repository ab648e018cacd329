//! A real server on a port of this machine, asked over real sockets.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use infer::{Current, ModelServer, Served};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// A server that ends with the test.
struct Serving {
    address: SocketAddr,
    current: Arc<Current>,
    _runtime: Runtime,
    _stop: oneshot::Sender<()>,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Serving {
    fn priors() -> Serving {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(ModelServer::bind("127.0.0.1:0".parse().unwrap())).unwrap();
        let address = server.address();
        let current = Arc::new(Current::new(Served::new(fuel::model::priors(), r#"{"a":1}"#.into())));
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        runtime.spawn(server.run(current.clone(), stopped));
        Serving { address, current, _runtime: runtime, _stop: stop }
    }

    fn ask(&self, head: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        let head = format!("{head}\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer { status: head[9..12].parse().unwrap(), head: head.to_lowercase(), body: body.into() }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1"), b"")
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(&format!("POST {path} HTTP/1.1"), body.to_string().as_bytes())
    }
}

#[test]
fn a_container_is_pinged_and_invoked() {
    let serving = Serving::priors();
    assert_eq!(serving.get("/ping").status, 200);
    let window = json!({ "vehicle_id": "24", "package_hp": 670, "samples": [[1.0, 8000, 10.0]] });
    let answer = serving.post("/invocations", &json!({ "windows": [window] })).json();
    let rate = &answer["rates"][0];
    assert_eq!(rate["vehicle_id"], "24");
    assert!((rate["rate_g_s"].as_f64().unwrap() - 37.99).abs() < 0.01, "{answer}"); // docs/fuel-model.md
    assert!(rate["sd_g_s"].as_f64().unwrap() > 0.0);
    assert_eq!(answer["version"], serving.current.get().version());
}

#[test]
fn the_open_inference_protocol_gives_the_same_flow_as_an_invocation() {
    let serving = Serving::priors();
    assert_eq!(serving.get("/v2/health/ready").status, 200);
    let tensor =
        |name: &str, data: Value| json!({ "name": name, "shape": [1], "datatype": "FP64", "data": data });
    let inputs =
        [tensor("throttle", json!([0.5])), tensor("rpm", json!([7000])), tensor("package_hp", json!([670]))];
    let body = json!({ "id": "x", "inputs": inputs });
    let name = serving.current.get().name().to_owned();
    let answer = serving.post(&format!("/v2/models/{name}/infer"), &body).json();
    let window = json!({ "package_hp": 670, "samples": [[0.5, 7000, 1.0]] });
    let invoked = serving.post("/invocations", &json!({ "windows": [window] })).json();
    assert_eq!(answer["outputs"][0]["data"][0], invoked["rates"][0]["rate_g_s"], "{answer}");
    assert_eq!(answer["outputs"][1]["data"][0], invoked["rates"][0]["sd_g_s"]);
    assert_eq!(answer["id"], "x");
}

#[test]
fn a_histogram_burns_what_the_table_of_the_version_says() {
    let serving = Serving::priors();
    let (name, version) =
        (serving.current.get().name().to_owned(), serving.current.get().version().to_owned());
    let path = format!("/v2/models/{name}/versions/{version}");
    let table = serving.get(&format!("{path}/table?package_hp=670")).json();
    let mut seconds = vec![0.0; 210];
    seconds[209] = 2.0; // the last knot: full throttle, the fastest
    let histogram = json!({ "name": "histogram", "shape": [1, 210], "datatype": "FP64", "data": seconds });
    let power = json!({ "name": "package_hp", "shape": [1], "datatype": "FP64", "data": [670] });
    let answer = serving.post(&format!("{path}/infer"), &json!({ "inputs": [histogram, power] })).json();
    let burned_g = answer["outputs"][0]["data"][0].as_f64().unwrap();
    assert!((burned_g - 2.0 * table["rates_g_s"][13][14].as_f64().unwrap()).abs() < 1e-9, "{answer}");
}

#[test]
fn a_follower_learns_when_the_model_is_another() {
    let serving = Serving::priors();
    let version = serving.current.get().version().to_owned();
    let first = serving.get("/model");
    assert_eq!(first.body, r#"{"a":1}"#);
    assert!(first.head.contains(&format!("etag: \"{version}\"")), "{}", first.head);
    let again = format!("GET /model HTTP/1.1\r\nif-none-match: \"{version}\"");
    assert_eq!(serving.ask(&again, b"").status, 304);
    serving.current.set(Served::new(fuel::model::priors(), r#"{"a":2}"#.into()));
    assert_eq!(serving.ask(&again, b"").body, r#"{"a":2}"#);
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let serving = Serving::priors();
    let window = json!({ "samples": [[0.5, 7000, 1.0], [1.5, 7000, 1.0]] });
    let answer = serving.post("/invocations", &json!({ "windows": [window] }));
    assert_eq!(answer.status, 400);
    let error = "windows[0].samples[1]: throttle: 1.5 is not within 0 to 1";
    assert_eq!(answer.json(), json!({ "error": error }));
    assert_eq!(serving.get("/v2/models/other/ready").status, 404);
    assert_eq!(serving.get("/nothing").status, 404);
}

#[test]
fn garbage_is_refused_and_the_server_lives() {
    let serving = Serving::priors();
    let name = serving.current.get().name().to_owned();
    let infer = format!("/v2/models/{name}/infer");
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let number = prop_oneof![any::<f64>().prop_map(|x| json!(x)), any::<i64>().prop_map(|x| json!(x))];
    let word = prop::sample::select(vec!["FP64", "BYTES", "rpm", "throttle", "histogram", "package_hp"]);
    let leaf = prop_oneof![number, word.clone().prop_map(|x| json!(x)), Just(Value::Null)];
    let key = prop::sample::select(vec!["windows", "samples", "inputs", "name", "shape", "datatype", "data"]);
    let value = leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    });
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let body = prop_oneof![value.prop_map(|value| value.to_string().into_bytes()), bytes];
    runner
        .run(&body, |body| {
            for path in ["/invocations", infer.as_str()] {
                let answer = serving.ask(&format!("POST {path} HTTP/1.1"), &body);
                prop_assert!([200, 400].contains(&answer.status), "{} {}", answer.status, answer.body);
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(serving.get("/ping").status, 200);
}
