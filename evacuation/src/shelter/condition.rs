//! Conditions of use that open data hides in the names of shelters.

use super::Shelter;
use crate::hazard::Hazard;

/// Words before 時 by which the data names hazards.
const HAZARD_WORDS: [(&str, Hazard); 11] = [
    ("洪水", Hazard::Flood),
    ("土砂災害", Hazard::Landslide),
    ("土砂", Hazard::Landslide),
    ("高潮", Hazard::StormSurge),
    ("地震", Hazard::Earthquake),
    ("津波", Hazard::Tsunami),
    ("大規模火災", Hazard::LargeFire),
    ("火災", Hazard::LargeFire),
    ("内水氾濫", Hazard::InlandFlood),
    ("内水", Hazard::InlandFlood),
    ("噴火", Hazard::Volcano),
];

/// Separates a name as the open data writes it from the condition in it, and adds the remarks
/// (備考) to the condition.
///
/// Brackets that only say what or where the place is stay in the name.
pub fn split_condition(name: &str, remarks: &str) -> (String, Option<String>) {
    let (name, mut parts) = without_brackets(name.trim());
    let (name, tail) = without_tail(&name);
    parts.extend(tail);
    let remarks = remarks.trim();
    if !remarks.is_empty() && !parts.iter().any(|part| part == remarks) {
        parts.push(remarks.to_owned());
    }
    let condition = parts.join("。");
    (name, (!condition.is_empty()).then_some(condition))
}

/// Takes the brackets that hold a condition out of the name.
fn without_brackets(name: &str) -> (String, Vec<String>) {
    let (mut kept, mut conditions, mut rest) = (String::new(), Vec::new(), name);
    while let Some(opening) = rest.find(['（', '(']) {
        let Some(length) = rest[opening..].find(['）', ')']) else { break };
        let (before, bracket) = rest.split_at(opening);
        let closing = bracket[length..].chars().next().map_or(0, char::len_utf8);
        let (bracket, after) = bracket.split_at(length + closing);
        let inside = bracket.trim_matches(['（', '(', '）', ')']).trim();
        kept.push_str(before);
        if is_condition(inside) {
            conditions.push(inside.trim_end_matches('。').to_owned());
        } else {
            kept.push_str(bracket);
        }
        rest = after;
    }
    kept.push_str(rest);
    (kept.trim().to_owned(), conditions)
}

/// "…は２階以上に避難" without brackets. A name that would be left empty keeps its words.
fn without_tail(name: &str) -> (String, Option<String>) {
    let Some((head, condition)) = name.rsplit_once('は').filter(|(_, tail)| is_condition(tail))
    else {
        return (name.to_owned(), None);
    };
    let (place, hazards) = split_hazards(head);
    if place.is_empty() {
        return (name.to_owned(), None);
    }
    let condition =
        if hazards.is_empty() { condition.to_owned() } else { format!("{hazards}は{condition}") };
    (place.to_owned(), Some(condition))
}

/// Parts "公民館　洪水時、津波時" into the place and the hazards after it.
fn split_hazards(head: &str) -> (&str, &str) {
    let is_separator = |c: char| c.is_whitespace() || "、，,・".contains(c);
    let mut place = head;
    while let Some(before) = HAZARD_WORDS.iter().find_map(|(word, _)| {
        place.trim_end_matches(is_separator).strip_suffix('時').and_then(|p| p.strip_suffix(word))
    }) {
        place = before;
    }
    let hazards = head[place.len()..].trim_matches(is_separator);
    (place.trim_end_matches(is_separator), hazards)
}

fn is_condition(text: &str) -> bool {
    let storey = text.contains('階') && (text.contains("以上") || text.contains("避難"));
    let rule = ["に避難", "へ避難", "時は", "のみ", "に限る", "を除く", "使用不可", "使用できない"];
    storey || rule.iter().any(|words| text.contains(words))
}

impl Shelter {
    /// The part of the condition that holds under this hazard: of "洪水時は２階以上に避難。津波時は
    /// ３階以上に避難" only the first under a flood, as "２階以上に避難". A sentence that names no
    /// hazard holds under every one.
    pub fn condition_for(&self, hazard: Hazard) -> Option<String> {
        let condition = self.condition.as_deref()?;
        let sentences =
            condition.split('。').map(str::trim).filter(|sentence| !sentence.is_empty());
        let holding: Vec<&str> = sentences.filter_map(|sentence| holds(sentence, hazard)).collect();
        (!holding.is_empty()).then(|| holding.join("。"))
    }
}

/// The sentence without the hazards before it, when one of them is this one.
fn holds(sentence: &str, hazard: Hazard) -> Option<&str> {
    let Some((named, rule)) = sentence.split_once("時は") else { return Some(sentence) };
    let named = named
        .split(['、', '，', ',', '・', '／', '/'])
        .map(|word| word.trim().trim_end_matches('時'));
    let named: Option<Vec<Hazard>> = named.map(hazard_of_word).collect();
    match named {
        Some(named) => named.contains(&hazard).then(|| rule.trim()),
        // Words that are not hazards: better a sentence too many.
        None => Some(sentence),
    }
}

fn hazard_of_word(word: &str) -> Option<Hazard> {
    HAZARD_WORDS.iter().find(|(name, _)| *name == word).map(|(_, hazard)| *hazard)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::shelter::{Position, ShelterId};

    #[track_caller]
    fn check_split(name: &str, remarks: &str, expected_name: &str, expected: Option<&str>) {
        let (name, condition) = split_condition(name, remarks);
        assert_eq!((name.as_str(), condition.as_deref()), (expected_name, expected));
    }

    #[test]
    fn conditions_leave_the_name_and_descriptions_stay() {
        check_split("薬王寺", "", "薬王寺", None);
        check_split(
            "日和佐総合体育館（津波時は２階以上に避難）",
            "",
            "日和佐総合体育館",
            Some("津波時は２階以上に避難"),
        );
        check_split(
            "交流拠点施設（にぎわいの館）（地震時、洪水時は２階以上に避難）",
            "",
            "交流拠点施設（にぎわいの館）",
            Some("地震時、洪水時は２階以上に避難"),
        );
        check_split(
            "ホテルリビエラししくい（３階以上）",
            "",
            "ホテルリビエラししくい",
            Some("３階以上"),
        );
        check_split("旧牟岐小学校（北校舎）", "", "旧牟岐小学校（北校舎）", None);
        check_split("海南文化村（～高台）", "", "海南文化村（～高台）", None);
        check_split("（株）丸本", "", "（株）丸本", None);
        check_split("秋葉避難広場", "", "秋葉避難広場", None);
        check_split("中村津波避難タワー", "", "中村津波避難タワー", None);
        check_split("八幡神社（宍喰）\t", "", "八幡神社（宍喰）", None);
        check_split(
            "木岐小学校　校舎は２階以上に避難",
            "",
            "木岐小学校　校舎",
            Some("２階以上に避難"),
        );
        check_split("公民館　津波時は３階以上に避難", "", "公民館", Some("津波時は３階以上に避難"));
        check_split(
            "集会所洪水時、津波時は２階以上に避難",
            "",
            "集会所",
            Some("洪水時、津波時は２階以上に避難"),
        );
        check_split("津波時は２階以上に避難", "", "津波時は２階以上に避難", None);
        check_split("Hall (2階以上に避難)", "", "Hall", Some("2階以上に避難"));
        check_split("公民館（２階以上に避難", "", "公民館（２階以上に避難", None);
        check_split("", "", "", None);
    }

    #[test]
    fn remarks_join_the_condition_once() {
        check_split("公民館", " 夜間は施錠 ", "公民館", Some("夜間は施錠"));
        check_split(
            "公民館（２階以上に避難）",
            "夜間は施錠",
            "公民館",
            Some("２階以上に避難。夜間は施錠"),
        );
        check_split("公民館（２階以上に避難）", "２階以上に避難", "公民館", Some("２階以上に避難"));
    }

    #[track_caller]
    fn check_condition(condition: &str, hazard: Hazard, expected: Option<&str>) {
        let shelter = Shelter {
            id: ShelterId::new("S1").expect("an id"),
            name: "公民館".into(),
            kana: String::new(),
            address: String::new(),
            position: Position { latitude: 33.7, longitude: 134.5 },
            suitable_for: BTreeSet::new(),
            condition: (!condition.is_empty()).then(|| condition.to_owned()),
        };
        assert_eq!(shelter.condition_for(hazard).as_deref(), expected);
    }

    #[test]
    fn only_the_condition_of_this_hazard_is_told() {
        let both = "洪水時、土砂災害時、高潮時は２階以上に避難。津波時は３階以上に避難";
        check_condition(both, Hazard::Landslide, Some("２階以上に避難"));
        check_condition(both, Hazard::Tsunami, Some("３階以上に避難"));
        check_condition(both, Hazard::Earthquake, None);
        check_condition("３階以上", Hazard::Flood, Some("３階以上"));
        check_condition("夜間時は鍵を借りる", Hazard::Flood, Some("夜間時は鍵を借りる"));
        check_condition("津波時は屋上。夜間は施錠", Hazard::Flood, Some("夜間は施錠"));
        check_condition("", Hazard::Flood, None);
    }
}
