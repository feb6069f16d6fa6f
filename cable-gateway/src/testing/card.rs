//! Software cards of the test hierarchy, used through their real command flow.

use std::{path::Path, sync::Mutex};

use jpki::{
    flow::{Step, authenticate::AuthenticateFlow},
    pin::AuthPin,
    tbs::TbsDigest,
};
use virtual_card::{
    applet::VirtualCard,
    ca::{
        TestHierarchy,
        person::{Person, Sex},
    },
    keys::TestOnlyKeys,
    profile::CardProfile,
};

/// One card.
pub(crate) struct TestCard(Mutex<VirtualCard>);

impl TestCard {
    /// Its auth certificate, DER.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.0.lock().expect("one user").file().auth.certificate.0.clone()
    }

    /// Its signature certificate, DER, and a signature by it.
    pub(crate) fn sign_document(&self, bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let card = self.0.lock().expect("one user");
        let sign = card.file().sign.clone().expect("a signature certificate");
        let key = sign.private_key().expect("a key");
        (sign.certificate.0.clone(), key.sign(bytes).expect("signed"))
    }

    /// Signs a digest with the PIN, as the box does.
    pub(crate) fn sign(&self, digest: TbsDigest) -> Vec<u8> {
        let mut card = self.0.lock().expect("one user");
        card.reset();
        let mut flow = AuthenticateFlow::new(digest);
        let mut step = flow.next(None);
        loop {
            step = match step {
                Step::Send(command) => {
                    flow.next(Some(&card.transmit(command.as_bytes()).expect("not pulled")))
                }
                Step::NeedPin { .. } => {
                    flow.supply_pin(AuthPin::from_digits(b"1234").expect("four digits"))
                }
                Step::Done(proof) => return proof.signature,
                other => panic!("the card refused: {other:?}"),
            };
        }
    }
}

/// Two cards; their authorities are written into the folder.
pub(super) fn issue(folder: &Path, now_unix_secs: i64) -> [TestCard; 2] {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, now_unix_secs).expect("a hierarchy");
    std::fs::create_dir(folder).expect("a folder");
    for (index, generation) in hierarchy.generations().iter().enumerate() {
        for (kind, ca) in [("auth", &generation.auth), ("sign", &generation.sign)] {
            let path = folder.join(format!("{kind}-{index}.der"));
            std::fs::write(path, &ca.certificate_der).expect("written");
        }
    }
    let person =
        Person::new("中村 ハナ", "徳島県海部郡美波町日和佐浦試験１番地", "19440503", Sex::Female);
    [0, 1].map(|_| {
        let file = hierarchy.issue(CardProfile::Normal, &person, &mut keys, now_unix_secs);
        TestCard(Mutex::new(VirtualCard::new(file.expect("a card")).expect("readable")))
    })
}
