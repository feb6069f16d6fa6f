//! A form that a service sends for the television: few questions, few choices, short sentences.

use gateway_api::service::{StatementForm, StatementQuestion};

use crate::free_text;

const FORM_MAX_LEN: usize = 8 * 1024;
const QUESTIONS_MAX: usize = 5;
const CHOICES_MAX: usize = 5;
/// About one line on the television.
const LINE_MAX_CHARS: usize = 30;
const SENTENCE_MAX_CHARS: usize = 60;

/// A form cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not JSON of the expected shape.
    #[error("the form is no JSON of the documented shape, or larger than 8 KiB")]
    Malformed,
    /// An id is strange, or comes twice.
    #[error("ids are 1 to 64 of a-z 0-9 . - and come once")]
    Id,
    /// Too many questions or choices, or too few.
    #[error("a form has 1 to 5 questions with 2 to 5 choices each")]
    Count,
    /// A text is empty, too long, or holds control characters.
    #[error("titles and choices have 1 to 30 characters, questions 1 to 60, on one line")]
    Text,
}

/// Reads and checks a form.
pub fn read(json: &str) -> Result<StatementForm, FormError> {
    if json.len() > FORM_MAX_LEN {
        return Err(FormError::Malformed);
    }
    let form: StatementForm = serde_json::from_str(json).map_err(|_| FormError::Malformed)?;
    let ids = [&form.purpose, &form.form_id, &form.form_version];
    if !ids.into_iter().all(|id| is_id(id)) {
        return Err(FormError::Id);
    }
    if !(1..=QUESTIONS_MAX).contains(&form.questions.len()) {
        return Err(FormError::Count);
    }
    if !is_text(&form.title, LINE_MAX_CHARS) {
        return Err(FormError::Text);
    }
    once(form.questions.iter().map(|question| question.question_id.as_str()))?;
    form.questions.iter().try_for_each(check_question)?;
    Ok(form)
}

fn check_question(question: &StatementQuestion) -> Result<(), FormError> {
    if !(2..=CHOICES_MAX).contains(&question.choices.len()) {
        return Err(FormError::Count);
    }
    once(question.choices.iter().map(|choice| choice.code.as_str()))?;
    let short = question.choices.iter().all(|choice| is_text(&choice.text, LINE_MAX_CHARS));
    if short && is_text(&question.text, SENTENCE_MAX_CHARS) { Ok(()) } else { Err(FormError::Text) }
}

fn once<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), FormError> {
    let ids: Vec<_> = ids.collect();
    let distinct = ids.iter().enumerate().all(|(index, id)| !ids[..index].contains(id));
    if distinct && ids.iter().all(|id| is_id(id)) { Ok(()) } else { Err(FormError::Id) }
}

fn is_id(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_text(text: &str, limit: usize) -> bool {
    let readable = free_text::check_for_television(text).is_ok();
    !text.is_empty() && readable && text.chars().count() <= limit
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn form() -> Value {
        let choices =
            json!([{ "code": "same", "text": "同じ" }, { "code": "changed", "text": "変わった" }]);
        json!({
            "purpose": "living-status-confirmation", "form_id": "f-1", "form_version": "2026",
            "title": "年金の現況届",
            "questions": [{ "question_id": "address", "text": "住所は前と同じですか。", "choices": choices }],
        })
    }

    fn changed(pointer: &str, value: Value) -> Result<(), FormError> {
        let mut form = form();
        *form.pointer_mut(pointer).expect("a place") = value;
        read(&form.to_string()).map(drop)
    }

    #[test]
    fn a_form_is_read_and_its_limits_hold() {
        assert!(read(&form().to_string()).is_ok());
        let choice = json!({ "code": "same", "text": "同じ" });
        for (pointer, value, error) in [
            ("/purpose", json!("Living Status"), FormError::Id),
            ("/title", json!("あ".repeat(31)), FormError::Text),
            ("/title", json!("a\u{202e}b"), FormError::Text),
            ("/title", json!("年金😀"), FormError::Text),
            ("/title", json!("\u{3000}\u{3164}"), FormError::Text),
            ("/questions", json!([]), FormError::Count),
            ("/questions/0/text", json!(" "), FormError::Text),
            ("/questions/0/choices", json!([choice]), FormError::Count),
            ("/questions/0/choices", json!([choice, choice]), FormError::Id),
            ("/questions/0/choices/0/text", json!("a\nb"), FormError::Text),
            ("/questions/0/question_id", json!(7), FormError::Malformed),
        ] {
            assert_eq!(changed(pointer, value.clone()), Err(error), "{pointer} {value}");
        }
        let mut twice = form();
        let question = twice["questions"][0].clone();
        twice["questions"].as_array_mut().expect("questions").push(question);
        assert_eq!(read(&twice.to_string()).map(drop), Err(FormError::Id));
        let mut more = form();
        more["html"] = json!("<b>");
        assert_eq!(read(&more.to_string()).map(drop), Err(FormError::Malformed));
        let padded = format!("{}{}", form(), " ".repeat(9_000));
        assert_eq!(read(&padded).map(drop), Err(FormError::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,300}") {
            let _ = read(&text);
        }
    }
}
