//! The pictures, each by our own hand.

use stb_core::view::Icon;

/// ▶
pub(in crate::ui) const POINTER: &str = "F M6 3 L44 24 6 45 Z";
/// Loudspeaker.
pub(in crate::ui) const SPEAKER: &str = "M5 18 L13 18 24 9 24 39 13 30 5 30 Z \
    M31 17 C35 20 35 28 31 31 M37 11 C44 18 44 30 37 37";
/// Loudspeaker, crossed out.
pub(in crate::ui) const MUTED: &str =
    "M5 18 L13 18 24 9 24 39 13 30 5 30 Z M31 18 L43 30 M43 18 L31 30";

const TELEVISION: &str = "R4 8 40 27 4 M16 42 L32 42 M24 35 L24 42";
const CARD: &str = "R4 10 40 28 4 R10 19 9 8 2 M27 20 L38 20 M27 28 L38 28";
const CARD_INSERT: &str = "R11 3 26 21 3 M17 10 L25 10 M24 28 L24 39 M18 33.5 L24 39.5 30 33.5 \
    M4 33 L4 45 44 45 44 33";
const CARD_REMOVE: &str = "R11 3 26 18 3 M17 10 L25 10 M24 40 L24 26 M18 31.5 L24 25.5 30 31.5 \
    M4 33 L4 45 44 45 44 33";
const CARD_BLOCKED: &str = "R4 10 40 28 4 M17 17 L31 31 M31 17 L17 31";
const READER: &str = "R5 21 38 22 4 M13 28 L35 28 D35 36 2 M12 21 L12 8 C12 6 13.5 4.5 15.5 4.5 \
    L32.5 4.5 C34.5 4.5 36 6 36 8 L36 21 R17 10 8 6 1.5";
const HEART: &str = "M24 41 C11 32 4.5 25 4.5 17 C4.5 11 9 7 14.5 7 C18.5 7 22 9 24 13 \
    C26 9 29.5 7 33.5 7 C39 7 43.5 11 43.5 17 C43.5 25 37 32 24 41 Z";
const FACE_GOOD: &str = "O24 24 20 M13.5 20 C14.5 16.5 19.5 16.5 20.5 20 \
    M27.5 20 C28.5 16.5 33.5 16.5 34.5 20 M14 28.5 C17 36 31 36 34 28.5";
const FACE_NORMAL: &str = "O24 24 20 D16.5 19.5 2.4 D31.5 19.5 2.4 M16 31 L32 31";
const FACE_BAD: &str = "O24 24 20 D16.5 20.5 2.4 D31.5 20.5 2.4 M15 34.5 C18 28 30 28 33 34.5 \
    M12.5 15 L18 13 M35.5 15 L30 13";
const PHONE: &str = "M12.5 5.5 L19 5.5 22 15 17.5 18.5 C20 24 24 28 29.5 30.5 L33 26 42.5 29 42.5 35.5 \
    C42.5 39.5 39.5 42.5 35.5 42.5 C19 41.5 6.5 29 5.5 12.5 C5.5 8.5 8.5 5.5 12.5 5.5 Z";
const SHELTER: &str = "M3 21 L24 5 45 21 M8.5 17 L8.5 43 39.5 43 39.5 17 O24 23 3.6 \
    M16.5 43 L16.5 36.5 C16.5 32.5 19.5 30.5 24 30.5 C28.5 30.5 31.5 32.5 31.5 36.5 L31.5 43";
const WALK: &str = "O28 7.5 4 M26 16 L22.5 28 29.5 33.5 31.5 44 M22.5 28 L20 36 13 43.5 \
    M26 16 L18.5 19.5 15 27 M26 16 L30.5 22.5 37 25";
const HILL: &str = "M3 42 L18 19 26 31 30 25 44 42 Z M36 18 L36 5 M30 10.5 L36 4.5 42 10.5";
const UPSTAIRS: &str = "M4 43 L13 43 13 34 23 34 23 25 33 25 33 16 44 16 M8 25 L23 10 \
    M13.5 9 L24 9 24 19.5";
const SLOPE: &str = "M4 6 L12 13 16 26 26 34 30 43 4 43 M25 20 L43 20 M36 13 L43 20 36 27";
const BAG: &str = "R9 14 30 29 7 M17 14 L17 10 C17 6.5 20 4.5 24 4.5 C28 4.5 31 6.5 31 10 L31 14 \
    R16 27 16 10 2 M17 21 L31 21";
const GAS: &str = "M24 4 C25 12 38 18 38 30 C38 38.5 32 44 24 44 C16 44 10 38.5 10 30 \
    C10 24 14 20.5 16 15.5 C18.5 18.5 20 20 21.5 22 C24 17 24.5 10 24 4 Z M6 8 L42 42";
const NEIGHBOUR: &str = "O16 15 6.5 O34.5 18 5 M4 42 L4 37 C4 30.5 9 27 16 27 C23 27 28 30.5 28 37 L28 42 \
    M31.5 28.5 C39 27.5 44 31 44 37 L44 42";
const STAY: &str = "M3.5 23.5 L24 6 44.5 23.5 M9 19 L9 43 39 43 39 19 M16.5 30 L22 35.5 32 25";
const ROUTE: &str = "M34 25 C29 19 26 15.5 26 11.5 C26 7 29.5 4 34 4 C38.5 4 42 7 42 11.5 \
    C42 15.5 39 19 34 25 Z D34 11.5 2.2 O10 38.5 5 M15 38.5 L31 38.5 C39 38.5 39 30.5 31 30.5 L20 30.5";
const HOME: &str = "M3.5 23.5 L24 6 44.5 23.5 M9 19 L9 43 39 43 39 19 M19 43 L19 30 29 30 29 43";
const EYE: &str = "M3 24 C9 14 16 9.5 24 9.5 C32 9.5 39 14 45 24 C39 34 32 38.5 24 38.5 \
    C16 38.5 9 34 3 24 Z O24 24 6.5";
const SETTINGS: &str = "M4 11 L23 11 M33 11 L44 11 O28 11 5 M4 24 L10 24 M20 24 L44 24 O15 24 5 \
    M4 37 L26 37 M36 37 L44 37 O31 37 5";
const CHECK: &str = "O24 24 20 M14.5 24.5 L21.5 31.5 34 18";
const WARNING: &str = "M24 5 L45 42 3 42 Z M24 18 L24 29 D24 35.5 2.3";
const CLOCK: &str = "O24 24 20 M24 12 L24 24 32.5 30";
const FLOOD: &str = "M9 19 L24 6 39 19 M13.5 16 L13.5 26 M34.5 16 L34.5 26 M20.5 26 L20.5 20 27.5 20 27.5 26 \
    M3 34 C6 30.5 10 30.5 13.5 34 C17 37.5 20.5 37.5 24 34 C27.5 30.5 31 30.5 34.5 34 C38 37.5 42 37.5 45 34 \
    M3 43 C6 39.5 10 39.5 13.5 43 C17 46.5 20.5 46.5 24 43 C27.5 39.5 31 39.5 34.5 43 C38 46.5 42 46.5 45 43";
const LANDSLIDE: &str = "M3 7 L13 12 18 24 29 31 34 43 3 43 M22 8 L28 5 32 10 28 15 22 14 Z \
    M30 20 L37 18 40 24 35 29 29 26 Z M38 37 L43 35 45 40 41 43 37 42 Z";
const STORM_SURGE: &str = "M3 11 L27 11 C35 11 34 3 28.5 4 M3 20 L37 20 C46 20 45 30 38 28.5 M3 29 L22 29 \
    M3 42 C6 37 10 37 13.5 42 C17 46 20.5 46 24 42 C27.5 37 31 37 34.5 42 C38 46 42 46 45 42";
const EARTHQUAKE: &str = "M9 19 L24 6 39 19 M13.5 16 L13.5 30 34.5 30 34.5 16 \
    M3 39 L11 39 15 34 21 45 27 34 32 43 35 39 45 39";
const TSUNAMI: &str = "M3 37 C12 37 13 29 16 21 C20 10 30 5 38 9.5 C43 12.5 44 18 41 22 \
    C39.5 17.5 35 16 31.5 19 C27 23 29 33 37 36 C39.5 37 42 37 45 37 M3 45 L45 45";
const FIRE: &str = "M24 4 C25 12 38 18 38 30 C38 38.5 32 44 24 44 C16 44 10 38.5 10 30 \
    C10 24 14 20.5 16 15.5 C18.5 18.5 20 20 21.5 22 C24 17 24.5 10 24 4 Z \
    M24 44 C19.5 44 18 40.5 18 37.5 C18 33.5 22 32 23.5 28 C26 31 30 33 30 37.5 C30 41 28 44 24 44";
const INLAND_FLOOD: &str = "M13.5 21 C8 21 5 18 5 14.5 C5 11 8 8.5 11.5 8.5 C13 5 16.5 3 20.5 3 \
    C26 3 29.5 6 30.5 9 C36 8 43 10 43 15.5 C43 19 40 21 36 21 Z M15 26 L13 31 M24 26 L22 31 M33 26 L31 31 \
    M3 40 C6 36.5 10 36.5 13.5 40 C17 43.5 20.5 43.5 24 40 C27.5 36.5 31 36.5 34.5 40 C38 43.5 42 43.5 45 40";
const VOLCANO: &str =
    "M3 43 L17 21 21 24 24 21 27 24 31 21 45 43 Z M24 14 L24 4 M16 14 L11 6 M32 14 L37 6";

/// The path of a picture that the core names.
pub(super) const fn of(icon: Icon) -> &'static str {
    match icon {
        Icon::Television => TELEVISION,
        Icon::Card => CARD,
        Icon::CardInsert => CARD_INSERT,
        Icon::CardRemove => CARD_REMOVE,
        Icon::CardBlocked => CARD_BLOCKED,
        Icon::Reader => READER,
        Icon::Heart => HEART,
        Icon::FaceGood => FACE_GOOD,
        Icon::FaceNormal => FACE_NORMAL,
        Icon::FaceBad => FACE_BAD,
        Icon::Phone => PHONE,
        Icon::Shelter => SHELTER,
        Icon::Walk => WALK,
        Icon::Hill => HILL,
        Icon::Upstairs => UPSTAIRS,
        Icon::Slope => SLOPE,
        Icon::Bag => BAG,
        Icon::Gas => GAS,
        Icon::Neighbour => NEIGHBOUR,
        Icon::Stay => STAY,
        Icon::Route => ROUTE,
        Icon::Home => HOME,
        Icon::Eye => EYE,
        Icon::Settings => SETTINGS,
        Icon::Check => CHECK,
        Icon::Warning => WARNING,
        Icon::Clock => CLOCK,
        Icon::Flood => FLOOD,
        Icon::Landslide => LANDSLIDE,
        Icon::StormSurge => STORM_SURGE,
        Icon::Earthquake => EARTHQUAKE,
        Icon::Tsunami => TSUNAMI,
        Icon::Fire => FIRE,
        Icon::InlandFlood => INLAND_FLOOD,
        Icon::Volcano => VOLCANO,
    }
}

/// All of them.
#[cfg(test)]
pub(super) const ALL: &[&str] = &[
    POINTER,
    SPEAKER,
    MUTED,
    TELEVISION,
    CARD,
    CARD_INSERT,
    CARD_REMOVE,
    CARD_BLOCKED,
    READER,
    HEART,
    FACE_GOOD,
    FACE_NORMAL,
    FACE_BAD,
    PHONE,
    SHELTER,
    WALK,
    HILL,
    UPSTAIRS,
    SLOPE,
    BAG,
    GAS,
    NEIGHBOUR,
    STAY,
    ROUTE,
    HOME,
    EYE,
    SETTINGS,
    CHECK,
    WARNING,
    CLOCK,
    FLOOD,
    LANDSLIDE,
    STORM_SURGE,
    EARTHQUAKE,
    TSUNAMI,
    FIRE,
    INLAND_FLOOD,
    VOLCANO,
];
