//! What a box told, in words of the operator's support.

use crate::{
    fleet::listing::{BoxRow, Kind, Told},
    push::presence::QUIET_MS,
    update::shelf::{Bundle, Pause},
    web::staff::wording,
};

/// Name of a filter.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::All => "すべて",
        Kind::Silent => "応答なし",
        Kind::Reader => "カードリーダーの不具合",
        Kind::Signal => "映像の不具合",
        Kind::Failed => "更新の失敗",
        Kind::Updating => "更新の途中",
        Kind::Unreported => "状態の報告なし",
        Kind::Stopped => "利用停止",
    }
}

/// Whether it is heard of, with the class of its look.
pub(super) fn contact(row: &BoxRow, connected: bool, now_ms: i64) -> (&'static str, String) {
    let heard_ms = row.last_seen_ms.unwrap_or(row.enrolled_at_ms);
    if row.state == "revoked" {
        return ("signal-none", "利用停止".to_owned());
    }
    match (connected, row.last_seen_ms) {
        (true, _) => ("signal-heard", "接続中".to_owned()),
        (false, _) if now_ms - heard_ms < QUIET_MS => ("signal-heard", "最近まで接続".to_owned()),
        (false, None) => ("signal-silent", "登録後、応答なし".to_owned()),
        (false, Some(at_ms)) => {
            ("signal-silent", format!("{} から応答なし", wording::short_time(at_ms, now_ms)))
        }
    }
}

pub(super) fn reader(code: &str) -> &'static str {
    match code {
        "ready" => "使えます",
        "missing" => "つながっていません",
        "service-down" => "カード機能が停止",
        _ => "確認中",
    }
}

pub(super) fn signal(code: &str) -> &'static str {
    match code {
        "good" => "良好",
        "missing" => "電波なし",
        "disturbed" => "映像なし",
        _ => "確認中",
    }
}

/// How far an update is, with its reason.
pub(super) fn update(told: &Told) -> String {
    let state = state(&told.update_state);
    let version = told.update_version.as_deref().filter(|_| told.update_state != "current");
    let version = version.map(|version| format!("{version} ")).unwrap_or_default();
    match told.update_reason.as_deref().map(reason) {
        Some(reason) => format!("{version}{state}（{reason}）"),
        None => format!("{version}{state}"),
    }
}

/// How far the rollout of a version is.
pub(super) fn standing(bundle: &Bundle) -> String {
    match (bundle.pause, bundle.percent) {
        (Some(Pause::Failures), _) => "失敗が多いため、自動で止まりました".to_owned(),
        (Some(Pause::ByHand), _) => "一時停止しています".to_owned(),
        (None, 0) => "まだ配っていません".to_owned(),
        (None, 100) => "すべての受信機に配っています".to_owned(),
        (None, percent) => format!("全体の{percent}%に配っています"),
    }
}

pub(super) fn state(code: &str) -> &'static str {
    match code {
        "current" => "更新の予定なし",
        "waiting" => "更新待ち",
        "writing" => "書き込み中",
        "written" => "夜間の再起動待ち",
        "on-trial" => "動作の確認中",
        "refused" => "更新できません",
        "fell-back" => "元の版に戻りました",
        _ => "不明",
    }
}

pub(super) fn reason(code: &str) -> &'static str {
    match code {
        "busy" => "避難情報・体調の質問・カードの利用が終わるのを待っています",
        "not-newer" => "いまの版より新しくありません",
        "untrusted" => "署名か形式が正しくありません",
        "unreachable" => "取り込めませんでした。あとでもう一度試します",
        "not-written" => "書き込めませんでした。あとでもう一度試します",
        "no-updater" => "この受信機には更新の機能がありません",
        "not-working" => "映像・通信・カードのどれかを確かめられませんでした",
        _ => "理由は不明です",
    }
}

/// Whether somebody should look at the update.
pub(super) fn is_update_bad(told: &Told) -> bool {
    matches!(told.update_state.as_str(), "refused" | "fell-back")
}

/// `3日4時間`, `12分`
pub(super) fn uptime(seconds: i64) -> String {
    let minutes = seconds / 60;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes}分"),
        (0, hours, minutes) => format!("{hours}時間{minutes}分"),
        (days, hours, _) => format!("{days}日{hours}時間"),
    }
}

/// The first digits of a box's id, enough to tell boxes apart.
pub(super) fn short_id(device_id: &str) -> &str {
    device_id.get(..8).unwrap_or(device_id)
}

#[cfg(test)]
mod tests {
    use gateway_api::update::{UpdateReason, UpdateState};

    use super::*;

    #[test]
    fn every_word_of_a_box_has_a_sentence() {
        for code in UpdateState::ALL.iter().map(|one| one.code()) {
            assert_ne!(state(code), state("such"), "{code}");
        }
        for code in UpdateReason::ALL.iter().map(|one| one.code()) {
            assert_ne!(reason(code), reason("such"), "{code}");
        }
    }

    #[test]
    fn times_since_the_start_are_short() {
        assert_eq!([59, 3_600, 100_000].map(uptime), ["0分", "1時間0分", "1日3時間"]);
    }
}
