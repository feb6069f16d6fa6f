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
//! **The PIN's way is short.** [`crate::pin::AuthPin`] has no `Debug`, no `Clone` and no public
//! reader; it is wiped when its command is made, and the command is wiped when it is dropped. A
//! command with data is never repeated by the `6Cxx` rule, so a PIN is sent once per entry. Debug
//! output of commands, answers and flows shows neither data nor certificates.
//!
//! **Login state outlives the program.** A card keeps a verified PIN until it is reset or another
//! application is selected; another local program could sign with it. Who drives a flow ends every
//! session with a reset or [`crate::card::end_session`], after failures too.
//!
//! **The My Number is out of reach.** It lies in another application. [`crate::card::Application`]
//! is a closed list without it and [`crate::apdu::Command`] cannot be built outside this crate.
//!
//! **A card may lie.** Every answer is bounded: 64 KiB per exchange, 256 continuations, 4 KiB and
//! 64 reads per certificate, 512 bytes per signature. A card that answers otherwise ends the
//! conversation with [`crate::flow::CardError::Malformed`].
//!
//! **Cards and phones differ.** The label of the token information is read first; a phone's
//! certificate is not asked for before the PIN. An unknown label is treated like a phone, which
//! works with both. Blocked PINs are reported as `63C0`, `6983` or `6984`; all three are
//! understood. A card for face authentication only has no PIN and answers as a blocked one does,
//! so both share [`crate::flow::CardError::Blocked`] and one screen.
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
//! **Nothing unsigned is tolerated.** Outside the signed part a certificate has three elements,
//! read by [`crate::tlv`]: definite minimal lengths, no trailing byte, no unused bit, one exact
//! algorithm. So each certificate has one encoding that is accepted.
//!
//! **Nothing is believed by default.** A store starts empty. Auth and signature CAs are kept apart,
//! so a signature certificate finds no issuer even if every other rule failed. An anchor is a
//! self-signed CA with critical BasicConstraints and KeyUsage and a subject key id.
//!
//! **One name, several keys.** All generations of a CA share one DN. The authority key id selects
//! the generation, the signature decides; the account is bound to
//! [`crate::cert::revocation::CertificateId`], not to a name and a serial.
//!
//! **The kind is proven thrice.** Unit of the issuer, policy and exact key usage must agree.
//!
//! **Test certificates stay out of production.** [`crate::trust::HierarchyProfile::japan`] names
//! organisation and policies of the real hierarchy; `JPKI-TEST` and the project's own test CA have
//! neither the name nor, in our case, the policies. There is no switch that mixes two hierarchies
//! in one store.
//!
//! **Algorithms come from a closed list**, RSA-2048 with SHA-256 and exponent 65537, and signatures
//! are compared by a library's own PKCS#1 check, never by decrypting and searching. The announced
//! cards with ECDSA P-384 add a variant to [`crate::verify::SignatureAlgorithm`] and
//! [`crate::verify::PublicKey`], and the compiler shows every place to decide.
//!
//! **The clock is the caller's.** Validity counts to the second, both ends included. Allow for no
//! skew here: the verifying side is a gateway with a good clock, never a box.
//!
//! # What this crate does not do
//!
//! It does not know revocation ([`crate::cert::revocation`] is the seam), signature certificates of
//! documents, or who a person is. A touched card ([`crate::verify::verify_touch`]) proves that
//! somebody has held this certificate's bytes, nothing more. And nothing here is accredited.
