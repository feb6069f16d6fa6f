//! Parameters of a request: each at most once, empty ones as if they were not there (RFC 6749,
//! section 3.1).

use super::fault::Fault;

/// Most parameters that are read.
const COUNT_MAX: usize = 40;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Takes decoded pairs; a name that comes twice is refused.
    pub fn new(pairs: Vec<(String, String)>) -> Result<Self, Fault> {
        if pairs.len() > COUNT_MAX {
            return Err(Fault::request("too many parameters"));
        }
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        for (index, (name, _)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Fault::request("a parameter comes twice"));
            }
        }
        Ok(Self(pairs))
    }

    /// The value, if there is one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value, if there is one of at most `limit` printable bytes.
    pub fn short(&self, name: &str, limit: usize) -> Result<Option<&str>, Fault> {
        match self.get(name) {
            Some(value) if value.len() > limit || value.chars().any(char::is_control) => {
                Err(Fault::request("a parameter is too long or holds control characters"))
            }
            value => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Result<Parameters, Fault> {
        Parameters::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn empty_is_absent_twice_is_refused() {
        let read = pairs(&[("state", ""), ("scope", "openid"), ("state", "x")]).expect("read");
        assert_eq!((read.get("state"), read.get("nonce")), (Some("x"), None));
        assert!(pairs(&[("state", "x"), ("state", "x")]).is_err());
        assert!(pairs(&[("a", "1"); 41]).is_err());
    }

    #[test]
    fn values_have_limits() {
        let read = pairs(&[("state", "12345"), ("nonce", "a\nb")]).expect("read");
        assert_eq!(read.short("state", 5), Ok(Some("12345")));
        assert!(read.short("state", 4).is_err());
        assert!(read.short("nonce", 10).is_err());
    }
}
