//! Tables for spreadsheets (RFC 4180, with the mark that makes Japanese spreadsheets read UTF-8).

/// Byte order mark.
const MARK: &str = "\u{feff}";

/// A table that grows line by line.
#[derive(Debug)]
pub struct Csv(String);

impl Csv {
    /// A table with this head.
    pub fn new(head: &[&str]) -> Self {
        let mut table = Self(MARK.to_owned());
        table.line(head);
        table
    }

    /// Adds a line.
    pub fn line(&mut self, cells: &[&str]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            self.cell(cell);
        }
        self.0.push_str("\r\n");
    }

    /// The whole text.
    pub fn text(self) -> String {
        self.0
    }

    fn cell(&mut self, text: &str) {
        // A spreadsheet would take these for the beginning of a formula.
        let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        if text.contains([',', '"', '\r', '\n']) {
            self.0.push('"');
            self.0.push_str(mark);
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(mark);
            self.0.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], expected: &str) {
        let text = Csv::new(cells).text();
        assert_eq!(text.trim_start_matches(MARK).trim_end_matches("\r\n"), expected);
    }

    #[test]
    fn cells_stay_what_they_are() {
        check(&["a", "", "東由岐"], "a,,東由岐");
        check(&["a,b", "say \"no\"", "two\nlines"], "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"");
        check(&["=1+1", "-2,3", "@x", "+81"], "'=1+1,\"'-2,3\",'@x,'+81");
    }
}
