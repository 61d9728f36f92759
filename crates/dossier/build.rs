//! Compiles `forms/` in.

fn main() -> std::io::Result<()> {
    embed::folder("forms", embed::is_toml)
}
