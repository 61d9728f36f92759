//! Every page of every role: nothing wrong on the console, and nothing serious for axe-core, in both languages and both looks, wide and narrow: all eight ways.

use serde_json::{Value, json};

use crate::{Browser, axe, scene};

/// What axe-core is asked, and what of its answer is wanted. In the second look of a page that is loaded only its colours are others.
const AXE: &str = "\
    const [of, done] = arguments;\
    const runOnly = of === 'all' ? undefined : { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };\
    axe.run(document, { resultTypes: ['violations'], preload: false, runOnly }).then(found => done(found.violations.filter(v => ['serious', 'critical'].includes(v.impact))\
      .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' — ' + n.failureSummary.replace(/\\s+/g, ' ').slice(0, 220)).join(' | '))));";

/// Colours change at once.
const AT_ONCE: &str = "\
    const still = new CSSStyleSheet(); still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important }');\
    document.adoptedStyleSheets.push(still); return 0";

#[test]
fn no_page_of_any_role_has_a_serious_fault_or_an_error_on_the_console_in_a_wide_window() {
    look_at_every_page(1280);
}

#[test]
fn no_page_of_any_role_has_a_serious_fault_or_an_error_on_the_console_on_a_phone() {
    look_at_every_page(390);
}

/// At this width every page is loaded in both languages and looked at in both looks.
#[allow(clippy::too_many_lines, reason = "a list of pages")]
fn look_at_every_page(width: u32) {
    scene(true, |served, browser| async move {
        let heart = served.case("心血管多中心随访研究（荷兰）").await;
        let returned = served.case("睡眠监测可穿戴设备研究").await;
        let draft = served.case("护理人员海外进修派遣").await;
        let today = served.case("航班运行保障数据（北欧航站）").await;
        let battery = served.case("动力电池远程诊断（德国研发中心）").await;
        let hook = served.hook("approver").await;
        let of = |case: &str, tabs: &[&str]| tabs.iter().map(|tab| format!("{case}{tab}")).collect::<Vec<_>>();
        let fixed = |pages: &[&str]| pages.iter().map(|page| (*page).to_owned()).collect::<Vec<_>>();
        let tabs =
            ["", "/items", "/clocks", "/documents", "/messages", "/comparison", "/releases", "/record", "/forms"];
        let roles = [
            (
                "",
                fixed(&[
                    "/",
                    "/sign-in",
                    "/path",
                    "/path?on=2026-11-23&data.core=false",
                    "/rules?q=评估",
                    "/lists",
                    "/calendar",
                    "/statistics",
                    "/consultations",
                    "/docs/errors",
                    "/no-such-page",
                ]),
            ),
            (
                "applicant",
                [
                    fixed(&["/", "/cases", "/cases/new", "/search?q=研究", "/account"]),
                    of(&heart, &tabs),
                    of(&returned, &["", "/forms", "/act/edit"]),
                    of(&draft, &["/forms", "/act/withdraw"]),
                ]
                .concat(),
            ),
            (
                "approver",
                [fixed(&["/", "/webhooks"]), vec![hook], of(&heart, &["/act/report-release", "/invite"])].concat(),
            ),
            ("province", [fixed(&["/", "/cases"]), of(&today, &["", "/act/return", "/act/assign"])].concat()),
            ("national", [fixed(&["/", "/cases"]), of(&battery, &["", "/items", "/act/decide"])].concat()),
            ("auditor", [fixed(&["/", "/cases", "/admin/reads"]), of(&heart, &["", "/record"])].concat()),
            ("admin", fixed(&["/", "/webhooks", "/admin", "/admin/accounts", "/admin/organisations", "/admin/reads"])),
        ];
        let axe = axe::source();
        browser.go("/").await;
        let (mut faults, mut looks) = (Vec::new(), 0);
        for (login, pages) in roles {
            if !login.is_empty() {
                browser.sign_in(login).await;
            }
            browser.client.set_window_size(width, 1000).await.unwrap();
            for (page, lang) in pages.iter().flat_map(|page| [(page, "zh"), (page, "en")]) {
                let choose = format!("document.cookie = 'lang={lang}; path=/'; return 0");
                browser.script(&choose, json!(null)).await;
                browser.go(page).await;
                let name = format!("{login}|{page}|{lang}|{width}");
                faults.extend(wider(&browser).await.map(|by| format!("{name}: wider than the window by {by}")));
                let Some(axe) = &axe else { continue };
                browser.client.execute(axe, Vec::new()).await.unwrap();
                browser.script(AT_ONCE, json!(null)).await;
                for (look, of) in [("light", "all"), ("dark", "colours")] {
                    let found = found(&browser, look, of).await;
                    faults.extend(found.into_iter().map(|fault| format!("{name}|{look}: {fault}")));
                    looks += 1;
                }
            }
        }
        eprintln!("axe-core looked {looks} times");
        let said = browser.console();
        // The log is there at all: what is said on purpose stands in it.
        browser.script("console.error('said on purpose'); return 0", json!(null)).await;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert!(browser.console().iter().any(|line| line.contains("said on purpose")), "the console is not heard");
        assert!(
            said.is_empty() && faults.is_empty(),
            "{} faults:\n{}\nconsole:\n{}",
            faults.len(),
            faults.join("\n"),
            said.join("\n")
        );
        browser.close().await;
    });
}

/// By how much a page is wider than its window.
async fn wider(browser: &Browser) -> Option<i64> {
    let by = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    browser.script(by, json!(null)).await.as_i64().filter(|by| *by > 1)
}

/// What axe-core finds serious in a look of the page that is loaded.
async fn found(browser: &Browser, look: &str, of: &str) -> Vec<String> {
    browser.script("document.documentElement.dataset.theme = arguments[0]; return 0", json!(look)).await;
    let found = browser.client.execute_async(AXE, vec![json!(of)]).await;
    let found = found.unwrap_or_else(|error| json!([error.to_string()]));
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
