//! Cards at home, at the office, and lost.

use gateway_api::{
    ProblemCode,
    card::{CardLinkAnswer, CardLinkRequest, CardLinkState, CardStop, LINK_PURPOSE},
    login::{CardTouch, LoginChallenge, LoginRequest},
    path,
};

use super::{
    code::{self, CodePurpose},
    holder,
    link::{self, TownCard},
    stop,
    watch::{self, Observation},
};
use crate::{
    audit::Viewer,
    encoding::base64,
    enrolment::{self, CodeHash},
    testing::{BoxClient, HANA, HOME, TestCard, TestGateway},
};

/// A home of other people.
const OTHER_HOME: &str = "5467d652-a383-5bf5-9c75-d2a8dfa5b323";

fn operator() -> Viewer {
    Viewer {
        actor: "staff-1".to_owned(),
        office: "住民課".to_owned(),
        purpose: "card-approval".to_owned(),
    }
}

async fn person(gateway: &TestGateway, resident: &'static str) -> String {
    let found = gateway.write(move |sql| link::person_of(sql, HOME, resident)).await;
    found.expect("the resident exists")
}

/// The code of a letter, valid for a day.
async fn letter(gateway: &TestGateway, resident: &'static str, purpose: CodePurpose) -> String {
    let code = enrolment::draw_code(&*gateway.state.random);
    let hash = CodeHash::of(&code, &gateway.state.config.gateway.id).expect("twelve digits");
    let (person, now_ms) = (person(gateway, resident).await, gateway.state.now_ms());
    let ends = now_ms + 86_400_000;
    gateway.write(move |sql| code::insert(sql, hash, &person, purpose, now_ms, ends)).await;
    code
}

/// Shows a card at a box for a resident.
async fn show(
    tv: &BoxClient,
    card: &TestCard,
    resident: &str,
    code: Option<&str>,
    purpose: &str,
) -> crate::testing::Answer {
    let request =
        LoginRequest { relying_party: "town-services".to_owned(), purpose: purpose.to_owned() };
    let challenge: LoginChallenge = tv.post(path::LOGINS, &request).await.ok();
    let request = CardLinkRequest {
        proof: tv.sign_as(card, &challenge, "town-services", purpose),
        login_id: challenge.login_id,
        resident_id: resident.to_owned(),
        code: code.map(str::to_owned),
        consent_version: "2026-11".to_owned(),
    };
    tv.post(path::CARD_LINKS, &request).await
}

async fn touch(tv: &BoxClient, card: &TestCard) -> crate::testing::Answer {
    tv.post(path::CARD_TOUCHES, &CardTouch { certificate: base64(&card.certificate()) }).await
}

#[tokio::test]
async fn a_letter_and_the_card_link_at_home_and_the_card_before_ends() {
    let gateway = TestGateway::start().await;
    let (tv, new) = (gateway.home_box().await, &gateway.stranger);
    let code = letter(&gateway, HANA, CodePurpose::Link).await;
    touch(&tv, new).await.refused(ProblemCode::PersonUnknown);
    let answer: CardLinkAnswer = show(&tv, new, HANA, Some(&code), LINK_PURPOSE).await.ok();
    assert_eq!(answer.state, CardLinkState::Linked);
    assert_eq!(tv.touch(new).await.display_name, "中村 ハナ");
    touch(&tv, &gateway.hana).await.refused(ProblemCode::PersonUnknown);
    let again: CardLinkAnswer = show(&tv, new, HANA, Some(&code), LINK_PURPOSE).await.ok();
    assert_eq!(again.state, CardLinkState::Linked, "a lost answer can be asked for again");
    let consents = "SELECT COUNT(*) AS n FROM card_consent WHERE text_version = '2026-11'";
    assert_eq!(gateway.number(consents).await, 1);
    let links = "SELECT COUNT(DISTINCT person_id) AS n FROM credential_link";
    assert_eq!(gateway.number(links).await, 1, "the person stays the same");
    gateway.stop().await;
}

#[tokio::test]
async fn a_letter_links_once_for_its_person_in_its_home_and_time() {
    let gateway = TestGateway::start().await;
    let (tv, new) = (gateway.home_box().await, &gateway.stranger);
    let code = letter(&gateway, HANA, CodePurpose::Link).await;
    let stop = letter(&gateway, HANA, CodePurpose::Stop).await;
    for wrong in ["000000000000", "123", stop.as_str()] {
        let answer = show(&tv, new, HANA, Some(wrong), LINK_PURPOSE).await;
        answer.refused(ProblemCode::CodeRefused);
    }
    let husband = gateway
        .write(|sql| {
            let query = "SELECT resident_id FROM household_resident \
                         WHERE household_id = $1 AND resident_id <> $2";
            sql.one(query, crate::values![HOME, HANA])?.get::<String>("resident_id")
        })
        .await;
    let answer = show(&tv, new, &husband, Some(&code), LINK_PURPOSE).await;
    answer.refused(ProblemCode::CodeRefused);
    let elsewhere = gateway.enrolled_box(OTHER_HOME).await;
    let answer = show(&elsewhere, new, HANA, Some(&code), LINK_PURPOSE).await;
    answer.refused(ProblemCode::PersonUnknown);
    // A signature for a login is none for a link.
    let answer = show(&tv, new, HANA, Some(&code), "login").await;
    answer.refused(ProblemCode::NonceRefused);
    touch(&tv, new).await.refused(ProblemCode::PersonUnknown);
    // The letter of a person is still good after all this, until its time is over.
    gateway.clock.advance(86_400_000);
    let answer = show(&tv, new, HANA, Some(&code), LINK_PURPOSE).await;
    answer.refused(ProblemCode::CodeRefused);
    gateway.clock.advance(-1);
    show(&tv, new, HANA, Some(&code), LINK_PURPOSE).await.ok::<CardLinkAnswer>();
    gateway.stop().await;
}

#[tokio::test]
async fn without_a_letter_the_town_decides() {
    let gateway = TestGateway::start().await;
    let (tv, new) = (gateway.home_box().await, &gateway.stranger);
    let answer: CardLinkAnswer = show(&tv, new, HANA, None, LINK_PURPOSE).await.ok();
    assert_eq!(answer.state, CardLinkState::WaitsForTown);
    touch(&tv, new).await.refused(ProblemCode::PersonUnknown);
    tv.touch(&gateway.hana).await;
    let now_ms = gateway.state.now_ms();
    let waiting = gateway.write(move |sql| link::proposals(sql, &operator(), now_ms)).await;
    let [proposal] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((proposal.identity.name.as_str(), proposal.has_card), ("中村 ハナ", true));
    assert_eq!(
        gateway.number("SELECT COUNT(*) AS n FROM audit WHERE object = 'card-proposals'").await,
        1,
        "the look is written down"
    );
    let id = proposal.link_id.clone();
    let decide =
        move |sql: &mut dyn crate::store::Sql| link::approve(sql, &operator(), &id, now_ms);
    assert!(gateway.write(decide).await);
    assert_eq!(tv.touch(new).await.display_name, "中村 ハナ");
    touch(&tv, &gateway.hana).await.refused(ProblemCode::PersonUnknown);
    gateway.stop().await;
}

#[tokio::test]
async fn a_refused_or_foreign_card_cannot_be_shown_again() {
    let gateway = TestGateway::start().await;
    let (tv, new) = (gateway.home_box().await, &gateway.stranger);
    show(&tv, new, HANA, None, LINK_PURPOSE).await.ok::<CardLinkAnswer>();
    let now_ms = gateway.state.now_ms();
    let waiting = gateway.write(move |sql| link::proposals(sql, &operator(), now_ms)).await;
    let id = waiting[0].link_id.clone();
    let reject = move |sql: &mut dyn crate::store::Sql| link::reject(sql, &operator(), &id, now_ms);
    assert!(gateway.write(reject).await);
    let code = letter(&gateway, HANA, CodePurpose::Link).await;
    for code in [None, Some(code.as_str())] {
        let answer = show(&tv, new, HANA, code, LINK_PURPOSE).await;
        answer.refused(ProblemCode::CertificateRefused);
    }
    let resident = gateway
        .write(|sql| {
            let query =
                "SELECT resident_id FROM household_resident WHERE household_id = $1 LIMIT 1";
            sql.one(query, crate::values![OTHER_HOME])?.get::<String>("resident_id")
        })
        .await;
    let elsewhere = gateway.enrolled_box(OTHER_HOME).await;
    let answer = show(&elsewhere, &gateway.hana, &resident, None, LINK_PURPOSE).await;
    answer.refused(ProblemCode::CertificateRefused);
    gateway.link(new, HOME, HANA).await;
    assert_eq!(tv.touch(new).await.display_name, "中村 ハナ", "the office may");
    gateway.stop().await;
}

#[tokio::test]
async fn a_lost_card_is_stopped_at_any_box_without_a_card() {
    let gateway = TestGateway::start().await;
    let (tv, neighbour) = (gateway.home_box().await, gateway.enrolled_box(OTHER_HOME).await);
    let code = letter(&gateway, HANA, CodePurpose::Stop).await;
    let session = tv.sign_in_for(&gateway.hana, "town-services", "login").await;
    let wrong = CardStop { code: "000000000000".to_owned() };
    neighbour.post(path::CARD_STOPS, &wrong).await.refused(ProblemCode::CodeRefused);
    let stop = CardStop { code };
    neighbour.post(path::CARD_STOPS, &stop).await.done();
    touch(&tv, &gateway.hana).await.refused(ProblemCode::PersonUnknown);
    let answer = tv.get_as(path::ACCESS_LOG, &session.token).await;
    answer.refused(ProblemCode::SessionRefused);
    neighbour.post(path::CARD_STOPS, &stop).await.refused(ProblemCode::CodeRefused);
    // A thief with card and PIN cannot bring it back at home; the office can.
    let answer = show(&tv, &gateway.hana, HANA, None, LINK_PURPOSE).await;
    answer.refused(ProblemCode::CertificateRefused);
    gateway.link(&gateway.hana, HOME, HANA).await;
    tv.touch(&gateway.hana).await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_new_letter_ends_the_one_before() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    let first = letter(&gateway, HANA, CodePurpose::Stop).await;
    let second = letter(&gateway, HANA, CodePurpose::Stop).await;
    tv.post(path::CARD_STOPS, &CardStop { code: first }).await.refused(ProblemCode::CodeRefused);
    tv.post(path::CARD_STOPS, &CardStop { code: second }).await.done();
    gateway.stop().await;
}

#[tokio::test]
async fn an_old_town_card_lives_beside_the_new_one_and_stops_with_it() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    let (person, now_ms) = (person(&gateway, HANA).await, gateway.state.now_ms());
    let id = person.clone();
    let add = move |sql: &mut dyn crate::store::Sql| {
        let card = TownCard { link_id: "l1", system: "library", number: "0012345" };
        let first = link::link_town_card(sql, &operator(), &id, &card, now_ms)?;
        let again = TownCard { link_id: "l2", ..card };
        Ok((first, link::link_town_card(sql, &operator(), &id, &again, now_ms)?))
    };
    assert_eq!(gateway.write(add).await, (true, false));
    tv.touch(&gateway.hana).await;
    let active = "SELECT COUNT(*) AS n FROM credential_link \
                  WHERE kind = 'town-card' AND state = 'active'";
    assert_eq!(gateway.number(active).await, 1);
    gateway.link(&gateway.stranger, HOME, HANA).await;
    assert_eq!(gateway.number(active).await, 1, "a renewal leaves it alone");
    let id = person.clone();
    gateway.write(move |sql| stop::stop(sql, &operator(), &id, now_ms)).await;
    assert_eq!(gateway.number(active).await, 0);
    gateway.stop().await;
}

/// Looks at every linked certificate with one answer; gives the number of events.
async fn watch(gateway: &TestGateway, seen: Observation) -> u64 {
    gateway.clock.advance(21 * 3_600_000);
    let now_ms = gateway.state.now_ms();
    let look = move |sql: &mut dyn crate::store::Sql| {
        let due = watch::due(sql, now_ms)?;
        let seen: Vec<_> = due.into_iter().map(|link| (link, seen)).collect();
        watch::note(sql, &seen, now_ms)
    };
    gateway.write(look).await
}

#[tokio::test]
async fn the_watch_tells_changes_once_and_in_neutral_words() {
    let gateway = TestGateway::start().await;
    let (good, ended) = (
        Observation::Good { source_updated_at_ms: 1 },
        Observation::Ended { source_updated_at_ms: 2 },
    );
    assert_eq!(watch(&gateway, Observation::Unknown).await, 0, "nothing is known");
    assert_eq!(watch(&gateway, good).await, 1);
    assert_eq!(watch(&gateway, good).await, 0, "nothing is new");
    let now_ms = gateway.state.now_ms();
    let list =
        |now_ms| move |sql: &mut dyn crate::store::Sql| watch::concerns(sql, &operator(), now_ms);
    assert!(gateway.write(list(now_ms)).await.is_empty());
    assert_eq!(watch(&gateway, ended).await, 1);
    assert_eq!(watch(&gateway, Observation::Unknown).await, 0, "an end stays");
    let concerns = gateway.write(list(now_ms)).await;
    let [concern] = concerns.as_slice() else { panic!("{concerns:?}") };
    assert_eq!(concern.identity.name, "中村 ハナ");
    for word in ["失効", "転居", "引っ越し", "死", "亡"] {
        assert!(!concern.text.contains(word), "{}", concern.text);
    }
    let looks = "SELECT COUNT(*) AS n FROM audit WHERE object = 'card-concerns'";
    assert_eq!(gateway.number(looks).await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn two_looks_at_the_same_time_tell_one_change_and_the_first_word_stays() {
    let gateway = TestGateway::start().await;
    let (good, ended) = (
        Observation::Good { source_updated_at_ms: 1 },
        Observation::Ended { source_updated_at_ms: 2 },
    );
    watch(&gateway, good).await;
    for late in [ended, good] {
        gateway.clock.advance(21 * 3_600_000);
        let now_ms = gateway.state.now_ms();
        let due = gateway.write(move |sql| watch::due(sql, now_ms)).await;
        assert_eq!(due.len(), 1);
        let seen = |word| due.iter().cloned().map(|link| (link, word)).collect::<Vec<_>>();
        let (first, second) = (seen(ended), seen(late));
        gateway.write(move |sql| watch::note(sql, &first, now_ms)).await;
        assert_eq!(gateway.write(move |sql| watch::note(sql, &second, now_ms)).await, 0);
        let word = "SELECT COUNT(*) AS n FROM credential_link WHERE watched = 'changed-or-ended'";
        assert_eq!(gateway.number(word).await, 1, "{late:?}");
    }
    let told = "SELECT COUNT(*) AS n FROM card_event WHERE event = 'changed-or-ended'";
    assert_eq!(gateway.number(told).await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn whoever_left_the_towns_list_is_still_found_by_name_and_by_the_watch() {
    let gateway = TestGateway::start().await;
    watch(&gateway, Observation::Ended { source_updated_at_ms: 2 }).await;
    let person = person(&gateway, HANA).await;
    let leave = "DELETE FROM household_resident WHERE resident_id = $1";
    gateway.write(move |sql| sql.execute(leave, crate::values![HANA])).await;
    let now_ms = gateway.state.now_ms();
    let concerns = gateway.write(move |sql| watch::concerns(sql, &operator(), now_ms)).await;
    let [concern] = concerns.as_slice() else { panic!("{concerns:?}") };
    assert_eq!((concern.identity.name.as_str(), &concern.identity.area_name), ("中村 ハナ", &None));
    let find = move |sql: &mut dyn crate::store::Sql| {
        let (found, _) = holder::find(sql, &operator(), now_ms, "なかむら はな")?;
        Ok((found, holder::one(sql, &operator(), now_ms, &person)?))
    };
    let (found, one) = gateway.write(find).await;
    assert_eq!((found.len(), found.first()), (1, one.as_ref()));
    assert_eq!(found[0].active, 1, "it can be stopped");
    gateway.stop().await;
}

#[tokio::test]
async fn a_name_is_found_as_it_is_written_and_by_its_reading() {
    let gateway = TestGateway::start().await;
    let person = person(&gateway, HANA).await;
    let rename = "UPDATE person SET name = '中村　さくら', kana = 'ナカムラ　サクラ' \
                  WHERE person_id = $1";
    let id = person.clone();
    gateway.write(move |sql| sql.execute(rename, crate::values![id])).await;
    let now_ms = gateway.state.now_ms();
    for words in ["中村 さくら", "村さく", "さくら", "なかむら さくら", "ナカムラサクラ"]
    {
        let find =
            move |sql: &mut dyn crate::store::Sql| holder::find(sql, &operator(), now_ms, words);
        let (found, _) = gateway.write(find).await;
        let found: Vec<_> = found.iter().map(|holder| &holder.identity.person_id).collect();
        assert!(found.contains(&&person), "{words}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_certificate_whose_time_is_over_is_told_once_and_left_alone() {
    let gateway = TestGateway::start().await;
    let linked = "SELECT COUNT(*) AS n FROM credential_link WHERE expires_at_ms > linked_at_ms";
    assert_eq!(gateway.number(linked).await, 1, "the end was read from the certificate");
    gateway.clock.advance(20 * 366 * 86_400_000);
    let good = Observation::Good { source_updated_at_ms: 1 };
    assert_eq!(watch(&gateway, good).await, 1);
    assert_eq!(watch(&gateway, good).await, 0);
    let expired = "SELECT COUNT(*) AS n FROM card_event WHERE event = 'expired'";
    assert_eq!(gateway.number(expired).await, 1);
    gateway.stop().await;
}
