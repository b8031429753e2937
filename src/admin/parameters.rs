//! Parameters in a path's query.

use crate::secret::id::{AccountId, Region};
use crate::state::Part;

/// The parameters of a query, each given once at most.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query that may have these parameters and no others.
    pub(super) fn parse(query: Option<&str>, known: &[&str]) -> Result<Self, String> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
        let pairs: Vec<_> = pairs.collect();
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(format!("{name:?} is no parameter here; there are: {known}"));
            }
            if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(format!("{name} is given twice"));
            }
        }
        Ok(Self(pairs))
    }

    /// What a parameter is given as.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Which secrets `account`, `region` and `prefix` pick.
    pub(super) fn part(&self) -> Result<Part, String> {
        let account = self.get("account").map(|text| {
            AccountId::parse(text).ok_or_else(|| format!("account: {text:?} is not 12 digits"))
        });
        let region = self.get("region").map(|text| {
            Region::parse(text).ok_or_else(|| format!("region: {text:?} is no region's name"))
        });
        Ok(Part {
            account: account.transpose()?,
            region: region.transpose()?,
            prefix: self.get("prefix").map(str::to_owned),
        })
    }
}
