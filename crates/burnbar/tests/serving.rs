//! A `burnbar` that serves something, and how to ask it.

use crate::program::burnbar;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// A process that serves on a port of its own; it is killed when the test ends.
pub struct Serving {
    process: Child,
    pub address: SocketAddr,
}

/// What a server replied.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Serving {
    /// Starts `burnbar` with its words, and waits until it prints an address.
    pub fn start(folder: &Path, words: &str) -> Self {
        let mut process = burnbar(folder, words).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.by_ref().map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
        let address = line.split("http://").nth(1).unwrap().trim_end_matches('/').parse().unwrap();
        // the rest is read to its end, so that it can be printed
        thread::spawn(move || lines.for_each(drop));
        Serving { process, address }
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        let pid = self.process.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// What became of it.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Asks it: a method and a path, more lines of the head, a body.
    pub fn ask(&self, what: &str, headers: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(self.request(what, headers, body).as_bytes()).unwrap();
        reply(stream)
    }

    /// A whole request as text.
    pub fn request(&self, what: &str, headers: &str, body: &str) -> String {
        format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        )
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.process.kill();
        self.process.wait().unwrap();
    }
}

/// Reads a reply to its end.
pub fn reply(mut stream: TcpStream) -> Reply {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Reply { status: head[9..12].parse().unwrap(), head: head.to_lowercase(), body: body.to_owned() }
}

/// Tries again and again for ten seconds until something is so.
pub fn until<T>(what: &str, mut try_once: impl FnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(found) = try_once() {
            return found;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{what}: it never came so far");
}
