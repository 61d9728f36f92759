//! Signing in: wrong, throttled, with a second factor, and out again.

use fantoccini::Locator;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha1::Sha1;

use crate::{Browser, scene};

async fn attempt(browser: &Browser, login: &str, password: &str) {
    browser.go("/sign-in").await;
    browser.typed("account", login).await;
    browser.typed("password", password).await;
    browser.post(".sign-in form button.primary").await;
}

/// RFC 6238: the code of a secret in base 32 at a moment.
fn code(secret: &str, at: i64) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let values = secret.chars().filter_map(|c| LETTERS.find(c));
    let bits: Vec<u8> = values.flat_map(|value| (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1))).collect();
    let bytes: Vec<u8> = bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&at.div_euclid(30).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 15);
    let number =
        digest[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[test]
fn wrong_passwords_are_refused_then_throttled_and_nobody_is_told_which_account_there_is() {
    scene(false, |_served, browser| async move {
        attempt(&browser, "bank", "not the password at all").await;
        let known = browser.text(".sign-in .notice").await;
        attempt(&browser, "nobody-here", "not the password at all").await;
        assert_eq!(browser.text(".sign-in .notice").await, known, "the same words for an account that is not there");
        // Each failure that is counted doubles the wait. One that is counted after a wait of five attempts begins a wait of ten, however slow
        // the machine is.
        let mut throttled = 0;
        for nth in 0.. {
            attempt(&browser, "bank", "not the password at all").await;
            let counted = browser.text(".sign-in .notice").await == known;
            if counted && throttled >= 5 {
                break;
            }
            throttled = if counted { 0 } else { throttled + 1 };
            assert!(nth < 120, "nobody is throttled");
        }
        attempt(&browser, "bank", server::demo::PASSWORD).await;
        assert!(browser.path().await.starts_with("/sign-in"), "let in while throttled");
        browser.close().await;
    });
}

#[test]
fn a_second_factor_is_enrolled_and_asked_for_and_after_signing_out_nothing_is_shown() {
    scene(true, |served, browser| async move {
        browser.sign_in("bank").await;
        browser.go("/account").await;
        browser.post("form[action='/account/second-factor'] button").await;
        let secret = browser.text("form[action='/account/second-factor-confirm'] ~ *, code.wrap").await;
        let now = served.now().as_second();
        browser.typed("code", &code(&secret, now)).await;
        browser.post("form[action='/account/second-factor-confirm'] button").await;
        browser.go("/cases").await;
        browser.sees("跨境结算反欺诈协查").await;
        browser.click("details.menu summary").await;
        browser.post("details.menu form button").await;
        browser.client.back().await.unwrap();
        let shown = browser.script("return document.body.innerText", json!(null)).await;
        assert!(!shown.as_str().unwrap().contains("跨境结算反欺诈协查"), "the back button shows the queue");

        attempt(&browser, "bank", server::demo::PASSWORD).await;
        assert!(browser.path().await.starts_with("/sign-in"), "let in without the code");
        browser.typed("totp", "000000").await;
        if browser.client.find(Locator::Id("password")).await.is_ok() {
            browser.typed("password", server::demo::PASSWORD).await;
        }
        browser.post(".sign-in form button.primary").await;
        assert!(browser.path().await.starts_with("/sign-in"), "let in with a wrong code");
        browser.typed("totp", &code(&secret, served.now().as_second() + 30)).await;
        if browser.client.find(Locator::Id("password")).await.is_ok() {
            browser.typed("password", server::demo::PASSWORD).await;
        }
        browser.post(".sign-in form button.primary").await;
        assert!(
            !browser.path().await.starts_with("/sign-in"),
            "the code does not let in: {}",
            browser.text("main").await
        );
        browser.close().await;
    });
}
