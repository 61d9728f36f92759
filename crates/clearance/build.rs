//! Compiles `lawbook/` in: every file of the law and every page of scenarios.

use std::path::Path;

fn main() -> std::io::Result<()> {
    embed::folder("lawbook", is_read)
}

/// What `law::RuleBase::parse` reads: TOML, and the tables of `scenarios/`.
fn is_read(path: &Path) -> bool {
    let scenarios = path.parent().is_some_and(|folder| folder.ends_with("lawbook/scenarios"));
    embed::is_toml(path) || (scenarios && path.extension().is_some_and(|extension| extension == "md"))
}
