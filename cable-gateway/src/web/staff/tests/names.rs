//! Names are shown as they are, whatever they hold.

use super::fixture::{STRANGE_NAMES, Town};

#[tokio::test]
async fn strange_names_are_shown_and_never_run() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let (mut officer, mut nurse) = (town.officer("saito").await, town.nurse().await);
    let (board, list) =
        (officer.get(&format!("/orders/{order}")).await, nurse.get("/check-ins?show=no-box").await);
    for page in [board, list] {
        page.has_status(200);
        page.hides("<script>alert");
        page.hides("<img");
        page.shows("&#60;script&#62;alert(1)&#60;/script&#62;");
        page.shows("（氏名未登録）");
        page.shows(STRANGE_NAMES[2]);
        page.shows(STRANGE_NAMES[3]);
        page.shows(STRANGE_NAMES[4]);
    }
}
