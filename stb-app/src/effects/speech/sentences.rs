//! Texts cut into pieces that are quick to make: the first word is heard sooner.

/// Open JTalk reads lines of at most 1,023 bytes; a piece of this length takes half a second.
const PIECE_BYTES_MAX: usize = 300;

/// Cuts after 。！？ and, where a piece is still too long, after 、 or between characters. Control
/// characters become blanks: the synthesiser reads line by line.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean
        .split_inclusive(['。', '！', '？', '!', '?'])
        .flat_map(|sentence| shorten(sentence.trim()))
        .filter(|piece| piece.chars().any(char::is_alphanumeric))
        .collect()
}

fn shorten(sentence: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for clause in sentence.split_inclusive('、') {
        let is_full =
            |piece: &String, more: usize| !piece.is_empty() && piece.len() + more > PIECE_BYTES_MAX;
        if pieces.last().is_some_and(|piece| is_full(piece, clause.len())) {
            pieces.push(String::new());
        }
        for character in clause.chars() {
            if pieces.last().is_some_and(|piece| is_full(piece, character.len_utf8())) {
                pieces.push(String::new());
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(character);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_the_ends_of_sentences() {
        assert_eq!(pieces("津波です。高台へ、逃げて！"), ["津波です。", "高台へ、逃げて！"]);
        assert_eq!(pieces("一行\n二行"), ["一行 二行"]);
        assert_eq!(pieces(" 。★♪！ "), Vec::<String>::new());
        assert_eq!(pieces(""), Vec::<String>::new());
    }

    #[test]
    fn long_texts_are_cut_at_commas_first() {
        let clause = format!("{}、", "あ".repeat(60));
        let cut = pieces(&clause.repeat(3));
        assert_eq!(cut, [clause.clone(), clause.clone(), clause]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_and_no_piece_is_too_long(text in "[あ-ん一-龠A-Z、。 \\n]{0,400}") {
            let cut = pieces(&text);
            let letters = |text: &str| {
                text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
            };
            proptest::prop_assert_eq!(letters(&cut.concat()), letters(&text));
            for piece in cut {
                proptest::prop_assert!(piece.len() <= PIECE_BYTES_MAX);
                proptest::prop_assert!(!piece.contains('\n'));
            }
        }
    }
}
