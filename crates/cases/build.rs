//! Compiles `procedures/` in.

fn main() -> std::io::Result<()> {
    embed::folder("procedures", embed::is_toml)
}
