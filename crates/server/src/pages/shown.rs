//! A page in its frame: who looks, where they are, in which language.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::Role;
use catalogue::Lang;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::house::{House, Shared};
use crate::problem::Problem;
use crate::who::{Visitor, Who};

/// Seconds for which a choice of language is kept: a year.
const YEAR: i64 = 365 * 24 * 3600;

/// A page. `context` is what its template takes beside the frame.
pub(crate) fn shown(house: &House, visitor: &Visitor, template: &str, context: Value) -> Result<Html<String>, Problem> {
    let mut all = frame(house, visitor);
    if let Value::Object(own) = context {
        all.extend(own);
    }
    Ok(Html(house.templates.page(visitor.lang, template, all)?))
}

fn frame(house: &House, visitor: &Visitor) -> Map<String, Value> {
    let say = |key: &str| house.say(visitor.lang, key);
    let links = nav(visitor.who.as_ref()).into_iter().map(|(href, key)| {
        let current = if href == "/" { visitor.path() == "/" } else { visitor.path().starts_with(href) };
        json!({"href": href, "label": say(key), "current": current})
    });
    let languages = Lang::ALL.map(|lang| {
        let back = form_urlencoded::byte_serialize(visitor.target.as_bytes()).collect::<String>();
        let label = match lang {
            Lang::Zh => "中文",
            Lang::En => "English",
        };
        json!({"code": lang.tag(), "label": label, "href": format!("/language/{}?back={back}", lang.word()),
               "current": lang == visitor.lang})
    });
    let frame = json!({
        "title": "",
        "theme": visitor.theme,
        "csrf": visitor.csrf,
        "nav": links.collect::<Vec<_>>(),
        "languages": languages,
        "account": visitor.who.as_ref().map(|who| account(house, visitor.lang, who)),
        "sign_in": if visitor.who.is_none() { Some("/sign-in") } else { None },
        "flash": flash(house, visitor),
        "demo": house.installation.demo,
        "version": house.installation.version,
        "rule_base": house.world.base.version(),
    });
    match frame {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn account(house: &House, lang: Lang, who: &Who) -> Value {
    let role = house.say(lang, &format!("role.{}", who.role)).to_owned();
    let mut links = Vec::new();
    if !who.guest {
        links.push(json!({"href": "/account", "label": house.say(lang, "nav.account")}));
    }
    if who.role == Role::Administrator {
        links.push(json!({"href": "/admin", "label": house.say(lang, "nav.admin")}));
    }
    if matches!(who.role, Role::Auditor | Role::Administrator) {
        links.push(json!({"href": "/admin/reads", "label": house.say(lang, "nav.reads")}));
    }
    json!({"name": who.name(), "role": role, "organisation": null, "links": links, "sign_out": "/sign-out"})
}

/// Where people of a role go most.
fn nav(who: Option<&Who>) -> Vec<(&'static str, &'static str)> {
    let open = [
        ("/path", "nav.path"),
        ("/rules", "nav.rules"),
        ("/consultations", "nav.consultations"),
        ("/statistics", "nav.statistics"),
    ];
    let own: &[(&str, &str)] = match who {
        None => &[("/", "nav.start")],
        Some(who) if who.guest => &[("/cases", "nav.cases")],
        Some(_) => &[("/", "nav.desk"), ("/cases", "nav.cases")],
    };
    own.iter().copied().chain(open).collect()
}

/// What the page before this one did, by `?done=`.
fn flash(house: &House, visitor: &Visitor) -> Option<Value> {
    let query = visitor.target.split_once('?')?.1;
    let done = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?.1;
    let text = house.catalogue.text(visitor.lang, &format!("done.{done}"))?;
    Some(json!({"kind": "good", "text": text}))
}

/// `?back=`: only ever a path of our own.
#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// A path to go back to; the beginning where it is none of ours.
pub(crate) fn back(wanted: &str) -> &str {
    let own = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && !wanted.chars().any(|c| c.is_control() || c == '\\')
        && !wanted.starts_with("/sign-");
    if own { wanted } else { "/" }
}

/// `GET /language/{lang}`: keeps the choice and goes back.
pub(super) async fn language(
    State(house): State<Shared>,
    Path(lang): Path<String>,
    Query(to): Query<Back>,
) -> Result<Response, Problem> {
    let lang = Lang::from_word(&lang).ok_or_else(|| Problem::bad("没有这种语言", "there is no such language"))?;
    let mut headers = HeaderMap::new();
    let secure = if house.installation.secure { "; Secure" } else { "" };
    let line = format!("lang={}; Path=/; SameSite=Lax; Max-Age={YEAR}{secure}", lang.word());
    if let Ok(value) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, value);
    }
    Ok((headers, Redirect::to(back(&to.back))).into_response())
}

#[cfg(test)]
mod tests {
    use super::back;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(back("/cases?holder=province"), "/cases?holder=province");
        for elsewhere in
            ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "", "/a\nb", "/sign-in"]
        {
            assert_eq!(back(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
