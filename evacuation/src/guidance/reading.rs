//! Readings for the voice: half-width kana as older registers hold them become full-width.

/// Full-width signs of U+FF61 to U+FF9F, in that order.
const FULL_WIDTH: [char; 63] = [
    '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー',
    'ア', 'イ', 'ウ', 'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ',
    'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ',
    'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ン', '゛', '゜',
];
const VOICED_MARK: char = '\u{ff9e}';
const SEMI_VOICED_MARK: char = '\u{ff9f}';

/// The reading with every half-width sign replaced and its mark joined.
pub(super) fn full_width(reading: &str) -> String {
    let mut text = String::with_capacity(reading.len());
    for sign in reading.trim().chars() {
        let joined = match sign {
            VOICED_MARK => text.chars().last().and_then(voiced),
            SEMI_VOICED_MARK => text.chars().last().and_then(semi_voiced),
            _ => None,
        };
        if joined.is_some() {
            text.pop();
        }
        text.push(joined.unwrap_or_else(|| widened(sign)));
    }
    text
}

fn widened(sign: char) -> char {
    let at = u32::from(sign).checked_sub(0xff61).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| FULL_WIDTH.get(at)).copied().unwrap_or(sign)
}

/// か to が: in Unicode the voiced sign follows its plain one.
fn voiced(plain: char) -> Option<char> {
    match plain {
        'ウ' => Some('ヴ'),
        _ if "カキクケコサシスセソタチツテトハヒフヘホ".contains(plain) => {
            after(plain, 1)
        }
        _ => None,
    }
}

fn semi_voiced(plain: char) -> Option<char> {
    if "ハヒフヘホ".contains(plain) { after(plain, 2) } else { None }
}

fn after(sign: char, by: u32) -> Option<char> {
    char::from_u32(u32::from(sign) + by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_reading(reading: &str, expected: &str) {
        assert_eq!(full_width(reading), expected);
    }

    #[test]
    fn half_width_kana_become_full_width() {
        check_reading("ﾅｶﾑﾗ ﾊﾅ", "ナカムラ ハナ");
        check_reading("ﾜﾀﾅﾍﾞ ｼﾞｭﾝﾍﾟｲ", "ワタナベ ジュンペイ");
        check_reading("ｳﾞｧﾝ", "ヴァン");
        check_reading("ヤマダ タロウ", "ヤマダ タロウ");
        check_reading("ﾞｱﾞ", "゛ア゛");
        check_reading("  ", "");
        check_reading("𠮷田", "𠮷田");
    }
}
