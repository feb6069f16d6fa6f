//! A library on the web that lets its visitors sign in through the television: its own small
//! server, its own key, and nothing of the gateway's inside.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{browser::Browser, town::Town};

const CLIENT: &str = "library";
const STATE: &str = "shelf-7";
/// What the code challenge is made of.
const VERIFIER: &str = "a-verifier-of-the-library-with-enough-characters";
/// Length of each half of a P-256 signature.
const HALF: usize = 32;

/// The library's website.
pub struct Library {
    desk: Desk,
}

/// What the website knows about where it asks.
#[derive(Clone)]
struct Desk {
    address: String,
    issuer: String,
    key: PathBuf,
    authority: PathBuf,
}

impl Library {
    /// Draws a key, registers the library at the gateway and opens the website.
    pub fn open(town: &Town) -> Result<Self> {
        Self::open_for(town, "L2")
    }

    /// The same for visitors of at least this level.
    pub fn open_for(town: &Town, level: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let desk = Desk {
            address: format!("http://{}", listener.local_addr()?),
            issuer: town.issuer(),
            key: town.path().join("library.key.pem"),
            authority: town.path().join("keys/server-ca.cert.pem"),
        };
        let file = town.path().join("library.toml");
        std::fs::write(&file, registration(&desk, level)?)?;
        town.admin(&["register-service", file.to_str().context("path is not UTF-8")?])?;
        let library = Self { desk: desk.clone() };
        std::thread::spawn(move || {
            for visitor in listener.incoming().map_while(Result::ok) {
                if let Err(error) = desk.serve(visitor) {
                    eprintln!("the library's website: {error:#}");
                }
            }
        });
        Ok(library)
    }

    /// Posts to the provider with a fresh proof that it is the library that asks.
    pub fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Value> {
        let assertion = self.desk.assertion()?;
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let proof = [("client_assertion_type", kind), ("client_assertion", assertion.as_str())];
        let pairs = pairs.iter().chain(&proof);
        let pairs: Vec<_> =
            pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        self.desk.ask(path, None, Some(pairs.join("&")))
    }

    /// Reads something public of the provider, e.g. its keys.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.desk.ask(path, None, None)
    }

    /// Opens it in a browser; gives the number that the page shows.
    pub fn visit(&self, town: &Town) -> Result<(Browser, String)> {
        let browser = Browser::start("visitor", 1280, 900, &town.logs())?;
        browser.open(self.address())?;
        let number = browser.text(".code")?.chars().filter(char::is_ascii_digit).collect();
        Ok((browser, number))
    }

    /// Its front page, which leads to the sign-in.
    pub fn address(&self) -> &str {
        &self.desk.address
    }
}

impl Desk {
    fn serve(&self, visitor: TcpStream) -> Result<()> {
        let mut head = BufReader::new(visitor.try_clone()?);
        let mut line = String::new();
        head.read_line(&mut line)?;
        let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let answer = match path.split_once('?') {
            Some(("/callback", query)) => page(&self.greeting(query)),
            None if path == "/" => format!(
                "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                self.authorization()?
            ),
            _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_owned(),
        };
        let mut visitor = visitor;
        visitor.write_all(answer.as_bytes())?;
        Ok(())
    }

    fn authorization(&self) -> Result<String> {
        let challenge = base64url(&openssl(&["dgst", "-sha256", "-binary"], VERIFIER.as_bytes())?);
        Ok(format!(
            "{}/authorize?response_type=code&client_id={CLIENT}&redirect_uri={}/callback\
             &scope=openid%20name&state={STATE}&code_challenge={challenge}\
             &code_challenge_method=S256",
            self.issuer, self.address
        ))
    }

    fn greeting(&self, query: &str) -> String {
        if query.contains("error=access_denied") {
            return "サインインしませんでした".to_owned();
        }
        match self.sign_in(query) {
            Ok((name, acr)) => format!("{name}さん、おかえりなさい（{acr}）"),
            Err(error) => format!("失敗: {error:#}"),
        }
    }

    /// The code becomes tokens, the tokens a name and how sure the gateway is of it.
    fn sign_in(&self, query: &str) -> Result<(String, String)> {
        let parameter = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
            pair.with_context(|| format!("no {name} came back"))
        };
        ensure!(parameter("state")? == STATE, "somebody else's state");
        let code = parameter("code")?;
        let back = format!("{}/callback", self.address);
        let assertion = self.assertion()?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &back),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        let body: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let tokens = self.ask("/token", None, Some(body.join("&")))?;
        let token = tokens["access_token"].as_str().context("no access token")?;
        let known = self.ask("/userinfo", Some(token), None)?;
        let id_token = tokens["id_token"].as_str().context("no id token")?;
        let claims = id_token.split('.').nth(1).context("no claims")?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        text(&known["name"]).zip(text(&claims["acr"])).context("no name or no acr")
    }

    fn ask(&self, path: &str, token: Option<&str>, form: Option<String>) -> Result<Value> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let authority = reqwest::Certificate::from_pem(&std::fs::read(&self.authority)?)?;
            let client = reqwest::Client::builder().tls_certs_only([authority]).build()?;
            let address = format!("{}{path}", self.issuer);
            let request = match form {
                Some(form) => client
                    .post(address)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form),
                None => client.get(address),
            };
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let answer: Value = request.send().await?.json().await?;
            if let Some(error) = answer.get("error") {
                bail!("{path}: {error}");
            }
            Ok(answer)
        })
    }

    /// Proves that it is the library that asks.
    fn assertion(&self) -> Result<String> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let now = since.as_secs();
        let head = json!({ "alg": "ES256", "kid": "1" });
        let claims = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": self.issuer, "iat": now, "exp": now + 60,
            "jti": since.as_nanos().to_string(),
        });
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let key = self.key.to_str().context("path is not UTF-8")?;
        let signature = openssl(&["dgst", "-sha256", "-sign", key], signed.as_bytes())?;
        Ok(format!("{signed}.{}", base64url(&both_halves(&signature)?)))
    }
}

/// The file for `admin register-service`, with a key of its own.
fn registration(desk: &Desk, level: &str) -> Result<String> {
    let key = desk.key.to_str().context("path is not UTF-8")?;
    openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key], b"")?;
    let public = openssl(&["ec", "-in", key, "-pubout", "-outform", "DER"], b"")?;
    let point = public.len().checked_sub(2 * HALF).and_then(|at| public.get(at..));
    let (x, y) = point.context("no point of P-256")?.split_at(HALF);
    Ok(format!(
        "client_id = \"{CLIENT}\"\nname = \"町立図書館\"\nkana = \"チョウリツトショカン\"\n\
         purpose = \"本の予約のため\"\nsector = \"library.minami.example\"\n\
         redirect_uris = [\"{address}/callback\"]\npost_logout_redirect_uris = []\n\
         attributes = [\"name\"]\nstatement_purposes = [\"living-status-confirmation\"]\nminimum_level = \"{level}\"\n\
         [[keys]]\nkid = \"1\"\nkty = \"EC\"\ncrv = \"P-256\"\nx = \"{x}\"\ny = \"{y}\"\n",
        address = desk.address,
        x = base64url(x),
        y = base64url(y),
    ))
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A form's value.
fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Two DER integers as the fixed halves that a JWT carries.
fn both_halves(der: &[u8]) -> Result<Vec<u8>> {
    let mut rest = der.get(2..).context("no sequence")?;
    let mut halves = Vec::with_capacity(2 * HALF);
    for _ in 0..2 {
        let [0x02, length, after @ ..] = rest else { bail!("no integer") };
        let (integer, next) = after.split_at_checked(usize::from(*length)).context("too short")?;
        let digits = &integer[integer.iter().take_while(|byte| **byte == 0).count()..];
        halves.resize(halves.len() + HALF.checked_sub(digits.len()).context("too long")?, 0);
        halves.extend(digits);
        rest = next;
    }
    Ok(halves)
}

fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    child.stdin.take().context("no way in")?.write_all(input)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "openssl {arguments:?}");
    Ok(output.stdout)
}

fn page(words: &str) -> String {
    let body =
        format!("<!doctype html><meta charset=utf-8><title>町立図書館</title><h1>{words}</h1>");
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}
