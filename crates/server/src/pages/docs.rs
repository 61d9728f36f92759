//! Pages for those who write programs: what errors mean, and the API.

use axum::extract::State;
use axum::response::Html;
use serde_json::{Value, json};

use super::props::Say;
use super::shown;
use crate::api::{self, CODES};
use crate::house::Shared;
use crate::problem::Problem;
use crate::who::Visitor;

/// `GET /docs/errors`: every stable code with what it means and what to do.
pub(super) async fn errors(State(house): State<Shared>, visitor: Visitor) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let codes =
        CODES.iter().map(|code| json!({"code": code.code, "status": code.status, "zh": code.zh, "en": code.en}));
    let context = json!({"title": say.title("docs.errors.title"), "codes": codes.collect::<Vec<_>>()});
    shown(&house, &visitor, "docs/errors.html", context)
}

/// `GET /docs/api`: the API's own description to read.
pub(super) async fn api(State(house): State<Shared>, visitor: Visitor) -> Result<Html<String>, Problem> {
    let say = Say::new(&house, visitor.lang);
    let described = api::described(&house);
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for operation in operations(described) {
        let tag = operation["tag"].as_str().unwrap_or_default().to_owned();
        match groups.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, all)) => all.push(operation),
            None => groups.push((tag, vec![operation])),
        }
    }
    let groups = groups.into_iter().map(|(tag, all)| json!({"tag": tag, "operations": all}));
    let context = json!({
        "title": say.title("docs.api.title"), "about": described["info"]["description"], "groups": groups.collect::<Vec<_>>(),
        "n": operations(described).len(), "url": house.installation.url,
    });
    shown(&house, &visitor, "docs/api.html", context)
}

/// The operations of an OpenAPI description, as a page shows them.
pub(super) fn operations(openapi: &Value) -> Vec<Value> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let paths = openapi["paths"].as_object().into_iter().flatten();
    let of = paths.flat_map(|(path, item)| {
        let known = METHODS.iter().filter_map(move |method| Some((method, item.get(method)?)));
        known.map(move |(method, operation)| {
            let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| {
                json!({"name": parameter["name"], "in": parameter["in"], "required": parameter["required"], "says": parameter["description"]})
            });
            let answers = operation["responses"].as_object().into_iter().flatten();
            json!({
                "method": method.to_uppercase(), "path": path, "summary": operation["summary"], "description": operation["description"],
                "tag": operation["tags"][0], "parameters": parameters.collect::<Vec<_>>(),
                "answers": answers.map(|(status, answer)| json!({"status": status, "says": answer["description"]})).collect::<Vec<_>>(),
            })
        })
    });
    of.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_read_from_a_description() {
        let openapi = json!({"paths": {"/api/v1/cases/{id}": {"get": {"summary": "a case", "tags": ["cases"],
            "parameters": [{"name": "id", "in": "path", "required": true, "description": "its id"}], "responses": {"200": {"description": "it"}}}}}});
        let operations = operations(&openapi);
        assert_eq!(operations.len(), 1);
        assert_eq!(operations[0]["method"], "GET");
        assert_eq!(operations[0]["answers"][0]["status"], "200");
    }
}
