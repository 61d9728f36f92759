//! The console as people meet it: in Debian's Chromium, from the sign-in to the permit.
//!
//! `chromium` and `chromedriver` are looked for in PATH, or where `TONGGUAN_CHROMIUM` and `TONGGUAN_CHROMEDRIVER` say; without them the
//! tests say so and pass. axe-core is fetched with npm into the target folder, or read from the file `TONGGUAN_AXE` names.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

mod assess;
mod axe;
mod contract;
mod driver;
mod each;
mod filing;
mod pages;
mod served;
mod signing_in;
#[path = "../demo/support.rs"]
#[allow(dead_code, reason = "each test uses its own part")]
mod support;

pub(crate) use driver::Browser;
pub(crate) use served::Served;

/// Runs a scene on a database of its own.
pub(crate) fn scene<F: Future<Output = ()>>(scripts: bool, scene: impl Fn(Served, Browser) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // The browser first: without one nothing has to be made.
        let Some(programs) = driver::programs() else { return };
        let served = Served::open().await;
        let browser = Browser::open(&programs, &served.base, scripts).await;
        scene(served, browser).await;
    });
}
