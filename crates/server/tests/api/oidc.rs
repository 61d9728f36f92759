//! Signing in by a provider of our own: there and back, joined and parted, and everything that can be wrong on the way.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use ::oidc::testing::{Fault, Signing, TestProvider};
use axum::body::Body;
use axum::http::{Request, header};
use database::testing::Place;
use doors::{Change, Status};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::support::{Answer, As, Counter, PASSWORD, Setting};

const URL: &str = "http://counter.example";
const COOKIE: &str = "tongguan-oidc";

/// An installation and its provider, with one clock.
struct Scene {
    counter: Counter,
    provider: TestProvider,
    _place: Place,
}

impl Scene {
    async fn at(url: &'static str) -> Self {
        let clock = Counter::clock();
        let of = Arc::clone(&clock);
        let provider = TestProvider::start(&format!("{url}/enter/oidc/back"), move || *of.lock().expect("whole")).await;
        let random: ::oidc::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
        let known = provider.known(random);
        let place = Place::sqlite();
        Self {
            counter: Counter::with(&place, clock, Setting { url, oidc: Some(Arc::new(known)), ..Setting::default() })
                .await,
            provider,
            _place: place,
        }
    }

    fn browser(&self) -> Browser<'_> {
        Browser { scene: self, jar: BTreeMap::new() }
    }

    /// Joins the provider's next person to an account.
    async fn joined(&self, who: &str) {
        let mut browser = self.browser();
        browser.sign_in(who).await;
        let answer = browser.post("/account/oidc", &[("password", PASSWORD)]).await;
        assert_eq!(answer.status, 200, "{}", text(&answer));
        let back = self.agreed(&refreshed(&answer));
        let answer = browser.get(&back).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/account?done=oidc-joined"), "{}", text(&answer));
    }

    /// Where the provider sends a browser back to whose holder agrees, as a path of ours.
    fn agreed(&self, url: &str) -> String {
        path(&self.provider.consent(url))
    }
}

fn path(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).expect("a path"))
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).replace("&#x2f;", "/").replace("&#x27;", "'").replace("&amp;", "&")
}

/// Where a page goes on to by itself.
fn refreshed(answer: &Answer) -> String {
    answer.header("refresh").strip_prefix("0; url=").expect("it goes on").to_owned()
}

/// A browser: it keeps cookies.
struct Browser<'a> {
    scene: &'a Scene,
    jar: BTreeMap<String, String>,
}

impl Browser<'_> {
    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::ACCEPT, "text/html").header(header::COOKIE, cookies.join("; "));
        let answer = self.scene.counter.send(request.body(body).expect("a request")).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("ASCII");
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form with the token of this visit or session.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = text(&self.get("/sign-in").await);
        let token = page.split("<meta name=\"csrf\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.post_with(path, fields, token.expect("a token")).await
    }

    async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], csrf: &str) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("csrf", csrf);
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.finish())).await
    }

    /// Signs in by password.
    async fn sign_in(&mut self, who: &str) {
        let login = self.scene.counter.people[who].account.login.clone();
        let answer = self.post("/sign-in", &[("account", &login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", text(&answer));
    }

    /// Sets out for the provider; where the browser is sent.
    async fn out(&mut self, query: &str) -> String {
        let answer = self.get(&format!("/enter/oidc{query}")).await;
        assert_eq!(answer.status, 303, "{}", text(&answer));
        answer.header("location").to_owned()
    }

    /// There and back.
    async fn enter(&mut self) -> Answer {
        let url = self.out("?back=/cases").await;
        let back = self.scene.agreed(&url);
        self.get(&back).await
    }

    fn session(&self) -> Option<&String> {
        self.jar.get("tongguan")
    }

    /// Who the counter takes it for.
    async fn is(&self) -> Option<String> {
        let counter = &self.scene.counter;
        let answer = counter.get(As::Cookie(self.session()?, None), "/api/me").await;
        (answer.status == 200).then(|| answer.json()["account"]["login"].as_str().expect("a login").to_owned())
    }
}

fn on_scene<F: Future<Output = ()>>(test: impl FnOnce(Scene) -> F) {
    database::testing::runtime().block_on(async { test(Scene::at(URL).await).await });
}

/// Refused with this status, a page that has these words in it, and no session.
fn refused(answer: &Answer, status: u16, words: &str) {
    let page = text(answer);
    assert_eq!(answer.status, status, "{page}");
    assert!(page.contains(words), "{words:?} is not in {page}");
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    assert!(!set.map(|line| line.to_str().expect("ASCII")).any(|line| line.starts_with("tongguan=")), "it lets in");
}

#[test]
fn an_identity_is_joined_signs_in_and_is_parted_again() {
    on_scene(|scene| async move {
        let mut stranger = scene.browser();
        let page = text(&stranger.get("/sign-in?back=/cases").await);
        assert!(page.contains("Test Office") && page.contains("/enter/oidc?back=%2Fcases"), "{page}");
        refused(&stranger.enter().await, 403, "尚未关联任何账户");
        assert_eq!(stranger.is().await, None);
        scene.joined("national").await;
        let mut browser = scene.browser();
        for signing in Signing::ALL {
            scene.provider.signs_by(signing);
            let before = browser.session().cloned();
            let answer = browser.enter().await;
            assert_eq!((answer.status, answer.header("location")), (303, "/cases"), "{}", text(&answer));
            assert_eq!(browser.is().await.as_deref(), Some("national"));
            assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["tongguan", "tongguan-visit"], "nothing else is left");
            if let Some(before) = before {
                assert_ne!(browser.session(), Some(&before), "another session");
                assert_eq!(
                    scene.counter.get(As::Cookie(&before, None), "/api/me").await.status,
                    401,
                    "the old is over"
                );
            }
        }
        let account = text(&browser.get("/account").await);
        assert!(account.contains("/account/oidc/part") && !account.contains("action=\"/account/oidc\""), "{account}");
        let answer = browser.post("/account/oidc/part", &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/account?done=oidc-parted"));
        let account = text(&browser.get("/account?done=oidc-parted").await);
        assert!(account.contains("已解除关联") && account.contains("action=\"/account/oidc\""), "{account}");
        refused(&browser.post("/account/oidc/part", &[]).await, 404, "没有已关联的身份");
        refused(&scene.browser().enter().await, 403, "尚未关联任何账户");
        scene.browser().sign_in("national").await;
        scene.counter.doors.verify_record().await.expect("whole");
    });
}

#[test]
fn where_no_provider_is_set_up_there_is_no_button_and_no_way() {
    crate::support::on_one(|counter| async move {
        let page = counter.get(As::Nobody, "/sign-in").await;
        assert!(page.status == 200 && !text(&page).contains("oidc"));
        for path in ["/enter/oidc", "/enter/oidc/back?code=a&state=b"] {
            assert_eq!(counter.get(As::Nobody, path).await.status, 404);
        }
        let (secret, _) = counter.signed_in("national").await;
        let page = counter.get(As::Cookie(&secret, None), "/account").await;
        assert!(page.status == 200 && !text(&page).contains("oidc"));
    });
}

#[test]
fn joining_asks_for_the_password_and_belongs_to_the_session_that_began_it() {
    on_scene(|scene| async move {
        let mut browser = scene.browser();
        browser.sign_in("national").await;
        refused(&browser.post("/account/oidc", &[]).await, 403, "不正确");
        refused(&browser.post("/account/oidc", &[("password", "not the password")]).await, 403, "不正确");
        refused(&browser.post_with("/account/oidc", &[("password", PASSWORD)], "made up").await, 403, "stale-form");
        refused(&browser.post_with("/account/oidc/part", &[], "made up").await, 403, "stale-form");
        assert!(!browser.jar.contains_key(COOKIE), "nothing was begun");
        let answer = browser.post("/account/oidc", &[("password", PASSWORD)]).await;
        assert!(answer.header("content-security-policy").contains("form-action 'self'"));
        let url = refreshed(&answer);
        assert!(url.starts_with(&format!("{}/authorize?", scene.provider.issuer)), "{url}");
        assert!(text(&answer).contains("/authorize?"), "there is a link for whoever is not taken along");
        // Another session of the same browser, even of the same account, ends nothing that the first began.
        let back = scene.agreed(&url);
        browser.post("/sign-out", &[]).await;
        refused(&browser.get(&back).await, 400, "请重新开始");
        browser.sign_in("national").await;
        refused(&browser.get(&back).await, 400, "请重新开始");
        refused(&scene.browser().enter().await, 403, "尚未关联任何账户");
        // An identity belongs to one account; to its own it can be joined again.
        scene.joined("province").await;
        scene.joined("province").await;
        let answer = browser.post("/account/oidc", &[("password", PASSWORD)]).await;
        let back = scene.agreed(&refreshed(&answer));
        let answer = browser.get(&back).await;
        refused(&answer, 409, "已属于另一账户");
        assert_eq!(browser.is().await.as_deref(), Some("national"), "the session stays");
        // What the provider refuses is told on the page of the account.
        scene.provider.is("another");
        let url = refreshed(&browser.post("/account/oidc", &[("password", PASSWORD)]).await);
        scene.provider.fault(Fault::Denied);
        refused(&browser.get(&scene.agreed(&url)).await, 403, "access_denied");
        scene.provider.fault(Fault::None);
        refused(&scene.browser().enter().await, 403, "尚未关联任何账户");
    });
}

#[test]
fn nothing_that_is_wrong_with_a_provider_lets_anybody_in_and_nothing_is_lost_by_it() {
    on_scene(|scene| async move {
        scene.joined("national").await;
        let at_the_provider = [(Fault::Denied, 403), (Fault::Refused, 403)];
        let of_the_answer = [
            (Fault::Page, 502),
            (Fault::Broken, 502),
            (Fault::Huge, 502),
            (Fault::HugeUnsaid, 502),
            (Fault::Redirecting, 502),
            (Fault::Slow, 504),
            (Fault::GarbledToken, 502),
        ];
        let of_the_token = Fault::TOKENS.into_iter().filter(|fault| *fault != Fault::GarbledToken);
        let all = of_the_token.map(|fault| (fault, 401)).chain(at_the_provider).chain(of_the_answer);
        for (fault, status) in all {
            let mut browser = scene.browser();
            let url = browser.out("?back=/cases").await;
            scene.provider.fault(fault);
            let back = scene.agreed(&url);
            let answer = browser.get(&back).await;
            refused(&answer, status, "登录提供者");
            let page = text(&answer);
            for secret in ["张三", "248289761001", "eyJ", "not for people", "said&gt;"] {
                assert!(!page.contains(secret), "{fault:?} tells {secret}");
            }
            assert!(page.contains("action=\"/sign-in\""), "the password is still a way in");
            assert_eq!(browser.is().await, None, "{fault:?}");
            scene.provider.fault(Fault::None);
            refused(&browser.get(&back).await, 400, "请重新开始");
            assert_eq!(browser.enter().await.header("location"), "/cases", "{fault:?}: and then it goes on");
        }
        scene.provider.rotate();
        assert_eq!(scene.browser().enter().await.header("location"), "/cases", "new keys are found");
    });
}

#[test]
fn a_provider_that_is_down_is_told_on_the_way_there_and_the_password_works() {
    on_scene(|scene| async move {
        let faults = [
            (Fault::Broken, 502),
            (Fault::Page, 502),
            (Fault::Slow, 504),
            (Fault::Huge, 502),
            (Fault::Redirecting, 502),
            (Fault::OtherDocument, 502),
            (Fault::OpenEndpoints, 502),
        ];
        for (fault, status) in faults {
            scene.provider.fault(fault);
            let mut browser = scene.browser();
            let answer = browser.get("/enter/oidc?back=/cases").await;
            refused(&answer, status, "或用密码登录");
            assert!(text(&answer).contains("value=\"/cases\""), "where to go afterwards is kept");
            assert!(!browser.jar.contains_key(COOKIE));
            browser.sign_in("national").await;
            refused(&browser.post("/account/oidc", &[("password", PASSWORD)]).await, status, "登录提供者");
        }
        scene.provider.fault(Fault::None);
        scene.joined("national").await;
    });
}

#[test]
fn what_another_browser_began_or_what_was_used_or_is_over_opens_nothing() {
    on_scene(|scene| async move {
        scene.joined("national").await;
        let mut one = scene.browser();
        let answer = one.get("/enter/oidc").await;
        let mut set = answer.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().expect("ASCII"));
        let line = set.find(|line| line.starts_with(COOKIE)).expect("a cookie");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(line.contains(attribute), "{line}");
        }
        let url = answer.header("location").to_owned();
        let state = url.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state");
        assert!(!line.contains(state), "it is sealed");
        let back = scene.agreed(&url);

        // Whoever is led to an address that somebody else made does not end up in that person's account.
        let mut other = scene.browser();
        refused(&other.get(&back).await, 400, "请重新开始");
        // Not even with the cookie of whoever made it.
        other.jar.insert(COOKIE.to_owned(), one.jar[COOKIE].clone());
        refused(&other.get(&back).await, 400, "请重新开始");
        // And what it began itself goes on.
        let own = other.out("").await;
        refused(&other.get(&back).await, 400, "请重新开始");
        assert_eq!(other.get(&scene.agreed(&own)).await.status, 303);
        // Made up, cut off, or with another state.
        let whole = one.jar[COOKIE].clone();
        for made in ["", "AAAA", &whole[..whole.len() - 2], &format!("{whole}AAAA")] {
            one.jar.insert(COOKIE.to_owned(), made.to_owned());
            refused(&one.get(&back).await, 400, "请重新开始");
        }
        one.jar.insert(COOKIE.to_owned(), whole.clone());
        refused(&one.get(&back.replace(state, "made-up")).await, 400, "请重新开始");
        refused(&one.get("/enter/oidc/back").await, 400, "请重新开始");
        // None of that ended it.
        let answer = one.get(&back).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{}", text(&answer));
        // Once.
        let asked = scene.provider.asked("token");
        let mut again = scene.browser();
        again.jar.insert("tongguan-visit".to_owned(), one.jar["tongguan-visit"].clone());
        again.jar.insert(COOKIE.to_owned(), whole);
        refused(&again.get(&back).await, 400, "请重新开始");
        assert_eq!(scene.provider.asked("token"), asked, "the provider is not even asked");
        // Too late.
        let mut late = scene.browser();
        let url = late.out("").await;
        let back = scene.agreed(&url);
        scene.counter.hours_later(1);
        refused(&late.get(&back).await, 400, "请重新开始");
        // Another issuer's answer (RFC 9207).
        let mut mixed = scene.browser();
        let url = mixed.out("").await;
        let back = scene.agreed(&url);
        let (before, _) = back.split_once("&iss=").expect("an issuer");
        refused(&mixed.get(&format!("{before}&iss=https%3A%2F%2Felsewhere.example")).await, 401, "另一提供者");
    });
}

#[test]
fn a_closed_account_stays_closed_and_nobody_is_sent_to_another_site() {
    on_scene(|scene| async move {
        scene.joined("national").await;
        for (query, to) in [
            ("?back=/cases%3Fholder=province", "/cases?holder=province"),
            ("?back=https://elsewhere.example", "/"),
            ("?back=//elsewhere.example", "/"),
            ("?back=/%5Celsewhere.example", "/"),
            ("?back=/sign-in", "/"),
            ("", "/"),
        ] {
            let mut browser = scene.browser();
            let url = browser.out(query).await;
            assert_eq!(browser.get(&scene.agreed(&url)).await.header("location"), to, "{query}");
        }
        let long = format!("?back=/{}", "x".repeat(5000));
        let mut browser = scene.browser();
        let url = browser.out(&long).await;
        assert_eq!(browser.get(&scene.agreed(&url)).await.header("location"), "/");
        let counter = &scene.counter;
        let (id, by) = (&counter.people["national"].account.id, &counter.people["admin"].account.id);
        let closed = Change { status: Some(Status::Disabled), ..Change::default() };
        counter.doors.change(id, closed, by, counter.now()).await.expect("closed");
        refused(&scene.browser().enter().await, 403, "该账户已停用");
        assert_eq!(browser.is().await, None);
    });
}

/// RFC 6238: the code of a secret in base 32 at a moment.
fn shown(secret: &str, at: i64) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let values = secret.chars().filter_map(|c| LETTERS.find(c));
    let bits: Vec<u8> = values.flat_map(|value| (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1))).collect();
    let bytes: Vec<u8> = bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).expect("a key");
    mac.update(&at.div_euclid(30).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 15);
    let number =
        digest[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[test]
fn a_second_factor_is_asked_for_after_the_provider_and_for_joining() {
    on_scene(|scene| async move {
        scene.joined("national").await;
        let counter = &scene.counter;
        let id = &counter.people["national"].account.id;
        let secret = counter.doors.begin_second_factor(id, "Tongguan").await.expect("begun").secret;
        let code = shown(&secret, counter.now().as_second());
        counter.doors.confirm_second_factor(id, &code, None, "127.0.0.1", counter.now()).await.expect("confirmed");
        let mut browser = scene.browser();
        let answer = browser.enter().await;
        refused(&answer, 200, "第二验证因素");
        let page = text(&answer);
        let half = page.split("name=\"half\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("half");
        assert!(!page.contains("248289761001"));
        let answer = browser.post("/enter/oidc/code", &[("half", half), ("totp", "000000")]).await;
        refused(&answer, 401, "验证码不正确");
        refused(&browser.post("/enter/oidc/code", &[("half", half)]).await, 401, "验证码不正确");
        counter.hours_later(0);
        let later = counter.now().as_second() + 30;
        let code = shown(&secret, later);
        // It belongs to this browser.
        let fields = [("half", half), ("totp", code.as_str())];
        refused(&scene.browser().post("/enter/oidc/code", &fields).await, 400, "请重新开始");
        let answer = browser.post("/enter/oidc/code", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/cases"), "{}", text(&answer));
        assert_eq!(browser.is().await.as_deref(), Some("national"));
        // Too late, and too often.
        let mut late = scene.browser();
        let page = text(&late.enter().await);
        let half = page.split("name=\"half\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("half");
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(late.post("/enter/oidc/code", &[("half", half), ("totp", "123456")]).await.status);
        }
        assert_eq!((statuses[0], statuses[7]), (401, 429), "{statuses:?}");
        scene.counter.hours_later(1);
        let code = shown(&secret, counter.now().as_second());
        refused(&late.post("/enter/oidc/code", &[("half", half), ("totp", &code)]).await, 400, "请重新开始");
        // To join another identity, the code is asked for, too.
        let mut owner = scene.browser();
        let sign_in = [("account", "national"), ("password", PASSWORD), ("totp", code.as_str())];
        assert_eq!(owner.post("/sign-in", &sign_in).await.status, 303);
        owner.post("/account/oidc/part", &[]).await;
        refused(&owner.post("/account/oidc", &[("password", PASSWORD)]).await, 403, "验证码");
        let code = shown(&secret, counter.now().as_second() + 30);
        let answer = owner.post("/account/oidc", &[("password", PASSWORD), ("code", &code)]).await;
        assert_eq!(answer.status, 200, "{}", text(&answer));
    });
}

#[test]
fn over_tls_the_cookie_is_bound_to_this_host() {
    database::testing::runtime().block_on(async {
        let scene = Scene::at("https://exit.example.cn").await;
        let mut browser = scene.browser();
        let answer = browser.get("/enter/oidc").await;
        let mut lines = answer.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().expect("ASCII"));
        let line = lines.find(|line| line.starts_with("__Host-tongguan-oidc=")).expect("a cookie");
        assert!(line.contains("Secure") && line.contains("Path=/") && !line.contains("Domain"), "{line}");
    });
}
