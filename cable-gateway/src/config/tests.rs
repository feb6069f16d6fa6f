use super::*;

fn load_text(text: &str) -> Result<Config, ConfigError> {
    parse(text, Path::new("gateway.toml"), PathBuf::from("/etc/hitokoe"))
}

#[test]
fn the_example_is_valid_and_its_paths_start_at_its_folder() {
    let config = load_text(EXAMPLE).expect("valid");
    assert_eq!(config.database.path, Path::new("/etc/hitokoe/data/gateway.sqlite"));
    assert_eq!(config.push.heartbeat.as_secs(), 10);
    assert_eq!(config.login.nonce.as_secs(), 120);
    assert!(config.multicast.is_none(), "off unless the network has it");
}

#[test]
fn every_commented_key_of_the_example_is_a_real_one() {
    let mut text = String::new();
    for line in EXAMPLE.lines() {
        let key = line.strip_prefix("# ").unwrap_or(line);
        let is_key = key.starts_with('[')
            || key.split_once(" = ").is_some_and(|(key, _)| {
                key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            });
        text.push_str(if is_key { key } else { "" });
        text.push('\n');
    }
    assert!(text.contains("[multicast]") && text.contains("nonce_seconds"));
    load_text(&text).expect("valid with every key written out");
}

#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert!(EXAMPLE.contains(from), "{from}");
    let error = load_text(&EXAMPLE.replacen(from, to, 1)).expect_err("refused").to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn faults_name_their_key_and_the_remedy() {
    check(
        "path = \"data/gateway.sqlite\"",
        "path = \"\"",
        "database.path: empty or too long; write 1",
    );
    check(
        "0.0.0.0:8443",
        "everywhere",
        "box_api.listen: `everywhere` is no address; write IP:port",
    );
    check("127.0.0.1:8080", "0.0.0.0:8080", "personal data without TLS");
    check("\"363871\"", "\"363872\"", "town.municipality_code");
    check("# phone = \"0884-00-0000\"", "phone = \"0884 00\"", "town.phone: `0884 00` is no");
    check("= \"hitokoe-test\"", "= \"narnia\"", "unknown variant");
    check("[check_in]", "[revocation.ocsp]\nurl = \"ftp://x\"\n[check_in]", "revocation.ocsp.url");
    let list = "[[revocation.lists]]\nsource = ";
    check("[check_in]", &format!("{list}\"https://x/a.crl\"\n[check_in]"), "revocation.ca_file");
    check(
        "[check_in]",
        &format!("{list}\"a.crl\"\nissuer_key_id = \"0g\"\n[check_in]"),
        "issuer_key_id: no key id",
    );
    check("unknown = \"allow", "unknown = \"perhaps-allow", "unknown variant");
    check("[log]", "[metrics]\nlisten = \"9464\"\n[log]", "metrics.listen");
    check("number = 2", "number = 1", "appears twice");
    check("239.255.36.1:5000", "udp://x", "channels.source");
    check("[log]", "[log]\nfilter = \"cable_gateway=loud\"", "log.filter");
    check("[push]", "[push]\nqueue = 1", "use 8 to 4096");
    check("[push]", "[push]\nquee = 64", "unknown field `quee`");
    check("[push]", "[multicast]\ngroup = \"10.0.0.1:1\"\ninterface = \"x\"\n[push]", "multicast.");
}

#[test]
fn two_listeners_do_not_share_an_address() {
    let both = "staff.listen and box_api.listen";
    check("0.0.0.0:8443", "127.0.0.1:8080", &format!("{both}: both are 127.0.0.1:8080"));
    for taken in ["0.0.0.0:8080", "[::]:8080", "[::ffff:127.0.0.1]:8080"] {
        check("0.0.0.0:8443", taken, both);
    }
    check("[log]", "[metrics]\nlisten = \"127.0.0.1:8443\"\n[log]", "metrics.listen and box_api");
    let services = "[oidc]\nissuer = \"https://id.example\"\nlisten = \"127.0.0.1:8080\"\n[log]";
    check("[log]", services, "oidc.listen and staff.listen");
    for apart in ["127.0.0.1:0", "192.0.2.1:8080", "[::1]:8080"] {
        let text = EXAMPLE.replace("0.0.0.0:8443", apart);
        let text = if apart.ends_with(":0") { text.replace("127.0.0.1:8080", apart) } else { text };
        load_text(&text).expect(apart);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let text = EXAMPLE.replace("\"363871\"", "\"1\"").replace("number = 2", "number = 1");
    let error = load_text(&text).expect_err("refused").to_string();
    assert!(error.contains("town.municipality_code") && error.contains("appears twice"), "{error}");
}

#[test]
fn a_missing_file_says_how_to_name_one() {
    let error = load(Path::new("/nonexistent/gateway.toml")).expect_err("no file").to_string();
    assert!(error.contains("--config"), "{error}");
    assert!(error.contains("cable-gateway example-config > /nonexistent/gateway.toml"), "{error}");
}
