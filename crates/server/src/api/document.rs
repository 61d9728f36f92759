//! The OpenAPI 3.1 document, made from the table.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::codes::{self, CODES};
use super::schemas::Schemas;
use super::table::{Need, Operation};

/// What an id of a case looks like to a reader of the document.
const TAGS: [(&str, &str, &str); 12] = [
    ("session", "Signing in, one's own account, sessions and tokens", "登录、本人账户、会话与令牌"),
    ("path", "Which path a transfer needs", "应适用的出境路径"),
    ("law", "Rules, lists, calendar and periods", "规则、清单、日历与期限"),
    ("forms", "Procedures and their forms", "程序与表单"),
    ("cases", "Cases: found, opened, read, acted on", "案件：查询、设立、查看、办理"),
    ("files", "Files of cases", "案件文件"),
    ("releases", "Permits, and what left under them", "许可及其项下的出境"),
    ("packages", "Cases as packages", "案件包"),
    ("invitations", "Guests of a case", "案件受邀人"),
    ("figures", "Statistics and reminders", "统计与提醒"),
    ("consultations", "Consultations that were published", "已公开的咨询"),
    ("administration", "Accounts, organisations, who read what", "账户、机构与查阅记录"),
];

/// The document of an installation.
pub(super) fn document(table: &[Operation], url: &str, version: &str) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in table {
        let described = described(operation, &mut schemas);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_lowercase()] = described;
    }
    let tags: Vec<Value> =
        TAGS.iter().map(|(name, en, zh)| json!({"name": name, "description": en, "x-description-zh": zh})).collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tongguan",
            "version": version,
            "summary": "The counter at which data that leaves China is declared, examined and accounted for.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "tags": tags,
        "paths": paths,
    });
    let problem = problem_schema(url);
    let mut all = schemas.settled(&mut document);
    all.insert("Problem".to_owned(), problem);
    all.sort_keys();
    let codes: Vec<Value> = CODES
        .iter()
        .map(
            |code| json!({"code": code.code, "status": code.status, "description": code.en, "description-zh": code.zh}),
        )
        .collect();
    document["x-problems"] = json!(codes);
    document["components"] = json!({
        "schemas": all,
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "a token `tg_…` of an account"},
            "session": {"type": "apiKey", "in": "cookie", "name": "__Host-tongguan",
                        "description": "a session; changing requests carry `X-CSRF-Token` beside it. Over plain HTTP the cookie is called `tongguan`."},
        },
    });
    document
}

fn problem_schema(url: &str) -> Value {
    let codes: Vec<&str> = CODES.iter().map(|code| code.code).collect();
    json!({
        "type": "object",
        "description": "Why a request was not answered as it was meant (RFC 9457).",
        "required": ["type", "title", "title_zh", "status", "code"],
        "properties": {
            "type": {"type": "string", "description": "a page that explains the code", "examples": [format!("{url}/docs/errors#stale-version")]},
            "title": {"type": "string", "description": "one line in English"},
            "title_zh": {"type": "string", "description": "the same in Chinese"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": codes},
            "more": {"type": "object", "description": "what belongs to it, such as the gaps of a form"},
        },
    })
}

fn described(operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut parameters = parameters(&operation.in_path, "path");
    parameters.extend(self::parameters(&operation.in_query, "query"));
    let changes = !operation.method.is_safe();
    if operation.named {
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "required": false,
            "description": "the caller's own name for the request: sent again under the same name, it does nothing twice",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}}));
    }
    let mut responses = Map::new();
    responses.insert(operation.status.to_string(), (operation.answer)(schemas));
    for (status, codes) in codes::of(operation, changes) {
        let said = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        responses.insert(status.to_string(), json!({"description": said, "content": content}));
    }
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary.en,
        "x-summary-zh": operation.summary.zh,
    });
    let (security, scopes) = security(operation.need);
    described["security"] = security;
    if !scopes.is_null() {
        described["x-token-scopes"] = scopes;
    }
    if !parameters.is_empty() {
        described["parameters"] = json!(parameters);
    }
    if operation.method != Method::GET
        && let Some(body) = (operation.body)(schemas)
    {
        described["requestBody"] = body;
    }
    described["responses"] = Value::Object(responses);
    described
}

/// How one signs in for it, and the scopes of a token that reach it.
fn security(need: Need) -> (Value, Value) {
    match need {
        Need::Public => (json!([]), Value::Null),
        Need::Known => (json!([{"token": []}, {"session": []}]), json!("any")),
        Need::Session | Need::Scope([]) => (json!([{"session": []}]), json!([])),
        Need::Scope(scopes) => {
            let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
            (json!([{"token": []}, {"session": []}]), json!(words))
        }
    }
}

/// The fields of a struct as parameters.
fn parameters(schema: &Value, place: &str) -> Vec<Value> {
    let Some(fields) = schema["properties"].as_object() else { return Vec::new() };
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let parameters = fields.iter().map(|(name, field)| {
        let mut field = field.clone();
        let mut said = field.as_object_mut().and_then(|field| field.remove("description")).unwrap_or_default();
        if said.is_null() {
            said = json!(name);
        }
        nothing_null(&mut field);
        json!({"name": name, "in": place, "required": place == "path" || required(name), "description": said, "schema": field})
    });
    parameters.collect()
}

/// A parameter that is not there is not there: none of them can be null.
fn nothing_null(field: &mut Value) {
    if let Some(kinds) = field["type"].as_array() {
        let kinds: Vec<Value> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
        field["type"] = if let [only] = &kinds[..] { only.clone() } else { json!(kinds) };
    }
    if let Some(values) = field.get("enum").and_then(Value::as_array) {
        field["enum"] = values.iter().filter(|value| !value.is_null()).cloned().collect();
    }
    if let Some(any) = field.get("anyOf").and_then(Value::as_array) {
        let any: Vec<Value> = any.iter().filter(|one| one["type"] != "null").cloned().collect();
        if let [only] = &any[..] {
            let only = only.clone();
            if let (Some(field), Value::Object(only)) = (field.as_object_mut(), only) {
                field.remove("anyOf");
                field.extend(only);
            }
        }
    }
    if let Some(field) = field.as_object_mut() {
        field.remove("default");
        if field.get("type").is_none_or(Value::is_null) && !field.contains_key("enum") && !field.contains_key("oneOf") {
            field.remove("type");
        }
    }
}
