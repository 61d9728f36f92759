//! Signing in by a provider of our own, whole and with everything that can be wrong with one.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use oidc::testing::{Fault, Signing, TestProvider};
use oidc::{Begun, Identity, OidcError, Provider, Random, Rejected, Settings};

const BACK: &str = "https://exit.example.cn/enter/oidc/back";

fn random() -> Random {
    Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other))
}

fn start() -> Timestamp {
    "2026-11-23T03:00:00Z".parse().expect("a moment")
}

/// A provider, the installation's side of it, and the clock of both.
struct Scene {
    provider: TestProvider,
    known: Provider,
    clock: Arc<Mutex<Timestamp>>,
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(Mutex::new(start()));
        let of = Arc::clone(&clock);
        let provider = TestProvider::start(BACK, move || *of.lock().expect("whole")).await;
        let known = provider.known(random());
        Self { provider, known, clock }
    }

    fn now(&self) -> Timestamp {
        *self.clock.lock().expect("whole")
    }

    fn later(&self, by: SignedDuration) {
        *self.clock.lock().expect("whole") += by;
    }

    async fn begin(&self) -> Begun {
        self.known.begin(self.now()).await.expect("it begins")
    }

    /// Begins, agrees, and ends.
    async fn whole(&self) -> Result<Identity, OidcError> {
        let begun = self.known.begin(self.now()).await?;
        let back = self.provider.consent(&begun.url);
        self.known.finish(&parameter(&back, "code"), &begun.remembered, self.now()).await
    }
}

/// A parameter of an address; those of the tests have nothing escaped in them.
fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').expect("a query").1;
    let of = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    of.unwrap_or_else(|| panic!("no {name} in {url}")).to_owned()
}

#[tokio::test]
async fn a_browser_is_sent_with_a_state_a_nonce_and_a_challenge_and_its_code_says_who_it_is() {
    let scene = Scene::new().await;
    let begun = scene.begin().await;
    assert!(begun.url.starts_with(&format!("{}/authorize?", scene.provider.issuer)), "{}", begun.url);
    assert_eq!(parameter(&begun.url, "state"), begun.remembered.state);
    assert_eq!(parameter(&begun.url, "code_challenge_method"), "S256");
    assert_eq!(parameter(&begun.url, "scope"), "openid");
    let remembered = serde_json::to_value(&begun.remembered).expect("JSON");
    let verifier = remembered["verifier"].as_str().expect("a verifier");
    assert!(!begun.url.contains(verifier), "the verifier stays here");
    assert_eq!(format!("{:?}", begun.remembered), "Remembered");
    for signing in Signing::ALL {
        scene.provider.signs_by(signing);
        let identity = scene.whole().await.unwrap_or_else(|error| panic!("{signing:?}: {error}"));
        assert_eq!(identity, Identity { issuer: scene.provider.issuer.clone(), subject: "248289761001".to_owned() });
    }
    assert_eq!((scene.provider.asked("discovery"), scene.provider.asked("keys")), (1, 1), "what it says is kept");
    let other = scene.begin().await;
    assert_ne!(other.remembered, begun.remembered);
}

#[tokio::test]
async fn a_client_without_a_secret_signs_in_by_its_verifier_alone() {
    let provider = TestProvider::start_public(BACK, start).await;
    assert!(provider.settings().secret.is_none());
    let known = provider.known(random());
    let begun = known.begin(start()).await.expect("it begins");
    let code = parameter(&provider.consent(&begun.url), "code");
    assert_eq!(known.finish(&code, &begun.remembered, start()).await.expect("in").subject, "248289761001");
}

#[tokio::test]
async fn every_token_that_is_not_what_it_should_be_is_refused_and_says_nothing_of_itself() {
    let scene = Scene::new().await;
    for signing in Signing::ALL {
        for fault in Fault::TOKENS {
            scene.provider.fault(Fault::None);
            scene.provider.signs_by(signing);
            let begun = scene.begin().await;
            let code = parameter(&scene.provider.consent(&begun.url), "code");
            scene.provider.fault(fault);
            let refused = scene.known.finish(&code, &begun.remembered, scene.now()).await;
            let error = refused.expect_err(&format!("{signing:?} {fault:?} was taken"));
            let expected = match fault {
                Fault::WrongNonce | Fault::NoNonce => OidcError::Rejected(Rejected::Nonce),
                Fault::WrongAudience | Fault::MoreAudiences | Fault::WrongParty => {
                    OidcError::Rejected(Rejected::Audience)
                }
                Fault::WrongIssuer => OidcError::Rejected(Rejected::Issuer),
                Fault::Expired | Fault::NotYet => OidcError::Rejected(Rejected::Expired),
                Fault::WrongAccessToken => OidcError::Rejected(Rejected::AccessToken),
                Fault::NoSubject | Fault::LongSubject => OidcError::Rejected(Rejected::Subject),
                Fault::BadSignature | Fault::UnknownKey => OidcError::Rejected(Rejected::Signature),
                Fault::AlgNone | Fault::Hs256PublicKey | Fault::Hs256Secret => OidcError::Rejected(Rejected::Algorithm),
                Fault::NoToken => OidcError::Rejected(Rejected::Missing),
                _ => OidcError::Answer("token", "it cannot be read"),
            };
            assert_eq!(error, expected, "{signing:?} {fault:?}");
            let (zh, en) = error.both();
            for said in [zh, en, error.to_string()] {
                assert!(!said.contains('\n'), "{said}");
                for secret in ["248289761001", "张三", "access-", "code-", "eyJ", "the-administrator"] {
                    assert!(!said.contains(secret), "{said}");
                }
            }
        }
    }
}

#[tokio::test]
async fn new_keys_of_the_provider_are_fetched_when_a_signature_is_of_none_that_is_known() {
    let scene = Scene::new().await;
    scene.whole().await.expect("in");
    scene.provider.rotate();
    scene.whole().await.expect("in with the new key");
    scene.whole().await.expect("and again");
    assert_eq!(scene.provider.asked("keys"), 2, "once for the new key");
    assert_eq!(scene.provider.asked("discovery"), 1);
}

#[tokio::test]
async fn what_the_provider_says_is_asked_for_again_after_a_day_and_serves_until_it_answers() {
    let scene = Scene::new().await;
    scene.whole().await.expect("in");
    scene.later(SignedDuration::from_hours(23));
    scene.begin().await;
    assert_eq!(scene.provider.asked("discovery"), 1);
    scene.later(SignedDuration::from_hours(2));
    scene.begin().await;
    assert_eq!(scene.provider.asked("discovery"), 2);
    scene.later(SignedDuration::from_hours(25));
    scene.provider.fault(Fault::Broken);
    scene.begin().await;
    assert_eq!(scene.provider.asked("discovery"), 3);
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_again_the_next_time() {
    let scene = Scene::new().await;
    let cases = [
        (Fault::Broken, OidcError::Answer("discovery", "its status is not 200")),
        (Fault::Page, OidcError::Answer("discovery", "it is no JSON")),
        (Fault::Slow, OidcError::Slow),
        (Fault::Huge, OidcError::Answer("discovery", "it is too large")),
        (Fault::HugeUnsaid, OidcError::Answer("discovery", "it is too large")),
        (Fault::Redirecting, OidcError::Answer("discovery", "it points elsewhere")),
        (Fault::OtherDocument, OidcError::Answer("discovery", "it is of another issuer")),
        (Fault::OpenEndpoints, OidcError::Answer("discovery", "it has no endpoints over TLS")),
    ];
    for (fault, expected) in cases {
        scene.provider.fault(fault);
        assert_eq!(scene.known.begin(start()).await.expect_err("it begins"), expected, "{fault:?}");
    }
    scene.provider.fault(Fault::None);
    scene.whole().await.expect("in");
}

#[tokio::test]
async fn a_code_is_good_once_for_whoever_began_and_no_answer_but_a_good_one_is_taken() {
    let scene = Scene::new().await;
    let begun = scene.begin().await;
    let code = parameter(&scene.provider.consent(&begun.url), "code");
    let other = scene.begin().await;
    let grant = OidcError::Refused("invalid_grant".to_owned());
    // Somebody else's verifier; the code is spent by it.
    assert_eq!(scene.known.finish(&code, &other.remembered, scene.now()).await, Err(grant.clone()));
    assert_eq!(scene.known.finish(&code, &begun.remembered, scene.now()).await, Err(grant.clone()));
    for (fault, expected) in [
        (Fault::Refused, grant),
        (Fault::Page, OidcError::Answer("token", "it is no JSON")),
        (Fault::Broken, OidcError::Answer("token", "it is no JSON")),
        (Fault::Slow, OidcError::Slow),
        (Fault::Huge, OidcError::Answer("token", "it is too large")),
        (Fault::HugeUnsaid, OidcError::Answer("token", "it is too large")),
        (Fault::Redirecting, OidcError::Answer("token", "it points elsewhere")),
    ] {
        scene.provider.fault(Fault::None);
        let begun = scene.begin().await;
        let code = parameter(&scene.provider.consent(&begun.url), "code");
        scene.provider.fault(fault);
        assert_eq!(scene.known.finish(&code, &begun.remembered, scene.now()).await, Err(expected), "{fault:?}");
    }
    for code in ["", &"c".repeat(5000)] {
        let refused = scene.known.finish(code, &begun.remembered, scene.now()).await;
        assert_eq!(refused, Err(OidcError::Refused("invalid_request".to_owned())));
    }
}

#[tokio::test]
async fn nobody_listening_and_words_of_the_providers_are_told_in_one_line() {
    let provider = TestProvider::start(BACK, start).await;
    let settings = provider.settings();
    drop(provider);
    // Its port is free once its task is gone.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let known = Provider::new(settings, random()).expect("settings");
    let error = known.begin(start()).await.expect_err("nobody is there");
    assert_eq!(error.code(), "provider-unreachable");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!error.both().1.contains("refused"), "whoever signs in is told only what helps them");
    assert_eq!(OidcError::refused("access_denied").both().1.matches("access_denied").count(), 1);
    assert!(!OidcError::refused("<script>").both().1.contains("script"));
}

type Change = fn(&mut Settings);

#[test]
fn settings_that_cannot_be_are_named() {
    let settings = |change: Change| {
        let mut settings = Settings {
            issuer: "https://login.example.cn".to_owned(),
            client: "counter".to_owned(),
            secret: None,
            redirect: BACK.to_owned(),
            name: "Office".to_owned(),
        };
        change(&mut settings);
        Provider::new(settings, random()).map(|provider| provider.name().to_owned())
    };
    assert_eq!(settings(|_| {}), Ok("Office".to_owned()));
    let wrong: [(Change, &str); 4] = [
        (|settings| settings.issuer = "http://login.example.cn".to_owned(), "issuer"),
        (|settings| settings.client = " ".to_owned(), "client"),
        (|settings| settings.secret = Some(String::new()), "secret"),
        (|settings| settings.redirect = "/enter/oidc/back".to_owned(), "redirect"),
    ];
    for (change, which) in wrong {
        assert_eq!(settings(change), Err(OidcError::Settings(which)));
    }
}
