//! Brokers on the loopback address, each as a plain TCP server with one topic.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{DEADLINE, Outcome, Receivers, Server, rounds};
use crate::{browser::free_port, place, process::Process};

/// One broker.
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) program: &'static str,
    /// Its configuration file for a port, where it needs one.
    configuration: fn(port: u16, program: &str) -> String,
    arguments: fn(port: u16, file: &str) -> Vec<String>,
    /// What a receiver sends, and what it is answered with; no answer is awaited where it is empty.
    subscribe: fn() -> Vec<u8>,
    subscribed: &'static [u8],
    /// What greets a publisher, as bytes to send before the first message.
    greeting: fn() -> Vec<u8>,
    publish: fn(frame: &[u8]) -> Vec<u8>,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(|word| word.replace("''", "")).collect()
}

/// The brokers of Debian that hold one connection for each receiver.
pub(super) static ALL: [Peer; 4] = [
    Peer {
        name: "redis pub/sub",
        program: "redis-server",
        configuration: |_, _| String::new(),
        arguments: |port, _| {
            words(&format!(
                "--port {port} --bind 127.0.0.1 --save '' --appendonly no --maxclients 11000"
            ))
        },
        subscribe: || b"SUBSCRIBE orders\r\n".to_vec(),
        subscribed: b"subscribe",
        greeting: Vec::new,
        publish: |frame| {
            let head = format!("*3\r\n$7\r\nPUBLISH\r\n$6\r\norders\r\n${}\r\n", frame.len());
            [head.as_bytes(), frame, b"\r\n"].concat()
        },
    },
    Peer {
        name: "nats-server",
        program: "nats-server",
        configuration: |_, _| String::new(),
        arguments: |port, _| words(&format!("-a 127.0.0.1 -p {port}")),
        subscribe: || b"CONNECT {\"verbose\":false}\r\nSUB orders 1\r\nPING\r\n".to_vec(),
        subscribed: b"PONG",
        greeting: || b"CONNECT {\"verbose\":false}\r\n".to_vec(),
        publish: |frame| {
            let head = format!("PUB orders {}\r\n", frame.len());
            [head.as_bytes(), frame, b"\r\n"].concat()
        },
    },
    Peer {
        name: "mosquitto QoS 0",
        program: "mosquitto",
        configuration: |port, _| {
            format!(
                "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n"
            )
        },
        arguments: |_, file| words(&format!("-c {file}")),
        subscribe: || [mqtt_connect(), b"\x82\x0b\x00\x01\x00\x06orders\x00".to_vec()].concat(),
        subscribed: b"\x90\x03\x00\x01\x00",
        greeting: mqtt_connect,
        publish: |frame| {
            // Two bytes of length hold up to 16,383, seven bits in each; an order is far below.
            let length = u16::try_from(frame.len() + 8).unwrap_or(u16::MAX);
            let [high, low] = (length << 1).to_be_bytes();
            let head = [0x30, (low >> 1) | 0x80, high];
            [&head[..], b"\x00\x06orders", frame].concat()
        },
    },
    Peer {
        name: "nginx nchan",
        program: "nginx",
        configuration: |port, program| {
            let modules = Path::new(program).with_file_name("../lib/nginx/modules");
            format!(
                "load_module {}/ngx_nchan_module.so;\nuser root;\ndaemon off;\nmaster_process off;\n\
                 worker_rlimit_nofile 12000;\npid nginx.pid;\nerror_log error.log;\n\
                 events {{ worker_connections 11000; }}\n\
                 http {{ access_log off; server {{ listen 127.0.0.1:{port} backlog=4096;\n\
                 location /sub {{ nchan_subscriber eventsource; nchan_channel_id orders; }}\n\
                 location /pub {{ nchan_publisher; nchan_channel_id orders; }} }} }}\n",
                modules.display()
            )
        },
        arguments: |_, file| {
            let folder = PathBuf::from(file);
            let folder = folder.parent().map(|folder| folder.display().to_string());
            words(&format!("-c {file} -p {}", folder.unwrap_or_default()))
        },
        subscribe: || {
            b"GET /sub HTTP/1.1\r\nHost: here\r\nAccept: text/event-stream\r\n\r\n".to_vec()
        },
        subscribed: b"\r\n\r\n",
        greeting: Vec::new,
        publish: |frame| {
            let head = format!(
                "POST /pub HTTP/1.1\r\nHost: here\r\nContent-Length: {}\r\n\r\n",
                frame.len()
            );
            [head.as_bytes(), frame].concat()
        },
    },
];

fn mqtt_connect() -> Vec<u8> {
    // MQTT 3.1.1, clean session, no keep-alive, no client id.
    b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00".to_vec()
}

struct Broker {
    process: Process,
    publisher: TcpStream,
    message: Vec<u8>,
}

impl Server for Broker {
    async fn publish(&mut self) -> Result<()> {
        Ok(self.publisher.write_all(&self.message).await?)
    }

    fn cpu_us(&self) -> Result<i64> {
        self.process.cpu_us()
    }
}

/// None when the program is not here.
pub(super) async fn measure(peer: &'static Peer, frame: &[u8]) -> Result<Option<Outcome>> {
    let Some(program) = place::server(peer.program) else { return Ok(None) };
    let (folder, port) = (tempfile::tempdir()?, free_port()?);
    let file = folder.path().join("peer.conf");
    let program = program.display().to_string();
    std::fs::write(&file, (peer.configuration)(port, &program))?;
    let mut command = Command::new(&program);
    command.args((peer.arguments)(port, &file.display().to_string())).current_dir(folder.path());
    let mut process = Process::start(peer.program, &mut command, folder.path())?;
    let address = format!("127.0.0.1:{port}");
    process.wait_until("listening", DEADLINE, || std::net::TcpStream::connect(&address).is_ok())?;
    let receivers = Receivers::connect(|_| subscribe(peer, address.clone())).await?;
    let mut publisher = TcpStream::connect(&address).await?;
    publisher.set_nodelay(true)?;
    publisher.write_all(&(peer.greeting)()).await?;
    let mut server = Broker { process, publisher, message: (peer.publish)(frame) };
    rounds(&mut server, &receivers).await.map(Some)
}

async fn subscribe(peer: &'static Peer, address: String) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&(peer.subscribe)()).await?;
    let mut answer = Vec::new();
    while !answer.windows(peer.subscribed.len()).any(|window| window == peer.subscribed) {
        let read = stream.read_buf(&mut answer).await?;
        anyhow::ensure!(read > 0, "{} closed the connection", peer.name);
    }
    Ok(stream)
}
