use super::*;
use crate::{
    random::SeededRandom,
    testing::{self, minami},
};

fn copy_of_minami() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    for file in [areas::FILE, shelters::SITES, shelters::DESIGNATED, households::FILE] {
        std::fs::copy(minami().join(file), folder.path().join(file)).expect("copied");
    }
    folder
}

fn replace(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("read");
    assert!(text.contains(from), "{file} does not hold {from}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("written");
}

async fn import(store: &crate::store::Store, folder: &Path) -> Result<Imported, ImportError> {
    let files = TownFiles::read(folder, "363871")?;
    let settings = testing::settings();
    store.write(move |sql| files.apply(sql, &settings, 1, &SeededRandom::new(3))).await
}

#[tokio::test]
async fn the_demonstration_town_comes_in_whole_and_a_second_time_changes_nothing() {
    let (store, _folder) = testing::store().await;
    let first = import(&store, &minami()).await.expect("imported");
    assert_eq!((first.areas, first.shelters, first.households), (25, 76, 25));
    assert!(first.changed);
    let before = store.read(town::load).await.expect("read");
    let second = import(&store, &minami()).await.expect("imported again");
    assert!(!second.changed);
    assert_eq!(store.read(town::load).await.expect("read"), before);
    let town = before.expect("a town");
    let gym = town.shelters.shelters.values().find(|shelter| shelter.name == "日和佐総合体育館");
    let gym = gym.expect("the condition was split off the name");
    assert_eq!(gym.condition.as_deref(), Some("津波時は２階以上に避難"));
}

#[track_caller]
fn check_refused(file: &'static str, from: &str, to: &str, expected: &str) {
    let folder = copy_of_minami();
    replace(folder.path(), file, from, to);
    let error = TownFiles::read(folder.path(), "363871").expect_err("refused").to_string();
    assert!(error.contains(expected) && error.contains("nothing was imported"), "{error}");
    assert!(error.contains(file), "{error} does not name {file}");
}

#[test]
fn one_fault_anywhere_refuses_the_whole_folder_and_says_where() {
    check_refused(areas::FILE, "\"363871\"", "\"363880\"", "this gateway is for 363871");
    check_refused(areas::FILE, "\"A02\"", "\"A01\"", "appears twice");
    check_refused(areas::FILE, "\"parent\": null", "\"parent\": \"Z9\"", "does not exist");
    check_refused(areas::FILE, "\"parent\": null", "\"parent\": \"A01\"", "circle");
    check_refused(areas::FILE, "\"version\"", "\"versoin\"", "versoin");
    check_refused(areas::FILE, "33.76781", "133.76781", "no position");
    check_refused(shelters::SITES, "\"津波\"", "\"津\"", "津波 is missing");
    check_refused(shelters::SITES, "E3638700053201", "E3638700001201", "appears twice");
    check_refused(households::FILE, "\"A14\"", "\"A99\"", "not in areas.json");
    check_refused(households::FILE, "E3638700033201", "E36", "unknown shelter");
    check_refused(households::FILE, "\"departure_level\": 4", "\"departure_level\": 6", "level");
    check_refused(households::FILE, "\"more-time\"", "\"time\"", "unknown variant");
    check_refused(households::FILE, "\"language\": \"ja\"", "\"language\": \"de\"", "language");
}

proptest::proptest! {
    #[test]
    fn any_file_is_read_or_refused(text in "[{}\\[\\]\":,a-z0-9 .-]{0,200}") {
        proptest::prop_assert!(areas::parse(&text, "363871").is_err());
        let _ = shelters::parse(&text, &text);
        let (areas, shelters) = (AreaTable::default(), ShelterTable::default());
        let _ = households::parse(&text, "363871", &areas, &shelters);
    }
}

#[tokio::test]
async fn a_change_of_one_home_raises_the_version_of_that_home_only() {
    let (store, _folder) = testing::store().await;
    import(&store, &minami()).await.expect("imported");
    let folder = copy_of_minami();
    replace(folder.path(), households::FILE, "中村 ハナ", "中村 花");
    assert!(import(&store, folder.path()).await.expect("imported").changed);
    let versions = store
        .read(|sql| sql.all("SELECT version FROM household ORDER BY version DESC LIMIT 2", &[]))
        .await
        .expect("read");
    let versions: Vec<i64> = versions.iter().map(|r| r.get("version").expect("number")).collect();
    assert_eq!(versions, [2, 1]);
}

#[tokio::test]
async fn changed_areas_need_a_new_version() {
    let (store, _folder) = testing::store().await;
    import(&store, &minami()).await.expect("imported");
    let folder = copy_of_minami();
    replace(folder.path(), areas::FILE, "あかまつ", "あかまっ");
    let error = import(&store, folder.path()).await.expect_err("refused").to_string();
    assert!(error.contains("raise it"), "{error}");
    replace(folder.path(), areas::FILE, "\"version\": 1", "\"version\": 2");
    assert!(import(&store, folder.path()).await.expect("imported").changed);
}
