//! Every page of every role: nothing wrong on the console, and nothing serious for axe-core, in both languages and both looks, wide and narrow.

use serde_json::{Value, json};

use crate::{Browser, axe, scene};

/// What axe-core is asked, and what of its answer is wanted.
const AXE: &str = "\
    const done = arguments[arguments.length - 1];\
    axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations.filter(v => ['serious', 'critical'].includes(v.impact))\
      .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' — ' + n.failureSummary.replace(/\\s+/g, ' ').slice(0, 220)).join(' | '))));";

/// How a page is looked at: language, look, width. Each page in two ways that differ in all three.
const LOOKS: [(&str, &str, u32); 4] =
    [("zh", "light", 1280), ("en", "dark", 390), ("en", "light", 1280), ("zh", "dark", 390)];

#[test]
fn no_page_of_any_role_has_a_serious_fault_or_an_error_on_the_console() {
    scene(true, |served, browser| async move {
        let heart = served.case("心血管多中心随访研究（荷兰）").await;
        let returned = served.case("睡眠监测可穿戴设备研究").await;
        let draft = served.case("护理人员海外进修派遣").await;
        let today = served.case("航班运行保障数据（北欧航站）").await;
        let battery = served.case("动力电池远程诊断（德国研发中心）").await;
        let of = |case: &str, tabs: &[&str]| tabs.iter().map(|tab| format!("{case}{tab}")).collect::<Vec<_>>();
        let fixed = |pages: &[&str]| pages.iter().map(|page| (*page).to_owned()).collect::<Vec<_>>();
        let tabs =
            ["", "/items", "/clocks", "/documents", "/messages", "/comparison", "/releases", "/record", "/forms"];
        let roles = [
            ("", fixed(&["/", "/sign-in"])),
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
            ("approver", [fixed(&["/"]), of(&heart, &["/act/report-release", "/invite"])].concat()),
            ("province", [fixed(&["/", "/cases"]), of(&today, &["", "/act/return", "/act/assign"])].concat()),
            ("national", [fixed(&["/", "/cases"]), of(&battery, &["", "/items", "/act/decide"])].concat()),
            ("auditor", [fixed(&["/", "/cases", "/admin/reads"]), of(&heart, &["", "/record"])].concat()),
            ("admin", fixed(&["/", "/admin", "/admin/accounts", "/admin/organisations", "/admin/reads"])),
        ];
        let axe = axe::source();
        browser.go("/").await;
        let mut faults = Vec::new();
        for (login, pages) in roles {
            if !login.is_empty() {
                browser.sign_in(login).await;
            }
            for (no, page) in pages.into_iter().enumerate() {
                for (lang, look, width) in LOOKS.into_iter().skip(no % 2 * 2).take(2) {
                    look_at(&browser, &page, lang, look, width).await;
                    let name = format!("{login}|{page}|{lang}|{look}|{width}");
                    let wide = browser
                        .script(
                            "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
                            json!(null),
                        )
                        .await;
                    if wide.as_i64().unwrap_or(0) > 1 {
                        faults.push(format!("{name}: wider than the window by {wide}"));
                    }
                    let Some(axe) = &axe else { continue };
                    browser.client.execute(axe, Vec::new()).await.unwrap();
                    let found = browser
                        .client
                        .execute_async(AXE, Vec::new())
                        .await
                        .unwrap_or_else(|error| json!([error.to_string()]));
                    faults.extend(
                        found
                            .as_array()
                            .into_iter()
                            .flatten()
                            .filter_map(Value::as_str)
                            .map(|fault| format!("{name}: {fault}")),
                    );
                }
            }
        }
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

async fn look_at(browser: &Browser, page: &str, lang: &str, look: &str, width: u32) {
    browser.client.set_window_size(width, 1000).await.unwrap();
    let choose = format!("document.cookie = 'lang={lang}; path=/'; document.cookie = 'theme={look}; path=/'; return 0");
    browser.script(&choose, json!(null)).await;
    browser.go(page).await;
}
