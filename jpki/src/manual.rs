//! Threats that shaped this crate, and the reason of each default.
//!
//! # The card
//!
//! **Tries are precious.** Three wrong PINs block the auth certificate, and only the municipal
//! office can unblock it; for many residents that is a day's journey. So [`crate::flow`] asks the
//! tries left before it asks for the PIN, does everything that can fail without a PIN first, stops
//! for a confirmation before the last try, and grants two wrong PINs per conversation at most
//! ([`crate::flow::authenticate::WRONG_PINS_MAX`]).
//!
//! **The PIN's way is short.** A PIN ([`crate::pin`]) has no `Debug`, no `Clone` and no public
//! reader; it is wiped when its command is made, and the command is wiped when it is dropped. A
//! command with data is never repeated by the `6Cxx` rule, so a PIN is sent once per entry. Debug
//! output of commands, answers and flows shows neither data nor certificates.
//!
//! **Login state outlives the program.** A card keeps a verified PIN until it is reset or another
//! application is selected; another local program could sign with it. Who drives a flow ends every
//! session with a reset or [`crate::card::end_session`], after failures too.
//!
//! **The My Number is out of reach.** It lies in EF 0001 of 券面事項入力補助AP. The office desk reads
//! EF 0002 beside it, so that application can be selected; but a command carries its application as
//! a type, a conversation takes commands of its own application only, and the list of files of that
//! application has no value for EF 0001 ([`crate::card`]). Short file ids, the other way to a file,
//! are never set. [`crate::apdu::Command`] cannot be built outside this crate. A property over every
//! conversation and a trap in the software card watch it.
//!
//! **A card may lie.** Every answer is bounded: 64 KiB per exchange, 256 continuations, 4 KiB and
//! 64 reads per certificate, 512 bytes per signature. A card that answers otherwise ends the
//! conversation with [`crate::flow::CardError::Malformed`].
//!
//! **Cards and phones differ.** The label of the token information is read first; a phone's
//! certificate is not asked for before the PIN. An unknown label is treated like a phone, which
//! works with both. Blocked PINs are reported as `63C0`, `6983` or `6984`; all three are
//! understood. A card for face authentication only has no PIN and answers as a blocked one does,
//! so both share [`crate::flow::CardError::Blocked`] and one screen; a look at the list of
//! certificates ([`crate::flow::inspect`]) makes one of the two likely.
//!
//! **Passwords of signatures are asked for when they can help.** That there is a signature
//! certificate at all is asked first; a child's card ends with
//! [`crate::flow::CardError::NoSignatureCertificate`] before anybody types sixteen characters.
//!
//! # What is signed
//!
//! **A relayed challenge is useless elsewhere.** [`crate::tbs::LoginTbs`] binds gateway, service,
//! purpose, box, nonce and time. The box builds the bytes from what it shows and never signs a
//! digest that a server sent; the gateway builds them again from what it stored and never takes
//! them from the box. Each variable part is hashed by itself, so no part can reach into its
//! neighbour, and the separator is refused where it would blur two names.
//!
//! **A nonce works once.** The verifying side consumes the challenge in one conditional update
//! *before* it calls [`crate::verify::verify_login`], and does not give it back on failure.
//!
//! # The certificate
//!
//! **Nothing unsigned is tolerated.** Outside the signed part a certificate, a list or an OCSP answer
//! has three elements, read by [`crate::tlv`]: definite minimal lengths, no trailing byte, no unused
//! bit, one exact algorithm. So each has one encoding that is accepted.
//!
//! **Nothing is believed by default.** A store starts empty. Auth and signature CAs are kept apart,
//! so a signature certificate finds no issuer even if every other rule failed. An anchor is a
//! self-signed CA with critical BasicConstraints and KeyUsage and a subject key id.
//!
//! **One name, several keys.** All generations of a CA share one DN. The authority key id selects
//! the generation, the signature decides; the account is bound to
//! [`crate::revocation::CertificateId`], not to a name and a serial.
//!
//! **The kind is proven thrice.** Unit of the issuer, policy and exact key usage must agree.
//!
//! **Test certificates stay out of production.** [`crate::trust::HierarchyProfile::japan`] names
//! organisation and policies of the real hierarchy; `JPKI-TEST` and the project's own test CA have
//! neither the name nor, in our case, the policies. There is no switch that mixes two hierarchies
//! in one store.
//!
//! **Algorithms come from a closed list**: RSA-2048 with SHA-256 and exponent 65537, and P-384 with
//! SHA-384 for the announced cards. Keys and signatures have one exact form, checked before a
//! primitive sees them ([`crate::algorithm`]); the primitive compares the padding, never decrypts and
//! searches. Which hash a card signs follows from its certificate. Two primitives, aws-lc and plain
//! Rust, must agree on every public vector.
//!
//! **Attributes carry their doubts.** A substituted character is marked, the mark travels with the
//! text, and a marked text is never compared strictly ([`crate::cert::attributes`]). Names that are
//! not known are ignored, because more are announced.
//!
//! **The clock is the caller's.** Validity counts to the second, both ends included. Allow for no
//! skew here: the verifying side is a gateway with a good clock, never a box.
//!
//! # Revocation
//!
//! **In doubt, no.** A certificate counts when a fresh source says that it is good. What a service
//! does otherwise is its own explicit policy ([`crate::revocation::RevocationPolicy`]), never for a
//! revoked certificate, and what was accepted in doubt is flagged in the result.
//!
//! **A revoked certificate stays revoked**, however old the list is. That one is not revoked is
//! believed until the next update only.
//!
//! **An old list does not come back.** Numbers and times of a partition may only grow
//! ([`crate::revocation::store`]). A list is bound to its CA generation by key id and signature and
//! to its town by the name in it; the list of another town says nothing.
//!
//! **A nation's list is not a memory problem.** It is read in parts, the promised lengths reserve
//! nothing, and twelve bytes for each entry are kept ([`crate::revocation::table`]). Large parts are
//! hashed on a second core; the whole is verified before anybody can ask the table.
//!
//! **The responder must be the issuer's.** Its certificate comes from the same CA, for answering and
//! nothing else, and says that it need not be checked itself. The answer repeats the nonce, is about
//! exactly this certificate, and is two minutes old at most ([`crate::revocation::ocsp`]).
//!
//! **Reasons are nobody's business.** They say something about a life; [`crate::report`] keeps them
//! inside.
//!
//! # What this crate does not do
//!
//! It does not know who a person is, and it fetches nothing. A touched card ([`crate::verify::verify_touch`]) proves that
//! somebody has held this certificate's bytes, nothing more. And nothing here is accredited.
