//! The look kept to its numbers: contrast, sizes, level colours.

use std::collections::BTreeMap;

use super::SHEET;

/// Contrast of text, and of text on the level colours, which are not ours to choose.
const TEXT: f64 = 7.0;
const LEVEL_TEXT: f64 = 4.5;
/// Smallest text, in px.
const SMALLEST: f64 = 36.0;

struct Rule {
    selector: String,
    declarations: BTreeMap<String, String>,
}

impl Rule {
    fn get(&self, property: &str) -> Option<&str> {
        self.declarations.get(property).map(String::as_str)
    }
}

fn without_comments(sheet: &str) -> String {
    let mut parts = sheet.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("*/").map_or("", |(_, rest)| rest))
}

fn rules() -> Vec<Rule> {
    let sheet = without_comments(SHEET);
    sheet
        .split('}')
        .filter_map(|rule| rule.split_once('{'))
        .map(|(head, body)| Rule {
            selector: head.rsplit(';').next().unwrap_or(head).trim().to_owned(),
            declarations: body
                .split(';')
                .filter_map(|declaration| declaration.split_once(':'))
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .collect(),
        })
        .collect()
}

fn named_colours() -> BTreeMap<String, String> {
    without_comments(SHEET)
        .lines()
        .filter_map(|line| line.strip_prefix("@define-color ")?.strip_suffix(';')?.split_once(' '))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The colour as it is seen; what is translucent lies over a white picture, the worst case.
fn seen(value: &str) -> Option<[f64; 3]> {
    if let Some(name) = value.strip_prefix('@') {
        return seen(named_colours().get(name)?);
    }
    if let Some(parts) = value.strip_prefix("rgba(").and_then(|rest| rest.strip_suffix(')')) {
        let parts: Vec<f64> =
            parts.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        let [red, green, blue, alpha] = parts.try_into().ok()?;
        return Some([red, green, blue].map(|part| part.mul_add(alpha, 255.0 * (1.0 - alpha))));
    }
    let digits = value.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at| u8::from_str_radix(&digits[at..at + 2], 16).ok().map(f64::from);
    Some([part(0)?, part(2)?, part(4)?])
}

/// WCAG 2 contrast.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] = colour.map(|part| {
            let part = part / 255.0;
            if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.0722f64.mul_add(blue, 0.2126f64.mul_add(red, 0.7152 * green))
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[track_caller]
fn check_pair(selector: &str, text: &str, ground: &str, least: f64) {
    let found = seen(text).zip(seen(ground)).map(|(text, ground)| contrast(text, ground));
    let found = found.unwrap_or_else(|| panic!("unknown colour in {selector}: {text} on {ground}"));
    assert!(found >= least, "{selector}: {text} on {ground} has {found:.2}:1, needs {least}:1");
}

/// Everything dark that text may stand on.
const DARK: [&str; 6] =
    ["@panel", "@tile", "#16232f", "rgba(16, 24, 32, 0.92)", "rgba(16, 24, 32, 0.94)", "@night"];

#[test]
fn text_stands_out_from_its_own_ground() {
    let mut pairs = 0;
    for rule in rules() {
        if let (Some(text), Some(ground)) = (rule.get("color"), rule.get("background-color")) {
            let least = if rule.selector.contains(".level-") { LEVEL_TEXT } else { TEXT };
            check_pair(&rule.selector, text, ground, least);
            pairs += 1;
        }
    }
    assert!(pairs >= 14, "only {pairs} pairs found: is the sheet read?");
}

#[test]
fn text_stands_out_from_every_dark_ground() {
    for rule in rules() {
        let (Some(text), None) = (rule.get("color"), rule.get("background-color")) else {
            continue;
        };
        if rule.selector.contains(".focused") {
            check_pair(&rule.selector, text, "@paper", TEXT);
        } else {
            for ground in DARK {
                check_pair(&rule.selector, text, ground, TEXT);
            }
        }
    }
    for text in ["@ink", "@soft", "@warm"] {
        for ground in DARK {
            check_pair("anywhere", text, ground, TEXT);
        }
    }
}

#[test]
fn every_ground_is_known_to_these_tests() {
    // Without text on them, or with text of their own colour.
    let bare = ["@edge", "@paper", "@ink", "transparent", "#000000", "#ffffff"];
    for rule in rules().iter().filter(|rule| rule.get("color").is_none()) {
        let Some(ground) = rule.get("background-color") else { continue };
        let is_known = DARK.contains(&ground) || bare.contains(&ground);
        assert!(is_known, "{}: {ground} is checked by nobody", rule.selector);
    }
}

#[test]
fn focus_shows_itself_three_times() {
    let rules = rules();
    let value = |selector: &str, property: &str| {
        let rule =
            rules.iter().find(|rule| rule.selector == selector && rule.get(property).is_some());
        rule.and_then(|rule| rule.get(property)).map(ToOwned::to_owned)
    };
    let is = |selector, property, expected: &str| {
        assert_eq!(value(selector, property).as_deref(), Some(expected), "{selector} {property}");
    };
    is(".item", "outline", "6px solid transparent");
    is(".item", "outline-offset", "4px");
    is(".item.focused", "outline-color", "@focus");
    is(".item.focused", "background-color", "@paper");
    is(".item.focused .mark", "opacity", "1");
    assert_eq!(named_colours().get("focus").map(String::as_str), Some("#ffd400"));
    check_pair("outline", "@focus", "@night", 3.0);
    check_pair("focused fill beside unfocused fill", "@paper", "@tile", 3.0);
}

#[test]
fn level_colours_are_those_of_the_cabinet_office() {
    let rules = rules();
    for (selector, ground, text) in [
        (".level-5 .block", "#0c000c", "#ffffff"),
        (".level-4 .block", "#aa00aa", "#ffffff"),
        (".level-3 .block", "#ff2800", "#000000"),
    ] {
        let rule = rules.iter().find(|rule| rule.selector == selector).expect(selector);
        assert_eq!(rule.get("background-color"), Some(ground), "{selector}");
        assert_eq!(rule.get("color"), Some(text), "{selector}");
    }
}

#[test]
fn no_text_is_smaller_than_36_px() {
    let mut sizes = 0;
    for rule in rules() {
        let Some(size) = rule.get("font-size") else { continue };
        let em = match &rule.selector {
            selector if selector.contains(".scale-125") => 60.0,
            selector if selector.contains(".scale-150") => 72.0,
            _ => 48.0,
        };
        let number = |text: &str| text.parse::<f64>().ok();
        let px = size.strip_suffix("px").and_then(number);
        let px = px.or_else(|| Some(number(size.strip_suffix("em")?)? * em));
        let px = px.unwrap_or_else(|| panic!("{}: {size}", rule.selector));
        assert!(px >= SMALLEST, "{}: {px} px", rule.selector);
        sizes += 1;
    }
    assert!(sizes > 40, "only {sizes} sizes found: is the sheet read?");
}

#[test]
fn nothing_moves_by_itself_and_every_declaration_is_closed() {
    let sheet = without_comments(SHEET);
    for word in ["transition", "animation", "@keyframes"] {
        assert!(!sheet.contains(word), "{word}");
    }
    for rule in sheet.split('}').filter_map(|rule| rule.split_once('{')) {
        assert!(rule.1.trim().ends_with(';'), "{}", rule.0.trim());
    }
}
