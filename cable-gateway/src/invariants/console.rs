//! Invariant 8, read from the sources: personal data reaches the console through queries that write
//! the audit record, and through nothing else.
//!
//! Looked at are the console's own queries, and every function of the store that reads a personal
//! table, directly or through others, without asking for a [`crate::audit::Viewer`].

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Tables that tell something about a person or a home.
const PERSONAL: [&str; 10] = [
    "person",
    "household",
    "household_resident",
    "check_in",
    "credential_link",
    "auth_event",
    "order_answer",
    "order_receipt",
    "help_call",
    "help_call_report",
];
/// Queries of the console that count homes and name none.
const COUNTING: [&str; 2] = [
    "SELECT area_id, COUNT(*) AS homes FROM household GROUP BY area_id",
    "SELECT COUNT(*) AS homes FROM household",
];
/// Functions that give figures, states under random ids, boxes with the number and the district of their
/// home, or which keys the remote of a numbered home uses: they name nobody and tell no answer.
const FIGURES: [&str; 14] = [
    "board::counts",
    "check_in::roll",
    "check_in::states",
    "codes::draw",
    "codes::home_without_box",
    "codes::homes_left",
    "codes::homes_without_box",
    "key_lock::of_home",
    "listing::counts",
    "listing::each",
    "listing::found",
    "listing::one",
    "listing::page",
    "listing::versions",
];

/// Words and the braces that put a table's name in later.
fn words(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '{';
    text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect()
}

/// Personal tables that a text reads or writes, and tables whose name is not written there.
fn tables(text: &str) -> BTreeSet<String> {
    let mut text = text.to_owned();
    for query in COUNTING {
        text = text.replace(query, "");
    }
    let words = words(&text);
    let after = words
        .windows(2)
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE", "TABLE"].contains(&pair[0]));
    let named = after.map(|pair| pair[1]);
    named
        .filter(|table| PERSONAL.contains(table) || table.starts_with('{'))
        .map(str::to_owned)
        .collect()
}

/// One function or constant of a source file.
#[derive(Debug)]
struct Item {
    name: String,
    /// Module and name, as others call it.
    path: String,
    is_public: bool,
    takes_viewer: bool,
    text: String,
}

/// The functions and constants of a file without its tests.
fn items(module: &str, text: &str) -> Vec<Item> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found: Vec<Item> = Vec::new();
    for line in text.lines() {
        match begins(line) {
            Some((name, is_public)) => found.push(Item {
                path: format!("{module}::{name}"),
                name,
                is_public,
                takes_viewer: false,
                text: format!("{line}\n"),
            }),
            None => {
                if let Some(item) = found.last_mut() {
                    item.text.push_str(line);
                    item.text.push('\n');
                }
            }
        }
    }
    for item in &mut found {
        let signature = item.text.split(") -> ").next().unwrap_or_default();
        item.takes_viewer = signature.contains("Viewer");
    }
    found
}

fn begins(line: &str) -> Option<(String, bool)> {
    let line = line.trim_start();
    let is_public = line.starts_with("pub");
    let rest = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub(super) "));
    let rest = rest.or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    let rest = rest.strip_prefix("fn ").or_else(|| rest.strip_prefix("const "))?;
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    Some((name.to_owned(), is_public))
}

/// Public functions that read personal tables without a viewer, directly or through others.
fn unwatched(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let items: Vec<Item> = files.iter().flat_map(|(module, text)| items(module, text)).collect();
    let mut reading: BTreeSet<&str> = BTreeSet::new();
    let reads = |item: &Item| !tables(&item.text).is_empty();
    reading.extend(items.iter().filter(|item| reads(item)).map(|item| item.path.as_str()));
    loop {
        let calls = |item: &Item| {
            let module = item.path.split("::").next().unwrap_or_default();
            reading.iter().any(|path| {
                let (of, name) = path.split_once("::").unwrap_or_default();
                let here = of == module && words(&item.text).contains(&name);
                (here && name != item.name) || item.text.contains(&format!("{path}("))
            })
        };
        let more: Vec<&str> = items
            .iter()
            .filter(|item| !reading.contains(item.path.as_str()) && calls(item))
            .map(|item| item.path.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        reading.extend(more);
    }
    let is_open = |item: &&Item| item.is_public && !item.takes_viewer;
    let open = items.iter().filter(is_open).map(|item| item.path.clone());
    open.filter(|path| reading.contains(path.as_str())).collect()
}

/// What a source of the console does around the audited queries.
fn faults(console: &str, unwatched: &BTreeSet<String>) -> Vec<String> {
    let mut faults: Vec<String> = tables(console).into_iter().collect();
    let called = unwatched.iter().filter(|path| !FIGURES.contains(&path.as_str()));
    faults.extend(called.filter(|path| console.contains(&format!("{path}("))).cloned());
    faults
}

/// Invariant 8: the console reads no personal table around the audited queries.
#[test]
fn invariant_8_the_console_names_no_personal_table() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let is_console = |path: &Path| {
        let path = path.strip_prefix(&source).unwrap_or(path).to_string_lossy().into_owned();
        path.starts_with("staff") || path.starts_with("web/staff")
    };
    let mut all = Vec::new();
    collect(&source, &mut all);
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("read");
    let (console, others): (Vec<PathBuf>, Vec<PathBuf>) =
        all.into_iter().partition(|path| is_console(path));
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for path in &others {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        modules.entry(stem).or_default().push_str(&read(path));
    }
    let unwatched = unwatched(&modules);
    for known in
        ["provisioning::of_household", "board::counts", "check_in::roll", "check_in::states"]
    {
        assert!(unwatched.contains(known), "{known} is found: {unwatched:?}");
    }
    for watched in ["board::homes", "help::standing", "check_in::identities", "check_in::history"] {
        assert!(!unwatched.contains(watched), "{watched} asks who looks");
    }
    assert!(console.len() > 20, "the console's sources are looked at");
    for file in &console {
        let faults = faults(&read(file), &unwatched);
        assert_eq!(faults, [""; 0], "{} reads persons without a record", file.display());
    }
}

#[track_caller]
fn check_faults(console: &str, store: &str, expected: &[&str]) {
    let modules = BTreeMap::from([("roster".to_owned(), store.to_owned())]);
    assert_eq!(faults(console, &unwatched(&modules)), expected);
}

#[test]
fn invariant_8_a_view_around_the_audit_would_be_found() {
    check_faults("\"SELECT name FROM person\"", "", &["person"]);
    check_faults("\"SELECT name \\\n  FROM\\\n  person p\"", "", &["person"]);
    check_faults("\"SELECT * FROM town t JOIN household_resident r\"", "", &["household_resident"]);
    check_faults("format!(\"SELECT * FROM {table}\")", "", &["{table"]);
    check_faults("\"SELECT name, COUNT(*) FROM person\"", "", &["person"]);
    check_faults("\"SELECT area_id, COUNT(*) AS homes FROM household GROUP BY area_id\"", "", &[]);
    let open = "pub fn all(sql: &mut dyn Sql) -> R {\n rows(sql)\n}\nfn rows(sql: &mut dyn Sql) \
                -> R {\n sql.all(\"SELECT * FROM person\")\n}\n";
    check_faults("roster::all(sql)", open, &["roster::all"]);
    check_faults("nothing", open, &[]);
    let watched = open.replace("all(sql:", "all(viewer: &Viewer, sql:");
    check_faults("roster::all(sql)", &watched, &[]);
}

/// Sources without tests, which may look at the tables themselves.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if ["tests", "testing", "invariants"].iter().any(|part| name.starts_with(part)) {
        return;
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            collect(&entry.expect("an entry").path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        files.push(path.to_owned());
    }
}
