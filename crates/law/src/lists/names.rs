//! Names of sectors and scenarios as facts write them.

use crate::lists::edition::{ListEdition, ListScenario, ListSector};

/// The English name with brackets left out, lower case, each run of other characters one hyphen (docs/INTERFACE.md).
pub fn slug(name: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.trim_matches('-').to_owned()
}

impl ListSector {
    /// The value of `handler.sector`.
    pub fn slug(&self) -> String {
        slug(&self.name.en)
    }
}

impl ListScenario {
    /// The value of `list.scenario`.
    pub fn slug(&self) -> String {
        slug(&self.name.en)
    }

    /// That and the slugs of its other names.
    pub fn slugs(&self) -> Vec<String> {
        let mut all = vec![self.slug()];
        all.extend(self.also.iter().map(|name| slug(name)));
        all
    }
}

impl ListEdition {
    /// The sector of a slug.
    pub fn sector(&self, slug: &str) -> Option<&ListSector> {
        self.sector.iter().find(|sector| sector.slug() == slug)
    }

    /// The scenario of a slug within a sector.
    pub fn scenario(&self, sector: &str, slug: &str) -> Option<&ListScenario> {
        self.sector(sector)?.scenario.iter().find(|scenario| scenario.slug() == slug)
    }

    /// Every scenario's slug, other names included.
    pub fn scenario_slugs(&self) -> Vec<String> {
        self.sector.iter().flat_map(|sector| &sector.scenario).flat_map(ListScenario::slugs).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_the_english_name_without_its_brackets() {
        assert_eq!(slug("commerce (retail, catering, accommodation)"), "commerce");
        assert_eq!(
            slug("seller e-wallet and cross-border collection/payment"),
            "seller-e-wallet-and-cross-border-collection-payment"
        );
        assert_eq!(slug("AI training data"), "ai-training-data");
        assert_eq!(slug("drug R&D"), "drug-r-d");
    }
}
