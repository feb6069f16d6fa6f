//! Which command was given, by whom: an entry in the audit log for everything that changes
//! something or takes data out.

use super::{Command, audit, people, services, updates};
use crate::{
    audit::{Viewer, act},
    store::{Sql, Store, StoreError},
};

impl Command {
    /// The entry's word; none for commands that only look at what is no secret.
    pub(super) fn action(&self) -> Option<&'static str> {
        Some(match self {
            // There is no database yet, or it was written elsewhere.
            Self::CreateKeys { .. }
            | Self::RenewKeys { .. }
            | Self::RenewServerCertificate { .. }
            | Self::ListDevices => return None,
            Self::ImportTown { .. } => "admin-import-town",
            Self::CreateEnrolmentCode { .. } => "admin-create-enrolment-code",
            Self::CreateEnrolmentCodes { .. } => "admin-create-enrolment-codes",
            Self::RevokeDevice { .. } => "admin-revoke-device",
            Self::LinkCard { .. } => "admin-link-card",
            Self::CreateStaff { .. } => "admin-create-staff",
            Self::UnlockStaff { .. } => "admin-unlock-staff",
            Self::Audit { command } => return command.action(),
            Self::Update { command } => return command.action(),
            Self::People(command) => command.action(),
            Self::Services(command) => return command.action(),
        })
    }
}

impl audit::Command {
    fn action(&self) -> Option<&'static str> {
        match self {
            // Would be a new entry after every seal, and so a reason to seal again.
            Self::Verify { .. } | Self::Checkpoint => None,
            Self::Export { .. } => Some("admin-audit-export"),
            Self::Prune { .. } => Some("admin-audit-prune"),
        }
    }
}

impl updates::Command {
    fn action(&self) -> Option<&'static str> {
        Some(match self {
            Self::Add { .. } => "admin-update-add",
            Self::List => return None,
            Self::RollOut { .. } => "admin-update-roll-out",
            Self::Pause { .. } => "admin-update-pause",
            Self::Resume { .. } => "admin-update-resume",
            Self::Withdraw { .. } => "admin-update-withdraw",
        })
    }
}

impl people::Command {
    fn action(&self) -> &'static str {
        match self {
            Self::CreateCardCode { .. } => "admin-create-card-code",
            Self::CreateStopCode { .. } => "admin-create-stop-code",
            Self::ListCardProposals => "admin-list-card-proposals",
            Self::ListCardConcerns => "admin-list-card-concerns",
            Self::ApproveCard { .. } => "admin-approve-card",
            Self::RejectCard { .. } => "admin-reject-card",
            Self::StopCard { .. } => "admin-stop-card",
            Self::StopCardByCode { .. } => "admin-stop-card-by-code",
            Self::LinkTownCard { .. } => "admin-link-town-card",
        }
    }
}

impl services::Command {
    fn action(&self) -> Option<&'static str> {
        Some(match self {
            Self::ListServices | Self::ListSigningKeys => return None,
            Self::RegisterService { .. } => "admin-register-service",
            Self::DisableService { .. } => "admin-disable-service",
            Self::ShowEvidence { .. } => "admin-show-evidence",
            Self::RotateSigningKey { .. } => "admin-rotate-signing-key",
            Self::WithdrawSigningKey { .. } => "admin-withdraw-signing-key",
        })
    }
}

/// Writes the entry of a command that was done.
pub(super) async fn note(
    store: &Store,
    action: &'static str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let viewer = Viewer {
        actor: account(std::fs::read_to_string("/proc/self/loginuid").ok().as_deref()),
        office: "運用担当".to_owned(),
        purpose: "administration".to_owned(),
    };
    store.write(move |sql: &mut dyn Sql| act(sql, &viewer, now_ms, action, &[])).await
}

/// The account that signed in to the machine, which `sudo` does not change; a service has none.
fn account(login_uid: Option<&str>) -> String {
    let uid = login_uid.and_then(|text| text.trim().parse::<u32>().ok());
    match uid.filter(|uid| *uid != u32::MAX) {
        Some(uid) => format!("operator:uid-{uid}"),
        None => "operator".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_account_is_the_one_that_signed_in() {
        assert_eq!(account(Some("1000\n")), "operator:uid-1000");
        for nobody in [None, Some("4294967295"), Some(""), Some("x")] {
            assert_eq!(account(nobody), "operator", "{nobody:?}");
        }
    }

    #[tokio::test]
    async fn a_command_leaves_an_entry() {
        let (store, _folder) = testing::store().await;
        let command = Command::UnlockStaff { login: "mori".to_owned() };
        let action = command.action().expect("it changes something");
        note(&store, action, 7).await.expect("written");
        let newest = store.read::<_, StoreError, _>(|sql| crate::audit::newest(sql, 5)).await;
        let newest = newest.expect("read");
        assert_eq!((newest[0].object.as_str(), newest[0].at_ms), ("admin-unlock-staff", 7));
        assert!(newest[0].actor.starts_with("operator"));
    }
}
