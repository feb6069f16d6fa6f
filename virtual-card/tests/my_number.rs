//! Invariant 4: the My Number is never read. No answer of any card leads any conversation to the
//! file that holds it, and no source text spells a way to it.

use std::path::Path;

use jpki::{
    apdu::{Command, CommandView},
    card::{self, Application},
    flow::{
        Step,
        attributes::{AttributesFlow, StaffEnrolment},
        authenticate::{AuthenticateFlow, DocumentFlow},
        inspect::InspectFlow,
        touch::TouchFlow,
    },
    pin::{AssistPin, AuthPin, SignPassword},
    tbs::{LoginParts, LoginTbs, TbsDigest},
};
use proptest::prelude::*;
use virtual_card::{
    applet::VirtualCard,
    ca::{TestHierarchy, person::Person},
    keys::TestOnlyKeys,
    profile::CardProfile,
};

/// 券面事項入力補助AP, 券面事項確認AP, 住基AP and 共通カードAP begin so.
const MUNICIPAL: &[u8] = &[0xD3, 0x92, 0x10];
const TURNS_MAX: usize = 400;

/// Watches commands and knows which application is selected.
#[derive(Default)]
struct Watch {
    application: Vec<u8>,
    commands: usize,
}

impl Watch {
    fn see(&mut self, command: &Command) {
        self.commands += 1;
        let view = CommandView::parse(command.as_bytes()).expect("well formed");
        let CommandView { class, instruction, p1, p2, data, .. } = view;
        match (class, instruction, p1) {
            (0x00, 0xA4, 0x04) => data.clone_into(&mut self.application),
            (0x00, 0xA4, 0x02) => assert_eq!(data.len(), 2),
            // No file by its short id, for reading, verifying or signing.
            (0x00, 0xB0, _) => assert_eq!(p1 & 0x80, 0, "a read by short id"),
            (0x00, 0x20, 0x00) | (0x80, 0x2A, 0x00) => assert_eq!(p2, 0x80, "a short id"),
            (0x00, 0xC0, 0x00) => {}
            _ => panic!("a command that no conversation needs: {command:?}"),
        }
        if !self.application.starts_with(MUNICIPAL) {
            return;
        }
        assert_eq!(self.application, Application::InputAssist.aid());
        let selects_file = (instruction, p1) == (0xA4, 0x02);
        assert!(!selects_file || [[0x00, 0x02], [0x00, 0x11]].iter().any(|file| file == data));
        assert_ne!((instruction, data), (0xA4, &[0x00, 0x01][..]), "the My Number");
    }
}

fn digest() -> TbsDigest {
    let parts = LoginParts {
        gateway_id: "g",
        relying_party: "r",
        purpose: "p",
        device_id: "d",
        nonce: [7; 32],
        issued_at_ms: 1,
    };
    LoginTbs::new(parts).expect("no separator").digest()
}

/// A conversation with its type forgotten.
trait Conversation {
    /// The next command; none at the end.
    fn turn(&mut self, answer: Option<&[u8]>) -> Option<Command>;
}

macro_rules! conversation {
    ($flow:ty, $pin:expr) => {
        impl Conversation for $flow {
            fn turn(&mut self, answer: Option<&[u8]>) -> Option<Command> {
                let mut step = self.next(answer);
                loop {
                    step = match step {
                        Step::Send(command) => return Some(command),
                        Step::NeedPin { .. } => self.supply_pin($pin),
                        Step::ConfirmLastTry => self.confirm_last_try(),
                        Step::Done(_) | Step::Failed(_) => return None,
                    };
                }
            }
        }
    };
}

macro_rules! silent_conversation {
    ($flow:ty) => {
        impl Conversation for $flow {
            fn turn(&mut self, answer: Option<&[u8]>) -> Option<Command> {
                match self.next(answer) {
                    Step::Send(command) => Some(command),
                    _ => None,
                }
            }
        }
    };
}

conversation!(AuthenticateFlow, AuthPin::from_digits(b"1234").expect("digits"));
conversation!(DocumentFlow, SignPassword::from_ascii(b"ABC123").expect("capitals"));
conversation!(AttributesFlow, AssistPin::from_digits(b"1234").expect("digits"));
silent_conversation!(InspectFlow);
silent_conversation!(TouchFlow);

/// Every conversation that this crate can hold with a card. A new flow belongs in this list: the
/// test below counts the public ones.
fn conversations() -> Vec<Box<dyn Conversation>> {
    let reason = StaffEnrolment::with_consent(true).expect("consent");
    vec![
        Box::new(AuthenticateFlow::new(digest())),
        Box::new(DocumentFlow::new(digest())),
        Box::new(AttributesFlow::new(reason)),
        Box::new(InspectFlow::new()),
        Box::new(TouchFlow::new()),
    ]
}

fn real_card() -> VirtualCard {
    let mut keys = TestOnlyKeys::starting_at(0);
    let file = TestHierarchy::create(&mut keys, 1_795_132_800)
        .and_then(|mut ca| {
            ca.issue(CardProfile::Normal, &Person::invented(), &mut keys, 1_795_132_800)
        })
        .expect("a card");
    VirtualCard::new(file).expect("keys")
}

#[test]
fn invariant_4_a_real_card_is_never_asked_for_the_my_number() {
    let mut card = real_card();
    for mut conversation in conversations() {
        let (mut watch, mut command) = (Watch::default(), conversation.turn(None));
        while let Some(sent) = command {
            watch.see(&sent);
            let answer = card.transmit(sent.as_bytes()).expect("present");
            command = conversation.turn(Some(&answer));
        }
        assert!(watch.commands > 4, "the conversation ended early");
        let end = card::end_session();
        watch.see(&end);
        card.transmit(end.as_bytes());
    }
    assert!(!card.my_number_was_asked_for());
}

/// A likely answer or any bytes.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let status = prop_oneof![
        4 => Just([0x90, 0x00]),
        1 => Just([0x63, 0xC3]),
        1 => Just([0x63, 0xC1]),
        1 => Just([0x6A, 0x82]),
        1 => Just([0x6A, 0x88]),
        1 => Just([0x69, 0x82]),
        1 => Just([0x67, 0x00]),
        1 => Just([0x61, 0x10]),
        1 => Just([0x6C, 0x02]),
        1 => any::<[u8; 2]>(),
    ];
    let data = prop_oneof![
        3 => Just(Vec::new()),
        1 => Just(b"JPKIAPICCTOKEN2                 ".to_vec()),
        1 => Just(b"JPKIAPIOSTOKEN                  ".to_vec()),
        1 => Just(vec![0x8F, 0x8F, 0x00]),
        1 => Just(vec![0x30, 0x82, 0x00, 0x40]),
        1 => Just(vec![0xFF, 0x20, 0x40, 0xDF, 0x21]),
        1 => Just(vec![0xFF, 0x10, 0x0C, 0x31, 0x32]),
        2 => proptest::collection::vec(any::<u8>(), 0..300),
    ];
    (data, status).prop_map(|(data, status)| [&data[..], &status].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn invariant_4_no_answer_leads_to_the_my_number(
        answers in proptest::collection::vec(answer(), 1..60), chosen in 0usize..5,
    ) {
        let mut conversation = conversations().swap_remove(chosen);
        let (mut watch, mut command) = (Watch::default(), conversation.turn(None));
        for turn in 0..TURNS_MAX {
            let Some(sent) = command else { break };
            watch.see(&sent);
            command = conversation.turn(Some(&answers[turn % answers.len()]));
        }
    }
}

/// Path and text of every source file below a folder.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the crate's sources") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            let text = std::fs::read_to_string(&path).expect("text");
            found.push((path.display().to_string(), text));
        }
    }
    found
}

#[test]
fn invariant_4_commands_are_spelled_in_one_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jpki/src");
    let all = sources(&folder);
    let naming = |needle: &str| -> Vec<&str> {
        let files = all.iter().filter(|(_, text)| code(text).contains(needle));
        files.map(|(path, _)| path.rsplit('/').next().unwrap_or(path)).collect()
    };
    // Who can build a command, and who knows the names of applications and files.
    for builder in ["Command::bare", "Command::asking", "Command::with_data"] {
        let mut files = naming(builder);
        files.sort_unstable();
        assert!(files.iter().all(|file| ["apdu.rs", "card.rs"].contains(file)), "{files:?}");
    }
    assert_eq!(naming("0x92, 0x10"), ["card.rs"]);
    // One file with this id: the signature certificate of the other application.
    let (_, card) = all.iter().find(|(path, _)| path.ends_with("src/card.rs")).expect("card.rs");
    let card = code(card);
    assert_eq!(card.matches("[0x00, 0x01]").count(), 1);
    assert!(card.contains("JpkiFile::SignCertificate => [0x00, 0x01]"));
    // Every public conversation is in the list above.
    let public: usize = all
        .iter()
        .flat_map(|(_, text)| code(text).lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| {
            let line = line.trim_start();
            (line.starts_with("pub struct ") || line.starts_with("pub type "))
                && line.split(['<', ' ', '{', '=', ';']).nth(2).is_some_and(|n| n.ends_with("Flow"))
        })
        .count();
    // ProofFlow is the generic behind two of the five.
    assert_eq!(public, conversations().len() + 1, "a flow is missing in `conversations`");
}

/// The part before the tests, without comments.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]").next().unwrap_or(text);
    let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}
