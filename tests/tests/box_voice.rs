//! The box's voice with the real synthesiser.

use std::time::{Duration, Instant};

use hitokoe_tests::place;
use stb_app::{
    config::Speech as SpeechConfig,
    effects::speech::{Speech, Utterance},
    marks::Marks,
};
use stb_core::{effect::SpeechPriority, event::Event};

/// Forty characters last four to eight seconds; in silence the adapter would need one.
const TEXT: &str =
    "警戒レベル4、避難指示です。日和佐浦のみなさん、日和佐小学校へ避難してください。";

#[test]
fn an_order_is_spoken_aloud_and_takes_its_time() -> Result<(), Box<dyn std::error::Error>> {
    let voice =
        place::voice().ok_or("HITOKOE_VOICE names no voice; start through `cargo xtask`")?;
    let folder = tempfile::tempdir()?;
    let record = folder.path().join("spoken.jsonl");
    let config = SpeechConfig {
        voice_file: Some(voice),
        record_file: Some(record.clone()),
        ..SpeechConfig::default()
    };
    let (events, happened) = async_channel::bounded(8);
    let speech = Speech::start(&config, events, Marks::default())?;
    let begun = Instant::now();
    let sentences = vec![TEXT.to_owned()];
    speech.speak(Utterance { speech_id: 1, sentences, priority: SpeechPriority::Order });
    assert_eq!(happened.recv_blocking()?, Event::SpeechEnded(1));
    assert!(begun.elapsed() > Duration::from_secs(3), "{:?}", begun.elapsed());
    let spoken = std::fs::read_to_string(record)?;
    assert_eq!(spoken.lines().count(), 2, "one line for each sentence");
    Ok(())
}
