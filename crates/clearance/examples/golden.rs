//! Writes the golden releases anew: `cargo run --locked -p tongguan-clearance --example golden`.
#![allow(clippy::unwrap_used, reason = "a tool for whoever works on the formats, not a part of the program")]

#[path = "../tests/golden/generator/mod.rs"]
mod generator;

#[tokio::main]
async fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let cases = generator::write(&folder).await;
    println!("{} golden releases in {}", cases, folder.display());
}
